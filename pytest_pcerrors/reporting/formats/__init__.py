"""The formats of reports, a function for each in a module of its own, and the table that lists them.

A new format is a function and a line here; the options of the command and of pytest follow.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_pcerrors.reporting.report import Report


def late(module: str, name: str) -> Callable[..., Any]:
    """Return the function of a module of the package, which is imported when it is called: a run needs one or two formats."""

    def written(*arguments: Any) -> Any:
        return getattr(import_module(f"pytest_pcerrors.reporting.{module}"), name)(*arguments)

    return written


FORMATS: "dict[str, Callable[[Report], Iterator[str]]]" = {
    "text": late("formats._text", "as_text"),
    "json": late("report", "as_json"),
    "junit": late("formats._junit", "as_junit"),
    "sarif": late("formats._sarif", "as_sarif"),
    "github": late("formats._text", "as_github"),
    "markdown": late("formats._text", "as_markdown"),
    "html": late("formats._html", "as_html"),
}
"""The formats of `pcerrors check`, `pcerrors report` and `--pc-report`. Each yields a report in pieces."""


FORMATS_OF_ALL = frozenset({"json", "junit"})
"""The formats that have the conforming error responses too, not only the violations."""
