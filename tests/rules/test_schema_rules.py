"""Property rules: made from the error schema, named by a fixed mapping, checked by jsonschema."""

import json

import pytest

from pytest_pcerrors import Contract, Exchange, check
from pytest_pcerrors.contract.model import Deviation
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.schema_rules import schema_rules

TEXT = {"type": "string", "minLength": 1, "maxLength": 9}
ENVELOPE = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}, "message": TEXT}}
    },
}


def found(document, contract):
    """Return rule and pointer of every violation of a 400 with this body."""
    violations = check((400, json.dumps(document).encode()), contract=contract)
    return [(violation.rule, violation.pointer) for violation in violations if violation.rule != "code-unknown"]


def names(contract):
    """Return the names of a contract's property rules."""
    return [rule.name for rule in schema_rules(contract)]


def test_the_rules_of_the_shipped_contract_have_fixed_names():
    """Users write these names in their settings."""
    assert names(Contract.default()) == [
        "code-missing",
        "description-missing",
        "source-missing",
        "code-number",
        "code-type",
        "description-type",
        "description-empty",
        "description-too-long",
        "data-type",
        "data-item-string",
        "data-item-type",
        "source-type",
    ]


def test_another_envelope_has_names_of_the_same_form(contract_of):
    """The path of the property, followed by the meaning of its keyword."""
    assert names(contract_of(ENVELOPE)) == [
        "error-missing",
        "error-type",
        "error-code-missing",
        "error-code-type",
        "error-message-type",
        "error-message-empty",
        "error-message-too-long",
    ]


@pytest.mark.parametrize(
    ("document", "rule", "pointer"),
    [
        ({}, "error-missing", "/error"),
        ({"error": None}, "error-type", "/error"),
        ({"error": {}}, "error-code-missing", "/error/code"),
        ({"error": {"code": 7}}, "error-code-type", "/error/code"),
        ({"error": {"code": "7", "message": ""}}, "error-message-empty", "/error/message"),
        ({"error": {"code": "7", "message": "0123456789"}}, "error-message-too-long", "/error/message"),
    ],
)
def test_another_envelope_is_judged_where_its_parts_lie(contract_of, document, rule, pointer):
    """A custom contract defines where code and message are."""
    contract = contract_of(ENVELOPE, members={"code": ("error", "code"), "description": ("error", "message")})
    assert found(document, contract) == [(rule, pointer)]


