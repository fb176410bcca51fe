"""The changes from one contract to another, and the effect of each on a client."""

from dataclasses import replace

import pytest

from pytest_pcerrors import Catalogue, Contract, Entry
from pytest_pcerrors.contract.changes import diff

OLD = Contract(
    name="Old",
    statuses={400: "Bad Request", 404: "Not Found"},
    catalogue=Catalogue((Entry(400, "1", ("One {0}",)), Entry(400, "2", ("Two",)), Entry(404, "3", ("Three",)))),
    error_schema={
        "type": "object",
        "required": ["code"],
        "properties": {
            "code": {"type": "string"},
            "description": {"type": "string", "minLength": 1, "maxLength": 100},
            "data": {"type": "array", "items": {"type": "object", "properties": {"field": {"type": "string"}}}},
        },
    },
    members={"code": ("code",), "description": ("description",)},
    challenge="OAuth",
    hosts=("api.example",),
)


def with_entries(*entries):
    """Return the old contract with these entries."""
    return replace(OLD, catalogue=Catalogue(entries))


def with_property(name, **keywords):
    """Return the old contract with changed keywords of a property; None removes one."""
    changed = {**OLD.error_schema["properties"][name], **keywords}
    kept = {keyword: value for keyword, value in changed.items() if value is not None}
    return replace(OLD, error_schema={**OLD.error_schema, "properties": {**OLD.error_schema["properties"], name: kept}})


def changes_of(new):
    """Return a short form of the changes from the old contract to a new one."""
    return [(change.effect, change.kind, change.what) for change in diff(OLD, new)]


ONE, TWO, THREE = OLD.catalogue


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (with_entries(ONE, TWO, THREE, Entry(400, "4", ("Four",))), ("behavioural", "entry-added", "400 with code 4")),
        (with_entries(ONE, TWO, THREE, Entry(200, "4", ("Four",))), ("breaking", "entry-added", "200 with code 4")),
        (with_entries(ONE, TWO, THREE, Entry(400, "3", ("Three",))), ("behavioural", "entry-added", "400 with code 3")),
        (with_entries(ONE, TWO), ("compatible", "entry-removed", "404 with code 3")),
        (with_entries(ONE, TWO, Entry(400, "3", ("Three",))), ("breaking", "status-changed", "code 3")),
        (with_entries(ONE, TWO, Entry(404, "3", ("Other",))), ("compatible", "description-changed", "404 with code 3")),
        (with_entries(Entry(400, "1", ("One {1}",)), TWO, THREE), ("behavioural", "placeholders-changed", "400 with code 1")),
        (replace(OLD, statuses={**OLD.statuses, 429: ""}), ("behavioural", "status-added", "429 Too Many Requests")),
        (replace(OLD, statuses={400: ""}), ("compatible", "status-removed", "404 Not Found")),
        (replace(OLD, challenge=None), ("breaking", "challenge-changed", "WWW-Authenticate")),
        (replace(OLD, hosts=("new.example",)), ("breaking", "host-removed", "api.example")),
        (replace(OLD, hosts=("api.example", "new.example")), ("compatible", "host-added", "new.example")),
        (replace(OLD, challenge="Bearer"), ("breaking", "challenge-changed", "WWW-Authenticate")),
        (replace(OLD, members={"code": ("code",)}), ("breaking", "member-moved", "description")),
        (with_property("description", maxLength=200), ("breaking", "schema-changed", "/description maxLength")),
        (with_property("description", maxLength=None), ("breaking", "schema-changed", "/description maxLength")),
        (with_property("description", maxLength=50), ("compatible", "schema-changed", "/description maxLength")),
        (with_property("description", minLength=None), ("behavioural", "schema-changed", "/description minLength")),
        (with_property("description", minLength=2), ("compatible", "schema-changed", "/description minLength")),
        (with_property("code", type="integer"), ("breaking", "schema-changed", "/code type")),
        (with_property("code", type=["string"]), ("compatible", "schema-changed", "/code type")),
        (with_property("code", type=["string", "null"]), ("breaking", "schema-changed", "/code type")),
        (with_property("code", type=None), ("breaking", "schema-changed", "/code type")),
        (with_property("code", pattern="x"), ("compatible", "schema-changed", "/code pattern")),
        (with_property("data", items={"type": "string"}), ("breaking", "property-removed", "/data/*/field")),
        (with_property("code", maxLength=9), ("compatible", "schema-changed", "/code maxLength")),
        (replace(OLD, error_schema={**OLD.error_schema, "required": []}), ("breaking", "schema-changed", "/code required")),
        (
            replace(OLD, error_schema={**OLD.error_schema, "required": ["code", "description"]}),
            ("compatible", "schema-changed", "/description required"),
        ),
    ],
)  # fmt: skip
def test_each_change_is_classified_by_its_effect_on_a_client(new, change):
    """A change has its effect, its kind and what it concerns."""
    assert change in changes_of(new)


def test_a_new_property_is_ignored_by_clients():
    """An added property is compatible."""
    schema = {**OLD.error_schema, "properties": {**OLD.error_schema["properties"], "region": {"type": "string"}}}
    assert changes_of(replace(OLD, error_schema=schema)) == [("compatible", "property-added", "/region")]


