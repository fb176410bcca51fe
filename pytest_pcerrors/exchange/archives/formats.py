"""Choose the reader of an input by the suffix of its name, or else by its beginning."""

from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives._refused import is_utf_16, unsupported_bytes, unsupported_format
from pytest_pcerrors.exchange.archives.curl_output import HTTP_START, read_curl_output
from pytest_pcerrors.exchange.archives.flow_files import is_flow, read_flows
from pytest_pcerrors.exchange.archives.folders import ending
from pytest_pcerrors.exchange.archives.foreign import tool_of
from pytest_pcerrors.exchange.archives.items import parsed
from pytest_pcerrors.exchange.archives.json_files import MAX_LINE, OF_LIST, read_json_document, read_ndjson
from pytest_pcerrors.exchange.archives.streams import bounded, rejoined, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.exchange.archives.items import Item

    Reader = Callable[[IO[bytes], str], Iterator[Item]]


def read_yaml(stream: IO[bytes], name: str) -> "Iterator[Item]":
    """Read a YAML cassette; PyYAML is imported for the first one."""
    from pytest_pcerrors.exchange.archives.yaml_files import read_yaml_cassette

    yield from read_yaml_cassette(stream, name)


READERS: "dict[str, Reader]" = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json_document,
    ".har": read_json_document,
    ".ndjson": read_ndjson,
    ".jsonl": read_ndjson,
    ".mitm": read_flows,
}
"""The readers by the suffix of a file's name."""


def is_plain_yaml(file: Path) -> bool:
    """Return whether a file is in YAML and not compressed, by its suffix."""
    return READERS.get(file.suffix.lower()) is read_yaml


_BLANK = b"\xef\xbb\xbf \t\r\n"
_MAX_BLANK = 64 * 1024


class Opened(NamedTuple):
    """The reader for a stream, the stream from its beginning, decompressed, and the encoding it had, or an empty text."""

    reader: "Reader"
    stream: IO[bytes]
    packing: str


def opened(stream: IO[bytes], name: str, *, has_layout: bool = False) -> Opened:
    """Open a stream; the suffix of its name, or else its beginning, gives the reader.

    With `has_layout`, lines may be those of a log, also in a file that ends in ``.json``.
    """
    plain, packing = unpacked(stream, name)
    reader, start = _reader_of(plain, name, has_layout=has_layout)
    whole = rejoined(start, plain)
    is_limited = packing and reader is not read_ndjson
    return Opened(reader, bounded(whole, name) if is_limited else whole, packing)


def reader_of_bytes(data: bytes, name: str) -> "Reader":
    """Return the reader for uncompressed bytes."""
    return _reader_of(BytesIO(data), name)[0]


def _reader_of(stream: IO[bytes], name: str, *, has_layout: bool = False) -> "tuple[Reader, bytes]":
    """Return the reader for an uncompressed stream, and the bytes that were read from the stream to choose it."""
    reader = READERS.get(ending(Path(name)))
    if has_layout and reader is read_json_document:
        reader = None
    start = stream.read(len(HTTP_START)) if reader is not None else _first_lines(stream)
    if reader is None or start == HTTP_START or is_utf_16(start):
        reader = _reader_for(start.lstrip(_BLANK), name, has_layout=has_layout)
    return reader, start


def _first_lines(stream: IO[bytes]) -> bytes:
    """Read the first line of a stream that is not blank, with the blank lines before it."""
    start = bytearray()
    while len(start) <= _MAX_BLANK and (line := stream.readline(MAX_LINE + 1)):
        start += line
        if line.strip(_BLANK):
            break
    return bytes(start)


def _reader_for(start: bytes, name: str, *, has_layout: bool) -> "Reader":
    """Return the reader for an input by its beginning; the first line of NDJSON is a complete object."""
    if start.startswith(HTTP_START):
        return read_curl_output
    if start.startswith(b"["):
        return read_json_document
    if is_flow(start):
        return read_flows
    if not start.startswith(b"{"):
        _refuse(unsupported_bytes(start), name)
        return read_yaml
    try:
        first: Any = parsed(start, "")
    except ArchiveError:
        return read_json_document
    if not has_layout:
        _refuse(unsupported_format(first), name)
    is_document = bool(first.keys() & OF_LIST) or (tool_of(first) is not None and not has_layout)
    return read_json_document if is_document else read_ndjson


def _refuse(unsupported: tuple[str, str] | None, name: str) -> None:
    if unsupported is not None:
        raise ArchiveError(name, *unsupported)
