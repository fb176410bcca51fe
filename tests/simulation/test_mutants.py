"""Mutants: a mutator for every rule proposes variants, and what breaks exactly its rule is yielded, for any contract."""

import json
import re
from collections import defaultdict
from dataclasses import FrozenInstanceError

import pytest

from pytest_pcerrors import Contract, Entry, Exchange, Request, UsageError, check
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.rules.schema_rules import SchemaRule
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation import Mutant, mutants, synthesize
from pytest_pcerrors.simulation.mutation.generation import MUTATORS, base_of, bases, proposals

CONTRACT = Contract.default()
RULES = rule_set(CONTRACT).rules
BUSY = CONTRACT.catalogue["800064"][0]
OWN_WORDS = (409, b'{"code": "800064", "description": "Busy", "source": "PartnerFD", "isRetryable": true}')
NEEDS = {
    "challenge-missing": {401},
    "challenge-other": {401},
    "retry-after": {429},
    "body-empty-unauthorized": {401},
    "error-in-success": {200},
}
"""The rules that need a certain status; any other rule can be broken by an error response with any status that has codes."""


def ids(*args, **options):
    """Return the texts of mutants."""
    return list(map(str, mutants(*args, **options)))


def test_a_mutant_is_a_value_whose_text_is_an_id():
    """With status and code of its entry, rule and variant."""
    mutant = next(mutants(BUSY, rule="code-type"))
    assert (mutant.rule, mutant.variant, mutant.entry, mutant.base) == ("code-type", "null", BUSY, synthesize(800064))
    assert json.loads(mutant.exchange.body)["code"] is None
    assert str(mutant) == "409-800064-code-type-null"
    assert {mutant} == {next(mutants(BUSY, rule="code-type"))}
    with pytest.raises(FrozenInstanceError):
        mutant.rule = "pairing"


def test_what_is_no_entry_is_named_by_its_status():
    """A success, and a documented status without codes."""
    assert ids((200, b"{}"), rule="error-in-success")[0] == "200-error-in-success-list"
    assert ids((429, OWN_WORDS[1]), rule="retry-after")[0] == "429-retry-after-absent"
    assert Mutant("pairing", "", Exchange(404, None, b""), Exchange(409, None, b"")).entry is None


def test_ids_are_unique():
    """Each of a base has its own."""
    assert len(ids(BUSY)) == len(set(ids(BUSY))) > 90


def test_an_entry_and_its_response_have_the_same_mutants():
    """A response is recognized by its status and code."""
    assert list(mutants(BUSY)) == list(mutants(synthesize(800064)))


def test_every_rule_without_a_schema_has_a_line_in_the_table():
    """A new rule has its mutator there."""
    own = [name for name, rule in RULES.items() if not isinstance(rule.check, SchemaRule)]
    assert [name for name in MUTATORS if name in own] == own
    assert {*MUTATORS} - {*own} == {"status-differs"}  # a rule for problem details only


@pytest.mark.untraced
def test_no_variant_is_dropped_silently():
    """Each proposal for the shipped contract is a mutant of at least one base."""
    codes = ("800064", "2001", "800001", "2006")
    some = [*(CONTRACT.catalogue[code][0] for code in codes), *list(bases(CONTRACT))[-2:]]
    accepted = defaultdict(set)
    for base in some:
        for mutant, is_one in proposals(base_of(base, CONTRACT)):
            accepted[mutant.rule, mutant.variant].add(is_one)
    assert [way for way, verdicts in accepted.items() if True not in verdicts] == [
        ("duplicate-key", "totalCount"),  # of a success
        ("duplicate-key", "items"),
    ]
    assert {rule for rule, _ in accepted} == set(RULES)


@pytest.mark.untraced
def test_a_rule_needs_no_more_than_a_status():
    """The bases without a response given have all of them."""
    needed = {rule: {each.base.status for each in mutants(rule=rule)} for rule in NEEDS}
    assert needed == NEEDS
    assert {each.rule for each in mutants(BUSY)} == set(RULES) - set(NEEDS)


def test_a_busy_cart_is_broken_in_every_way_proposed():
    """Nothing is dropped but what needs another status."""
    dropped = {mutant.rule for mutant, is_one in proposals(base_of(BUSY, CONTRACT)) if not is_one}
    assert dropped == set(NEEDS) | {"description-template"}  # a template may end in any text


