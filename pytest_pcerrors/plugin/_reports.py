"""The reports of a run: what ``--pc-report`` asks for, written when the run has ended."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin._findings import FindingsOfTests
from pytest_pcerrors.reporting.finding_data import order
from pytest_pcerrors.reporting.formats.registry import FORMATS
from pytest_pcerrors.reporting.report import Report, rules_of
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.reporting.coverage import ErrorCoverage
    from pytest_pcerrors.reporting.summary import Tally
    from pytest_pcerrors.reporting.targets import Target

OPTION = "--pc-report"


class Reports:
    """The reports of a run, made from the findings of its tests."""

    def __init__(self, targets: "list[Target]", receiving: "Receiving", *, is_worker: bool) -> None:
        self.found: FindingsOfTests = FindingsOfTests(receiving)
        self._targets = targets
        self._policy = receiving.policy
        self._failures: list[str] = []
        self._report: Report | None = None
        if not is_worker:
            for target in targets:
                target.make_folder()

    def write(self, collected: "Tally", coverage: "ErrorCoverage | None", session: pytest.Session) -> None:
        """Write the files, and fail the session if one cannot be written. `collected` has the counts of the collection."""
        collected.plus(self.found.tally)
        findings = sorted(self.found.findings, key=order)
        self._report = Report(
            self._policy.contract.name, rules_of(self._policy), findings, collected, coverage=coverage
        )
        for form, file in self._targets:
            if file is not None:
                try:
                    write_atomically(file, FORMATS[form](self._report))
                except UsageError as error:
                    self._failures.append(str(error))
                    session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def print(self, terminal: pytest.TerminalReporter) -> None:
        """Print the reports for the terminal, where the others are, and what could not be written."""
        if self._report is None:
            return
        for form, file in self._targets:
            if file is None:
                terminal.ensure_newline()
                terminal.write("".join(FORMATS[form](self._report)))
            elif not self._failures:
                terminal.write_line(f"pcerrors: {form} report: {shown(file)}")
        for nodeid, number in sorted(self.found.left_out.items()):
            terminal.write_line(f"pcerrors: {counted(number, 'finding')} of {nodeid} left out of the reports")
        for failure in self._failures:
            terminal.write_line(f"pcerrors: {failure}", red=True, bold=True)


def shown(file: Path) -> str:
    """Return the path of a file for messages, relative to the working directory if it is inside it."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