@pytest.mark.parametrize(
    ("schema", "value", "rule", "message"),
    [
        ({"type": "integer"}, 1.5, "x-type", "the number 1.5 instead of an integer"),
        ({"type": "integer"}, True, "x-type", "the boolean true instead of an integer"),
        ({"type": ["number", "null"]}, "1", "x-type", 'the string "1" instead of a number or null'),
        ({"pattern": "^[A-Z]+$"}, "a", "x-format", '"a" instead of a text that matches "^[A-Z]+$"'),
        ({"enum": ["A", 1]}, "B", "x-value", '"B" instead of "A" or 1'),
        ({"const": None}, 0, "x-value", "0 instead of null"),
        ({"minLength": 2}, "a", "x-empty", "1 character, at least 2 expected"),
        ({"maxLength": 2}, "abc", "x-too-long", "3 characters, at most 2 allowed"),
        ({"minimum": 3}, 2, "x-minimum", "2 instead of at least 3"),
        ({"anyOf": [{"type": "null"}, {"minLength": 1}]}, "", "x-any-of", '"" instead of what one of the alternatives of the error schema permits'),
        ({"minLength": 1}, "", "x-empty", "0 characters, at least 1 expected"),
        ({"maxItems": 1}, [1, 2], "x-max-items", "2 items, at most 1 allowed"),
        ({"minProperties": 2}, {"a": 1}, "x-min-properties", "1 property, at least 2 expected"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "x-max-properties", "2 properties, at most 1 allowed"),
        ({"exclusiveMaximum": 3}, 3, "x-exclusive-maximum", "3 instead of less than 3"),
        ({"multipleOf": 2}, 3, "x-multiple-of", "3 instead of a multiple of 2"),
        ({"multipleOf": 0.01}, 10**400, "x-multiple-of", None),
        (
            {"additionalProperties": False},
            {"a": 1},
            "x-additional-properties",
            "an object with a instead of what additionalProperties false of the error schema permits",
        ),
        ({"uniqueItems": True}, [{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}], "x-unique-items", None),
        ({"prefixItems": [True], "items": {"type": "null"}}, ["a", "b"], "x-items", None),
        ({"if": {"type": "string"}, "then": {"minLength": 1}}, "", "x-if", None),
        ({"unevaluatedProperties": False, "allOf": [{"properties": {"a": True}}]}, {"b": 1}, None, None),
        (False, "anything", "x-not", '"anything" instead of what the error schema does not exclude'),
    ],
)  # fmt: skip
def test_a_keyword_has_a_rule(contract_of, schema, value, rule, message):
    """Every keyword of JSON Schema that can fail is a rule of its own, and its message says what was found and expected."""
    rule = rule or "x-unevaluated-properties"
    contract = contract_of({"type": "object", "properties": {"x": schema}})
    violations = check((400, json.dumps({"x": value}).encode()), contract=contract)
    assert [violation.rule for violation in violations] == [rule]
    assert message in (None, violations[0].message)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (True, 1),
        ({"type": "number"}, 1),
        ({"type": "integer"}, 10**40),
        ({"type": ["integer", "null"]}, 7.0),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, 7.0),
        ({"pattern": "^[A-Z]+$"}, 7),
        ({"enum": ["A", 1]}, 1),
        ({"minLength": 2}, 7),
        ({"prefixItems": [{"type": "string"}], "items": {"type": "null"}}, ["a", None]),
        ({"anyOf": [{"type": "null"}, {"minLength": 1}]}, None),
        ({"allOf": [{"properties": {"a": {"type": "string"}}}], "unevaluatedProperties": False}, {"a": "b"}),
        ({"uniqueItems": True}, ["1", 1, [1], True]),
        ({"uniqueItems": False}, [1, 1]),
        ({"uniqueItems": True}, "aa"),
        ({"format": "date"}, "tomorrow"),
    ],
)
def test_what_passes_a_keyword_breaks_no_rule(contract_of, schema, value):
    """A keyword does not apply to values of other types, and formats are annotations."""
    assert found({"x": value}, contract_of({"type": "object", "properties": {"x": schema}})) == []


def test_an_integer_that_is_the_code_has_no_fraction(contract_of):
    """It is looked up by its digits, so 7.0 would be in no catalogue."""
    contract = contract_of({"type": "object", "properties": {"code": {"type": "integer"}}})
    assert [found({"code": code}, contract) for code in (7, 7.0)] == [[], [("code-type", "/code")]]


@pytest.mark.parametrize(
    ("parts", "document", "rules"),
    [
        ([{"required": ["x"]}, {"required": ["x"]}], {}, ["x-missing"]),
        ([{"properties": {"x": TEXT}}, {"properties": {"x": TEXT}}], {"x": 1}, ["x-type"]),
        ([{"properties": {"x": {"maxLength": limit}}} for limit in (2, 3)], {"x": "long"}, ["x-too-long"] * 2),
        ([{"if": True, "then": {"required": [name]}} for name in "xy"], {}, ["if"] * 2),
    ],
    ids=["required", "type", "other-limits", "other-neighbours"],
)
def test_a_repeated_keyword_is_one_rule(contract_of, parts, document, rules):
    """One with another limit, or whose meaning depends on the keywords beside it, is judged by itself."""
    contract = contract_of({"type": "object", "allOf": parts})
    assert [rule for rule, _ in found(document, contract)] == rules


