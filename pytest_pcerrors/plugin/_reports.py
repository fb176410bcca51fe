"""The reports of a run: what was judged in its tests, as findings, and the files that ``--pc-report`` asks for."""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.plugin._facts import FactsOfTest
from pytest_pcerrors.plugin._messages import Files
from pytest_pcerrors.plugin._receiving import Receiving
from pytest_pcerrors.policy.audit import Finding, unreadable
from pytest_pcerrors.policy.check import Observer
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.finding_data import FindingData, finding_data, order, violation_data
from pytest_pcerrors.reporting.formats import FORMATS, Target
from pytest_pcerrors.reporting.matrix import MatrixData
from pytest_pcerrors.reporting.matrix import order as order_of_matrices
from pytest_pcerrors.reporting.report import Report, rules_of
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.rules.violation import STALE, Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

_MOST = 1000
"""The number of findings of one test that are kept; all are counted."""


@dataclass
class _Judged:
    """A verdict, what an assertion reported of it, and whether its warnings were raised."""

    verdict: Verdict
    violations: Sequence[Violation]
    has_warned: bool = False


class Reports(Observer):
    """The reports of a run. Its facts are the findings of each test.

    `_findings` has those of all tests that have ended: of a test that failed every judged error response and every other place with
    violations; of another test what conforms, and the warnings that were raised.
    """

    def __init__(self, targets: list[Target], receiving: Receiving) -> None:
        self._files = Files("report", targets)
        self._receiving = receiving
        self._policy = receiving.policy  # of the run, without the markers of a test
        self._judged: dict[int, _Judged] = {}
        self._unreadable: list[Finding] = []
        self._left_out = 0
        self._findings: list[FindingData] = []
        self._all_left_out: Counter[str] = Counter()
        """The number of findings of each test that were only counted."""

    def on_verdict(self, verdict: Verdict) -> None:
        """Note a verdict of the current test."""
        if len(self._judged) < _MOST:
            self._judged[id(verdict)] = _Judged(verdict, verdict.violations)
        else:
            self._left_out += 1

    def on_warning(self, verdict: Verdict) -> None:
        """Note that the warnings of a verdict were raised."""
        if id(verdict) in self._judged:
            self._judged[id(verdict)].has_warned = True

    def on_failure(self, verdict: Verdict, violations: Sequence[Violation]) -> None:
        """Note what a failing assertion reported of a verdict."""
        if id(verdict) in self._judged:
            self._judged[id(verdict)].violations = violations

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note a recording that could not be read."""
        if call.excinfo and isinstance(call.excinfo.value, ArchiveError):
            self._unreadable.append(unreadable(call.excinfo.value))
        return (yield)

    def take(self, item: pytest.Item) -> Any:
        """Return the findings of the current test as plain data; None if it has none."""
        judged, problems, left_out = list(self._judged.values()), self._unreadable, self._left_out
        self._judged, self._unreadable, self._left_out = {}, [], 0
        if not judged and not problems:
            return None
        return {
            "judged": [{"finding": self._data(each, item), "has_warned": each.has_warned} for each in judged],
            "unreadable": [_placed(finding_data(each, self._policy.documented), item) for each in problems],
            "left_out": left_out,
        }

    def add(self, facts: FactsOfTest) -> None:
        """Add the findings of a test that has ended."""
        data = facts.data
        for each in data["judged"]:
            finding: FindingData = each["finding"]
            if finding["violations"] and not facts.has_failed:
                if not each["has_warned"]:
                    continue
                finding["violations"] = [v for v in finding["violations"] if v["severity"] == "warning"]
            if finding["violations"] or finding["kind"] == "error":
                self._findings.append(finding)
        if facts.has_failed:
            self._findings += data["unreadable"]
        if data["left_out"]:
            self._all_left_out[facts.nodeid] += data["left_out"]

    def write(
        self, tally: Tally, coverage: ErrorCoverage | None, matrices: list[MatrixData], session: pytest.Session
    ) -> None:
        """Write the files, and fail the session if one cannot be written. `tally` has the counts of the run."""
        findings = sorted(self._findings, key=order)
        report = Report(
            self._policy.documented.name,
            rules_of(self._policy),
            findings,
            tally,
            coverage=coverage,
            matrices=sorted(matrices, key=order_of_matrices),
        )
        self._files.write(lambda form: FORMATS[form](report), session)

    def print(self, terminal: pytest.TerminalReporter) -> None:
        """Print the reports for the terminal, where the others are, and what could not be written."""
        self._files.print_lines(terminal)
        for text in self._files.texts:
            terminal.ensure_newline()
            terminal.write(text)
        for nodeid, number in sorted(self._all_left_out.items()):
            terminal.write_line(f"pcerrors: {counted(number, 'finding')} of {nodeid} left out of the reports")

    def _data(self, judged: _Judged, item: pytest.Item) -> FindingData:
        verdict = judged.verdict
        exchange = self._receiving.place(verdict.exchange)
        origin = exchange.origin or ""
        if verdict.of_recording:
            is_stale = any(violation.rule == STALE for violation in verdict.violations)
            known = exchange if exchange.request else None  # a place outside of an exchange has a made-up one
            found = Finding("stale" if is_stale else "recording", origin, known, recording=verdict)
        else:
            found = Finding("error" if verdict.parsed.is_error else "success", origin, exchange, verdict)
        data = finding_data(found, self._policy.documented)
        data["violations"] = [violation_data(each) for each in judged.violations]
        return _placed(data, item)


def _placed(data: FindingData, item: pytest.Item) -> FindingData:
    """Return a finding with its test; without a recording, its place is that of the test."""
    data["test"] = safe(item.nodeid)
    if data["path"] is None:
        path, line, _ = item.location
        data["path"] = safe(path)
        data["line"] = None if line is None else line + 1
    return data
