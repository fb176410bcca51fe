"""OpenAPI documents: name, hosts, statuses, the envelope of most error responses, and the codes that are documented in it."""

import pytest

from pytest_pcerrors import UsageError, check
from pytest_pcerrors.contract.sources._schemas import References, is_regex, merged

ERROR = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "n": {"type": "integer"}},
}


def response(schema=None, *, media="application/json", example=None, examples=None, **more):
    """Return a response of OpenAPI 3."""
    content = {name: each for name, each in (("schema", schema), ("example", example), ("examples", examples)) if each}
    return {"description": "x", **({"content": {media: content}} if content else {}), **more}


def api(responses, *, version="3.0.3", **more):
    """Return a document with one operation that has a success and these responses."""
    responses = {"200": response(), **responses}
    return {
        "openapi": version,
        "info": {"title": "Shelves"},
        "paths": {"/shelves": {"get": {"responses": responses}, "summary": "x"}},
        **more,
    }


@pytest.fixture
def imported(read):
    """Import a document."""
    import json

    return lambda document, **wanted: read(json.dumps(document), "api.json", **({"name": None} | wanted))


def with_code(**code):
    """Return the schema of an error with these keywords of its code."""
    return {**ERROR, "properties": {**ERROR["properties"], "code": {"type": "string", **code}}}


def reference(name="E"):
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (api({"404": response(with_code(enum=["A_B", "C_D"]))}), {(404, "A_B"), (404, "C_D")}),
        (api({each: response(with_code(enum=["A_B"])) for each in ("404", "409")}), {(None, "A_B")}),
        (api({"404": response(with_code(enum=["A_B"])), "409": response(with_code(const="C_D"))}), {(404, "A_B"), (409, "C_D")}),
        (
            api(
                {
                    "404": response({"allOf": [reference(), {"properties": {"code": {"enum": ["A_B"]}}}]}),
                    "409": response({"allOf": [reference(), {"properties": {"code": {"enum": ["C_D"]}}}]}),
                },
                components={"schemas": {"E": ERROR}},
            ),
            {(404, "A_B"), (409, "C_D")},
        ),
        (api({"404": response(ERROR, example={"code": "A_B", "message": "x"})}), {(404, "A_B")}),
        (
            api(
                {
                    "404": response(
                        ERROR,
                        examples={
                            "a": {"value": {"code": "A_B"}},
                            "c": {"externalValue": "x"},
                            "b": {"$ref": "#/components/examples/b"},
                        },
                    )
                },
                components={"examples": {"b": {"value": {"code": "C_D"}}}},
            ),
            {(404, "A_B"), (404, "C_D")},
        ),
        (api({"404": response({**ERROR, "example": {"code": "A_B"}})}), {(404, "A_B")}),
        (api({"404": response({"properties": {"e": {"anyOf": [with_code(enum=["A_B"]), {"type": "string"}]}}})}), {(404, "A_B")}),
        (api({"default": response(ERROR, example={"code": "A_B", "status": 409})}), {(409, "A_B")}),
        (api({"4XX": response(ERROR, example={"code": "A_B"})}), {(None, "A_B")}),
        (api({"404": response(with_code(examples=["A_B", "C_D"]))}, version="3.1.0"), {(404, "A_B"), (404, "C_D")}),
        (api({"404": response(ERROR, example={"code": "A_B"}, **{"x-error-codes": ["C_D"]})}), {(404, "A_B"), (404, "C_D")}),
        (
            api(
                {
                    "404": response(
                        {"properties": {"errors": {"type": "array", "items": ERROR}}},
                        example={"errors": [{"code": "A_B"}, {"code": "C_D"}, {"no": 1}]},
                    )
                }
            ),
            {(404, "A_B"), (404, "C_D")},
        ),
        (api({"404": response({"oneOf": [with_code(enum=["A_B"]), with_code(enum=["C_D"])]})}), {(404, "A_B"), (404, "C_D")}),
        (api({"404": response(with_code(nullable=True, enum=["A_B", None]), media="application/vnd.shelf+json; v=1")}), {(404, "A_B")}),
        (
            {
                "swagger": "2.0",
                "info": {"title": "Shelves"},
                "produces": ["application/json"],
                "paths": {"/a": {"get": {"responses": {"200": {}, "404": {"$ref": "#/responses/No"}}}}},
                "responses": {
                    "No": {"schema": ERROR, "examples": {"application/json": {"code": "A_B"}, "text/xml": "x"}}
                },
            },
            {(404, "A_B")},
        ),
        (api({"404": response(example={"fault": {"code": "A_B"}}, **{"x-error-codes": ["A_B"]})}), {(404, "A_B")}),
        (api({"404": response(with_code(enum=["A_B"])), "409": response(with_code(enum=["A_B"]) | {"minProperties": 1})}), {(None, "A_B")}),
        (api({"404": response(with_code(anyOf=[{"enum": ["A_B", "two words"]}, {"type": "null"}]))}), {(404, "A_B")}),
        (api({"404": response(ERROR, examples=[{"code": "A_B"}, {"value": {"code": "C_D"}}])}), {(404, "A_B"), (404, "C_D")}),
        (
            api(
                {
                    "404": response(ERROR, example='{"code": "A_B"}'),
                    "409": response(ERROR, example="no"),
                    "500": response(ERROR, example=7),
                }
            ),
            {(404, "A_B")},
        ),
        (api({"404": response(ERROR, example={"code": "A_B"}), "409": response(ERROR, example={"code": "string"})}), {(404, "A_B")}),
    ],
)  # fmt: skip
def test_codes_are_in_enums_examples_and_lists(imported, document, expected):
    """Of one status where the schema or the example has only one."""
    assert imported(document).contract.pairings == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"code": "A_B", "title": "One", "status": 409}], {(409, "A_B"): "One"}),
        (["A_B", "two words", 7, True, {"x": 1}], {(None, "A_B"): "A_B", (None, "7"): "7"}),
        ({"A_B": "One", "C_D": {"description": "Two", "http_status": 400}}, {(None, "A_B"): "One", (400, "C_D"): "Two"}),
        ({"code": "A_B", "message": "One"}, {(None, "A_B"): "One"}),
        ("A_B", None),
    ],
)  # fmt: skip
def test_lists_of_codes_have_several_forms(imported, value, expected):
    """At the top, at an operation, or at a response."""
    document = api({"404": response(with_code())}, **{"x-error-codes": value})
    document["paths"]["/shelves"]["get"]["responses"]["404"]["content"]["application/json"]["example"] = {"code": "X_Y"}
    found = imported(document).contract
    assert {each.pairing: each.description for each in found.catalogue if each.code != "X_Y"} == (expected or {})


