"""Byte streams for the readers: put back bytes that were read, decompress gzip and zstd, and limit the decompressed size."""

import gzip
from collections.abc import Callable
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import IO, Any, cast

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange._codecs import ZSTD, Codec
from pytest_pcerrors.exchange.encodings import encoding_of

MAX_UNPACKED = 128 * 1024 * 1024
"""The largest document in a compressed file, in bytes; NDJSON is read line by line and may be larger."""

PACKED = (".gz", ".zst")
"""The suffixes of compressed files."""

_START = 4
_BUFFER = 64 * 1024
_PIECE = 1024 * 1024
_PACKED_PIECE = 1024  # zstd expands it to at most 32 MiB


class BrokenZstdError(EOFError):
    """The data is not valid zstd, or incomplete."""


def unpacked(stream: IO[bytes], name: str) -> tuple[IO[bytes], str]:
    """Return a stream, decompressed if it is gzip or zstd, and the name of this encoding, or an empty text.

    Without the package for zstd, an `ArchiveError` is raised.
    """
    start = stream.read(_START)
    whole = rejoined(start, stream)
    match encoding_of(start):
        case "gzip":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=whole)), "gzip"
        case "zstd":
            try:
                return BufferedReader(_Zstd(whole, ZSTD.load()), _BUFFER), "zstd"
            except ImportError:
                raise ArchiveError(name, ZSTD.missing) from None
        case _:
            return whole, ""


def rejoined(start: bytes, rest: IO[bytes]) -> IO[bytes]:
    """Return a stream of these bytes followed by the rest of another stream."""
    return BufferedReader(_Rejoined(start, rest), _BUFFER)


def file_of(stream: IO[bytes], name: str) -> Path:
    """Return the path of the file that a stream reads, or else its name."""
    path = getattr(stream, "name", None)
    return Path(path if isinstance(path, str) else name)


def metered(stream: IO[bytes], on_read: Callable[[int], object]) -> IO[bytes]:
    """Return a stream that calls `on_read` with the number of bytes of every read."""
    return BufferedReader(_Metered(stream, on_read), _BUFFER)


def bounded(stream: IO[bytes], name: str) -> IO[bytes]:
    """Return a stream that raises an `ArchiveError` after more than `MAX_UNPACKED` bytes."""
    return BufferedReader(_Bounded(stream, name), _BUFFER)


def rereadable(stream: IO[bytes]) -> IO[bytes]:
    """Return a stream that can be read again from where `tell` was called, with one call of `seek`; the other may be a pipe."""
    return stream if stream.seekable() else cast("IO[bytes]", _Rereadable(stream))


def read_whole(stream: IO[bytes]) -> bytearray:
    """Read a stream to its end in chunks, without a second copy in memory."""
    data = bytearray()
    while piece := stream.read(_PIECE):
        data += piece
    return data


def read_line(stream: IO[bytes], longest: int) -> bytes | bytearray:
    """Read a line in chunks, without a second copy in memory; stop at most one chunk after `longest` bytes."""
    size = min(_PIECE, longest + 1)
    piece = stream.readline(size)
    if len(piece) < size or piece.endswith(b"\n"):
        return piece
    line = bytearray(piece)
    while len(line) <= longest and not line.endswith(b"\n") and (piece := stream.readline(size)):
        line += piece
    return line


def skip_line(stream: IO[bytes], line: bytes | bytearray) -> None:
    """Skip the rest of a line that was partly read."""
    is_over = line.endswith(b"\n")
    if isinstance(line, bytearray):
        line.clear()
    while not is_over and (piece := stream.readline(_PIECE)):
        is_over = piece.endswith(b"\n")


class _Rejoined(RawIOBase):
    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._start = BytesIO(start)
        self.name = getattr(rest, "name", None)  # the path of a file
        self._read = getattr(rest, "read1", rest.read)  # returns what is available, without waiting for more

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._start.read(len(buffer)) or self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Metered(_Rejoined):
    def __init__(self, stream: IO[bytes], on_read: Callable[[int], object]) -> None:
        super().__init__(b"", stream)
        self._on_read = on_read

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self._on_read(size)
        return size


class _Zstd(RawIOBase):
    """The decompressed data of all frames of a stream."""

    def __init__(self, stream: IO[bytes], codec: Codec) -> None:
        super().__init__()
        self._stream = stream
        self._codec = codec
        self._decoder = codec.decoder()
        self._plain = BytesIO()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._plain.read(len(buffer))
        while not data and (packed := self._decoder.unused_data or self._stream.read(_PACKED_PIECE)):
            if self._decoder.eof:
                self._decoder = self._codec.decoder()
            try:
                self._plain = BytesIO(self._decoder.decompress(packed))
            except self._codec.error as error:
                raise BrokenZstdError(str(error)) from None
            data = self._plain.read(len(buffer))
        if not data and not self._decoder.eof:
            raise BrokenZstdError("it is cut off")
        buffer[: len(data)] = data
        return len(data)


class _Rereadable(_Rejoined):
    """Keeps what is read between `tell` and `seek`."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(b"", stream)
        self._kept: bytearray | None = None

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        if self._kept is not None:
            self._kept += buffer[:size]
        return size

    def tell(self) -> int:
        self._kept = bytearray()
        return 0

    def seek(self, _: int, __: int = 0) -> int:
        self._start, self._kept = BytesIO(self._kept or b""), None
        return 0


class _Bounded(_Rejoined):
    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__(b"", stream)
        self._place = name
        self._left = MAX_UNPACKED

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self._left -= size
        if self._left < 0:
            most = MAX_UNPACKED // 1024**2
            raise ArchiveError(
                self._place, f"more than {most} MiB when decompressed; decompress the file (gunzip, unzstd) to read it"
            )
        return size
