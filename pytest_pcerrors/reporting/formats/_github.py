"""The format ``github``: annotations in the log of GitHub Actions, and the summary of the job.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands describes the commands and their escapes.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.failure import place, request_line, test_of, violation_line
from pytest_pcerrors.reporting.finding_data import FindingData, ViolationData
from pytest_pcerrors.reporting.formats._text import as_markdown
from pytest_pcerrors.reporting.report import Report

_SUMMARY = "GITHUB_STEP_SUMMARY"
_MOST_SUMMARISED = 1000
_LARGEST_SUMMARY = 900_000
"""In bytes; GitHub drops the summary of a step that is larger than 1 MiB."""


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
