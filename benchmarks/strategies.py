"""Search for a conforming response that `check()` faults, and for a broken one that it passes, with a large budget of examples.

Run it with ``python benchmarks/strategies.py``. It ends with the first contradiction that Hypothesis finds, shrunk. All mutants of all
entries are judged too, under both profiles; and each response by a check that calls every rule, which must find the same as one that
skips rules by their conditions. The last column compares the time of an example with that of one ``check()``.
"""

from collections import Counter
from time import perf_counter
from timeit import timeit

from hypothesis import HealthCheck, Phase, given, settings

from pytest_pcerrors import Contract, Exchange, check
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation import Mutant, mutants, synthesize
from pytest_pcerrors.strategies import broken_responses, error_responses

LARGE = 20_000
ITEMS = 1_000_000
RULES = rule_set(Contract.default()).rules
EVERY_RULE = Policy(Contract.default(), overrides=dict.fromkeys(RULES, "error"))


def budget() -> settings:
    """Return the settings of a search: nothing is stored, and no health check ends it."""
    return settings(
        max_examples=LARGE,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def compare(exchange: Exchange) -> None:
    """Raise an AssertionError if the conditions of the rules skip a rule that finds something."""
    called = EVERY_RULE.rules.without_conditions()
    whole = called.violations(read(exchange, EVERY_RULE.contract), EVERY_RULE.profiled("documented").severities)
    if (quick := EVERY_RULE.judge(exchange).violations) != whole:
        raise AssertionError(f"{quick} instead of {whole} in {exchange.body!r}")


def search_conforming() -> Counter[str]:
    """Judge conforming responses; return how many have each status."""
    seen: Counter[str] = Counter()

    @budget()
    @given(error_responses())
    def conforms(exchange: Exchange) -> None:
        seen[str(exchange.status)] += 1
        compare(exchange)
        for profile in PROFILES:
            if found := check(exchange, profile=profile):
                raise AssertionError(f"{profile}: {found} in {exchange.body!r}")

    conforms()
    return seen


def judge(mutant: Mutant) -> None:
    """Raise an AssertionError if a profile does not report exactly the rule of a mutant with its severity."""
    compare(mutant.exchange)
    for profile in PROFILES:
        severity = RULES[mutant.rule].severities[profile]
        found = [(violation.rule, violation.severity) for violation in check(mutant.exchange, profile=profile)]
        if found != ([] if severity == "off" else [(mutant.rule, severity)]):
            raise AssertionError(f"{mutant}: {found} in {mutant.exchange.body!r}")


def search_broken() -> Counter[str]:
    """Judge broken responses; return how many break each rule."""
    seen: Counter[str] = Counter()

    @budget()
    @given(broken_responses())
    def breaks(mutant: Mutant) -> None:
        seen[mutant.rule] += 1
        judge(mutant)

    breaks()
    return seen


def all_mutants() -> Counter[str]:
    """Judge the mutants of every entry; return how many break each rule."""
    seen: Counter[str] = Counter()
    for mutant, _ in zip(mutants(), range(ITEMS), strict=False):
        seen[mutant.rule] += 1
        judge(mutant)
    return seen


def main() -> None:
    """Print how many responses were judged and in which time."""
    busy = synthesize(800064)
    baseline = timeit(lambda: check(busy), number=100) / 100
    for name, search in {
        "conforming responses, none faulted": search_conforming,
        "broken responses, none passed": search_broken,
        "mutants of all entries, none passed": all_mutants,
    }.items():
        start = perf_counter()
        seen = search()
        one = (perf_counter() - start) / seen.total()
        print(f"{name:36} {seen.total():7,} of {len(seen):2} kinds  {one * 1e3:6.2f} ms each  {one / baseline:7.2f}")


if __name__ == "__main__":
    main()
