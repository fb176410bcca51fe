"""The mutation matrix: a conforming response with one property changed breaks exactly one rule, whatever the rule."""

from dataclasses import replace

import pytest

from pytest_pcerrors import Contract, check
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation import mutants
from pytest_pcerrors.simulation.mutation.generation import base_of, bases

CONTRACT = Contract.default()
RULES = rule_set(CONTRACT).rules
DEFAULT = Policy(CONTRACT)
BASES = [base_of(each, CONTRACT).exchange for each in bases(CONTRACT)]
ONE_OF_EACH_KIND = [
    *(CONTRACT.catalogue[code][0] for code in ("800064", "2001", "800001")),
    *list(bases(CONTRACT))[-2:],
]


def found(policy, mutant, **options):
    """Return rule and severity of all violations of a mutant."""
    return [(each.rule, each.severity) for each in policy.judge(mutant.exchange, **options).violations]


@pytest.mark.covered
@pytest.mark.parametrize("base", ONE_OF_EACH_KIND, ids=lambda base: f"{base.status}")
def test_a_mutant_breaks_its_rule_alone(strict, base):
    """A rule sees its property and nothing else, in every variant; with its rule off, no other rule reports the mutant."""
    for mutant in mutants(base):
        assert found(strict, mutant) == [(mutant.rule, "error")]
        lenient = replace(strict, overrides={**strict.overrides, mutant.rule: "off"})
        assert found(lenient, mutant) == []


@pytest.mark.untraced
@pytest.mark.parametrize("rule", RULES)
def test_every_entry_has_a_mutant_with_the_severity_of_the_profile(rule):
    """One variant of each rule, for all entries to which it applies; a mutant of a rule that is off conforms."""
    made = [each for each in (next(mutants(base, rule=rule), None) for base in BASES) if each]
    assert made
    for profile in PROFILES:
        severity = RULES[rule].severities[profile]
        expected = [] if severity == "off" else [(rule, severity)]
        assert [str(mutant) for mutant in made if found(DEFAULT, mutant, profile=profile) != expected] == []


@pytest.mark.covered
def test_check_finds_what_a_mutant_breaks():
    """Under the default profile, with the public function."""
    assert [[violation.rule for violation in check(each.exchange)] for each in mutants(rule="retry-after")] == [
        ["retry-after"]
    ] * 7
