"""What the command reads: files, folders, and standard input, which a dash stands for."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import archive_files, read_file, read_stream

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange

    Source = Path | None

STDIN = "-"


def standard_input() -> IO[bytes]:
    """Return what a dash stands for."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def sources_of(paths: Sequence[str]) -> "list[Source]":
    """Return every file to read, each once, and None for standard input; a misspelt path is told before anything is read."""
    if "" in paths:
        raise UsageError("a path is empty; was a variable of the shell not set?")
    sources: list[Source] = []
    for path in paths:
        sources += [None] if path == STDIN else archive_files(Path(path))
    return list(dict.fromkeys(sources))


def exchanges_in(source: "Source") -> "Iterator[Exchange]":
    """Yield what is recorded in a file, or in what comes from standard input."""
    return read_stream(standard_input(), STDIN) if source is None else read_file(source)
