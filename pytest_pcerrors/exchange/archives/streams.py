"""Byte streams for the readers: put back bytes that were read, decompress gzip and zstd, and limit the decompressed size.

A stream is made of pieces: a generator of bytes is all that a new kind needs.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader, RawIOBase
from itertools import chain
from pathlib import Path
from typing import IO, Any, cast

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.encodings import INSTALL, ZSTD, Codec, encoding_of

MAX_UNPACKED = 128 * 1024 * 1024
"""The largest document in a compressed file, in bytes; NDJSON is read line by line and may be larger."""

PACKED = (".gz", ".zst")
"""The suffixes of compressed files."""

_START = 4
_BUFFER = 64 * 1024
_PACKED_PIECE = 1024  # zstd expands it to at most 32 MiB


class _Pieces(RawIOBase):
    """A stream of pieces; `name` is the path of the file that they are from."""

    def __init__(self, pieces: Iterator[bytes], name: object = None) -> None:
        super().__init__()
        self._pieces = filter(None, pieces)
        self._left = memoryview(b"")
        self.name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._left or memoryview(next(self._pieces, b""))
        size = min(len(data), len(buffer))
        buffer[:size], self._left = data[:size], data[size:]
        return size

    def readall(self) -> bytes:
        data, self._left = b"".join([self._left, *self._pieces]), memoryview(b"")
        return data


class _Rereadable(_Pieces):
    """Keeps what is read between `tell` and `seek`."""

    _kept: bytearray | None = None

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        if self._kept is not None:
            self._kept += buffer[:size]
        return size

    def tell(self) -> int:
        self._kept = bytearray()
        return 0

    def seek(self, _: int, __: int = 0) -> int:
        self._left, self._kept = memoryview(bytes(self._kept or b"") + self._left), None
        return 0


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Return the pieces of a stream as they become available, without waiting for more."""
    return iter(partial(getattr(stream, "read1", stream.read), _BUFFER), b"")


def of_pieces(pieces: Iterator[bytes], stream: IO[bytes] | None = None) -> IO[bytes]:
    """Return a stream of pieces, which come from another stream."""
    return BufferedReader(_Pieces(pieces, getattr(stream, "name", None)), _BUFFER)


def unpacked(stream: IO[bytes], name: str) -> tuple[IO[bytes], str]:
    """Return a stream, decompressed if it is gzip or zstd, and the name of this encoding, or an empty text.

    Without the package for zstd, and for invalid data when it is read, an `ArchiveError` is raised.
    """
    start = stream.read(_START)
    whole = rejoined(start, stream)
    match encoding_of(start):
        case "gzip":
            pieces = pieces_of(cast("IO[bytes]", gzip.GzipFile(fileobj=whole)))
            return of_pieces(_valid(pieces, name, "gzip", (EOFError, zlib.error, gzip.BadGzipFile)), whole), "gzip"
        case "zstd":
            try:
                codec = ZSTD.load()
            except ImportError:
                raise ArchiveError(name, ZSTD.missing, INSTALL) from None
            return of_pieces(_valid(_frames(whole, codec), name, "zstd", (EOFError, codec.error)), whole), "zstd"
        case _:
            return whole, ""


def _valid(pieces: Iterator[bytes], name: str, encoding: str, errors: tuple[type[Exception], ...]) -> Iterator[bytes]:
    """Yield pieces; one of these errors becomes an `ArchiveError`."""
    try:
        yield from pieces
    except errors as error:
        raise ArchiveError(name, f"broken {encoding} data: {error}") from None


def rejoined(start: bytes, rest: IO[bytes]) -> IO[bytes]:
    """Return a stream of these bytes followed by the rest of another stream."""
    return of_pieces(chain([start], pieces_of(rest)), rest)


def file_of(stream: IO[bytes], name: str) -> Path:
    """Return the path of the file that a stream reads, or else its name."""
    path = getattr(stream, "name", None)
    return Path(path if isinstance(path, str) else name)


def metered(stream: IO[bytes], on_read: Callable[[int], object]) -> IO[bytes]:
    """Return a stream that calls `on_read` with the number of bytes of every read."""

    def pieces() -> Iterator[bytes]:
        for piece in pieces_of(stream):
            on_read(len(piece))
            yield piece

    return of_pieces(pieces(), stream)


def bounded(stream: IO[bytes], name: str) -> IO[bytes]:
    """Return a stream that raises an `ArchiveError` after more than `MAX_UNPACKED` bytes."""
    left = MAX_UNPACKED

    def count(size: int) -> None:
        nonlocal left
        left -= size
        if left < 0:
            most = f"more than {MAX_UNPACKED // 1024**2} MiB when decompressed"
            raise ArchiveError(name, f"{most}; decompress the file (gunzip, unzstd) to read it")

    return metered(stream, count)


def rereadable(stream: IO[bytes]) -> IO[bytes]:
    """Return a stream that can be read again from where `tell` was called, with one call of `seek`; the other may be a pipe."""
    if stream.seekable():
        return stream
    return cast("IO[bytes]", _Rereadable(pieces_of(stream), getattr(stream, "name", None)))


def lines_of(stream: IO[bytes], longest: int) -> Iterator[bytes]:
    """Yield the lines of a stream; of one with more than `longest` bytes, one byte more than these."""
    while line := stream.readline(longest + 1):
        yield line
        while len(line) > longest and not line.endswith(b"\n"):
            line = stream.readline(longest + 1)


def _frames(stream: IO[bytes], codec: Codec) -> Iterator[bytes]:
    """Yield the decompressed data of all frames of a stream."""
    decoder = codec.decoder()
    while packed := decoder.unused_data or stream.read(_PACKED_PIECE):
        if decoder.eof:
            decoder = codec.decoder()
        yield decoder.decompress(packed)
    if not decoder.eof:
        raise EOFError("it is cut off")