def test_the_envelope_is_the_schema_that_most_error_responses_use(imported):
    """Its permitted codes leave it; other error responses are a remark, and statuses without a code."""
    other = response({"type": "object", "properties": {"reason": {"type": "string"}}})
    document = api(
        {
            "404": response(reference(), media="application/problem+json"),
            "409": response(reference(), media="application/problem+json"),
            "429": other,
            "500": response(),
            "503": response({"type": "string"}),
        },
        components={"schemas": {"E": {**with_code(enum=["A_B", "C_D"], nullable=True), "additionalProperties": False}}},
    )
    found = imported(document)
    assert found.document["schema"]["properties"]["code"] == {"type": ["string", "null"]}
    assert "additionalProperties" not in found.document["schema"]
    assert found.document["media-type"] == "application/problem+json"
    assert sorted(found.contract.statuses) == [404, 409, 429, 500, 503]
    assert "/responses/404: the envelope is the schema of 2 error responses" in found.remarks
    assert "/responses/429: 1 error response with another schema" in found.remarks
    assert "/responses/429: 429 has no documented code" in found.remarks


def test_a_response_may_have_several_schemas(imported):
    """It is counted for each of them."""
    other = {"type": "object", "properties": {"reason": {"type": "string"}}}
    both = response(with_code(enum=["A_B"]))
    both["content"]["application/problem+json"] = {"schema": other}
    found = imported(api({"404": both, "409": both}))

    assert found.contract.pairings == {(None, "A_B")}
    assert "/responses/404: the envelope is the schema of 2 error responses" in found.remarks
    assert "/responses/404: 2 error responses with another schema" in found.remarks


def test_a_property_with_one_permitted_value_makes_errors_below_400(imported):
    """Only if it is a boolean, or a word for an error."""
    properties = {
        "ok": {"enum": [False]},
        "result": {"const": "error"},
        "version": {"enum": ["2.0"]},
        "error": {"type": "string", "enum": ["no_shelf", "shelf_full"]},
    }
    document = api({"default": response({"type": "object", "properties": properties})}, version="3.1.0")
    contract = imported(document).contract
    assert contract.errors_below_400["required"] == ["ok", "result"]
    assert check((200, {"ok": True, "error": "x"}), contract=contract) == []
    assert check((200, {"ok": False, "result": "error", "error": "x"}), contract=contract) != []


