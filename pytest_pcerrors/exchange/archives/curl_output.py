"""Read the output of ``curl -i``: a status line, headers, a blank line and the body."""

from typing import IO, TYPE_CHECKING

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.http import Headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.text import late_pattern, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

HTTP_START = b"HTTP/"
"""The beginning of a response; no other archive begins with it."""

MAX_OUTPUT = 65 * 1024 * 1024
"""The largest output that is read, in bytes."""

_STATUS_LINE = rb"HTTP/[0-9.]{1,5} ([1-9][0-9]{2})(?:[ \t]([^\r\n]*))?\r?\n"
_STATUS = late_pattern(_STATUS_LINE)
_HEAD = late_pattern(_STATUS_LINE + rb"((?:[^\r\n][^\n]*\n)*)\r?\n")
_SUPERSEDED = (*range(100, 200), *range(300, 400))
_BLANK = b"\xef\xbb\xbf \t\r\n"


def read_curl_output(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read the output of ``curl -i``; origins are ``name:line`` of the status line.

    Of several responses to one request (redirects, ``100 Continue``, a proxy, authentication), the last is read. A response
    that is followed by another after the body of its ``Content-Length`` is a separate exchange, as for several URLs.
    """
    data = stream.read(MAX_OUTPUT + 1)
    if len(data) > MAX_OUTPUT:
        raise ArchiveError(name, f"more than {MAX_OUTPUT // 1024 // 1024} MiB")
    start = len(data) - len(data.lstrip(_BLANK))
    line = 1 + data.count(b"\n", 0, start)
    while start < len(data):
        head = _HEAD.match(data, start)
        if head is None:
            raise ArchiveError(f"{name}:{line}", *_broken_head(data[start : start + 200]))
        status, headers = int(head[1]), _headers(head[3], name, line + 1)
        end = _end(data, head.end(), headers)
        if end == len(data) or (end > head.end() and status not in _SUPERSEDED):
            reason = (head[2] or b"").decode("latin-1").strip() or None
            body = data[head.end() : end]
            yield Exchange(status, headers, body, _request(body, headers), reason, f"{name}:{line}")
        line += data.count(b"\n", start, end)
        start = end


def _end(data: bytes, start: int, headers: Headers) -> int:
    """Return the end of a body: the next response, at once or after the declared length, or else the end of the data."""
    declared = start + _length(headers)
    return next((end for end in (start, declared) if _STATUS.match(data, end)), len(data))


def _request(body: bytes, headers: Headers) -> Request | None:
    """Return the request where known: a response without its declared body is one to a HEAD (``curl -I``)."""
    return Request("HEAD", "") if not body and _length(headers) else None


def _length(headers: Headers) -> int:
    """Return the declared length of a body; 0 if it is missing or not plausible."""
    value = headers.get("Content-Length") or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len(str(MAX_OUTPUT)) else 0


def _headers(block: bytes, name: str, first: int) -> Headers:
    """Return the headers of a block of lines; `first` is the number of its first line."""
    pairs: list[tuple[str, str]] = []
    for number, raw in enumerate(block.splitlines(), start=first):
        line = raw.decode("latin-1")
        field, colon, value = line.partition(":")
        if line[0] in " \t" and pairs:  # obsolete line folding (RFC 9112, section 5.2)
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip()}")
        elif colon and field.strip():
            pairs.append((field.strip(), value.strip()))
        else:
            raise ArchiveError(
                f"{name}:{number}", readable(f'"{line}" is not a header'), "end the headers with a blank line"
            )
    return Headers(pairs)


def _broken_head(start: bytes) -> tuple[str, str]:
    if _STATUS.match(start):
        return "truncated in the headers: no blank line after them", "save the whole response: curl -i URL"
    line = start.splitlines()[0].decode("latin-1")
    return readable(f'"{line}" is not a status line'), "expected one such as HTTP/1.1 404 Not Found or HTTP/2 404"
