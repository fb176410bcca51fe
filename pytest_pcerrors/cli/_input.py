"""Input of the command: files, folders and standard input (-), and a check that output does not overwrite it."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from stat import S_ISREG
from typing import IO, TYPE_CHECKING

import click

from pytest_pcerrors.documents import refuse_named_pipe
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import archive_files, file_items, read_body, stream_items
from pytest_pcerrors.exchange.archives.folders import identity
from pytest_pcerrors.policy.audit import Recording

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy

Source = Path | None
"""A file, or None for standard input."""

STDIN = "-"


def standard_input() -> IO[bytes]:
    """Return the stream of standard input."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def sources_of(paths: Sequence[str]) -> list[Source]:
    """Return every file to read once, and None for standard input. A wrong path raises before anything is read."""
    sources: dict[object, Source] = {}
    for path in paths:
        for source in [None] if path == STDIN else archive_files(Path(path)):
            sources.setdefault(source and identity(source), source)
    return list(sources.values())


def size_of(source: Source) -> int | None:
    """Return the size of a file in bytes, or None for what has none: standard input, a pipe or a device."""
    with suppress(OSError):
        if source is not None and S_ISREG((status := source.stat()).st_mode):
            return status.st_size
    return None


def items_in(source: Source) -> "Iterator[Item]":
    """Yield the items of a file or of standard input."""
    return stream_items(standard_input(), STDIN) if source is None else file_items(source)


def recording_of(source: Source, policy: "Policy", on_read: Callable[[int], object] | None = None) -> Recording:
    """Return a file or standard input as a recording; `on_read` is called with the number of bytes of every read of a file.

    A pipe such as ``<(zcat log.gz)`` of a shell can be read only once, as standard input.
    """
    if source is None:
        return Recording.of_stream(standard_input(), STDIN, policy)
    if source.is_fifo():
        stream = click.get_current_context().with_resource(source.open("rb"))
        return Recording.of_stream(stream, str(source), policy)
    return Recording.of_file(source, policy, on_read=on_read)


def refuse_overwriting(output: Path | None, sources: "Iterable[Source]") -> None:
    """Raise a `UsageError` if the output is one of the files to read, under any name. None is standard input."""
    if output is None or not output.is_file():
        return
    taken = identity(output)
    if any(taken == (_identity_of_stdin() if source is None else identity(source)) for source in sources):
        raise UsageError(f"{output} is an input and cannot be the output; give another file")


def _identity_of_stdin() -> object:
    with suppress(UsageError, OSError, ValueError):
        status = os.fstat(standard_input().fileno())
        return status.st_dev, status.st_ino
    return None


def bodies(paths: Sequence[str], status: int) -> "Iterator[Exchange]":
    """Yield an exchange for each file (or standard input) with an error body alone. An invalid path is a `UsageError`."""
    if not paths:
        raise UsageError("--status needs a file with one error body, or - for standard input")
    for path in paths:
        if Path(path).is_dir():
            raise UsageError(f"{path}: is a folder; --status needs a file with one error body, or - for standard input")
        try:
            refuse_named_pipe(Path(path))
            with nullcontext(standard_input()) if path == STDIN else Path(path).open("rb") as stream:
                yield read_body(stream, path, status)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
