"""The usual lines of NDJSON, read without making an exchange of each; any other line is read as an item.

A line is read here only if `items.item_of` would make an exchange of it with a known body, and then it has the same parts.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import IO, Any, NamedTuple

from pytest_pcerrors.exchange.archives.json_files import MAX_LINE
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.jsontext import JsonError, parse_certain

STATUSES = range(100, 1000)
"""What can be the status of a response."""

CHUNK = 64 * 1024
"""The number of bytes that are read at a time."""

ODD = frozenset(
    "content statusText httpVersion redirectURL bodySize status_code body_base64 parsed_body startedDateTime".split()
)
"""Members that other forms of recording define; a line with one of them is not a usual one."""

WRAPPING = frozenset(("string", "base64_string"))
"""Members of a body in the form of recorders, which holds the body itself."""

_MOST_HOLDERS, _MOST_DIGITS, _STEP = 800, 4000, 250
EXTREME = 2 * _MOST_HOLDERS
_SAMPLES = b"0" * (_MOST_DIGITS // _STEP)
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)

Fields = Mapping[str, str | list[str]]
"""Headers in a line: names, and the value or the values of each."""


class PlainLine(NamedTuple):
    """The parts of an exchange that a check and a report need; the headers are None if they are unknown.

    The body begins as JSON text does, or is empty; without the headers, it may be encoded. As bytes, it is the JSON in the line, a string
    or an object. If the line has it as a JSON value that was parsed, that is `document`, and `body` is all of the line.
    """

    status: int
    headers: Fields | None
    body: str | bytes
    url: str | None
    method: str | None = None
    reason: str | None = None
    document: Any = None


def body_text(body: str | bytes) -> str:
    """Return the text of the body of a `PlainLine`.

    >>> body_text(b'"[]"'), body_text(b'{"code": 7}')
    ('[]', '{"code": 7}')
    """
    if isinstance(body, str):
        return body
    text = body.decode()
    return str(parse_certain(text)) if text.startswith('"') else text


def exchange_of(plain: PlainLine, origin: str) -> Exchange | None:
    """Return the exchange of a line, without the headers and the body of its request; None if only its item is certain to be right."""
    status, headers, body, url, method, reason, document = plain
    is_text = document is None and (isinstance(body, str) or body.startswith(b'"'))
    text = body_text(body) if is_text else ""
    if not text or status not in STATUSES or type_in(headers) is ENCODED:
        return None
    request = None if url is None else Request(method or "GET", url)
    pairs = (
        None
        if headers is None
        else [(name, value) for name, each in headers.items() for value in ([each] if isinstance(each, str) else each)]
    )
    return Exchange(status, pairs, text.encode(), request, reason, origin)


def line_chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a stream in chunks of whole lines; of a line of more than `MAX_LINE` bytes, only a bit more than these."""
    left = bytearray()
    is_too_long = False
    read = getattr(stream, "read1", stream.read)  # all that was read before an error is yielded
    while piece := read(CHUNK):
        end = piece.rfind(b"\n") + 1
        if is_too_long:
            start = piece.find(b"\n") + 1
            if not start:
                continue
            is_too_long, piece, end = False, piece[start:], end - start
        if end:
            yield b"".join((left, memoryview(piece)[:end]))
            left = bytearray(piece[end:])
        else:
            left += piece
        if len(left) > MAX_LINE:
            yield bytes(left)
            left, is_too_long = bytearray(), True
    if left:
        yield bytes(left)


def plain_line(line: bytes) -> PlainLine | None:
    """Return the parts of a usual line, or None for any other.

    >>> plain_line(b'{"status": 404, "body": "{}", "request": {"url": "/v1/orders"}, "ts": 7}')
    PlainLine(status=404, headers=None, body='{}', url='/v1/orders', method=None, reason=None, document=None)
    """
    try:
        text = line.decode()
        plain = _of_value(parse_certain(text), text)
    except (JsonError, UnicodeError, TypeError, AttributeError, KeyError):
        return None
    if plain is None:
        return None
    outside = len(line) - (0 if plain.document is not None else len(plain.body) + body_text(plain.body).count('"'))
    return None if is_extreme(line, outside) else plain


def is_extreme(line: bytes, outside: int) -> bool:
    """Return whether a line may have more levels or longer numbers than parsers read; so many of its bytes are not in a text."""
    return outside >= EXTREME and (
        line.count(b"{") + line.count(b"[") > _MOST_HOLDERS
        or (  # such a number is in several of some of its bytes
            _SAMPLES in line[::_STEP].translate(_DIGITS) and b"0" * _MOST_DIGITS in line.translate(_DIGITS)
        )
    )


def _of_value(value: Any, line: str) -> PlainLine | None:
    request = value.get("request")
    response = value if type(value.get("status")) is int else value["response"]
    body, status, headers, reason = map(response.get, ("body", "status", "headers", "reason"))
    if _is_odd(value, response) or (body is None and (request is None or response is not value)):
        return None
    if type(status) is dict:
        status, reason, headers = status["code"], status.get("message"), headers or {}
        if type(body) is dict:
            body = None if "base64_string" in body else body["string"]
    if type(status) is not int or type(reason) not in _TEXTS:
        return None
    _refuse_other_values(headers)
    document = body if type(body) is dict else None
    if document is not None and not WRAPPING.isdisjoint(document):
        return None
    text = line if document is not None else body or ""
    if not text.isascii():
        text.encode()  # may have a lone surrogate
    method = None if request is None else request.get("method")
    return None if text[:1] not in STARTS else PlainLine(status, headers, text, _url(request), method, reason, document)


def _is_odd(value: Mapping[str, Any], response: Mapping[str, Any]) -> bool:
    """Return whether a line is of another form of recording, or of two."""
    if response is value:
        return "response" in value or not ODD.isdisjoint(value)
    return (
        value["request"] is None
        or "status" in value
        or "response" in response
        or "request" in response
        or not ODD.isdisjoint(value)
        or not ODD.isdisjoint(response)
    )


STARTS = ("", "{", "[")  # of JSON, and of an empty body
_TEXTS = (str, type(None))


def _url(request: Any) -> str | None:
    if request is None:
        return None
    if "postData" in request or type(request.get("method")) not in _TEXTS:
        raise TypeError
    _refuse_other_values(request.get("headers"))
    url = request.get("url", request.get("uri"))
    if type(url) is not str or not url:
        raise TypeError
    return url


def _refuse_other_values(headers: Mapping[str, Any] | None) -> None:
    """Raise a TypeError if the value of a header is not text or a list of texts."""
    for value in () if headers is None else headers.values():
        if type(value) is not str and (type(value) is not list or any(type(each) is not str for each in value)):
            raise TypeError


ENCODED = "encoded"
ENCODING = "content-encoding"


def type_in(headers: Fields | None) -> str | None:
    """Return the media type's header, empty without one, None for unknown headers, or `ENCODED` if the body may be encoded."""
    if headers is None:
        return None
    name = _name_of_type(tuple(headers))
    if not name or name is ENCODED:
        return name
    value = headers[name]
    return value if type(value) is str else value[0] if value else ENCODED


@lru_cache(maxsize=4096)
def _name_of_type(names: tuple[str, ...]) -> str:
    """Return the first of these names that is that of the media type; empty without one, and `ENCODED` if the body may be encoded."""
    lower = [each.lower() for each in names]
    if ENCODING in lower:
        return ENCODED
    return names[lower.index("content-type")] if "content-type" in lower else ""