def test_the_worst_comes_first():
    """Changes are sorted by their effect."""
    new = replace(with_entries(ONE, TWO), challenge=None, statuses={**OLD.statuses, 500: ""})
    assert [effect for effect, *_ in changes_of(new)] == ["breaking", "behavioural", "compatible"]


def test_another_wording_is_not_a_change():
    """If hardly any text is the same (another language), only the placeholders of texts are compared."""
    new = with_entries(Entry(400, "1", ("Een",)), Entry(400, "2", ("Twee",)), Entry(404, "3", ("Drie",)))
    assert changes_of(new) == [("behavioural", "placeholders-changed", "400 with code 1")]


def test_a_contract_does_not_differ_from_itself():
    """Contract.diff is the same function."""
    assert Contract.default().diff(Contract.default()) == []


@pytest.mark.parametrize(
    ("was", "now", "effect"),
    [
        (["a", "b"], ["a"], "compatible"),
        (["a"], ["a", "b"], "behavioural"),
        (None, ["a"], "compatible"),
        (["a"], None, "behavioural"),
    ],
)
def test_fewer_values_are_compatible(was, now, effect):
    """If fewer values are possible, no client receives a new one."""
    old, new = (with_property("code", enum=values) for values in (was, now))
    assert [change.effect for change in diff(old, new)] == [effect]


def test_another_pattern_is_behavioural():
    """Patterns cannot be compared for which one is narrower."""
    old, new = (with_property("code", pattern=pattern) for pattern in "ab")
    assert [change.effect for change in diff(old, new)] == ["behavioural"]


def test_an_added_status_below_400_is_reported_by_its_entry_alone():
    """A client knows 200; the error in the response breaks it."""
    assert changes_of(OLD.extended([Entry(200, "4", ("Four",))])) == [("breaking", "entry-added", "200 with code 4")]


@pytest.mark.parametrize(("status", "why"), [(403, "takes another branch"), (200, "takes this error for a success")])
def test_why_a_moved_code_breaks_a_client(status, why):
    """A status below 400 hides the error."""
    [change] = [each for each in diff(OLD, with_entries(ONE, TWO, Entry(status, "3", ("Three",)))) if each.pairings]
    assert change.why.endswith(why)


@pytest.mark.parametrize(
    ("code", "why"), [("3", "this code with a status that it does not expect"), ("4", "a code that it does not know")]
)
def test_why_an_added_entry_matters(code, why):
    """A known code with one more status is still a known code."""
    [change] = diff(OLD, with_entries(ONE, TWO, THREE, Entry(400, code, ("x",))))
    assert why in change.why


def test_a_new_challenge_or_member_breaks_nobody():
    """Something that was not documented before breaks no client."""
    old = replace(OLD, challenge=None, members={"code": ("code",)})
    assert {change.effect for change in diff(old, OLD)} == {"compatible"}


def with_defs(*, length, **more):
    """Return a contract whose envelope uses references, one of them recursive."""
    error = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "maxLength": length}}}
    error["properties"] |= {"inner": {"$ref": "#/$defs/error"}, **more}
    schema = {"type": "object", "properties": {"error": {"$ref": "#/$defs/error"}}, "$defs": {"error": error}}
    return replace(OLD, error_schema=schema)


def test_changes_inside_a_reference_are_found():
    """A $ref is followed, and a recursive one only once."""
    changes = diff(with_defs(length=9, gone=True), with_defs(length=10))
    assert [change.what for change in changes] == ["/error/text maxLength", "/error/gone"]


def test_references_that_multiply_are_followed_for_a_while():
    """Forty that each lead to the next one twice describe too many places to compare."""
    below = [{"$ref": f"#/$defs/d{index + 1}"} for index in range(40)]
    defs = {f"d{index}": {"properties": {"a": each, "b": each}} for index, each in enumerate(below)}
    schemas = ({"$ref": "#/$defs/d0", "$defs": {**defs, "d40": {}}, "type": kind} for kind in ("object", "array"))
    [change] = diff(*(replace(OLD, error_schema=schema) for schema in schemas))
    assert change.what == "the body type"


def test_changes_inside_allof_are_found():
    """As those of a schema that is written in one piece; a property that may never be there is not one."""
    schema = OLD.error_schema
    whole = {**schema, "properties": {**schema["properties"], "at": {"type": "string"}, "never": False}}
    at = {"maxLength": 7, "type": "string", "allOf": [{"maxLength": 9}]}
    parts = {"allOf": [schema, {"properties": {"at": at}}]}
    changes = diff(replace(OLD, error_schema=whole), replace(OLD, error_schema=parts))
    assert [(change.what, change.after) for change in changes] == [("/at maxLength", "7")]


def test_keywords_of_the_body_itself_are_compared():
    """Forbidding other properties of the body is a change."""
    schema = {**OLD.error_schema, "additionalProperties": False}
    assert changes_of(replace(OLD, error_schema=schema)) == [
        ("compatible", "schema-changed", "the body additionalProperties")
    ]
    assert [change.effect for change in diff(replace(OLD, error_schema=schema), OLD)] == ["behavioural"]
