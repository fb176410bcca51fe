"""What is counted over all findings of an audit, and which of the findings a report has; traffic of any size becomes a small report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Self

from pytest_pcerrors.policy.age import date_of
from pytest_pcerrors.policy.audit import Conforming, Finding
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage, Judged
from pytest_pcerrors.reporting.finding_data import FindingData, finding_data
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut

BY = ("code", "day", "source")
"""What is counted by: status and code, the day of the response, and the `source` of the error."""

_UNKNOWN = "unknown"
_OTHERS = "others"
_MOST = 10_000
_LONGEST = 60


@dataclass
class Counts:
    """Error responses, and those of them with violations, by each of `BY`; beyond thousands of values, further ones are counted as others."""

    responses: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Count a finding, if it is an error response that was judged."""
        if finding.kind != "error" or finding.verdict is None:
            return
        parsed = finding.verdict.parsed
        since, source = date_of(parsed.exchange), parsed.member("source")
        met = parsed.exchange.status, parsed.code, source if isinstance(source, str) else None
        self.add_met((*met, None if since is None else str(since.date())), 1, int(bool(finding.verdict.violations)))

    def add_met(self, met: tuple[int, str | None, str | None, str | None], responses: int, broken: int = 0) -> None:
        """Count error responses with this status, code, source and day, each None if it is unknown."""
        for by, value in zip(BY, _values(met), strict=True):
            self._count(by, value, responses, broken)

    def plus(self, other: Self) -> None:
        """Add the counts of another part."""
        for (by, value), count in other.responses.items():
            self._count(by, value, count, other.broken[by, value])

    def _count(self, by: str, value: str, responses: int, broken: int) -> None:
        key = (by, value)
        if len(self.responses) >= _MOST and key not in self.responses:
            key = (by, _OTHERS)
        self.responses[key] += responses
        if broken:
            self.broken[key] += broken

    def as_data(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return the counts as plain data, in the order of the values."""
        data: dict[str, dict[str, dict[str, int]]] = {by: {} for by in BY}
        for by, value in sorted(self.responses):
            data[by][value] = {"responses": self.responses[by, value], "broken": self.broken[by, value]}
        return data

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Self:
        """Make counts from plain data."""
        counts = cls()
        for by in BY:
            for value, row in data[by].items():
                counts._count(by, value, row["responses"], row["broken"])
        return counts


@lru_cache(maxsize=4096)
def _values(met: tuple[int, str | None, str | None, str | None]) -> list[str]:
    """Return the values that are counted by, as a report has them."""
    status, code, source, day = (_UNKNOWN if each is None else each for each in met)
    return [cut(safe(each), _LONGEST) for each in (f"{status} {code}", str(day), str(source))]


class Wanted(NamedTuple):
    """What a report has: the conforming error responses too, and the error coverage.

    `excluded` are the pairings that the coverage does not want; without coverage it is None. With `samples`, only so many findings of each
    rule are wanted, and counts of all.
    """

    has_conforming: bool = True
    excluded: frozenset[tuple[int | None, str]] | None = None
    samples: int | None = None

    @property
    def needs_details(self) -> bool:
        """Whether more is wanted of conforming errors than their number."""
        return self.excluded is not None or self.samples is not None

    @property
    def lists_conforming(self) -> bool:
        """Whether the report has each conforming error."""
        return self.has_conforming and self.samples is None

    def of(self, finding: Finding | Conforming, policy: Policy, seen: Counter[str]) -> Iterator[FindingData]:
        """Yield the finding as plain data if the report has it, and count its rules in `seen`, which has those of the findings before it."""
        if isinstance(finding, Conforming):
            return
        violations = finding.violations
        if violations or (self.lists_conforming and finding.kind == "error"):
            if self.samples is not None and not self._is_sample({each.rule for each in violations}, seen):
                return
            yield finding_data(finding, policy.documented)

    def kept(self, findings: Iterable[FindingData]) -> Iterator[FindingData]:
        """Yield the samples of findings, or all of them.

        Those of adjoining parts can be joined: the samples of the samples of both are the samples of all.
        """
        seen = Counter[str]()
        return (each for each in findings if self._is_sample({rule["rule"] for rule in each["violations"]}, seen))

    def _is_sample(self, rules: set[str], seen: Counter[str]) -> bool:
        """Return whether a finding is among the first of one of its rules, and count these."""
        if self.samples is None:
            return True
        seen.update(rules)
        return any(seen[rule] <= self.samples for rule in rules)


@dataclass(eq=False, repr=False)
class Totals:
    """The counts of an audit, or of a part of it: those of the summary, and the error coverage and further counts if they are wanted."""

    tally: Tally = field(default_factory=Tally)
    coverage: ErrorCoverage | None = None
    counts: Counts | None = None

    @classmethod
    def wanted(cls, wanted: Wanted, policy: Policy) -> Self:
        """Return counts of nothing yet."""
        coverage = None if wanted.excluded is None else ErrorCoverage(policy.documented, wanted.excluded)
        return cls(Tally(), coverage, None if wanted.samples is None else Counts())

    def add(self, finding: Finding | Conforming, policy: Policy) -> None:
        """Count a finding, or what was counted instead of findings."""
        self.tally.add(finding)
        if isinstance(finding, Conforming):
            self._add_conforming(finding, policy)
            return
        if self.counts is not None:
            self.counts.add(finding)
        if self.coverage is not None and finding.verdict is not None:
            profile = policy.profile_for(finding.origin or None)
            rules = policy.of(finding.verdict.exchange).rules_under(profile)
            self.coverage.add_recorded(finding.verdict, rules, finding.origin)

    def _add_conforming(self, found: Conforming, policy: Policy) -> None:
        if self.counts is not None:
            for met, count in found.errors.items():
                self.counts.add_met(met, count)
        if self.coverage is not None:
            rules = policy.rules_under(policy.profile_for(f"{found.name}:1"))
            for (status, code, *_), count in found.errors.items():
                self.coverage.add("replayed", status, [code], count=count)
            for ran, count in ((rules.error_names, found.errors.total()), (rules.success_names, found.successes)):
                if count:
                    self.coverage.add_judged(Judged(ran, (), ()), count)

    def plus(self, other: Self) -> None:
        """Add the counts of the part that follows."""
        self.tally.plus(other.tally)
        if self.counts is not None and other.counts is not None:
            self.counts.plus(other.counts)
        if self.coverage is not None and other.coverage is not None:
            self.coverage.plus(other.coverage)

    def counting(
        self, findings: Iterable[Finding | Conforming], policy: Policy, wanted: Wanted
    ) -> Iterator[FindingData]:
        """Count every finding, and yield those that the report has."""
        seen = Counter[str]()
        for finding in findings:
            self.add(finding, policy)
            yield from wanted.of(finding, policy, seen)
