"""What changed from one contract to another, and what each change does to a client."""

from dataclasses import replace

import pytest

from pytest_pcerrors import Catalogue, Contract, Entry
from pytest_pcerrors.contract.diff import diff

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
)


def with_entries(*entries):
    """Return the old contract with these entries."""
    return replace(OLD, catalogue=Catalogue(entries))


def with_property(name, **keywords):
    """Return the old contract with keywords of a property changed; None takes one away."""
    changed = {**OLD.error_schema["properties"][name], **keywords}
    kept = {keyword: value for keyword, value in changed.items() if value is not None}
    return replace(OLD, error_schema={**OLD.error_schema, "properties": {**OLD.error_schema["properties"], name: kept}})


def told(new):
    """Return the changes from the old contract to a new one, in short."""
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
        (
            with_entries(Entry(400, "1", ("One {1}",)), TWO, THREE),
            ("behavioural", "placeholders-changed", "400 with code 1"),
        ),
        (replace(OLD, statuses={**OLD.statuses, 429: ""}), ("behavioural", "status-added", "429 Too Many Requests")),
        (replace(OLD, statuses={400: ""}), ("compatible", "status-removed", "404 Not Found")),
        (replace(OLD, challenge="Bearer"), ("breaking", "challenge-changed", "WWW-Authenticate")),
        (replace(OLD, members={"code": ("code",)}), ("breaking", "member-moved", "description")),
        (with_property("description", maxLength=200), ("breaking", "schema-changed", "/description maxLength")),
        (with_property("description", maxLength=None), ("breaking", "schema-changed", "/description maxLength")),
        (with_property("description", maxLength=50), ("compatible", "schema-changed", "/description maxLength")),
        (with_property("description", minLength=None), ("behavioural", "schema-changed", "/description minLength")),
        (with_property("description", minLength=2), ("compatible", "schema-changed", "/description minLength")),
        (with_property("code", type="integer"), ("breaking", "schema-changed", "/code type")),
        (with_property("code", pattern="x"), ("behavioural", "schema-changed", "/code pattern")),
        (with_property("data", items={"type": "string"}), ("breaking", "property-removed", "/data/*/field")),
        (with_property("code", maxLength=9), ("compatible", "schema-changed", "/code maxLength")),
        (
            replace(OLD, error_schema={**OLD.error_schema, "required": []}),
            ("breaking", "schema-changed", "/code required"),
        ),
        (
            replace(OLD, error_schema={**OLD.error_schema, "required": ["code", "description"]}),
            ("compatible", "schema-changed", "/description required"),
        ),
    ],
)
def test_each_change_is_classed_by_what_it_does_to_a_client(new, change):
    """A change is told with its effect, its kind and what it concerns."""
    assert change in told(new)


def test_a_new_property_is_passed_over_by_clients():
    """A property that was not there is compatible."""
    schema = {**OLD.error_schema, "properties": {**OLD.error_schema["properties"], "region": {"type": "string"}}}

    assert told(replace(OLD, error_schema=schema)) == [("compatible", "property-added", "/region")]


def test_the_worst_comes_first():
    """Changes are sorted by their effect."""
    new = replace(with_entries(ONE, TWO), challenge=None, statuses={**OLD.statuses, 500: ""})

    assert [effect for effect, *_ in told(new)] == ["breaking", "behavioural", "compatible"]


def test_another_wording_is_no_change():
    """Where hardly a text is the same (another language), texts are not compared, but their placeholders are."""
    new = with_entries(Entry(400, "1", ("Een",)), Entry(400, "2", ("Twee",)), Entry(404, "3", ("Drie",)))

    assert told(new) == [("behavioural", "placeholders-changed", "400 with code 1")]


def test_a_contract_does_not_differ_from_itself():
    """Contract.diff is the same function."""
    assert Contract.default().diff(Contract.default()) == []
