"""The reports of a run: what ``--pc-report`` asks for, written when the run has ended."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin._findings import FindingsOfTests
from pytest_pcerrors.reporting.finding_data import order
from pytest_pcerrors.reporting.formats.registry import FORMATS
from pytest_pcerrors.reporting.matrix import order as order_of_matrices
from pytest_pcerrors.reporting.report import Report, rules_of
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.reporting.coverage import ErrorCoverage
    from pytest_pcerrors.reporting.matrix import MatrixData
    from pytest_pcerrors.reporting.summary import Tally
    from pytest_pcerrors.reporting.targets import Target

OPTION = "--pc-report"


class Line(NamedTuple):
    """A line about a file in the summary of a run."""

    text: str
    is_failure: bool = False


class Reports:
    """The reports of a run, made from the findings of its tests."""

    def __init__(self, targets: "list[Target]", receiving: "Receiving") -> None:
        self.found: FindingsOfTests = FindingsOfTests(receiving)
        self._targets = targets
        self._policy = receiving.policy
        self._written: list[Line] = []
        self._report: Report | None = None

    def write(
        self,
        collected: "Tally",
        coverage: "ErrorCoverage | None",
        matrices: "list[MatrixData]",
        session: pytest.Session,
    ) -> None:
        """Write the files, and fail the session if one cannot be written. `collected` has the counts of the collection."""
        collected.plus(self.found.tally)
        findings = sorted(self.found.findings, key=order)
        self._report = Report(
            self._policy.documented.name,
            rules_of(self._policy),
            findings,
            collected,
            coverage=coverage,
            matrices=sorted(matrices, key=order_of_matrices),
        )
        report = self._report
        self._written = write_files(self._targets, lambda form: FORMATS[form](report), "report", session)

    def print(self, terminal: pytest.TerminalReporter) -> None:
        """Print the reports for the terminal, where the others are, and what could not be written."""
        if self._report is None:
            return
        print_lines(self._written, terminal)
        for form, file in self._targets:
            if file is None:
                terminal.ensure_newline()
                terminal.write("".join(FORMATS[form](self._report)))
        for nodeid, number in sorted(self.found.left_out.items()):
            terminal.write_line(f"pcerrors: {counted(number, 'finding')} of {nodeid} left out of the reports")


def write_files(
    targets: "Iterable[Target]", text: "Callable[[str], str | Iterable[str]]", noun: str, session: pytest.Session
) -> list[Line]:
    """Write the files of targets, each with the text in its format, and return a line for each; the session fails if one cannot be written."""
    lines = []
    for target in targets:
        if target.file is not None:
            try:
                write_atomically(target.file, text(target.form))
                lines.append(Line(f"{target.form} {noun}: {_shown(target.file)}"))
            except UsageError as error:
                lines.append(Line(str(error), is_failure=True))
                session.exitstatus = pytest.ExitCode.USAGE_ERROR
    return lines


def print_lines(lines: "Iterable[Line]", terminal: pytest.TerminalReporter) -> None:
    """Print lines about files, failures in red."""
    for text, is_failure in lines:
        terminal.write_line(f"pcerrors: {text}", red=is_failure, bold=is_failure)


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
