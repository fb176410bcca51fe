"""What is counted over all findings of an audit, and which of the findings a report has."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Self

from pytest_pcerrors.policy.lines import Conforming
from pytest_pcerrors.reporting.counts import Counts, samples
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.finding_data import FindingData, finding_data
from pytest_pcerrors.reporting.summary import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.policy.audit import Finding
    from pytest_pcerrors.policy.policy import Policy


class Wanted(NamedTuple):
    """What a report has: the conforming error responses too, and the error coverage.

    `excluded` are the pairings that the coverage does not want; without coverage it is None. With `samples`, only so many findings of each
    rule are wanted, and counts of all.
    """

    has_conforming: bool = True
    excluded: "frozenset[tuple[int | None, str]] | None" = None
    samples: int | None = None

    @property
    def needs_conforming(self) -> bool:
        """Whether more is wanted of conforming responses than the counts of `Conforming`."""
        return self.has_conforming or self.excluded is not None or self.samples is not None

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
