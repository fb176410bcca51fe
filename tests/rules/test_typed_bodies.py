"""Bodies read by types: of which schemas, and the code and the description in them."""

import json

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.rules import quick
from pytest_pcerrors.rules._typed_bodies import typed_bodies
from pytest_pcerrors.rules.parsed_response import ParsedResponse
from pytest_pcerrors.rules.quick import Quick
from pytest_pcerrors.rules.stages import rule_set

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
NESTED = {
    "required": ["error"],
    "properties": {"error": {"type": "object", "required": ["code"], "properties": {"code": TEXT, "note": TEXT}}},
}


@pytest.mark.parametrize(
    ("schema", "members", "body", "expected"),
    [
        ({"properties": {"code": TEXT}}, {"code": ("code",)}, {"code": "7"}, ("7", None)),
        ({"properties": {"code": TEXT}}, {"code": ("code",)}, {"code": 7}, None),
        ({"properties": {"code": TEXT}}, {"code": ("code",)}, {"code": "7", "more": 1}, None),
        ({"properties": {"code": {"type": ["integer"]}}}, {"code": ("code",)}, {"code": 7}, ("7", None)),
        (NESTED, {"code": ("error", "code")}, {"error": {"code": "7", "note": "a"}}, ("7", None)),
        (NESTED, {"code": ("error", "code"), "description": ("error", "note")}, {"error": {"code": "7"}}, ("7", None)),
    ],
)
def test_members_of_bodies(contract_of, schema, members, body, expected):
    """None for a body that the types do not accept."""
    typed = typed_bodies(rule_set(contract_of(schema)).schema_rules, members)
    assert typed.read(json.dumps(body).encode()) == expected


@pytest.mark.parametrize(
    ("schema", "members"),
    [
        ({"properties": {"code": {"type": "string", "pattern": "^[0-9]"}}}, {"code": ("code",)}),
        ({"properties": {"code": {"allOf": [TEXT, {"type": "null"}]}}}, {"code": ("code",)}),
        ({"properties": {"code": TEXT}}, {"code": ("code",), "description": ("text",)}),
    ],
)
def test_schemas_that_types_cannot_express(contract_of, schema, members):
    """Another keyword, a place that accepts no value, a member without a rule."""
    assert typed_bodies(rule_set(contract_of(schema)).schema_rules, members) is None


def test_few_heads_are_kept(monkeypatch):
    """Further ones are looked at again."""
    monkeypatch.setattr(quick, "_MOST_HEADS", 1)
    contract = Contract.default()
    recognizer = Quick(rule_set(contract).without(["unknown-property", "description-template"]), contract)
    body = b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'
    kinds = ("application/json", "application/json; charset=utf-8", "application/json")
    assert [recognizer.code_of_error(409, kind, body) for kind in kinds] == ["800064"] * 3


def test_a_redirect_is_not_searched():
    """Only 2xx responses are, which no entry pairs with a code."""
    contract = Contract.default()
    recognizer = Quick(rule_set(contract), contract)
    assert [recognizer.is_success(status, "{}") for status in (200, 302)] == [True, False]


def test_a_response_that_is_read_later_has_no_other_attributes():
    """A wrong name does not read it."""
    with pytest.raises(AttributeError, match="no attribute other"):
        object.__new__(ParsedResponse).other  # noqa: B018 - the access is tested