@pytest.mark.parametrize(
    ("more", "hosts"),
    [
        ({"servers": [{"url": "https://api.shelf.example/v1"}, {"url": "/v2"}, {"url": 1}]}, ("api.shelf.example",)),
        ({"servers": [{"url": "https://{r}.shelf.example", "variables": {"r": {"default": "eu"}}}]}, ("eu.shelf.example",)),
        ({"servers": [{"url": "https://{r}.shelf.example"}, {"url": "https://["}]}, ()),
        ({"host": "api.shelf.example:8443"}, ("api.shelf.example",)),
        ({}, ()),
    ],
)  # fmt: skip
def test_the_hosts_are_those_of_the_servers(imported, more, hosts):
    """Except where a host has no fixed name; options replace both name and hosts."""
    document = api({"404": response(with_code(enum=["A_B"]))}, **more)
    found = imported(document)
    assert (found.contract.name, found.contract.hosts) == ("Shelves", hosts)
    assert ("has no fixed host" in found.remarks) == ("{r}" in str(more) and not hosts)
    assert imported(document, name="Other", hosts=("x.example",)).contract.hosts == ("x.example",)


def test_the_code_can_be_named(imported):
    """By its name or its pointer."""
    schema = {"properties": {"code": {"enum": ["A_B", "C_D"]}, "kind": {"enum": ["e_f", "g_h"]}}}
    for name in ("kind", "/kind"):
        assert imported(api({"404": response(schema)}), code=name).document["members"]["code"] == "/kind"


@pytest.mark.parametrize(
    ("code", "listed", "place"),
    [
        ("code", ["A_B"], "/code"),
        ("errorCode", ["A_B"], "/errorCode"),
        ("kind", ["A_B"], None),
        ("at", ["4001"], None),
        ("status_code", ["A_B"], None),
    ],
)
def test_listed_codes_belong_to_a_member_that_is_called_a_code(imported, code, listed, place):
    """Although its schema permits any text; a member with another name needs an example."""
    schema = {"properties": {code: {"type": "string"}, "message": {"type": "string"}}}
    document = api({"404": response(schema, **{"x-error-codes": listed})})
    if place is None:
        with pytest.raises(UsageError, match="no codes were found"):
            imported(document)
    else:
        assert imported(document).document["members"]["code"] == place


@pytest.mark.parametrize(
    ("types", "codes", "place"),
    [
        (["list"], ["A_B", "C_D"], "/errors/*/code"),
        (["a_b", "c_d"], ["E_F"], "/type"),
        (["No such shelf", "It is full", "gone"], [], None),
    ],
)
def test_the_code_has_the_most_words(imported, types, codes, place):
    """A type beside the codes of several errors has fewer of them; a member with more sentences than words is a text."""
    item = {"type": "object", "properties": {"code": {"type": "string"}}}
    schema = {"properties": {"type": {"type": "string"}, "errors": {"type": "array", "items": item}}}
    bodies = [{"type": each, "errors": [{"code": code} for code in codes]} for each in types]
    document = api({"404": response(schema, examples=[{"value": each} for each in bodies])})
    if place is None:
        with pytest.raises(UsageError, match="no codes were found"):
            imported(document)
    else:
        assert imported(document).document["members"]["code"] == place


@pytest.mark.parametrize(("listed", "is_found"), [(["A_B"], False), (["4001", "-7"], True)])
def test_only_numbers_can_be_the_codes_of_a_number(imported, listed, is_found):
    """Words are not those of a member that is an integer."""
    document = api({"404": response({"properties": {"code": {"type": "integer"}}}, **{"x-error-codes": listed})})
    if is_found:
        assert {code for _, code in imported(document).contract.pairings} == set(listed)
    else:
        with pytest.raises(UsageError, match="no codes were found"):
            imported(document)


def test_members_with_words_are_proposed_as_the_code(imported):
    """At most three, those with the most words first, but not those of HTTP methods; each proposal works."""
    words = {name: {"enum": [f"{name.upper()}_{n}" for n in range(count)]} for name, count in (("issue", 4), ("at", 3))}
    words["method"] = {"enum": ["GET", "PUT", "POST", "DELETE", "HEAD"]}
    item = {"type": "object", "properties": words}
    schema = {"properties": {"name": {"enum": ["A_B", "C_D"]}, "details": {"type": "array", "items": item}}}
    fixed = {"properties": {"version": {"enum": ["v_1"]}, "tags": {"type": "array", "items": {"enum": ["E_F", "G_H"]}}}}
    document = api({"404": response(schema | {"required": ["name"]}), "409": response(fixed)})
    with pytest.raises(UsageError) as caught:
        imported(document)
    proposed = [line for line in str(caught.value).splitlines() if "give --code" in line]
    assert (
        proposed[0]
        == "  /details/*/issue has 4 words, such as ISSUE_0: if they are the codes, give --code /details/*/issue"
    )
    places = [line.rpartition(" ")[2] for line in proposed]
    assert places == ["/details/*/issue", "/details/*/at", "/name"]
    assert [imported(document, code=each).document["members"]["code"] for each in places] == places


