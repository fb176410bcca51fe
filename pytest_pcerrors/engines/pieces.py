"""What is checked at a time: small files together, one file, or what begins in a range of its bytes: lines of NDJSON, or interactions of a cassette."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple, cast

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.formats import is_plain_yaml, opened
from pytest_pcerrors.exchange.archives.json_files import opens_document, read_ndjson
from pytest_pcerrors.exchange.archives.plain_interactions import HEADS, START
from pytest_pcerrors.exchange.archives.plain_lines import CHUNK, line_chunks

PIECE = 1024 * 1024
"""The size of a piece for a process of this machine, in bytes."""

_LARGE_CASSETTE, _PIECE_OF_CASSETTE = 4 * PIECE, PIECE // 4  # an interaction takes longer than a line
_MOST_FILES = 64
_STEP = 64 * 1024


class Piece(NamedTuple):
    """A file, or the lines or interactions of it that begin from the byte `start` to before the byte `end`.

    `end` is None for a whole file, and `size` the number of bytes. `name` is the path in origins. `file` is a path, or has its methods.
    """

    file: Path
    name: str
    size: int = 0
    start: int = 0
    end: int | None = None

    @property
    def is_last(self) -> bool:
        """Whether nothing of the file follows."""
        return self.end is None or self.end == self.size

    @property
    def is_cassette(self) -> bool:
        """Whether it has interactions in YAML."""
        return is_plain_yaml(self.file)

    def interactions(self) -> bytes:
        """Return the bytes of a piece of a cassette; none if they cannot be read."""
        with suppress(OSError), self.file.open("rb") as stream:
            stream.seek(self.start)
            return stream.read((self.end or 0) - self.start)
        return b""

    def chunks(self) -> Iterator[bytes | ArchiveError]:
        """Yield the lines of a piece that is not a whole file, in chunks as `line_chunks` does; an error of reading ends them."""
        try:
            with self.file.open("rb") as stream:
                yield from line_chunks(cast("IO[bytes]", _Lines(stream, self.start, self.end or 0)))
        except OSError as error:
            yield ArchiveError(self.name, f"cannot be read: {error.strerror or error}")


class _Lines:
    """The lines of a stream that begin in a range of its bytes."""

    def __init__(self, stream: IO[bytes], start: int, end: int) -> None:
        self._stream = stream
        position = max(start - 1, 0)
        if start:
            stream.seek(position)
            while position < end and (line := stream.readline(min(_STEP, end - position))):
                position += len(line)
                if line.endswith(b"\n"):
                    break
        self._left = end - 1 - position  # before the last byte of the range, whose line is read to its end

    def read(self, size: int) -> bytes:
        """Read as many bytes, or fewer; none at the end."""
        if self._left > 0:
            data = self._stream.read(min(size, self._left))
            self._left -= len(data)
            return data
        data = b"" if self._left < 0 else self._stream.readline(size)
        self._left -= data.endswith(b"\n")
        return data


class Unit(NamedTuple):
    """What one process does at a time: small files, one file or a piece of one; without them, a `source` that only this process can read."""

    pieces: tuple[Piece, ...] = ()
    source: Path | None = None

    @property
    def piece(self) -> Piece | None:
        """The piece that is not a whole file, if it is one."""
        return self.pieces[0] if self.pieces and self.pieces[0].end is not None else None

    @property
    def size(self) -> int:
        """The number of bytes; in a piece of a file, those of its range."""
        if self.piece is not None:
            return (self.piece.end or 0) - self.piece.start
        return sum(each.size for each in self.pieces)


def units_of_sources(
    sources: Iterable[tuple[Path | None, int | None]], *, has_layout: bool = False, cuts_cassettes: bool = False
) -> Iterator[Unit]:
    """Yield the units of sources with their sizes, in their order. What has no size (standard input, pipes, devices) is read by this process."""

    def starts(file: Piece) -> Sequence[int]:
        if file.is_cassette:
            return _starts_of_interactions(file) if cuts_cassettes and file.size > _LARGE_CASSETTE else ()
        return range(0, file.size, PIECE) if file.size > PIECE and has_lines(file, has_layout=has_layout) else ()

    files = (
        Unit(source=source) if source is None or size is None else Piece(source, str(source), size)
        for source, size in sources
    )
    return units_of(files, starts)


def units_of(files: Iterable[Piece | Unit], starts: Callable[[Piece], Sequence[int]]) -> Iterator[Unit]:
    """Yield the units of whole files in their order, and the units among them as they are.

    `starts` returns where the pieces of a large file start, or nothing for one that is not cut.
    """
    small = Unit()
    for file in files:
        first = () if isinstance(file, Unit) else starts(file)
        is_alone = isinstance(file, Unit) or bool(first) or file.size >= PIECE
        if small.pieces and (is_alone or small.size >= PIECE or len(small.pieces) == _MOST_FILES):
            yield small
            small = Unit()
        if isinstance(file, Unit):
            yield file
        elif first:
            ranges = pairwise([*first, file.size])
            yield from (Unit((file._replace(start=start, end=end),)) for start, end in ranges)
        elif is_alone:
            yield Unit((file,))
        else:
            small = Unit((*small.pieces, file))
    if small.pieces:
        yield small


def has_lines(file: Piece, *, has_layout: bool) -> bool:
    """Return whether a file is uncompressed NDJSON, by its first bytes; not if its first line refuses all of it. With `has_layout`, its lines may be those of a log."""
    try:
        with file.file.open("rb") as stream:
            reader, lines, packing = opened(stream, file.name, has_layout=has_layout)
            return not packing and reader is read_ndjson and not opens_document(lines.readline(CHUNK))
    except (OSError, ArchiveError):
        return False  # its reader reports it


def _starts_of_interactions(file: Piece) -> list[int]:
    """Return where the pieces of a cassette in the layout of vcrpy start: each with an interaction, the first with the head."""
    starts = []
    with suppress(OSError), file.file.open("rb") as stream:
        position = 0 if stream.read(CHUNK).startswith(HEADS) else file.size
        while position < file.size:
            starts.append(position)
            stream.seek(position + _PIECE_OF_CASSETTE)
            stream.readline()
            while (line := stream.readline()) not in (b"", START):
                pass
            position = stream.tell() - len(line)
    return starts
