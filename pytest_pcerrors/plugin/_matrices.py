"""What assertions have found about clients: the matrices of each test, printed in the summary of the run."""

from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.plugin._facts import TestFacts
    from pytest_pcerrors.reporting.matrix import MatrixData

_MOST_PRINTED = 5


class Matrices:
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

    def add(self, facts: "TestFacts") -> None:
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
