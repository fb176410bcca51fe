"""What is counted over all findings of an audit, and which of the findings a report has; traffic of any size becomes a small report."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pytest_pcerrors.policy.age import date_of
from pytest_pcerrors.policy.audit import Conforming
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.finding_data import FindingData, finding_data
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_pcerrors.policy.audit import Finding
    from pytest_pcerrors.policy.policy import Policy

BY = ("code", "day", "source")
"""What is counted by: status and code, the day of the response, and the `source` of the error."""

_UNKNOWN = "unknown"
_OTHERS = "others"
_MOST = 10_000
_LONGEST = 60


@dataclass
class Counts:
    """Error responses, and those of them with violations, by each of `BY`; beyond thousands of values, further ones are counted as others.

    >>> counts = Counts(Counter({("day", "2026-11-25"): 2}), Counter({("day", "2026-11-25"): 1}))
    >>> counts.as_data()["day"]
    {'2026-11-25': {'responses': 2, 'broken': 1}}
    """

    responses: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    broken: "Counter[tuple[str, str]]" = field(default_factory=Counter)

    def add(self, finding: "Finding") -> None:
        """Count a finding, if it is an error response that was judged."""
        if finding.kind != "error" or finding.verdict is None:
            return
        parsed = finding.verdict.parsed
        since, source = date_of(parsed.exchange), parsed.member("source")
        values = (
            f"{parsed.exchange.status} {_UNKNOWN if parsed.code is None else parsed.code}",
            _UNKNOWN if since is None else str(since.date()),
            source if isinstance(source, str) else _UNKNOWN,
        )
        for by, value in zip(BY, values, strict=True):
            self._count(by, cut(safe(value), _LONGEST), 1, int(bool(finding.verdict.violations)))

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
        return {
            by: {
                value: {"responses": self.responses[key], "broken": self.broken[key]}
                for key in sorted(self.responses)
                for value in [key[1]]
                if key[0] == by
            }
            for by in BY
        }

    @classmethod
    def of_data(cls, data: "Mapping[str, Any]") -> Self:
        """Make counts from plain data."""
        counts = cls()
        for by in BY:
            for value, row in data[by].items():
                counts._count(by, value, row["responses"], row["broken"])
        return counts


def samples(findings: "Iterable[FindingData]", most: int) -> "Iterator[FindingData]":
    """Yield the findings that are among the first `most` of a rule.

    Those of adjoining parts can be joined: the samples of the samples of both are the samples of all.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        rules = {violation["rule"] for violation in finding["violations"]}
        if any(seen[rule] < most for rule in rules):
            yield finding
        seen.update(rules)


class Wanted(NamedTuple):
    """What a report has: the conforming error responses too, and the error coverage.

    `excluded` are the pairings that the coverage does not want; without coverage it is None. With `samples`, only so many findings of each
    rule are wanted, and counts of all.
    """

    has_conforming: bool = True
    excluded: "frozenset[tuple[int | None, str]] | None" = None
    samples: int | None = None

    @property
    def needs_all(self) -> bool:
        """Whether more is wanted of all responses than their counts, other than the conforming errors."""
        return self.excluded is not None or self.samples is not None

    def of(self, finding: "Finding | Conforming", policy: "Policy") -> "Iterator[FindingData]":
        """Yield the finding as plain data if the report has it."""
        if isinstance(finding, Conforming):
            return
        if finding.violations or (self.has_conforming and self.samples is None and finding.kind == "error"):
            own = finding.verdict.parsed.contract if finding.verdict else policy.documented
            data = finding_data(finding, own)
            if own.name != policy.documented.name:
                data["contract"] = own.name
            yield data

    def kept(self, findings: "Iterable[FindingData]") -> "Iterable[FindingData]":
        """Return the samples of findings, or all of them."""
        return findings if self.samples is None else samples(findings, self.samples)


@dataclass
class Totals:
    """The counts of an audit, or of a part of it: those of the summary, and the error coverage and further counts if they are wanted."""

    tally: Tally = field(default_factory=Tally)
    coverage: ErrorCoverage | None = None
    counts: Counts | None = None

    @classmethod
    def wanted(cls, wanted: Wanted, policy: "Policy") -> Self:
        """Return counts of nothing yet."""
        coverage = None if wanted.excluded is None else ErrorCoverage(policy.documented, wanted.excluded)
        return cls(Tally(), coverage, None if wanted.samples is None else Counts())

    def add(self, finding: "Finding | Conforming", policy: "Policy") -> None:
        """Count a finding, or what was counted instead of findings."""
        self.tally.add(finding)
        if isinstance(finding, Conforming):
            return
        if self.counts is not None:
            self.counts.add(finding)
        if self.coverage is not None and finding.verdict is not None:
            profile = policy.profile_for(finding.origin or None)
            rules = policy.of(finding.verdict.exchange).profiled(profile).rules
            self.coverage.add_recorded(finding.verdict, rules, finding.origin)

    def plus(self, other: Self) -> None:
        """Add the counts of the part that follows."""
        self.tally.plus(other.tally)
        if self.counts is not None and other.counts is not None:
            self.counts.plus(other.counts)
        if self.coverage is not None and other.coverage is not None:
            self.coverage.plus(other.coverage)

    def counting(
        self, findings: "Iterable[Finding | Conforming]", policy: "Policy", wanted: Wanted
    ) -> "Iterator[FindingData]":
        """Count every finding, and yield those that the report has."""
        for finding in findings:
            self.add(finding, policy)
            yield from wanted.of(finding, policy)
