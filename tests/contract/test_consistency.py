"""Contract files whose parts do not fit together raise an error, since a check would be disabled silently."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract._consistency import check_consistency

TEXT = {"type": "string"}
FIX = 'correct the pointer, or add the property to "schema"'


def in_object(**properties):
    """Return the schema of an object with these properties."""
    return {"type": "object", "properties": properties}


@pytest.fixture
def message_of(write, custom):
    """Return the error message for the custom contract with some changes, without its path; empty if it loads."""

    def telling(**changes):
        path = write(custom | changes)
        try:
            Contract.load(path)
        except UsageError as error:
            return str(error).replace(f"{path}: at ", "").splitlines()
        return []

    return telling


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("/error/cod", 'the error schema has no /error/cod; did you mean "/error/code"?'),
        ("/error/Code", 'the error schema has no /error/Code; did you mean "/error/code"?'),
        ("/code", 'the error schema has no /code; did you mean "/error/code"?'),
        ("/err/code", 'the error schema has no /err/code; did you mean "/error/code"?'),
        ("/error/zzz", f"the error schema has no /error/zzz, it names code, the/message, inner at /error; {FIX}"),
        ("/zzz/1", f"the error schema has no /zzz/1, it names error at its top; {FIX}"),
        ("/error/inner/code/0", f"the error schema has no /error/inner/code/0, it names no properties at /error/inner/code; {FIX}"),
    ],
)  # fmt: skip
def test_a_member_that_the_schema_does_not_have_is_refused(message_of, pointer, line):
    """The message has the pointer, the names that the schema has, the nearest name, and the fix."""
    assert message_of(members={"code": pointer}) == [f"/members/code: {line}"]


def test_each_member_is_reported(message_of):
    """Without its place, the rules of any member would be disabled."""
    members = {"code": "/error/code", "description": "/error/text", "data": "/date", "source": "/error/origin"}
    assert [line.partition(":")[0] for line in message_of(members=members)] == [
        "/members/description",
        "/members/data",
        "/members/source",
    ]


def test_a_schema_without_properties_has_no_member(message_of):
    """An empty schema would check nothing."""
    assert message_of(schema={"type": "object"}, members={"code": "/code"}) == [
        f"/members/code: the error schema has no /code, it names no properties at its top; {FIX}"
    ]


HAVING_IT = {
    "properties": in_object(code=TEXT),
    "anything": in_object(code=True),
    "no type": in_object(code={}),
    "a number": in_object(code={"type": ["integer", "null"]}),
    "a reference": {"type": "object", "$ref": "#/$defs/x", "$defs": {"x": in_object(code=TEXT)}},
    "an anchor": {"type": "object", "$ref": "#x", "$defs": {"x": {"$anchor": "x", **in_object(code=TEXT)}}},
    "a dynamic reference": {"type": "object", "$dynamicRef": "#x", "$defs": {"x": {"$dynamicAnchor": "x", **in_object(code=TEXT)}}},
    "allOf": {"type": "object", "allOf": [{"required": ["code"]}, in_object(code=TEXT)]},
    "one reference twice": {"type": "object", "allOf": [{"$ref": "#/$defs/x"}, {"$ref": "#/$defs/x"}], "$defs": {"x": in_object(code=TEXT)}},
    "anyOf": {"type": "object", "anyOf": [in_object(other=TEXT), in_object(code=TEXT)]},
    "oneOf": {"type": "object", "oneOf": [in_object(code=TEXT), in_object(code={"type": "integer"})]},
    "if": {"type": "object", "if": in_object(status=TEXT), "then": in_object(code=TEXT)},
    "else": {"type": "object", "if": in_object(status=TEXT), "else": in_object(code=TEXT)},
    "dependentSchemas": {"type": "object", "dependentSchemas": {"status": in_object(code=TEXT)}},
    "patternProperties": {"type": "object", "patternProperties": {"^[a-z]+$": TEXT}},
    "additionalProperties": {"type": "object", "additionalProperties": TEXT},
    "additional ones of any kind": {**in_object(status=TEXT), "additionalProperties": True},
    "unevaluatedProperties": {"type": "object", "unevaluatedProperties": TEXT},
    "a recursive schema": {"type": "object", "$ref": "#/$defs/x", "$defs": {"x": in_object(code=TEXT, inner={"$ref": "#/$defs/x"})}},
}  # fmt: skip


@pytest.mark.parametrize("schema", HAVING_IT.values(), ids=HAVING_IT)
def test_a_schema_may_have_a_member_in_any_way(message_of, schema):
    """No false alarm for any way to split a schema, or to permit other names explicitly."""
    assert message_of(schema=schema, members={"code": "/code"}) == []


def test_below_what_may_be_anything_any_place_is_there(message_of):
    """A schema that permits all other names describes nothing inside them."""
    schema = {"type": "object", "additionalProperties": {}}
    assert message_of(schema=schema, members={"code": "/error/code"}) == []


@pytest.mark.parametrize("permitting", ["additionalProperties", "unevaluatedProperties"])
def test_a_slip_is_refused_where_other_names_are_permitted(message_of, permitting):
    """A name that is similar to a defined name, or forbidden, is a mistake."""
    schema = {**in_object(code=TEXT, gone=False), permitting: True}
    assert message_of(schema=schema, members={"code": "/codes"}) == [
        '/members/code: the error schema has no /codes; did you mean "/code"?'
    ]
    assert message_of(schema=schema | {permitting: False}, members={"code": "/gone"}) != []


@pytest.mark.parametrize(
    ("types", "found"),
    [("object", "an object"), (["null", "array"], "an array or null"), ("boolean", "a boolean")],
)
def test_a_code_that_could_never_be_looked_up_is_refused(message_of, types, found):
    """The catalogue has texts and numbers; its rules would never run."""
    assert message_of(schema=in_object(code={"allOf": [{"type": types}]}), members={"code": "/code"}) == [
        f"/members/code: the error schema has {found} at /code; a code is a string or an integer"
    ]


def test_two_members_at_one_place_are_refused(message_of):
    """A typical mistake after copying a line."""
    assert message_of(members={"code": "/error/code", "description": "/error/code"}) == [
        "/members: code and description have the same pointer /error/code; give each its own"
    ]


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("/code", 'the error schema has no /code; did you mean "/error/code"?'),
        ("/error/list/0", 'the error schema has no /error/list/0; did you mean "/error/list/*"?'),
        ("/error/list/*/*", 'the error schema has no /error/list/*/*; did you mean "/error/list/*"?'),
        ("/zzz", f"the error schema has no /zzz, it names error at its top; {FIX}"),
        ("/error/free", 'the error schema gives /error/free no type to deviate from; add "type" there'),
    ],
)  # fmt: skip
def test_a_deviation_needs_a_type_to_deviate_from(message_of, custom, at, line):
    """Its rule would not exist, so it could be neither set nor seen."""
    error = in_object(code=TEXT, list={"items": TEXT}, free={"minLength": 1}, pair={"prefixItems": [TEXT]})
    told_all = message_of(
        schema=in_object(error=error),
        members={"code": "/error/code"},
        deviations=[{"rule": "a", "at": "/error/list/*", "type": "null"}, {"rule": "b", "at": at, "type": "null"}],
    )
    assert told_all == [f"/deviations/1/at: {line}"]


def test_what_is_extended_is_reported_apart(tmp_path):
    """A file with another schema needs its own members and deviations; the message explains that."""
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"format": 1, "extends": "shipped", "schema": in_object(errorCode=TEXT)}))
    with pytest.raises(UsageError) as caught:
        Contract.load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    assert lines[0].startswith(f"{path}: at /members/code: the error schema has no /code")
    assert all('as extended; give "' in line for line in lines)


@pytest.mark.parametrize(
    ("challenge", "fits"),
    [
        ("Bearer", True),
        ('Bearer realm="{realm}", error={error}', True),
        ("OAuth realm=urn:cpsvc:cpid:{some cid}", True),
        ("WWW-Authenticate: Bearer", False),
        ("{anything}", False),
        ("OAuth realm={cid", False),
        ("OAuth realm=cid}", False),
        (" ", False),
    ],
)
def test_a_challenge_begins_with_its_scheme(message_of, challenge, fits):
    """Another text would match any challenge, or none."""
    assert (message_of(challenge=challenge) == []) is fits


@pytest.mark.parametrize("key", ["challange", "host", "entry", "deviation", "member"])
def test_a_misspelt_key_is_refused(message_of, key):
    """An unknown key would be ignored."""
    assert message_of(**{key: "x"})[0].startswith(f'the top: unknown key "{key}"; did you mean "')


LISTED = in_object(
    errors={"type": "array", "items": in_object(code=TEXT, detail=TEXT)}, other={"type": "array", "items": TEXT}
)
PLACES = "the error schema has no"


@pytest.mark.parametrize(
    ("members", "lines"),
    [
        ({"code": "/errors/*/code", "description": "/errors/*/detail"}, []),
        ({"code": "/errors/0/code"}, [f'/members/code: {PLACES} /errors/0/code; did you mean "/errors/*/code"?']),
        ({"code": "/errors/*/cod"}, [f'/members/code: {PLACES} /errors/*/cod; did you mean "/errors/*/code"?']),
        (
            {"code": "/errors/*/code", "description": "/other/*"},
            [
                (
                    "/members/description: the items of /other/* are not those of the code, /errors/*/code; "
                    "give both the same path up to the last *"
                )
            ],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_member_may_be_in_every_item_of_an_array(message_of, members, lines):
    """An index would select one item, and the others would pass."""
    assert message_of(schema=LISTED, members=members) == lines


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({}, "/errors-below-400: the object {} fits it, so every success would be an error; require what only"),
        ({"properties": {"ok": {"const": False}}}, "/errors-below-400: the object {} fits it"),
        ({"requird": ["ok"]}, '/errors-below-400: unknown keyword "requird"; did you mean "required"?'),
        ({"$ref": "#/x"}, "/errors-below-400: $ref #/x does not exist in this file"),
        (7, "/errors-below-400: expected an object, got 7"),
    ],
    ids=str,
)
def test_errors_below_400_are_not_all_objects(message_of, schema, line):
    """A slip would make each success an error, or none."""
    assert message_of(**{"errors-below-400": schema})[0].startswith(line)


@pytest.mark.parametrize(
    ("media_type", "fits"),
    [("application/problem+json", True), ("application/json; charset=utf-8", False), ("json", False), ("", False)],
)
def test_a_media_type_has_no_parameters(message_of, media_type, fits):
    """With one, no response would have it."""
    assert (message_of(**{"media-type": media_type}) == []) is fits


def test_a_code_without_a_status_is_there_once(message_of):
    """Like a code with one."""
    twice = [{"code": "Busy", "descriptions": ["x"]}, {"code": "Busy", "descriptions": ["y"]}]
    assert message_of(entries=twice) == ["/entries: Busy appears 2 times; give one entry all its descriptions"]


HOSTS = {
    "api.example.com": True,
    "localhost": True,
    "my_service": True,
    "xn--bcher-kva.example": True,
    "127.0.0.1": True,
    "::1": True,
    "fe80::1": True,
    "https://api.example.com": False,
    "api.example.com/v1": False,
    "localhost:8080": False,
    "*.example.com": False,
    "bücher.example": False,
    "api.example.com.": False,
    ".example.com": False,
    "user@api.example.com": False,
    "[::1]": False,
    "a b": False,
    "": False,
}


@pytest.mark.parametrize(("host", "fits"), HOSTS.items())
def test_a_host_is_one_that_a_request_can_have(message_of, host, fits):
    """With an invalid host, every recorded exchange would be skipped."""
    assert (message_of(hosts=[host]) == []) is fits


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({"minLenght": 1}, 'unknown keyword "minLenght"; did you mean "minLength"?'),
        ({"maxlength": 1}, 'unknown keyword "maxlength"; did you mean "maxLength"?'),
        ({"anyOf": [{"patern": "x"}]}, 'unknown keyword "patern"; did you mean "pattern"?'),
        ({"items": {"requird": ["x"]}}, 'unknown keyword "requird"; did you mean "required"?'),
        ({"dependencies": {"a": ["b"]}}, "draft 2020-12 has no dependencies; write dependentRequired or dependentSchemas"),
        ({"additionalItems": False}, "draft 2020-12 has no additionalItems; write items, after prefixItems"),
    ],
)  # fmt: skip
def test_a_misspelt_keyword_is_refused(message_of, schema, line):
    """JSON Schema ignores unknown keywords."""
    assert message_of(schema=in_object(code=schema), members={"code": "/code"}) == [f"/schema: {line}"]


@pytest.mark.parametrize(
    "remark",
    [
        "x-internal", "example", "nullable", "$comment", "errorMessage", "enumNames", "propertyOrder",
        "markdownDescription",
    ],
)  # fmt: skip
def test_a_remark_in_a_schema_stays_one(message_of, remark):
    """Keywords of other vocabularies, such as OpenAPI, and names of properties are valid."""
    schema = in_object(code={remark: "x", "const": {"minLenght": 1}}, minLenght=TEXT)
    assert message_of(schema=schema, members={"code": "/code"}) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"format": 1, "format": 1}', 'the top: "format" is repeated; keep one of them'),
        ('{"schema": [{"x": {}, "x": {}}]}', '/schema/0: "x" is repeated; keep one of them'),
    ],
)
def test_a_key_that_is_there_twice_is_refused(tmp_path, text, line):
    """JSON parsers keep the last value, and the first one would be lost."""
    path = tmp_path / "c.json"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        Contract.load(path)
    assert str(caught.value) == f"{path}: at {line}"


def test_the_shipped_contract_holds_together(document):
    """It is not validated when it is loaded."""
    assert check_consistency(document, document, "shipped") is None


NAMES = st.text("abcdefgh", min_size=1, max_size=6)


@st.composite
def hidden_places(draw):
    """Draw a path, and a schema that has it, split up by references and alternatives at every step."""
    path = draw(st.lists(NAMES, min_size=1, max_size=4))
    schema, shared = {"type": "string"}, {}
    for name in reversed(path):
        schema = {"properties": {name: schema}}
        match draw(st.sampled_from(["plain", "$ref", "allOf", "anyOf", "patternProperties"])):
            case "$ref":
                shared[f"d{len(shared)}"] = schema
                schema = {"$ref": f"#/$defs/d{len(shared) - 1}"}
            case "allOf" | "anyOf" as keyword:
                schema = {keyword: [{"properties": {"zzzzzzzzz": {}}}, schema]}
            case "patternProperties" as keyword:
                schema = {keyword: {f"^{name}$": schema["properties"][name]}}
    return path, {"type": "object", "$defs": shared, "allOf": [schema]}


@given(hidden_places())
def test_every_place_is_found_and_no_other(place):
    """A pointer is accepted for any way to split the schema; a name that the schema lacks is an error."""
    path, schema = place
    pointer = "/" + "/".join(path)
    assert check_consistency({"schema": schema, "members": {"code": pointer}}, ["members"], "x") is None
    with pytest.raises(UsageError, match=f"x: at /members/code: the error schema has no {pointer}/9"):
        check_consistency({"schema": schema, "members": {"code": f"{pointer}/9"}}, ["members"], "x")


def test_a_schema_of_very_many_places_takes_no_time(message_of):
    """References that multiply describe too many places to list; the nearest of the first ones is suggested."""
    below = [{"$ref": f"#/$defs/d{index + 1}"} for index in range(40)]
    doubling = {f"d{index}": {"properties": {"a": each, "b": each}} for index, each in enumerate(below)}
    schema = {"type": "object", "$ref": "#/$defs/d0", "$defs": {**doubling, "d40": {}}}
    assert message_of(schema=schema, members={"code": "/a/b/a/c"})[0].startswith(
        "/members/code: the error schema has no /a/b/a/c"
    )
