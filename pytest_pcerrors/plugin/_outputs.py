"""What is printed and written at the end of a run: what assertions have found about clients, reports, and the error coverage."""

from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.plugin._facts import Facts
from pytest_pcerrors.policy.check import Observer
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_pcerrors.plugin._cassettes import Cassettes
    from pytest_pcerrors.plugin._coverage import CoverageReports
    from pytest_pcerrors.plugin._facts import FactsOfTest
    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.plugin._reports import Reports
    from pytest_pcerrors.reporting.formats import Target
    from pytest_pcerrors.reporting.matrix import MatrixData
    from pytest_pcerrors.reporting.summary import Tally
    from pytest_pcerrors.settings import Settings

_COVERAGE_OPTIONS = ("pc_coverage", "pc_coverage_report", "pc_coverage_min")
_WITHOUT_RESULT = (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)
_MOST_PRINTED = 5


class Matrices(Observer):
    """A source of facts: the matrices of each test; `found` has those of all tests that have ended."""

    def __init__(self) -> None:
        self.found: list[MatrixData] = []
        self._of_test: list[MatrixData] = []

    def on_matrix(self, matrix: "MatrixData") -> None:
        """Note a matrix of the current test."""
        self._of_test.append(matrix)

    def take(self, _: pytest.Item) -> Any:
        """Return the matrices of the current test; None if it has none."""
        taken, self._of_test = self._of_test, []
        return taken or None

    def add(self, facts: "FactsOfTest") -> None:
        """Add the matrices of a test that has ended."""
        matrices: list[MatrixData] = facts.data
        for each in matrices:
            each["test"] = safe(facts.nodeid)
        self.found += matrices

    def print(self, terminal: pytest.TerminalReporter) -> None:
        """Print the first matrices."""
        if not self.found:
            return
        from pytest_pcerrors.reporting.matrix import as_text, headline, order

        for each in sorted(self.found, key=order)[:_MOST_PRINTED]:
            terminal.ensure_newline()
            terminal.write_sep("-", "what a client makes of errors")
            terminal.write_line(f"{headline(each)}\n{as_text(each)}")
        if len(self.found) > _MOST_PRINTED:
            more = counted(len(self.found) - _MOST_PRINTED, "more client")
            terminal.write_line(f"pcerrors: {more} in the reports (--pc-report)")


class Outputs:
    """The reports and the error coverage of a run. What nothing asks for is neither loaded nor counted."""

    def __init__(
        self, config: pytest.Config, settings: "Settings", receiving: "Receiving", cassettes: "Cassettes"
    ) -> None:
        self._config = config
        self._receiving = receiving
        self._cassettes = cassettes
        self._reports: Reports | None = self._asked_reports()
        self._coverage: CoverageReports | None = self._asked_coverage(settings)
        self._matrices = Matrices()
        for name, source in (("findings", self._reports), ("coverage", self._coverage), ("matrices", self._matrices)):
            if source is not None:
                Facts.of(config).sources[name] = source
                receiving.observers.append(source)

    def write(self, session: pytest.Session, tally: "Tally") -> None:
        """Write the files. `tally` has the counts of the run; a run that was stopped by misuse has no result."""
        if getattr(session, "exitstatus", None) in _WITHOUT_RESULT or self._config.getoption("collectonly"):
            return
        if self._reports:
            coverage = self._coverage.counted if self._coverage else None
            self._reports.write(tally, coverage, self._matrices.found, session)
        if self._coverage:
            self._coverage.write(session)

    def print(self, terminal: pytest.TerminalReporter) -> None:
        """Print what is for the terminal, and which files were written."""
        self._matrices.print(terminal)
        if self._reports:
            self._reports.print(terminal)
        if self._coverage:
            self._coverage.print(terminal)

    def _asked_reports(self) -> "Reports | None":
        """Return the reports that the option asks for; None if it asks for none."""
        if not self._config.getoption("pc_report"):
            return None
        from pytest_pcerrors.plugin._reports import Reports
        from pytest_pcerrors.reporting.formats import FORMATS

        reports = Reports(self._targets("--pc-report", FORMATS), self._receiving)
        self._config.pluginmanager.register(reports, "pcerrors-findings")
        return reports

    def _asked_coverage(self, settings: "Settings") -> "CoverageReports | None":
        """Return the error coverage if an option asks for it, else None."""
        if not any(map(self._config.getoption, _COVERAGE_OPTIONS)):
            return None
        from pytest_pcerrors.plugin._coverage import CoverageReports
        from pytest_pcerrors.reporting.formats.coverage import COVERAGE_FORMATS

        targets = self._targets("--pc-coverage-report", COVERAGE_FORMATS)
        return CoverageReports(self._config, targets, self._receiving, settings)

    def _targets(self, option: str, formats: "Collection[str]") -> "list[Target]":
        """Return what an option asks for, and create the folders; a recording of the run is refused."""
        from pytest_pcerrors.reporting.formats import make_folder, targets_of

        folder = self._config.invocation_params.dir
        targets = targets_of(self._config.getoption(option), option, formats, folder, self._cassettes.files)
        if not Facts.of(self._config).is_worker:
            for file in filter(None, (target.file for target in targets)):
                make_folder(file)
        return targets