@pytest.mark.parametrize(
    ("rule", "variant", "body"),
    [
        ("body-not-json", "nan", rb'.*, "more": NaN}'),
        ("body-not-json", "truncated", rb"[^}]*"),
        ("code-number", "", rb'{"code": 800064, .*'),
        ("duplicate-key", "code", rb'{"code": null, "code": "800064", .*'),
        ("data-item-string", "", rb'.*"data": \["\{\}"\].*'),
        ("description-placeholder", "0", rb'.*processing cart \{0\}".*'),
    ],
)
def test_a_variant_is_what_its_word_says(rule, variant, body):
    """Some of them, in full."""
    [mutant] = [each for each in mutants(BUSY, rule=rule) if each.variant == variant]
    assert re.fullmatch(body, mutant.exchange.body)


def test_the_length_in_the_headers_stays_true():
    """What is sent over a connection can be read."""
    for mutant in mutants(BUSY):
        assert mutant.exchange.header("Content-Length") == str(len(mutant.exchange.body)) or mutant.rule in {
            "content-type",
            "pairing",
            "status-undocumented",
        }


def test_a_changed_status_has_its_reason():
    """The request stays the same."""
    for mutant in mutants(BUSY, rule="pairing"):
        assert mutant.exchange.reason == CONTRACT.statuses[mutant.exchange.status]
        assert mutant.exchange.request == mutant.base.request


def test_what_is_off_may_be_broken_by_the_base():
    """A text in other words and one more property conform; every other rule still has mutants."""
    assert check(OWN_WORDS) == []
    made = list(mutants(OWN_WORDS))
    assert {each.rule for each in made} == set(RULES) - set(NEEDS) - {"description-template", "unknown-property"}
    assert all([violation.rule for violation in check(each.exchange)] == [each.rule] for each in made)


def test_unknown_headers_become_those_of_a_conforming_response():
    """So that a client can be given the mutant."""
    made = next(mutants((401, b'{"code": "800001", "description": "No", "source": ""}'), rule="code-missing"))
    assert [name for name, _ in made.exchange.headers] == ["Content-Type", "WWW-Authenticate"]


def test_a_mutant_of_a_recorded_response_is_in_no_file():
    """Nobody would find it there."""
    body = b'{"code": "800001", "description": "No", "source": ""}'
    recorded = Exchange(401, None, body, origin="cassettes/a.yaml:4")
    assert next(mutants(recorded, rule="code-missing")).exchange.origin is None


def test_a_response_to_head_needs_no_body():
    """A rule that cannot be broken alone has no mutant."""
    head = synthesize(800064).with_request(Request("HEAD", "/v1/customers"))
    assert ids(head, rule="body-empty") == []


def test_characters_that_utf_8_cannot_encode_stay_escaped():
    """A lone surrogate is JSON, and cannot be written in another way."""
    lone = (409, rb'{"code": "800064", "description": "\ud800", "source": ""}')
    assert rb"\ud800" in next(mutants(lone, rule="source-missing")).exchange.body


def test_an_empty_object_has_mutants_where_it_conforms(contract_of):
    """Nothing is asked of it."""
    made = ids((400, b"{}"), contract=contract_of({"type": "object"}))
    assert "400-body-not-json-truncated" in made
    assert "400-body-encoding-utf-16" in made
    assert "400-body-encoding-latin-1" not in made


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"response": BUSY, "rule": "code-typo"}, 'there is no rule "code-typo"; did you mean "code-type"?'),
        ({"response": (409, b"{}")}, "only a conforming response .* has code-missing /code: "),
        ({"response": Exchange(409, None, b"", body_problem="not kept")}, "only a conforming .* has unreadable: .*not kept"),
        ({"response": 42}, "an int is not a response"),
        (
            {"response": (409, OWN_WORDS[1][:-1] + b', "data": [{"a": ' + b"[" * 600 + b"]" * 600 + b"}]}")},
            "the body of this response is nested too deeply",
        ),
    ],
    ids=["rule", "broken", "unknown-body", "no-response", "deep"],
)  # fmt: skip
def test_what_cannot_be_changed_is_misuse(arguments, problem):
    """The message says what was found."""
    with pytest.raises(UsageError, match=f"^{problem}"):
        list(mutants(**arguments))


