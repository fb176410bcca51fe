"""Archives as files: one, a folder of them, or a stream; what cannot be read costs only itself."""

import gzip
import zlib
from contextlib import suppress
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.bare import bare_exchange
from pytest_pcerrors.exchange.archives.folders import ending, files_of
from pytest_pcerrors.exchange.archives.formats import READERS, reader_of
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.streams import bounded, rejoined, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.model import Exchange

_MOST_LISTED = 20


def read_archive(path: str | Path) -> "Iterator[Exchange]":
    """Yield every exchange of a cassette, a HAR or NDJSON file, each also ``.gz``, or of a folder of them, as it is read.

    `Exchange.origin` is its place. What cannot be read, be it an entry, a line, or the rest of a file, is an `ArchiveError`
    (a `UsageError`) with place and reason; it is raised at the end, after the exchanges of all else. A request that never got
    a response is skipped. A folder that cannot be entered is a `UsageError` before anything is read.

    >>> next(read_archive("missing.yaml"))
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: missing.yaml: no such file or folder
    """
    if not isinstance(path, str | Path) or not str(path):
        raise UsageError(f"the path of an archive is expected, not {path!r}")
    files = archive_files(Path(path))
    yield from exchanges_of(chain.from_iterable(file_items(file) for file in files), str(path))


def archive_files(path: Path) -> list[Path]:
    """Return the archives that a path stands for: itself, or in a folder all files with a known ending, sorted."""
    return files_of(path, READERS)


def is_archive(file: Path) -> bool:
    """Return whether a file is an archive by its ending."""
    return ending(file) in READERS and file.is_file()


def exchanges_of(items: "Iterable[Item]", place: str) -> "Iterator[Exchange]":
    """Yield the exchanges among items; then raise what could not be read, as one `ArchiveError`."""
    problems: list[ArchiveError] = []
    more = 0
    for item in items:
        if isinstance(item, ArchiveError):
            more += len(problems) == _MOST_LISTED
            problems += [item][: _MOST_LISTED - len(problems)]
        elif not isinstance(item, Skipped):
            yield item
    if len(problems) == 1:
        raise problems[0]
    if problems:
        listed = "".join(f"\n{problem}" for problem in problems) + (f"\nand {more} more" if more else "")
        raise ArchiveError(place, f"{len(problems) + more} places cannot be read:{listed}")


def file_items(file: Path, name: str = "") -> "Iterator[Item]":
    """Yield what a file holds, in its order; what cannot be read of it is an `ArchiveError` among the items.

    `name` is the path as messages and origins show it.
    """
    name = name or str(file)
    try:
        with file.open("rb") as stream:
            yield from stream_items(stream, name)
    except OSError as error:
        yield ArchiveError(name, f"cannot be read: {error.strerror or error}")


def read_stream(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Yield every exchange of a binary stream, then raise what could not be read, as `read_archive` does."""
    return exchanges_of(stream_items(stream, name), name)


def stream_items(stream: IO[bytes], name: str) -> "Iterator[Item]":
    """Yield what a binary stream holds, as `file_items` does; the format is known by its name, else by how it begins."""
    try:
        plain, is_packed = unpacked(stream)
        reader, start = reader_of(plain, name)
        whole = rejoined(start, plain)
        yield from reader(bounded(whole, name) if is_packed and reader is not read_ndjson else whole, name)
    except ArchiveError as error:
        yield error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield ArchiveError(name, f"broken gzip data: {error}")
    except MemoryError:
        raise UsageError(f"{name}: there is not enough memory to read this") from None


def read_body(stream: IO[bytes], name: str, status: int) -> "Exchange":
    """Return the exchange of an error body by itself; a `UsageError` where it is an exchange, which has a status."""
    try:
        plain, is_packed = unpacked(stream)
        exchange = bare_exchange(bounded(plain, name) if is_packed else plain, name, status)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(name, f"broken gzip data: {error}") from None
    with suppress(ArchiveError):
        for recorded in read_stream(BytesIO(exchange.body), name):
            raise UsageError(f"{name}: has a status already: {recorded.status}; leave --status out")
    return exchange
