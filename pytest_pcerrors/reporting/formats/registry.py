"""The registry of the formats of reports.

A new format is a function and a line here; the options of the command and of pytest follow.
"""

from collections.abc import Callable, Iterator

from pytest_pcerrors.reporting.formats._github import as_github
from pytest_pcerrors.reporting.formats._junit import as_junit
from pytest_pcerrors.reporting.formats._sarif import as_sarif
from pytest_pcerrors.reporting.formats._text import as_markdown, as_text
from pytest_pcerrors.reporting.html.page import as_html
from pytest_pcerrors.reporting.report import Report, as_json

FORMATS: dict[str, Callable[[Report], Iterator[str]]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_github,
    "markdown": as_markdown,
    "html": as_html,
}
"""The formats of `pcerrors check`, `pcerrors report` and `--pc-report`. Each yields a report in pieces."""

FORMATS_OF_ALL = frozenset({"json", "junit"})
"""The formats that have the conforming error responses too, not only the violations."""
