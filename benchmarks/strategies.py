"""Search for a conforming response that `check()` faults, and for a broken one that it passes, compared with the time of a check.

A contradiction that Hypothesis finds ends the run, shrunk. The mutants of the entries are judged too, under both profiles; and each response by
a check that calls every rule, which must find the same as one that skips rules by their conditions.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from time import process_time

from hypothesis import HealthCheck, Phase, given, settings

from benchmarks._comparison import Case, Comparison, calls
from benchmarks._setting import Setting
from pytest_pcerrors import Contract, Exchange, check
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation import Mutant, mutants, synthesize
from pytest_pcerrors.strategies import broken_responses, error_responses

RULES = rule_set(Contract.default()).rules
EVERY_RULE = Policy(Contract.default(), overrides=dict.fromkeys(RULES, "error"))


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield an example of each search, compared with one check."""
    examples = setting.count(20_000)
    busy = synthesize(800064)
    yield Comparison(
        f"an example of a search for contradictions, of {examples:,}",
        [
            Case("one check()", calls(lambda: check(busy), 100)),
            Case("conforming responses, none faulted", partial(search_conforming, examples)),
            Case("broken responses, none passed", partial(search_broken, examples)),
            Case("mutants of all entries, none passed", partial(all_mutants, 30 if setting.quick else None)),
        ],
        rounds=1,
    )


def budget(examples: int) -> settings:
    """Return the settings of a search: nothing is stored, and no health check ends it."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def compare(exchange: Exchange) -> None:
    """Raise an AssertionError if the conditions of the rules skip a rule that finds something."""
    parsed, rules = read(exchange, EVERY_RULE.contract), EVERY_RULE.rules
    whole = [rule.name for rule in rules.every if rule.name in rules.ran(parsed) for _ in rule.check(parsed)]
    if (quick := [each.rule for each in EVERY_RULE.judge(exchange).violations]) != whole:
        raise AssertionError(f"{quick} instead of {whole} in {exchange.body!r}")


def judge(mutant: Mutant) -> None:
    """Raise an AssertionError if a profile does not report exactly the rule of a mutant with its severity."""
    compare(mutant.exchange)
    for profile in PROFILES:
        severity = RULES[mutant.rule].severities[profile]
        found = [(violation.rule, violation.severity) for violation in check(mutant.exchange, profile=profile)]
        if found != ([] if severity == "off" else [(mutant.rule, severity)]):
            raise AssertionError(f"{mutant}: {found} in {mutant.exchange.body!r}")


def search_conforming(examples: int) -> float:
    """Judge conforming responses; return the seconds of one."""

    @budget(examples)
    @given(error_responses())
    def conforms(exchange: Exchange) -> None:
        compare(exchange)
        for profile in PROFILES:
            if found := check(exchange, profile=profile):
                raise AssertionError(f"{profile}: {found} in {exchange.body!r}")

    start = process_time()
    conforms()
    return (process_time() - start) / examples


def search_broken(examples: int) -> float:
    """Judge broken responses; return the seconds of one."""

    @budget(examples)
    @given(broken_responses())
    def breaks(mutant: Mutant) -> None:
        judge(mutant)

    start = process_time()
    breaks()
    return (process_time() - start) / examples


def all_mutants(items: int | None) -> float:
    """Judge the mutants of every entry, or the first ones; return the seconds of one."""
    judged = list(islice(mutants(), items))
    start = process_time()
    for mutant in judged:
        judge(mutant)
    return (process_time() - start) / len(judged)