@pytest.mark.parametrize(
    ("schema", "value", "pointer"),
    [
        ({"items": {"type": "string"}}, ["a", 1, 2], "/x/1"),
        ({"items": {"items": {"type": "string"}}}, [["a"], [], "b", ["c", None]], "/x/3/1"),
        ({"items": {"required": ["id"]}}, [{"id": 1}, "a", {}], "/x/2/id"),
        ({"items": {"properties": {"a/b": {"const": 1}}}}, [{"a/b": 2}], "/x/0/a~1b"),
        ({"items": False}, ["a"], "/x/0"),
    ],
)
def test_items_are_judged_each(contract_of, schema, value, pointer):
    """The pointer leads to the first item that fails."""
    contract = contract_of({"type": "object", "properties": {"x": schema}})
    assert [place for _, place in found({"x": value}, contract)] == [pointer]


def test_one_rule_is_one_violation_however_many_places_fail(contract_of):
    """The first place is reported, and how many more there are."""
    contract = contract_of({"type": "object", "properties": {"x": {"items": {"type": "string"}}}})
    [violation] = check((400, b'{"x": [1, 2, 3]}'), contract=contract)
    assert violation.message == "the number 1 instead of a string (and 2 more)"


@pytest.mark.parametrize(
    ("reference", "definitions"),
    [
        ("#/$defs/text", {"text": TEXT}),
        ("#/$defs/a~1b%20c", {"a/b c": TEXT}),
        ("#text", {"any": {**TEXT, "$anchor": "text"}}),
        ("#/$defs/indirect", {"indirect": {"$ref": "#/$defs/text"}, "text": TEXT}),
        ("#/$defs/all", {"all": {"allOf": [True, {"$ref": "#/$defs/text"}]}, "text": TEXT}),
    ],
    ids=["pointer", "escaped", "anchor", "indirect", "all-of"],
)
def test_a_local_reference_is_replaced_by_its_target(contract_of, reference, definitions):
    """Rules are named by the place of the reference, and its sibling keywords apply too."""
    member = {"$ref": reference, "description": "The text.", "pattern": "^a"}
    contract = contract_of({"type": "object", "properties": {"x": member}, "$defs": definitions})
    assert sorted(names(contract)) == ["x-empty", "x-format", "x-too-long", "x-type"]
    assert found({"x": ""}, contract) == [("x-format", "/x"), ("x-empty", "/x")]


def test_a_keyword_beside_a_reference_does_not_replace_its_target(contract_of):
    """Two limits at one place are two rules of one name."""
    member = {"$ref": "#/$defs/text", "maxLength": 99}
    contract = contract_of({"type": "object", "properties": {"x": member}, "$defs": {"text": TEXT}})
    assert found({"x": "0123456789"}, contract) == [("x-too-long", "/x")]


TREE = {
    "$defs": {"node": {"type": "object", "properties": {"inner": {"$ref": "#/$defs/node"}, "id": {"type": "string"}}}}
}


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"properties": {"x": {"$ref": "#/$defs/node"}}, **TREE}, {"x": {"inner": {"inner": {"id": 7}}}}),
        ({"properties": {"id": {"type": "string"}, "x": {"$ref": "#"}}}, {"x": {"x": {"id": 7}}}),
        ({"properties": {"x": {"anyOf": [{"$ref": "#/$defs/node"}]}}, **TREE}, {"x": {"inner": {"id": 7}}}),
    ],
    ids=["definition", "root", "inside-any-of"],
)
def test_a_recursive_reference_is_judged_as_a_whole(contract_of, schema, document):
    """The rules of a recursive schema are finitely many, and see every depth."""
    assert len(found(document, contract_of({"type": "object", **schema}))) == 1


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_a_recursive_schema_outlives_deep_data(contract_of, keyword):
    """Data nested too deeply to be judged breaks the rule instead of the program."""
    nodes = {"node": {"items": {keyword: "#/$defs/node"}}}
    contract = contract_of(
        {"type": "object", "properties": {"x": {"not": {"not": {"$ref": "#/$defs/node"}}}}, "$defs": nodes}
    )
    violations = check((400, b'{"x": ' + b"[" * 800 + b"]" * 800 + b"}"), contract=contract)
    assert [violation.rule for violation in violations] == ["x-not"]


