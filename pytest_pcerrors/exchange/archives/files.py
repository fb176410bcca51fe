"""Archives as files: which reader takes which file, folders of them, ``.gz`` and standard input."""

import gzip
import zlib
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives.items import parsed
from pytest_pcerrors.exchange.archives.json_files import LONGEST_LINE, read_json_document, read_ndjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.exchange.model import Exchange

    Reader = Callable[[IO[bytes], str], Iterator[Exchange]]


def read_yaml(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read a YAML cassette; PyYAML loads with the first one."""
    from pytest_pcerrors.exchange.archives.yaml_files import read_yaml_cassette

    yield from read_yaml_cassette(stream, name)


READERS: "dict[str, Reader]" = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json_document,
    ".har": read_json_document,
    ".ndjson": read_ndjson,
    ".jsonl": read_ndjson,
}
_GZIP = ".gz"
_GZIP_START = b"\x1f\x8b"
_BLANK = b"\xef\xbb\xbf \t\r\n"
_BUFFER = 64 * 1024


def read_archive(path: str | Path) -> "Iterator[Exchange]":
    """Yield every exchange of a cassette, a HAR or NDJSON file, each also ``.gz``, or of a folder of them, as it is read.

    `Exchange.origin` says where each stands. A file that cannot be read, or not to its end, is an `ArchiveError` (a
    `UsageError`) with place and reason; in a folder it comes after the exchanges of all other files.

    >>> next(read_archive("missing.yaml"))
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: missing.yaml: no such file or folder
    """
    if not isinstance(path, str | Path) or not str(path):
        raise UsageError(f"the path of an archive is expected, not {path!r}")
    problems = []
    for file in archive_files(Path(path)):
        try:
            yield from read_file(file)
        except ArchiveError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        listed = "".join(f"\n{problem}" for problem in problems)
        raise ArchiveError(str(path), f"{len(problems)} files cannot be read:{listed}")


def archive_files(path: Path) -> list[Path]:
    """Return the archives that a path stands for: itself, or in a folder all files with a known ending, sorted.

    Hidden files and folders are passed over. A path that does not exist is a `UsageError`.
    """
    try:
        if path.is_dir():
            files = (file for file in path.rglob("*") if not _is_hidden(file.relative_to(path)))
            return sorted(file for file in files if is_archive(file))
        if path.exists():
            return [path]
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    raise UsageError(f"{path}: no such file or folder")


def is_archive(file: Path) -> bool:
    """Tell by its ending whether a file is an archive."""
    return _ending(file) in READERS and file.is_file()


def read_file(file: Path) -> "Iterator[Exchange]":
    """Yield every exchange of one file; `ArchiveError` where it cannot be read, or not to its end."""
    try:
        with file.open("rb") as stream:
            yield from read_stream(stream, str(file))
    except OSError as error:
        raise ArchiveError(str(file), f"cannot be read: {error.strerror or error}") from None


def read_stream(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Yield every exchange of a binary stream; the format is known by the ending of its name, else by how it begins."""
    start = stream.read(len(_GZIP_START))
    rejoined = _rejoined(start, stream)
    plain: Any = gzip.GzipFile(fileobj=rejoined) if start == _GZIP_START else rejoined
    try:
        reader = READERS.get(_ending(Path(name)))
        if reader is None:
            start = _first_lines(plain)
            reader, plain = _reader_for(start), _rejoined(start, plain)
        yield from reader(plain, name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(name, f"broken gzip data: {error}") from None


def reader_of(data: bytes, name: str) -> "Reader":
    """Return the reader that `read_stream` would take for these bytes, which are not compressed."""
    return READERS.get(_ending(Path(name))) or _reader_for(_first_lines(BytesIO(data)))


def _first_lines(stream: IO[bytes]) -> bytes:
    """Take the first line that is not blank from a stream, and the blank ones before it."""
    lines, line = bytearray(), _BLANK
    while line and not line.strip(_BLANK) and len(lines) < _BUFFER:
        line = stream.readline(LONGEST_LINE)
        lines += line
    return bytes(lines)


def _reader_for(start: bytes) -> "Reader":
    """Choose a reader: JSON begins with a brace, and an NDJSON file has a whole object in its first line."""
    if not start.lstrip(_BLANK).startswith(b"{"):
        return read_yaml
    try:
        first: Any = parsed(start, "")
    except ArchiveError:
        return read_json_document
    return read_json_document if first.keys() & {"interactions", "log"} else read_ndjson


class _Rejoined(RawIOBase):
    """A stream with what was already taken from it put back in front."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._start = BytesIO(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._start.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _rejoined(start: bytes, rest: IO[bytes]) -> IO[bytes]:
    return BufferedReader(_Rejoined(start, rest), _BUFFER)


def _ending(file: Path) -> str:
    suffixes = [suffix.lower() for suffix in file.suffixes]
    return suffixes[-2] if suffixes[-1:] == [_GZIP] and len(suffixes) > 1 else suffixes[-1] if suffixes else ""


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)
