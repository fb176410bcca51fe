"""Read archives from a file, a folder or a stream; an entry that cannot be read does not stop the others."""

from contextlib import suppress
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.folders import ending, files_of
from pytest_pcerrors.exchange.archives.formats import READERS, is_plain_yaml, opened
from pytest_pcerrors.exchange.archives.items import Skipped, joined
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.plain_interactions import UncertainError, interaction_texts
from pytest_pcerrors.exchange.archives.plain_lines import line_chunks
from pytest_pcerrors.exchange.archives.streams import bounded, metered, unpacked
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.text import represented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.archives.layout import Layout

MAX_BODY_INPUT = 65 * 1024 * 1024
"""The largest bare body that is read, in bytes."""

_MAX_LISTED = 20
Read = TypeVar("Read")


def read_archive(path: str | Path) -> "Iterator[Exchange]":
    """Yield the exchanges of a cassette, a HAR, NDJSON or other recording (each also with ``.gz`` or ``.zst``), or a folder of them, one at a time.

    `Exchange.origin` is the place in the file. An entry, a line or the rest of a file that cannot be read raises an `ArchiveError`
    (a `UsageError`) with place and reason, at the end, after all other exchanges. A request without a response is skipped.
    A folder that cannot be read raises a `UsageError` before the first exchange.

    >>> next(read_archive("missing.yaml"))
    Traceback (most recent call last):
    pytest_pcerrors.UsageError: missing.yaml: no such file or folder
    """
    if not isinstance(path, str | Path) or not str(path):
        raise UsageError(f"expected the path of an archive, got {represented(path)}")
    files = archive_files(Path(path))
    yield from exchanges_of(chain.from_iterable(file_items(file) for file in files), str(path))


def archive_files(path: Path) -> list[Path]:
    """Return the archives of a path: the file itself, or the files in a folder with a known suffix, sorted."""
    return files_of(path, READERS)


def exchanges_of(items: "Iterable[Item]", place: str) -> "Iterator[Exchange]":
    """Yield the exchanges among items; then raise one `ArchiveError` for those that cannot be read."""
    problems: list[ArchiveError] = []
    more = 0
    for item in items:
        if isinstance(item, ArchiveError):
            more += len(problems) == _MAX_LISTED
            problems += [item][: _MAX_LISTED - len(problems)]
        elif not isinstance(item, Skipped):
            yield item
    if len(problems) == 1:
        raise problems[0]
    if problems:
        listed = "".join(f"\n{problem}" for problem in joined(problems)) + (f"\nand {more} more" if more else "")
        raise ArchiveError(place, f"{len(problems) + more} places cannot be read:{listed}")


def file_items(
    file: Path, name: str = "", on_read: "Callable[[int], object] | None" = None, layout: "Layout | None" = None
) -> "Iterator[Item]":
    """Yield the items of a file in order; an entry that cannot be read is yielded as an `ArchiveError`.

    `name` is the path in messages and origins. `on_read` is called with the number of bytes of every read.
    `layout` is that of the lines of logs.
    """
    return _read_file(file, name or str(file), on_read, partial(stream_items, layout=layout))


def ndjson_chunks(
    file: Path, name: str, on_read: "Callable[[int], object] | None" = None, *, has_layout: bool = False
) -> "Iterator[bytes | ArchiveError] | None":
    """Return the chunks of `line_chunks` of a file, which an error of reading ends; None if the file is not NDJSON, or is not a regular file.

    With `has_layout`, its lines may be those of a log.
    """
    if (READERS.get(ending(file), read_ndjson) is not read_ndjson and not has_layout) or not file.is_file():
        return None
    with suppress(OSError), file.open("rb") as stream:
        if _is_ndjson(stream, name, has_layout=has_layout):
            return _read_file(file, name, on_read, _chunks)
    return None


