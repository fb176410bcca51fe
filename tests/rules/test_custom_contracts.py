"""The rules outside of the schema, with contracts of other shapes."""

import json
from dataclasses import replace

import pytest

from pytest_pcerrors import Catalogue, Contract, Entry, Exchange, UsageError, check
from pytest_pcerrors.contract.model import Deviation
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.stages import rule_set

OBJECT = {"type": "object"}


def broken(response, contract):
    """Return the names of the rules that a response breaks."""
    return [violation.rule for violation in check(response, contract=contract)]


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        (b'{"code": "3000"}', ["text-missing"]),
        (b'{"errors": [{"code": "3000"}]}', []),
        (b'{"code": "3001", "text": "No"}', ["error-in-success"]),
    ],
    ids=["paired", "paired-inside", "unpaired"],
)
def test_a_success_that_is_paired_with_a_code_is_an_error_response(contract_of, body, rules):
    """Where the contract pairs a code with a 2xx, such an object is judged as an error, and is not hidden."""
    catalogue = Catalogue((Entry(200, "3000", ("Half done",)), Entry(400, "3001", ("No",))))
    contract = contract_of({**OBJECT, "required": ["code", "text"]}, catalogue=catalogue)
    assert broken((200, body), contract) == rules


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        ({"code": "US"}, []),
        ({"code": "US", "description": ""}, []),
        ({"type": "book", "title": "Dune"}, []),
        ({"code": 0, "message": "ok"}, []),
        ({"error": None, "errors": []}, []),
        ({"errors": 7}, []),
        (["errors"], []),
        ("errors", []),
        ({"code": "3000"}, ["error-in-success"]),
        ({"error": "no such book"}, ["error-in-success"]),
        ({"errors": [{"code": "x"}]}, ["error-in-success"]),
        ({"books": [{"title": "Dune"}, {"error": {"code": "gone"}}]}, ["error-in-success"]),
        ({"errors": [{"error": 1}]}, ["error-in-success"]),
    ],
    ids=str,
)
def test_an_error_of_another_api_has_a_documented_code_or_is_called_one(contract_of, body, rules):
    """Ordinary objects with the members of an error are no errors."""
    catalogue = Catalogue((Entry(400, "3000", ("No",)),))
    assert broken((200, json.dumps(body).encode()), contract_of(OBJECT, catalogue=catalogue)) == rules


def test_a_success_of_partner_center_may_have_a_code_that_is_paired_with_it():
    """As newer pages do; only other codes are reported."""
    entries = Contract.default().extended([Entry(200, "3000", ("Half done",))])
    body = b'{"orderErrors": [{"code": "3000", "description": "No"}, {"code": "3001", "description": "No"}]}'
    assert [each.pointer for each in check((200, body), contract=entries)] == ["/orderErrors/1"]


def test_an_error_object_has_its_code_where_the_contract_has_it(contract_of):
    """Success bodies are searched with the names of the contract."""
    contract = contract_of(OBJECT, members={"code": ("fault", "id")}, catalogue=Catalogue((Entry(400, "7", ("No",)),)))
    [violation] = check((200, b'{"fault": {"id": 7}}'), contract=contract)
    assert (violation.actual, violation.pointer) == ("7", "/fault/id")


@pytest.mark.parametrize(
    ("documented", "came", "rules"),
    [
        ("OAuth realm=urn:cpsvc:cpid:{some cid}", "OAuth realm=urn:cpsvc:cpid:7", []),
        ("OAuth realm=urn:cpsvc:cpid:{some cid}", "Bearer", ["challenge-other"]),
        (None, "Bearer", []),
        (None, "", ["challenge-missing"]),
    ],
)
def test_a_documented_challenge_is_a_template(contract_of, documented, came, rules):
    """Words in braces match any text; without a documented challenge any one passes, but a missing one fails."""
    headers = {"Content-Type": "application/json", "WWW-Authenticate": came}
    contract = contract_of(OBJECT, challenge=documented, statuses={401: "Unauthorized"})
    assert broken({"status": 401, "headers": headers, "body": {}}, contract) == rules


@pytest.mark.parametrize("name", ["message", "statusCode"])
def test_an_envelope_that_the_contract_asks_for_is_none(contract_of, name):
    """A contract may itself require what the gateway sends."""
    contract = contract_of({**OBJECT, "required": ["statusCode", "message"]})
    body = {"statusCode": 400, "message": "No"}
    assert broken({"status": 400, "body": body}, contract) == []
    assert broken({"status": 400, "body": {name: body[name]}}, contract) != []


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#/$defs/error"}, {"allOf": [{"$ref": "#/$defs/error"}]}, {"anyOf": [{"$ref": "#/$defs/error"}, {}]}],
    ids=["reference", "all", "any"],
)
def test_a_property_of_any_subschema_is_known(contract_of, schema):
    """By its name or by a pattern; it may be described in a schema that the contract refers to or combines."""
    error = {"properties": {"code": {}}, "patternProperties": {"^x-": {}}}
    contract = contract_of({**schema, "$defs": {"error": error}})
    policy = Policy(contract, overrides={"unknown-property": "error"})
    violations = policy.judge(Exchange(400, None, b'{"code": "3000", "x-a": 1, "z": 1}')).violations
    assert [(each.rule, each.actual, each.expected) for each in violations] == [("unknown-property", "z", "code")]


def test_rules_are_made_once():
    """Those of a contract, and those of a policy, which the policy of a test with a marker has too."""
    assert rule_set(Contract.default()) is rule_set(Contract.default())
    policy = Policy(Contract.default(), overrides={"code-number": "off"})
    marked = policy.adapted([Allowance("pairing", "known")], "observed")
    assert marked.rules_under("observed") is policy.rules_under("observed") is not policy.rules_under("documented")


@pytest.mark.parametrize("name", ["pairing", "code-type"])
def test_a_deviation_needs_a_name_of_its_own(name):
    """Profiles and allowances could not distinguish it from the rule of that name."""
    contract = replace(Contract.default(), deviations=(Deviation(name, ("code",), "integer"),))
    with pytest.raises(UsageError, match=f"names a deviation {name}"):
        check((404, b"{}"), contract=contract)
