"""The reports of a run: what ``--pc-report`` asks for, written when the run has ended."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.plugin._findings import FindingsOfTests
from pytest_pcerrors.reporting.formats.registry import FORMATS
from pytest_pcerrors.reporting.report import Report, rules_of
from pytest_pcerrors.text import counted, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.reporting.report import FindingData
    from pytest_pcerrors.reporting.summary import Tally

OPTION = "--pc-report"
_TERMINAL = "-"
_NUMBER = re.compile(r"([0-9]+)")


class Target(NamedTuple):
    """A report that is asked for: its format, and its file; None is the terminal."""

    form: str
    file: Path | None


def targets_of(given: "Iterable[str]", folder: Path, inputs: "Iterable[Path]") -> list[Target]:
    """Return the reports of ``FORMAT:FILE`` texts; files are relative to a folder, and must not be one of the inputs.

    An unknown format, a missing file, and a file that cannot be written to are a `UsageError`.
    """
    targets: list[Target] = []
    taken = {_identity(path): f"{path} is a recording of this run" for path in inputs}
    for text in given:
        form, _, name = text.partition(":")
        if form not in FORMATS:
            raise UsageError(f'{OPTION}={text}: there is no format "{form}"; {nearest(form, FORMATS)}')
        if not name:
            raise UsageError(f"{OPTION}={text} has no file; write FORMAT:FILE, such as {OPTION}={form}:report.{form}")
        file = None if name == _TERMINAL else Path(os.path.normpath(folder / name))
        key = None if file is None else _identity(file)
        if key in taken:
            raise UsageError(f"{OPTION}={text}: {taken[key]}; give another file")
        if file is not None and file.is_dir():
            raise UsageError(f"{OPTION}={text}: {file} is a folder; give a file")
        taken[key] = f"{'the terminal' if file is None else name} is that of another report"
        targets.append(Target(form, file))
    return targets


class Reports:
    """The reports of a run, made from the findings of its tests."""

    def __init__(self, targets: list[Target], receiving: "Receiving", *, is_worker: bool) -> None:
        self.found: FindingsOfTests = FindingsOfTests(receiving)
        self._targets = targets
        self._policy = receiving.policy
        self._failures: list[str] = []
        self._report: Report | None = None
        if not is_worker:
            _make_folders(targets)

    def write(self, collected: "Tally", session: pytest.Session) -> None:
        """Write the files, and fail the session if one cannot be written. `collected` has the counts of the collection."""
        collected.plus(self.found.tally)
        findings = sorted(self.found.findings, key=_order)
        self._report = Report(self._policy.contract.name, rules_of(self._policy), findings, collected)
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
                terminal.write_line(f"pcerrors: {form} report: {_shown(file)}")
        for nodeid, number in sorted(self.found.left_out.items()):
            terminal.write_line(f"pcerrors: {counted(number, 'finding')} of {nodeid} left out of the reports")
        for failure in self._failures:
            terminal.write_line(f"pcerrors: {failure}", red=True, bold=True)


def _make_folders(targets: "Iterable[Target]") -> None:
    """Create the folders of reports; one that cannot be created is a `UsageError`."""
    for folder in (target.file.parent for target in targets if target.file is not None):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{OPTION}: the folder {folder} cannot be created: {error.strerror}") from None


def _order(finding: "FindingData") -> tuple[object, ...]:
    """Return a key that sorts findings by place, then by test, whatever the order in which the tests ended."""
    return (
        _natural(finding["path"] or ""),
        finding["line"] or 0,
        _natural(finding["entry"] or ""),
        _natural(finding.get("test", "")),
    )


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in a text by their value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(text)]


def _identity(path: Path) -> object:
    return os.path.realpath(path)


def _shown(file: Path) -> str:
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