def stream_chunks(stream: IO[bytes], name: str, *, has_layout: bool = False) -> "Iterator[bytes | ArchiveError] | None":
    """Return the chunks of a stream that can be read again from where it is, as `ndjson_chunks` does of a file."""
    start = stream.tell()
    is_ndjson = _is_ndjson(stream, name, has_layout=has_layout)
    stream.seek(start)
    return _chunks(stream, name) if is_ndjson else None


def may_have_lines(file: Path) -> bool:
    """Return whether a file may have the lines of a log, for which there is a layout; a pipe or a device, which is not read, may."""
    return not file.is_file() or ndjson_chunks(file, str(file), has_layout=True) is not None


def _is_ndjson(stream: IO[bytes], name: str, *, has_layout: bool) -> bool:
    with suppress(ArchiveError, OSError):
        return opened(stream, name, has_layout=has_layout).reader is read_ndjson
    return False


def _chunks(stream: IO[bytes], name: str) -> "Iterator[bytes | ArchiveError]":
    return _guarded(lambda: line_chunks(unpacked(stream, name)[0]), name)


def cassette_interactions(
    file: Path, on_read: "Callable[[int], object] | None" = None
) -> "Iterator[tuple[list[bytes], int]] | None":
    """Return what `interaction_texts` yields of a file; None if it is not a cassette in YAML, or is compressed.

    `on_read` is called with the number of bytes of the texts.
    """
    return _interactions(file, on_read or bool) if is_plain_yaml(file) else None


def _interactions(file: Path, on_read: "Callable[[int], object]") -> "Iterator[tuple[list[bytes], int]]":
    try:
        with file.open("rb") as stream:
            for texts, line in interaction_texts(stream):
                yield texts, line
                on_read(sum(map(len, texts)))
    except OSError:
        raise UncertainError from None


def _read_file(
    file: Path, name: str, on_read: "Callable[[int], object] | None", read: "Callable[[IO[bytes], str], Iterator[Read]]"
) -> "Iterator[Read | ArchiveError]":
    try:
        with file.open("rb") as stream:
            yield from read(metered(stream, on_read) if on_read else stream, name)
    except OSError as error:
        yield ArchiveError(name, f"cannot be read: {error.strerror or error}")


def read_stream(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Yield the exchanges of a binary stream; at the end, raise an `ArchiveError` as `read_archive` does."""
    return exchanges_of(stream_items(stream, name), name)


def stream_items(stream: IO[bytes], name: str, layout: "Layout | None" = None) -> "Iterator[Item]":
    """Yield the items of a binary stream, as `file_items` does; the suffix of its name, or else its beginning, gives the format."""
    return _guarded(lambda: _items(stream, name, layout), name)


def _items(stream: IO[bytes], name: str, layout: "Layout | None") -> "Iterator[Item]":
    reader, plain, _ = opened(stream, name, has_layout=layout is not None)
    return read_ndjson(plain, name, layout=layout) if reader is read_ndjson else reader(plain, name)


def _guarded(read: "Callable[[], Iterator[Read]]", name: str) -> "Iterator[Read | ArchiveError]":
    """Yield what is read; an error of reading is the last."""
    try:
        yield from read()
    except ArchiveError as error:
        yield error
    except MemoryError:
        raise UsageError(f"{name}: not enough memory to read this") from None


def read_body(stream: IO[bytes], name: str, status: int) -> Exchange:
    """Return the exchange of a bare error body, with unknown headers; raise a `UsageError` if it is an exchange, which has its own status."""
    plain, is_packed = unpacked(stream, name)
    body = (bounded(plain, name) if is_packed else plain).read(MAX_BODY_INPUT + 1)
    if len(body) > MAX_BODY_INPUT:
        raise ArchiveError(name, f"more than {MAX_BODY_INPUT // 1024 // 1024} MiB")
    exchange = Exchange(status, None, body, origin=name)
    with suppress(ArchiveError):
        for recorded in read_stream(BytesIO(exchange.body), name):
            raise UsageError(f"{name}: already has the status {recorded.status}; omit --status")
    return exchange
