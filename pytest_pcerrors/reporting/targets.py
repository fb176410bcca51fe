"""Reports that options ask for as ``FORMAT:FILE``."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import nearest

_TERMINAL = "-"


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
