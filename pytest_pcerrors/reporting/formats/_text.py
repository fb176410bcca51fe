"""The format ``text``, for people at a terminal."""

from typing import TYPE_CHECKING

from pytest_pcerrors.reporting.failure import finding_text
from pytest_pcerrors.reporting.matrix import as_text as matrix_as_text
from pytest_pcerrors.reporting.matrix import headline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.reporting.report import Report


def as_text(report: "Report") -> "Iterator[str]":
    """Yield a paragraph for each finding with violations, one for each matrix, and the summary at the end."""
    for finding in report.with_violations():
        yield f"{finding_text(finding, report.contract)}\n\n"
    for matrix in report.matrices:
        yield f"{headline(matrix)}\n{matrix_as_text(matrix)}\n\n"
    if not report.is_quiet:
        yield f"{report.tally.sentence()}\n"
