"""The formats for people: ``text`` for a terminal, ``markdown`` for a pull request, and ``github`` for a run of GitHub Actions.

``github`` has annotations in the log, and the summary of the job in Markdown.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands describes the commands and their escapes.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.failure import finding_text, place, request_line, status_line, test_of, violation_line
from pytest_pcerrors.reporting.finding_data import FindingData, ViolationData
from pytest_pcerrors.reporting.matrix import as_markdown as matrix_as_markdown
from pytest_pcerrors.reporting.matrix import as_text as matrix_as_text
from pytest_pcerrors.reporting.matrix import headline
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.text import markdown_cell as cell

_SUMMARY = "GITHUB_STEP_SUMMARY"
_MOST_SUMMARISED = 1000
_LARGEST_SUMMARY = 900_000
"""In bytes; GitHub drops the summary of a step that is larger than 1 MiB."""


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


def as_github(report: Report) -> Iterator[str]:
    """Yield a command for each violation, and the counts; append a summary to the file that `GITHUB_STEP_SUMMARY` names."""
    first: list[FindingData] = []
    for finding in report.with_violations():
        if len(first) < _MOST_SUMMARISED:
            first.append(finding)
        yield "".join(f"{_command(finding, violation)}\n" for violation in finding["violations"])
    if not report.is_quiet:
        yield f"{report.tally.sentence()}\n"
    if path := os.environ.get(_SUMMARY):
        _append(Path(path), replace(report, findings=first))


def _command(finding: FindingData, violation: ViolationData) -> str:
    """Return the workflow command for a violation; its place is shown in the changed files of a pull request."""
    kind = "warning" if violation["severity"] == "warning" else "error"
    file = finding["path"] if finding["path"] != "-" else None
    properties = {"file": file, "line": (finding["line"] or 1) if file else None, "title": violation["rule"]}
    escaped = {
        name: _escaped(str(value)).replace(":", "%3A").replace(",", "%2C")
        for name, value in properties.items()
        if value
    }
    given = ",".join(f"{name}={value}" for name, value in escaped.items())
    lines = [
        violation_line(finding, violation),
        violation["hint"],
        request_line(finding),
        place(finding) if finding["entry"] else "",
        test_of(finding),
    ]
    text = "\n".join(filter(None, lines))
    return f"::{kind} {given}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _append(path: Path, report: Report) -> None:
    """Append a report in Markdown to a file, as far as its size permits."""
    pieces, size = [], 0
    for piece in as_markdown(report):
        size += len(piece.encode())
        if size > _LARGEST_SUMMARY:
            pieces.append("\nMore violations are in the log.\n")
            break
        pieces.append(piece)
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join([*pieces, "\n"]))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; it is the value of {_SUMMARY}") from None