def test_many_items_are_distinguished_in_linear_time(contract_of):
    """Objects that differ from each other cannot be compared pair by pair."""
    contract = contract_of({"type": "object", "properties": {"x": {"uniqueItems": True}}})
    assert found({"x": [{"id": number} for number in range(50_000)]}, contract) == []


def test_what_only_looks_like_a_reference_is_not_one(contract_of):
    """A constant may hold anything, also a name that means something elsewhere."""
    schema = {"type": "object", "properties": {"x": {"const": {"$ref": "nowhere"}}}}
    assert names(contract_of(schema)) == ["x-value"]


@pytest.mark.parametrize(
    ("text", "unit", "rules"),
    [
        ("\N{SHOPPING TROLLEY}" * 513, "code-points", []),
        ("\N{SHOPPING TROLLEY}" * 513, "utf-16", ["description-too-long"]),
        ("\N{SHOPPING TROLLEY}" * 512, "utf-16", []),
        ("\ud83d" * 1024, "utf-16", []),
        ("\ud83d" * 1025, "utf-16", ["description-too-long"]),
        ("", "utf-16", ["description-empty"]),
    ],
    ids=["code-points", "astral", "at-the-limit", "lone-surrogates", "one-too-many", "empty"],
)
def test_a_length_has_a_unit(text, unit, rules):
    """An astral character is one code point and two UTF-16 code units; a lone surrogate is one of both."""
    policy = Policy(Contract.default(), length_unit=unit)
    body = json.dumps({"code": "800064", "description": text, "source": "a"}).encode()
    assert [violation.rule for violation in policy.judge(Exchange(409, None, body)).violations] == rules


@pytest.mark.parametrize(
    ("value", "rule"), [("a", "x-word"), (7, "x-count"), (1.5, "x-type"), (None, "x-type"), (True, None)]
)
def test_a_deviation_has_a_rule_of_its_own(contract_of, value, rule):
    """Each deviation that the contract names has its own rule; other types break the rule for the type."""
    deviations = (Deviation("x-word", ("x",), "string"), Deviation("x-count", ("x",), "integer", "Seen live."))
    contract = contract_of({"type": "object", "properties": {"x": {"type": "boolean"}}}, deviations=deviations)
    assert [name for name, _ in found({"x": value}, contract)] == ([rule] if rule else [])


def test_a_deviation_with_a_note_hints_at_the_profile():
    """A deviation of the real service comes with a hint how to permit it."""
    [violation] = check((409, b'{"code": 800064, "description": "Busy", "source": "a"}'))
    assert violation.hint == 'the real service sends this; the profile "observed" permits it'


def test_a_deviation_keeps_its_name_at_several_places(contract_of):
    """One setting is for all of them."""
    deviations = [Deviation("numeric", (name,), "integer") for name in ("x", "y")]
    contract = contract_of({"type": "object", "properties": dict.fromkeys("xy", TEXT)}, deviations=deviations)
    assert found({"x": 1, "y": 2}, contract) == [("numeric", "/x"), ("numeric", "/y")]
    assert check((400, b'{"code": "3000", "x": 1, "y": 2}'), contract=contract, profile="observed") == []


def test_two_places_have_rules_of_different_names(contract_of):
    """Names are made of letters and digits, so the second property gets a number."""
    properties = {"a-b": {"type": "string"}, "aB": {"type": "string"}}
    contract = contract_of({"type": "object", "properties": properties})
    assert found({"a-b": 1, "aB": 2}, contract) == [("a-b-type", "/a-b"), ("a-b-type-2", "/aB")]
