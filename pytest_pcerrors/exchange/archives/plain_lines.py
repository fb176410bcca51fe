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

    The body begins as JSON text does, or is empty; without the headers, it may be encoded. `is_text` is whether the line has it as a
    text, and not as a JSON value. If such a value was parsed, it is `document`, and `body` is all of the line.
    """

    status: int
    headers: Fields | None
    body: str
    url: str | None
    method: str | None = None
    reason: str | None = None
    is_text: bool = True
    document: Any = None


def exchange_of(plain: PlainLine, origin: str) -> Exchange | None:
    """Return the exchange of a line, without the headers and the body of its request; None if only its item is certain to be right."""
    status, headers, body, url, method, reason, is_text, _ = plain
    if not body or not is_text or status not in STATUSES or type_in(headers) is ENCODED:
        return None
    request = None if url is None else Request(method or "GET", url)
    pairs = (
        None
        if headers is None
        else [(name, value) for name, each in headers.items() for value in ([each] if isinstance(each, str) else each)]
    )
    return Exchange(status, pairs, body.encode(), request, reason, origin)


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
    PlainLine(status=404, headers=None, body='{}', url='/v1/orders', method=None, reason=None, is_text=True, document=None)
    """
    try:
        text = line.decode()
        plain = _of_value(parse_certain(text), text)
    except (JsonError, UnicodeError, TypeError, AttributeError, KeyError):
        return None
    return None if plain is None or is_extreme(line, plain.body if plain.is_text else "") else plain


def is_extreme(line: bytes, body: str) -> bool:
    """Return whether a line may have more levels or longer numbers than parsers read; `body` is a text in it, which has neither."""
    size = len(line) - len(body)
    if size < EXTREME or size - body.count('"') < EXTREME:  # a quote is two bytes of the line
        return False
    return line.count(b"{") + line.count(b"[") > _MOST_HOLDERS or (  # such a number is in several of some of its bytes
        _SAMPLES in line[::_STEP].translate(_DIGITS) and b"0" * _MOST_DIGITS in line.translate(_DIGITS)
    )


def _of_value(value: Any, line: str) -> PlainLine | None:
    request = value.get("request")
    response = value if type(value.get("status")) is int else value["response"]
    body, status, headers, reason = map(response.get, ("body", "status", "headers", "reason"))
    if body is None or _is_odd(value, response):
        return None
    if type(status) is dict:
        status, reason, headers = status["code"], status.get("message"), headers or {}
        if type(body) is dict:
            body = None if "base64_string" in body else body["string"]
    if type(status) is not int or type(reason) not in _TEXTS:
        return None
    _refuse_other_values(headers)
    is_text = type(body) is not dict
    if not (is_text or WRAPPING.isdisjoint(body)):
        return None
    text = (body or "") if is_text else line
    if not text.isascii():
        text.encode()  # may have a lone surrogate
    method = None if request is None else request.get("method")
    document = None if is_text else body
    return (
        None
        if text[:1] not in STARTS
        else PlainLine(status, headers, text, _url(request), method, reason, is_text, document)
    )


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
