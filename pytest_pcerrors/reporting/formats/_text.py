"""The formats for people: ``text`` for a terminal, and ``markdown`` for a pull request or a job summary."""

from collections.abc import Iterator

from pytest_pcerrors.reporting.failure import finding_text, place, request_line, status_line, test_of
from pytest_pcerrors.reporting.finding_data import FindingData, ViolationData
from pytest_pcerrors.reporting.matrix import as_markdown as matrix_as_markdown
from pytest_pcerrors.reporting.matrix import as_text as matrix_as_text
from pytest_pcerrors.reporting.matrix import headline
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.text import markdown_cell as cell


def as_text(report: Report) -> Iterator[str]:
    """Yield a paragraph for each finding with violations, one for each matrix, and the summary at the end."""
    for finding in report.with_violations():
        yield f"{finding_text(finding, report.contract)}\n\n"
    for matrix in report.matrices:
        yield f"{headline(matrix)}\n{matrix_as_text(matrix)}\n\n"
    if not report.is_quiet:
        yield f"{report.tally.sentence()}\n"


def as_markdown(report: Report) -> Iterator[str]:
    """Yield a heading, the summary, a table with a row for each violation, the matrices, and the coverage."""
    rows = [_row(finding, each) for finding in report.with_violations() for each in finding["violations"]]
    yield f"## {cell(report.contract)} error contract\n\n{cell(report.tally.sentence())}\n"
    if rows:
        yield "\n| severity | rule | response | place | violation |\n|---|---|---|---|---|\n"
    yield from rows
    for matrix in report.matrices:
        yield f"\n{matrix_as_markdown(matrix)}"
    if report.coverage:
        from pytest_pcerrors.reporting.formats.coverage import as_markdown as coverage_as_markdown

        yield f"\n{coverage_as_markdown(report.coverage)}"


def _row(finding: FindingData, violation: ViolationData) -> str:
    message = ": ".join(filter(None, [violation["pointer"], violation["message"]]))
    cells = (
        [violation["severity"]],
        [violation["rule"]],
        [status_line(finding), request_line(finding)],
        [place(finding), test_of(finding)],
        [message, violation["hint"]],
    )
    return f"| {' | '.join('<br>'.join(cell(each) for each in lines if each) for lines in cells)} |\n"
