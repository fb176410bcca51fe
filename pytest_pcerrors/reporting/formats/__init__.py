"""The formats of reports, and the options that ask for them as ``FORMAT:FILE``.

A new format is a function and a line here; the options of the command and of pytest follow.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import nearest

if TYPE_CHECKING:
    from pytest_pcerrors.reporting.report import Report

_TERMINAL = "-"


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


class Target(NamedTuple):
    """A report that is asked for: its format, and its file; None is the terminal."""

    form: str
    file: Path | None


def make_folder(file: Path) -> None:
    """Create the folder of a file; a `UsageError` if it cannot be created."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {file.parent} cannot be created: {error.strerror}") from None


def targets_of(
    given: Iterable[str], option: str, formats: Collection[str], folder: Path, inputs: Iterable[Path] = ()
) -> list[Target]:
    """Return the reports of ``FORMAT:FILE`` texts; files are relative to a folder, and must not be one of the inputs.

    An unknown format, a missing file, and a file that cannot be written to are a `UsageError`.
    """
    targets: list[Target] = []
    given = tuple(given)
    taken = {os.path.realpath(path): f"{path} is a recording of this run" for path in (inputs if given else ())}
    for text in given:
        form, _, name = text.partition(":")
        if form not in formats:
            raise UsageError(f'{option}={text}: there is no format "{form}"; {nearest(form, formats)}')
        if form == "html":
            from pytest_pcerrors.reporting.formats._html import template

            template()  # raises without jinja2, before the run and not after it
        if not name:
            raise UsageError(f"{option}={text} has no file; write FORMAT:FILE, such as {option}={form}:report.{form}")
        file = None if name == _TERMINAL else Path(os.path.normpath(folder / name))
        key = _TERMINAL if file is None else os.path.realpath(file)
        if key in taken:
            raise UsageError(f"{option}={text}: {taken[key]}; give another file")
        if file is not None and file.is_dir():
            raise UsageError(f"{option}={text}: {file} is a folder; give a file")
        taken[key] = f"{'the terminal' if file is None else name} is that of another report"
        targets.append(Target(form, file))
    return targets
