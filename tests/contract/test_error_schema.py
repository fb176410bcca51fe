"""The shipped error schema is an ordinary JSON Schema, of use to any tool."""

import pytest
from jsonschema import Draft202012Validator

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.documents import published_schema

CONFORMING = {"code": "800064", "description": "The cart is busy", "source": "PartnerFD"}
VALIDATOR = Draft202012Validator(Contract.default().error_schema)


def test_it_is_a_json_schema():
    """The schema is valid under draft 2020-12, and says so."""
    assert Draft202012Validator.check_schema(VALIDATOR.schema) is None
    assert VALIDATOR.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"code": "0"},
        {"data": []},
        {"data": [{"field": "id"}]},
        {"description": "x" * 1024},
        {"source": ""},
        {"correlationId": None},
    ],
    ids=str,
)
def test_it_accepts_what_the_page_describes(change):
    """Data is optional, a description may have 1024 characters, and other properties may be present."""
    assert VALIDATOR.is_valid(CONFORMING | change)


@pytest.mark.parametrize(
    ("change", "keyword"),
    [
        ({"code": 800064}, "type"),
        ({"code": None}, "type"),
        ({"description": None}, "type"),
        ({"description": ""}, "minLength"),
        ({"description": "x" * 1025}, "maxLength"),
        ({"source": None}, "type"),
        ({"data": {}}, "type"),
        ({"data": None}, "type"),
        ({"data": [{}, "x"]}, "type"),
    ],
    ids=lambda each: ascii(each)[:30],
)
def test_it_refuses_what_the_page_rules_out(change, keyword):
    """Each violation breaks one keyword."""
    assert [error.validator for error in VALIDATOR.iter_errors(CONFORMING | change)] == [keyword]


@pytest.mark.parametrize("name", ["code", "description", "source"])
def test_it_asks_for_what_is_always_returned(name):
    """Code, description and source are required."""
    [error] = VALIDATOR.iter_errors({key: value for key, value in CONFORMING.items() if key != name})
    assert (error.validator, set(error.validator_value) - set(error.instance)) == ("required", {name})


@pytest.mark.parametrize("body", [[], "Forbidden", None, 3])
def test_it_asks_for_an_object(body):
    """A body that is not an object is not an error object."""
    assert not VALIDATOR.is_valid(body)


def test_the_schema_of_contract_files_is_one():
    """The published schema of contract files is itself valid, and describes each key."""
    schema = published_schema("pytest_pcerrors.contract", "contract.schema.json")
    assert Draft202012Validator.check_schema(schema) is None
    assert [key for key, each in schema["properties"].items() if not each.get("description", "").endswith(".")] == []
