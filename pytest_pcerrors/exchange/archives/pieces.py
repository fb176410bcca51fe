"""Split large NDJSON files at line ends, so that several processes can read one file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, TypeVar

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.formats import reader_of
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.plain_lines import line_chunks
from pytest_pcerrors.exchange.archives.streams import portion, rejoined, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.archives.layout import Layout

PIECE = 1024 * 1024
"""The size from which lines become a piece, in bytes."""

_BLOCK = 64 * 1024

Read = TypeVar("Read")


class Piece(NamedTuple):
    """A file, or the lines of it from the byte `start` to before the byte `end`; `first` is the number of the first line.

    `end` is None for a whole file. `name` is the path in origins. `is_last` is whether nothing of the file follows.
    """

    file: Path
    name: str
    start: int = 0
    end: int | None = None
    first: int = 1
    is_last: bool = True

    @property
    def size(self) -> int:
        """The number of bytes; 0 for what has no size, such as a pipe."""
        if self.end is not None:
            return self.end - self.start
        return self.file.stat().st_size if self.file.is_file() else 0


def pieces_of(file: Path, name: str = "", layout: "Layout | None" = None) -> Iterator[Piece]:
    """Yield the pieces of a file in their order: a large file of uncompressed NDJSON in several, any other as a whole.

    A file that its first line refuses is a whole, and so is one with blank lines alone.
    """
    whole = Piece(file, name or str(file))
    if whole.size > PIECE and _is_ndjson(whole, layout):
        with file.open("rb") as stream:
            pieces = _cut(stream, whole)
            first = next(pieces, whole)
            if not first.is_last:
                yield first
                yield from pieces
                return
    yield whole


@contextmanager
def opened(piece: Piece) -> Iterator[IO[bytes]]:
    """Open the lines of a piece that is not a whole file."""
    with piece.file.open("rb") as stream:
        stream.seek(piece.start)
        yield portion(stream, (piece.end or 0) - piece.start)


def piece_items(piece: Piece, layout: "Layout | None" = None) -> "Iterator[Item]":
    """Yield the items of a piece that is not a whole file; if the file cannot be read any more, an `ArchiveError`."""
    return _guarded(piece, lambda stream: read_ndjson(stream, piece.name, piece.first, layout))


def piece_chunks(piece: Piece) -> "Iterator[bytes | ArchiveError]":
    """Yield the lines of a piece that is not a whole file, in chunks as `line_chunks` does."""
    return _guarded(piece, line_chunks)


def _guarded(piece: Piece, read: "Callable[[IO[bytes]], Iterator[Read]]") -> "Iterator[Read | ArchiveError]":
    try:
        with opened(piece) as stream:
            yield from read(stream)
    except OSError as error:
        yield ArchiveError(piece.name, f"cannot be read: {error.strerror or error}")


def _is_ndjson(whole: Piece, layout: "Layout | None") -> bool:
    """Return whether a file is uncompressed NDJSON, and not refused because of its first line."""
    try:
        with whole.file.open("rb") as stream:
            plain, is_packed = unpacked(stream, whole.name)
            reader, start = (None, b"") if is_packed else reader_of(plain, whole.name, has_layout=layout is not None)
            if reader is not read_ndjson:
                return False
            next(read_ndjson(rejoined(start, plain), whole.name, layout=layout))
    except (OSError, ArchiveError):
        return False  # its reader reports it
    return True


def _cut(stream: IO[bytes], whole: Piece) -> Iterator[Piece]:
    """Yield pieces that end at line ends and have more than blank lines; what is blank belongs to the next or the last piece."""
    piece: Piece | None = None
    start = position = 0
    first, lines, has_text = 1, 0, False
    while block := stream.read(_BLOCK):
        cut = block.rfind(b"\n") + 1
        lines += block.count(b"\n")
        has_text = has_text or bool(block[:cut].strip())
        if cut and has_text and position + cut - start >= PIECE:
            if piece is not None:
                yield piece
            piece = whole._replace(start=start, end=position + cut, first=first, is_last=False)
            start, first, lines, has_text = position + cut, first + lines, 0, False
        has_text = has_text or bool(block[cut:].strip())
        position += len(block)
    if has_text and piece is not None:
        yield piece
        piece = whole._replace(start=start, first=first)
    if piece is not None:
        yield piece._replace(end=position, is_last=True)
