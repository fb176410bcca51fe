"""What ``curl -i`` prints: a status line, headers, a blank line and the body."""

import re
from typing import IO, TYPE_CHECKING

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

HTTP_START = b"HTTP/"
"""How a response begins, which no other archive does."""

LARGEST_OUTPUT = 65 * 1024 * 1024
"""The longest output that is read, in bytes."""

_STATUS = re.compile(rb"HTTP/[0-9.]{1,5} ([1-9][0-9]{2})(?:[ \t]([^\r\n]*))?\r?\n")
_HEAD = re.compile(_STATUS.pattern + rb"((?:[^\r\n][^\n]*\n)*)\r?\n")
_SUPERSEDED = (*range(100, 200), *range(300, 400))
_BLANK = b"\xef\xbb\xbf \t\r\n"


def read_curl_output(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read what ``curl -i`` printed; origins are ``name:line`` of the status line.

    Of responses in a row (after redirects, ``100 Continue``, a proxy, a login) the last one counts. One that has the body
    that its ``Content-Length`` announces before the next begins is an exchange of its own, as where several URLs are asked.
    """
    data = stream.read(LARGEST_OUTPUT + 1)
    if len(data) > LARGEST_OUTPUT:
        raise ArchiveError(name, f"more than {LARGEST_OUTPUT // 1024 // 1024} MiB")
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
    """Return where a body ends: where the next response begins, right there or after the announced length, else with the data."""
    announced = start + _length(headers)
    return next((end for end in (start, announced) if _STATUS.match(data, end)), len(data))


def _request(body: bytes, headers: Headers) -> Request | None:
    """Return the request where it is known: a body that was announced and is not there answers a HEAD (``curl -I``)."""
    return Request("HEAD", "") if not body and _length(headers) else None


def _length(headers: Headers) -> int:
    """Return the announced length of a body; 0 where there is none, or none that can be meant."""
    value = headers.get("Content-Length") or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len(str(LARGEST_OUTPUT)) else 0


def _headers(block: bytes, name: str, first: int) -> Headers:
    """Return the headers in a block of lines, the first of which has a number."""
    pairs: list[tuple[str, str]] = []
    for number, raw in enumerate(block.splitlines(), start=first):
        line = raw.decode("latin-1")
        field, colon, value = line.partition(":")
        if line[0] in " \t" and pairs:  # the folding of older servers (RFC 9112, section 5.2)
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip()}")
        elif colon and field.strip():
            pairs.append((field.strip(), value.strip()))
        else:
            raise ArchiveError(
                f"{name}:{number}", readable(f'"{line}" is not a header'), "end the headers by a blank line"
            )
    return Headers(pairs)


def _broken_head(start: bytes) -> tuple[str, str]:
    if _STATUS.match(start):
        return "cut off in the headers: no blank line follows them", "print the whole response: curl -i URL"
    line = start.splitlines()[0].decode("latin-1")
    return readable(f'"{line}" is not a status line'), "a response begins as HTTP/1.1 404 Not Found or HTTP/2 404"
