"""Profiles: a severity for every rule, overrides above them, and what the names of rules and profiles may be."""

from pathlib import Path

import pytest

from pytest_pcerrors import Contract, Exchange, UsageError, check
from pytest_pcerrors.contract.model import Deviation
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.policy import Policy

E, W, O = "error", "warning", "off"  # noqa: E741 - a table is read by its columns
TABLE = {
    "status-undocumented": (E, W),
    "content-type": (E, W),
    "challenge-missing": (W, O),
    "challenge-other": (W, O),
    "retry-after": (W, W),
    "body-empty": (E, E),
    "body-empty-unauthorized": (E, W),
    "byte-order-mark": (E, W),
    "body-encoding": (E, E),
    "body-plain-text": (E, W),
    "body-not-json": (E, E),
    "duplicate-key": (E, E),
    "body-not-object": (E, W),
    "gateway-envelope": (E, W),
    "message-only": (E, W),
    "code-missing": (E, E),
    "description-missing": (E, E),
    "source-missing": (E, W),
    "code-number": (E, O),
    "code-type": (E, E),
    "description-type": (E, E),
    "description-empty": (E, E),
    "description-too-long": (E, E),
    "data-type": (E, E),
    "data-item-string": (E, O),
    "data-item-type": (E, E),
    "source-type": (E, E),
    "description-blank": (E, E),
    "unknown-property": (O, O),
    "code-unknown": (E, W),
    "pairing": (E, W),
    "description-placeholder": (E, W),
    "description-template": (O, O),
    "error-in-success": (W, W),
}
NUMBER = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')


@pytest.mark.parametrize(("profile", "column"), [("documented", 0), ("observed", 1)])
def test_a_profile_gives_every_rule_its_severity(profile, column):
    """Both shipped profiles are exactly what the documentation tables."""
    expected = {rule: severity[column] for rule, severity in TABLE.items()}
    actual = Policy(Contract.default()).rules_under(profile).severities
    assert {rule: actual[rule] for rule in TABLE} == expected


@pytest.mark.parametrize(("profile", "severity"), [("documented", "error"), ("observed", "off")])
def test_a_deviation_of_a_custom_contract_is_off_under_observed(contract_of, profile, severity):
    """What a contract names as a known departure of the service is permitted where the service is observed."""
    contract = contract_of(
        {"properties": {"code": {"type": "integer"}}}, deviations=(Deviation("code-word", ("code",), "string"),)
    )
    assert Policy(contract).rules_under(profile).severities["code-word"] == severity


@pytest.mark.parametrize(("severity", "expected"), [("warning", ["warning"]), ("error", ["error"]), ("off", [])])
@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_an_override_overrides_every_profile(profile, severity, expected):
    """The severity of one rule can be set, whatever the profile says."""
    policy = Policy(Contract.default(), profile=profile, overrides={"code-number": severity})
    violations = policy.judge(Exchange.of(NUMBER)).violations
    assert [violation.severity for violation in violations] == expected


def test_a_verdict_reports_errors_from_warnings():
    """Errors and warnings together are the violations."""
    policy = Policy(Contract.default(), overrides={"code-number": "warning"})
    verdict = policy.judge(Exchange.of((404, NUMBER[1])))
    assert [violation.rule for violation in verdict.errors] == ["pairing"]
    assert [violation.rule for violation in verdict.warnings] == ["code-number"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Policy(Contract.default(), profile="observd"),
        lambda: Policy(Contract.default(), forced_profile="observd"),
        lambda: Policy(Contract.default(), profile_by_path=((Path("a"), "observd"),)),
        lambda: check(NUMBER, profile="observd"),
    ],
    ids=["profile", "forced", "by-path", "check"],
)
def test_an_unknown_profile_is_misuse(make):
    """The nearest known profile is named, before anything is judged."""
    with pytest.raises(UsageError, match=r'there is no profile "observd"; did you mean "observed"\?'):
        make()


@pytest.mark.parametrize(
    "names", [{"overrides": {"code-nummer": "off"}}, {"allowances": (Allowance("code-nummer", "why"),)}]
)
def test_an_unknown_rule_is_misuse(names):
    """The nearest known rule is named."""
    with pytest.raises(UsageError, match=r'there is no rule "code-nummer"; did you mean "code-number"\?'):
        Policy(Contract.default(), **names)