TEXT = {"type": "string", "minLength": 3, "maxLength": 9}


@pytest.mark.parametrize(
    ("schema", "rule", "variants"),
    [
        (TEXT, "x-empty", ["empty", "one-less"]),
        (TEXT, "x-too-long", ["one-more", "double"]),
        (TEXT, "x-type", ["null", "boolean", "number", "float", "array", "object"]),
        ({"type": ["string", "null"]}, "x-type", ["boolean", "number", "float", "array", "object"]),
        ({"type": "string", "pattern": "^[a-z]+$"}, "x-format", ["empty", "space", "other", "other-case"]),
        ({"pattern": "^[-0-9]+$", "minLength": 36, "maxLength": 36}, "x-format", ["other"]),
        (
            {"type": "string", "maxLength": 2**31 - 1},
            "x-type",
            ["null", "boolean", "number", "float", "array", "object"],
        ),
        (
            {"type": "array", "maxItems": 2**31 - 1},
            "x-type",
            ["null", "boolean", "number", "float", "string", "object"],
        ),
        ({"enum": ["A", "B"]}, "x-value", None),
        ({"const": 7}, "x-value", None),
        ({"const": True}, "x-value", None),
        ({"const": None}, "x-value", None),
        ({"type": "string", "enum": ["A", "B"]}, "x-value", ["other", "other-case", "empty", "string"]),
        ({"type": "integer", "maximum": 5}, "x-maximum", ["above"]),
        ({"type": "integer", "exclusiveMaximum": 5}, "x-exclusive-maximum", ["above", "at-the-limit"]),
        ({"type": "integer", "multipleOf": 1}, None, None),
        ({"type": "number", "multipleOf": 1}, "x-multiple-of", [""]),
        ({"type": "array", "maxItems": 1}, "x-max-items", ["one-more", "twice"]),
        ({"type": "array", "uniqueItems": True}, "x-unique-items", ["one-more", "twice"]),
        ({"type": "array", "items": {"type": "string"}}, "x-item-type", None),
        ({"items": {"required": ["id"]}}, "x-item-id-missing", [""]),
        ({"type": "array", "items": {"type": "object", "required": ["id"]}}, "x-item-id-missing", [""]),
        ({"type": "object", "additionalProperties": False}, "x-additional-properties", None),
        ({"type": "object", "properties": {"y": TEXT}}, "x-y-too-long", ["one-more", "double"]),
        ({"anyOf": [{"type": "null"}, {"minLength": 1}]}, "x-any-of", [""]),
        ({"type": "object", "minProperties": 1}, "x-min-properties", [""]),
        ({"prefixItems": [{"type": "string"}], "items": False}, "x-items", None),
    ],
)
def test_a_keyword_of_any_schema_has_mutants(contract_of, schema, rule, variants):
    """Made from the schema, also for members that the base does not have, inside of others and of items."""
    contract = contract_of({"type": "object", "properties": {"x": schema}})
    made = [each for each in mutants((400, b'{"code": "2001"}'), contract=contract) if each.rule.startswith("x-")]
    for each in made:
        assert [violation.rule for violation in check(each.exchange, contract=contract)] == [each.rule]
    found = [each.variant for each in made if each.rule == rule]
    assert found == variants or (variants is None and (found or rule is None))


def test_a_nested_error_has_mutants_of_all_its_rules():
    """Those of the members, of the catalogue and of the body."""
    schema = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "object", "required": ["code", "message"], "properties": {"code": {"type": "integer"}, "message": TEXT}}},
    }  # fmt: skip
    entry = Entry(400, "7", ("Not {0}",))
    members = {"code": ("error", "code"), "description": ("error", "message")}
    contract = Contract("Acme", {400: "Bad Request"}, Catalogue((entry,)), schema, members)
    with pytest.raises(UsageError, match="no conforming response can be made"):
        list(mutants(entry, contract=contract))
    made = list(mutants((400, b'{"error": {"code": 7, "message": "Not now"}}'), contract=contract))
    assert {each.rule for each in made} == set(rule_set(contract).rules) - set(NEEDS) - {"pairing"}
    assert json.loads(next(each for each in made if each.rule == "code-unknown").exchange.body)["error"]["code"] == 8
    assert {each.entry for each in made} == {entry}