def test_an_envelope_has_its_own_place_for_codes(imported):
    """The examples are read there."""
    document = api({"404": response(example={"error": {"code": "A_B", "message": "x"}})})
    assert imported(document, envelope="odata").contract.pairings == {(404, "A_B")}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"openapi": "3.1.0", "info": {"title": "x"}}, "no operation has an error response"),
        ({"openapi": "3.1.0", "paths": {"/": {"get": {"responses": {"default": response(ERROR)}}, "put": 1}, "/b": 3}}, "no operation has"),
        (api({"404": response(ERROR)}), "1 error response, 404 (1): no code in an enum, an example or x-error-codes"),
        (api({"404": response(ERROR, example={"code": "404"})}), "no code in an enum"),
        (api({"404": response(with_code(example="A_B"))}), "no code in an enum"),
        (api({"404": response({"properties": {"code": {"enum": [True]}, "id": {"enum": ["A_B"]}}})}), "no code in an enum"),
        (api({"404": response(media="application/xml", schema=with_code(enum=["A_B"]))}), "no code in an enum"),
        (api({"404": {"$ref": "#/components/responses/No"}}), "responses/404: $ref #/components/responses/No does not exist"),
        (api({"404": {"$ref": "#/components/responses/Nos"}}, components={"responses": {"No": {}}}), 'did you mean "No"?'),
        (api({"404": {"$ref": "#/paths/0"}}), "does not exist"),
        (api({"404": {"$ref": "other.yaml#/No"}}), "is in another document; bundle them into one file"),
        (
            api(
                {"404": {"$ref": "#/components/responses/A"}},
                components={"responses": {"A": {"$ref": "#/components/responses/A"}}},
            ),
            "responses/404: $ref #/components/responses/A refers to itself",
        ),
    ],
)  # fmt: skip
def test_a_document_without_codes_is_refused(imported, document, message):
    """With what it lacks, or the reference that is wrong."""
    with pytest.raises(UsageError) as caught:
        imported(document)
    assert message in str(caught.value)


def test_a_wrong_reference_in_yaml_has_its_line(read):
    """The line of the key of the object with the reference."""
    text = "openapi: 3.1.0\npaths:\n  /:\n    get:\n      responses:\n        200: {}\n        404:\n          $ref: '#/no'\n"
    with pytest.raises(UsageError, match=r"line 7: \$ref #/no does not exist"):
        read(text, "api.yaml")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"status": "x"}, "--status is for tables and rows"),
        ({"status_from": "x"}, "--status-from is for tables and rows"),
    ],
)
def test_options_of_tables_are_refused(imported, wanted, message):
    """An OpenAPI document has no columns."""
    with pytest.raises(UsageError, match=message):
        imported(api({"404": response(with_code(enum=["A_B"]))}), **wanted)


def test_a_document_without_a_title_needs_a_name(imported):
    """The title is the name of the contract."""
    document = api({"404": response(with_code(enum=["A_B"]))}, info={})
    with pytest.raises(UsageError, match="name the API with --as"):
        imported(document)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 1}),
        ({"type": "file", "pattern": r"\p{L}", "minLength": "1", "x-a": 1, "example": 1}, {"examples": [1]}),
        ({"pattern": "^a$", "required": True, "patternProperties": {"(": {}, "a": {}}}, {"pattern": "^a$", "patternProperties": {"a": {}}}),
        ({"allOf": [{"required": ["a"]}, {"required": ["b", "a"]}]}, {"required": ["a", "b"]}),
        ({"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}, {"enum": [5]}]}, {"enum": [5]}),
        ({"allOf": [{"items": {"minLength": 1}}, {"items": {"maxLength": 2}}]}, {"items": {"minLength": 1, "maxLength": 2}}),
        (
            {"items": {"$ref": "#/a"}, "anyOf": [{"$ref": "#/a"}]},
            {"items": {"type": "array", "items": {}}, "anyOf": [{"type": "array", "items": {}}]},
        ),
        ({"$ref": "#/c/1"}, {"type": "number"}),
        ({"$ref": "#/b", "minLength": 1}, {"type": "string", "minLength": 1}),
        (True, {}),
    ],
)  # fmt: skip
def test_a_schema_is_turned_into_draft_2020_12(schema, expected):
    """Without references, annotations and what Python cannot use; what contains itself is any value."""
    document = {
        "openapi": "3.1.0",
        "a": {"type": "array", "items": {"$ref": "#/a"}},
        "b": {"type": "string"},
        "c": [1, {"type": "number"}],
    }
    assert References(document).schema(schema) == expected


def test_helpers_of_schemas():
    """A pattern is a text."""
    assert not is_regex(7)
    assert merged({"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"minLength": 1}}}) == {
        "properties": {"a": {"type": "string", "minLength": 1}}
    }
