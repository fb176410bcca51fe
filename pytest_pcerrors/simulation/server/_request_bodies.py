"""Bodies of requests, read completely, so that the next request on the connection can be read."""

import re
from collections.abc import Iterator
from email.errors import FirstHeaderLineIsContinuationDefect, InvalidHeaderDefect, MissingHeaderBodySeparatorDefect
from email.message import Message
from io import BufferedIOBase

LARGEST = 16 * 1024 * 1024
"""The maximum size of a request body in bytes."""

_NO_HEADER = (FirstHeaderLineIsContinuationDefect, InvalidHeaderDefect, MissingHeaderBodySeparatorDefect)
_LONGEST_LINE = 8192
_MOST_TRAILERS = 100
_GONE = "the client closed the connection before its request was complete"


class BodyError(Exception):
    """A request has an invalid body; it is answered with `status`."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


def read_body(stream: BufferedIOBase, headers: Message) -> bytes:
    """Read a body with a Content-Length or in chunks (RFC 9112, section 6)."""
    # the headers after such a line are lost, such as the length
    if any(isinstance(each, _NO_HEADER) for each in headers.defects):
        raise BodyError(400, "a line of the head is not a header")
    codings = headers.get_all("Transfer-Encoding", [])
    if codings:
        if [each.strip().lower() for each in codings] != ["chunked"]:
            raise BodyError(400, "unsupported Transfer-Encoding, expected chunked")
        return b"".join(_chunks(stream))
    lengths = set(headers.get_all("Content-Length", ["0"]))
    length = lengths.pop().strip()
    if lengths or not length.isdecimal() or not length.isascii():
        raise BodyError(400, "Content-Length is not a number")
    return _exactly(stream, int(length[:20]), LARGEST)


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    left = LARGEST
    while size := _chunk_size(stream):
        yield _exactly(stream, size, left)
        left -= size
        if _line(stream):
            raise BodyError(400, "a chunk is longer than its declared size")
    for _ in range(_MOST_TRAILERS):
        if not _line(stream):
            return
    raise BodyError(431, f"the chunked body has more than {_MOST_TRAILERS - 1} trailers")


def _chunk_size(stream: BufferedIOBase) -> int:
    digits = _line(stream).partition(b";")[0].strip()
    if not re.fullmatch(rb"[0-9a-fA-F]+", digits):
        raise BodyError(400, "a chunk does not begin with its size in hexadecimal")
    return int(digits, 16)


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if not line:
        raise ConnectionError(_GONE)
    if not line.endswith(b"\n"):
        raise BodyError(400, "a line of the chunked body is too long")
    return line.strip()


def _exactly(stream: BufferedIOBase, length: int, permitted: int) -> bytes:
    if length > permitted:
        raise BodyError(413, f"the body of the request is too large, at most {LARGEST} bytes allowed")
    body = stream.read(length)
    if len(body) < length:
        raise ConnectionError(_GONE)
    return body
