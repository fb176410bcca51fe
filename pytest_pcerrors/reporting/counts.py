"""Counts of error responses by code, day and source, and samples of the findings: traffic of any size becomes a small report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from pytest_pcerrors.policy.age import date_of
from pytest_pcerrors.reporting.finding_data import FindingData
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from pytest_pcerrors.policy.audit import Finding

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
    def of_data(cls, data: Mapping[str, Any]) -> Self:
        """Make counts from plain data."""
        counts = cls()
        for by in BY:
            for value, row in data[by].items():
                counts._count(by, value, row["responses"], row["broken"])
        return counts


def samples(findings: Iterable[FindingData], most: int) -> Iterator[FindingData]:
    """Yield the findings that are among the first `most` of a rule.

    Those of adjoining parts can be joined: the samples of the samples of both are the samples of all.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        rules = {violation["rule"] for violation in finding["violations"]}
        if any(seen[rule] < most for rule in rules):
            yield finding
        seen.update(rules)