def test_a_place_that_cannot_be_made_has_no_mutants(contract_of):
    """A member that requires itself."""
    node = {"type": "object", "required": ["y"], "properties": {"y": {"$ref": "#/properties/x"}}}
    contract = contract_of({"type": "object", "properties": {"x": node}})
    assert not [each for each in ids((400, b'{"code": "2001"}'), contract=contract) if "-x-" in each]


def test_a_contract_without_entries_has_a_success_as_its_base(contract_of):
    """An error response cannot be made for it."""
    contract = contract_of({"type": "object"}, catalogue=Catalogue(()))
    assert [each.base.status for each in mutants(rule="error-in-success", contract=contract)] == [200] * 3


def test_a_code_that_is_not_documented_has_mutants():
    """With a status that has no codes, any code conforms; its description must have no placeholder."""
    unlisted = (405, b'{"code": "Busy", "description": "The cart is busy", "source": ""}')
    assert ids(unlisted, rule="description-placeholder") == ["405-description-placeholder-0"]
    assert ids(unlisted, rule="code-unknown") == ids(unlisted, rule="pairing") == []


def test_a_member_that_the_schema_does_not_need_may_be_missing(contract_of):
    """Without a description, nothing changes it."""
    contract = contract_of({"type": "object"}, members={"code": ("code",), "description": ("description",)})
    made = {each.rule for each in mutants((400, b'{"code": "2001"}'), contract=contract)}
    assert not {rule for rule in made if rule.startswith("description")}
    assert "code-unknown" in made


def test_each_template_of_an_entry_has_its_own_placeholders():
    """One text of it may have none, and a code may be a word."""
    entries = (Entry(400, "Busy", ("Cart {0} is busy", "The cart is busy")),)
    contract = Contract("Acme", {400: "Bad Request"}, Catalogue(entries), {"type": "object"}, CONTRACT.members)
    assert ids(entries[0], rule="description-placeholder", contract=contract) == [
        "400-Busy-description-placeholder-0",
        "400-Busy-description-placeholder-all",
    ]
    assert ids(entries[0], rule="code-unknown", contract=contract)[0] == "400-Busy-code-unknown-longer"


def test_an_unknown_code_has_the_letters_that_its_pattern_permits(contract_of):
    """Neither a digit nor a word in other letters breaks only one rule there."""
    properties = {"code": {"type": "string", "pattern": "^[A-Z]+$"}}
    contract = contract_of(
        {"type": "object", "properties": properties}, catalogue=Catalogue((Entry(400, "BUSY", ("Busy",)),))
    )
    assert ids((400, b'{"code": "BUSY"}'), rule="code-unknown", contract=contract) == ["400-BUSY-code-unknown-longer"]


@pytest.mark.parametrize(("status", "body"), [(200, b"[1]"), (204, b""), (301, b"moved")])
def test_any_response_that_conforms_can_be_a_base(status, body):
    """A success without an object, and what no rule judges."""
    made = [mutant.variant for mutant in mutants((status, body))]
    assert made == (["list", "item", "device", "member", "body"] if status < 300 else [])


@pytest.mark.parametrize(
    ("schema", "mutant"),
    [
        ({"anyOf": [{"required": ["code"], "properties": {"code": True}}, {"required": ["a"]}]}, "any-of-without-code"),
        ({"properties": {"code": True}, "additionalProperties": False}, "additional-properties"),
        ({"allOf": [{"properties": {"code": True}}], "unevaluatedProperties": False}, "unevaluated-properties"),
    ],
)
def test_a_keyword_of_the_whole_body_has_mutants(contract_of, schema, mutant):
    """Without a member that an alternative needs, or with one that a closed schema refuses, which is then no unknown property."""
    contract = contract_of({"type": "object", **schema})
    found = ids((400, b'{"code": "2001"}'), contract=contract)
    assert f"400-2001-{mutant}" in {each.removesuffix("-one-more") for each in found}
    assert any("unknown-property" in each for each in found) == (mutant == "any-of-without-code")
