"""The documentation of rules for `pcerrors explain` and the reference."""

import pytest

from pytest_pcerrors import Contract, Violation
from pytest_pcerrors.policy.audit import UNREADABLE
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.registry import ALWAYS_ERRORS, EXPECTATIONS, OF_RECORDINGS, RECORDING_RULES, all_rules
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.rules.violation import ALLOWANCE_EXPIRED

SHIPPED = all_rules(rule_set(Contract.default()).rules)
OF_THE_WALK = [each for each in SHIPPED if each.stage not in ("assertion", "settings", "recordings")]


def described(rules):
    """Return the rules of a set by name."""
    return {each.name: each for each in all_rules(rules.rules)}


def test_every_rule_is_described_once_in_the_order_of_the_stages():
    """The rules of the stages come first, then the others, then those for recordings."""
    outside = [each.name for each in ALWAYS_ERRORS]
    assert [each.name for each in SHIPPED] == [*rule_set(Contract.default()).rules, *outside, *OF_RECORDINGS]
    assert set(outside) == EXPECTATIONS | {ALLOWANCE_EXPIRED, UNREADABLE}


@pytest.mark.parametrize("rule", [*ALWAYS_ERRORS, *RECORDING_RULES], ids=lambda rule: rule.name)
def test_a_rule_outside_the_stages_checks_no_response(rule):
    """Assertions, settings and recordings are checked elsewhere."""
    assert list(rule.check(None)) == []


def test_the_rules_of_recordings_have_severities():
    """A secret is an error under either profile, what may be one or is old a warning."""
    severities = {each.name: set(each.severities.values()) for each in SHIPPED[-3:]}
    assert severities == {"secret-recorded": {"error"}, "secret-suspected": {"warning"}, "stale": {"warning"}}


@pytest.mark.parametrize("rule", OF_THE_WALK, ids=lambda rule: rule.name)
def test_a_description_is_whole(rule):
    """Every rule of the stages has a condition, documentation, an example, a fix, and severities."""
    assert all([rule.breaks, rule.documentation, rule.example, rule.fix])
    assert set(rule.severities) == {"documented", "observed"}
    assert not any("\n" in text for text in (rule.breaks, rule.documentation, rule.example, rule.fix))


@pytest.mark.parametrize(
    ("name", "breaks", "example"),
    [
        ("code-missing", "`/code` is missing.", "a body without `/code`"),
        ("code-type", '`/code` is not of type "string"; null is not one.', "`null` at `/code`"),
        ("code-number", "`/code` is a JSON integer.", "a JSON integer at `/code`"),
        ("description-empty", "`/description` breaks `minLength: 1` of the error schema.", '`""` at `/description`'),
        (
            "description-too-long",
            "`/description` breaks `maxLength: 1024` of the error schema.",
            "1025 characters at `/description`",
        ),
    ],
)
def test_a_property_rule_is_described_from_the_schema(name, breaks, example):
    """Place and limit are the contract's."""
    rule = next(each for each in SHIPPED if each.name == name)
    assert (rule.breaks, rule.example) == (breaks, example)


def test_other_keywords_are_described_as_well(contract_of):
    """A custom contract may have any keyword; the description of the property is its documentation."""
    member = {"pattern": "^A", "description": "Begins with A.", "items": {"items": True, "minItems": 1}}
    rules = described(rule_set(contract_of({"type": "object", "properties": {"x": member}, "required": ["x", "y"]})))
    assert rules["x-format"].example == "a value at `/x` that does not fit"
    assert [rules[name].documentation for name in ("x-format", "x-missing", "x-item-min-items", "y-missing")] == [
        "Begins with A.",
        "Begins with A.",
        "Begins with A.",
        "",
    ]


def test_a_user_rule_is_described_by_its_docstring():
    """It is written like the shipped ones; without a docstring, the texts are empty."""

    def busy_cart(parsed):
        return [Violation("busy")]

    busy_cart.__doc__ = (
        "A cart that\n    is busy.\n\n    Documentation: is silent.\n    Example: `Busy`\n    Fix: Wait.\n    "
    )

    def silent(parsed):
        return []

    policy = Policy(Contract.default(), user_rules=(busy_cart, silent))
    rules = described(policy.rules)
    rule = rules["busy-cart"]
    assert (rule.stage, rule.breaks, rule.fix) == ("user", "A cart that is busy.", "Wait.")
    assert rule.severities == {"documented": "error", "observed": "error"}
    assert rules["silent"].breaks == ""
