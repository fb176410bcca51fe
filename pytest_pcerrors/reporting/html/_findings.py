"""The findings of a page: grouped by rule, and as compact data for its script."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pytest_pcerrors.reporting.failure import place, request_line, status_line, test_of

if TYPE_CHECKING:
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.report import Report, RuleData

_MOST_FINDINGS = 20_000
"""What a browser can still show; a page is for people, and the JSON report has all."""


class BrokenRule(NamedTuple):
    """A rule with its violations of each severity; `documentation` is None for a rule that the report does not document."""

    name: str
    errors: int
    warnings: int
    documentation: "RuleData | None"


@dataclass
class Found:
    """The findings with violations: the first of them as plain data, the number of all, their statuses and broken rules."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    statuses: set[int] = field(default_factory=set)
    rules: list[BrokenRule] = field(default_factory=list)

    @classmethod
    def of(cls, report: "Report") -> Self:
        """Read all findings of a report. The rules with most errors come first, then those with most warnings."""
        found = cls()
        errors: Counter[str] = Counter()
        warnings: Counter[str] = Counter()
        for finding in report.with_violations():
            found._add(finding)
            for violation in finding["violations"]:
                (warnings if violation["severity"] == "warning" else errors)[violation["rule"]] += 1
        names = sorted({*errors, *warnings}, key=lambda name: (-errors[name], -warnings[name], name))
        found.rules = [BrokenRule(name, errors[name], warnings[name], report.rules.get(name)) for name in names]
        return found

    def _add(self, finding: "FindingData") -> None:
        self.total += 1
        if finding["status"] is not None:
            self.statuses.add(finding["status"])
        if self.total <= _MOST_FINDINGS:
            self.findings.append(_compact(finding))


def _compact(finding: "FindingData") -> dict[str, Any]:
    """Return what the page shows of a finding, without members that have no value."""
    shown = {
        "response": finding["kind"] if finding["status"] is None else status_line(finding),
        "status": finding["status"],
        "code": finding["code"],
        "request": request_line(finding),
        "place": place(finding),
        "test": test_of(finding),
        "contract": finding.get("contract"),
        "correlation": finding["correlation_id"],
        "body": finding["body"],
        "violations": [_filled(violation) for violation in finding["violations"]],
    }
    return _filled(shown)


def _filled(data: "Any") -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "")}
