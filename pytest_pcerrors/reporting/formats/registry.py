"""The registry of all formats: of findings, of changes between contracts, and of catalogue entries.

A new format is a function and a line here; the options of the command and of pytest follow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.changes import Change
from pytest_pcerrors.reporting import changes, entries
from pytest_pcerrors.reporting.formats._github import as_github
from pytest_pcerrors.reporting.formats._json import as_json
from pytest_pcerrors.reporting.formats._junit import as_junit
from pytest_pcerrors.reporting.formats._markdown import as_markdown
from pytest_pcerrors.reporting.formats._sarif import as_sarif
from pytest_pcerrors.reporting.formats._text import as_text
from pytest_pcerrors.reporting.html.page import as_html
from pytest_pcerrors.reporting.report import Report

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

CHANGE_FORMATS: dict[str, Callable[[Sequence[Change], Mapping[Change, Sequence[str]]], str]] = {
    "text": changes.as_text,
    "json": changes.as_json,
    "markdown": changes.as_markdown,
}
"""The formats of `pcerrors diff`, for changes and the recordings that each of them affects."""

ENTRY_FORMATS: dict[str, Callable[[Sequence[Entry]], str]] = {"table": entries.as_table, "json": entries.as_json}
"""The formats of `pcerrors list`."""
