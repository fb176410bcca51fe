"""Read the usual lines of NDJSON without making an exchange of each; any other line is read as an item.

A line is read here only if `items.item_of` would make an exchange of it with a known body, and then it has the same parts.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import IO, TYPE_CHECKING, Annotated, Any, NamedTuple

from pytest_pcerrors.exchange.archives.json_files import MAX_LINE
from pytest_pcerrors.jsontext import JsonError, parse_certain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

CHUNK = 64 * 1024
"""The number of bytes that are read at a time."""

_ODD = frozenset(
    "content statusText httpVersion redirectURL bodySize status_code body_base64 parsed_body startedDateTime".split()
)
"""Members that other forms of recording define; a line with one of them is not a usual one."""

_MOST_HOLDERS, _MOST_DIGITS, _STEP = 800, 4000, 250
_SAMPLES = b"0" * (_MOST_DIGITS // _STEP)
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)


class PlainLine(NamedTuple):
    """The parts of an exchange that a check needs: the status, the media type's header, the body, and the URL.

    `content_type` is None if the headers are unknown, and empty without the header. The body begins as JSON text does, or is empty.
    If the line has it as a JSON value that was parsed, that is `document`, and `body` is all of the line.
    """

    status: int
    content_type: str | None
    body: str
    url: str | None
    document: Any = None
    headers: "Mapping[str, str | list[str]] | None" = None


Reader = Callable[[bytes], PlainLine | None]


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
            yield bytes(left) + piece[:end]
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
    PlainLine(status=404, content_type=None, body='{}', url='/v1/orders', document=None, headers=None)
    """
    try:
        text = line.decode()
        plain = _of_value(parse_certain(text), text)
    except (JsonError, UnicodeError, TypeError, AttributeError, KeyError):
        return None
    return None if plain is None or _is_extreme(line, plain.body if plain.document is None else "") else plain


def _is_extreme(line: bytes, body: str) -> bool:
    """Return whether a line may have more levels or longer numbers than parsers read; `body` is a text in it, which has neither."""
    size = len(line) - len(body)
    if size < 2 * _MOST_HOLDERS or size - body.count('"') < 2 * _MOST_HOLDERS:  # a quote is two bytes of the line
        return False
    return line.count(b"{") + line.count(b"[") > _MOST_HOLDERS or (  # such a number is in several of some of its bytes
        _SAMPLES in line[::_STEP].translate(_DIGITS) and b"0" * _MOST_DIGITS in line.translate(_DIGITS)
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
    content_type = _type_in(headers)
    document = body if type(body) is dict else None
    text = line if document is not None else body or ""
    if not text.isascii():
        text.encode()  # may have a lone surrogate
    if content_type is _OTHER or text[:1] not in STARTS:
        return None
    return PlainLine(status, content_type, text, _url(request), document, headers)


def _is_odd(value: "Mapping[str, Any]", response: "Mapping[str, Any]") -> bool:
    """Return whether a line is of another form of recording, or of two."""
    if response is value:
        return "response" in value or not _ODD.isdisjoint(value)
    return (
        value["request"] is None
        or "status" in value
        or "response" in response
        or "request" in response
        or not _ODD.isdisjoint(value)
        or not _ODD.isdisjoint(response)
    )


def plain_lines() -> Reader:
    """Return the fastest reader of lines: `plain_line`, or one by msgspec where that is installed."""
    try:
        import msgspec
    except ImportError:
        return plain_line
    return _TypedLines(msgspec).read


class _TypedLines:
    """Reads usual lines by msgspec; it accepts what `plain_line` accepts, apart from rare cases."""

    def __init__(self, msgspec: "ModuleType") -> None:
        never = Annotated[int, msgspec.Meta(ge=1, le=0)]
        make = partial(msgspec.defstruct, gc=False)
        text, fields = str | None, dict[str, str | list[str]] | None
        others = [("headers", fields, None), ("reason", text, None), *((each, never, 0) for each in sorted(_ODD))]
        names = [("method", text, None), ("url", str, ""), ("uri", str, ""), ("headers", fields, None)]
        request = make("Request", [*names, ("postData", never, 0)])
        code = make("Status", [("code", int), ("message", text, None)])
        self._holder = make("Body", [("string", text), ("base64_string", never, 0)])

        def decoder(body: Any, status: Any, inner: Any) -> Callable[[bytes], Any]:
            nested = [("request", never, 0), ("response", never, 0)]
            response = make("Response", [("status", status), ("body", inner, None), *others, *nested])
            first = [("status", Annotated[int, msgspec.Meta(ge=0)], -1), ("body", body, None)]
            last = [("request", request | None, None), ("response", response | None, None)]
            return msgspec.json.Decoder(make("Line", [*first, *others, *last])).decode  # type: ignore[no-any-return]

        self._of_text = decoder(text, int | code, text | self._holder)
        self._of_document = decoder(msgspec.Raw, int, msgspec.Raw)
        self._invalid = msgspec.ValidationError
        self._errors = (msgspec.MsgspecError, UnicodeError, RecursionError, TypeError)

    def read(self, line: bytes) -> PlainLine | None:
        """Return the parts of a usual line, or None for any other."""
        try:
            if not line.isascii():
                line.decode()  # msgspec does not look at the text of members that are not read
            try:
                plain = self._parts(self._of_text(line))
                text = "" if plain is None else plain.body
            except self._invalid:
                plain, text = self._parts(self._of_document(line)), ""
        except self._errors:
            return None
        return None if plain is None or _is_extreme(line, text) else plain

    def _parts(self, line: Any) -> PlainLine | None:
        request, response = line.request, line.response or line
        if response is not line and (request is None or line.status >= 0):
            return None
        status, headers, body = response.status, response.headers, response.body
        if body is None and (request is None or response is not line):
            return None
        if type(status) is not int:
            status, headers = status.code, headers or {}
            if type(body) is self._holder:
                body = body.string
        text = body if type(body) is str else _document(body)
        url = None if request is None else request.url or request.uri
        content_type = _type_in(headers)
        if content_type is _OTHER or url == "" or text[:1] not in STARTS:
            return None
        return PlainLine(status, content_type, text, url, None, headers)


def _document(body: Any) -> str:
    """Return the text of a JSON object, or of no body; raise a TypeError for any other."""
    text = bytes(body or b"").decode()
    if text and not text.startswith("{"):
        raise TypeError
    return text


STARTS = ("", "{", "[")  # of JSON, and of an empty body
_OTHER = "another"
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


def _refuse_other_values(headers: "Mapping[str, Any] | None") -> None:
    """Raise a TypeError if the value of a header is not text or a list of texts."""
    for value in () if headers is None else headers.values():
        if type(value) is not str and (type(value) is not list or any(type(each) is not str for each in value)):
            raise TypeError


def _type_in(headers: "Mapping[str, str | list[str]] | None") -> str | None:
    """Return the media type's header, empty without one, None for unknown headers, or `_OTHER` if the body may be encoded."""
    if headers is None:
        return None
    name = _name_of_type(tuple(headers))
    if not name or name is _OTHER:
        return name
    value = headers[name]
    return value if type(value) is str else value[0] if value else _OTHER


@lru_cache(maxsize=4096)
def _name_of_type(names: tuple[str, ...]) -> str:
    """Return the first of these names that is that of the media type; empty without one, and `_OTHER` if the body may be encoded."""
    lower = [each.lower() for each in names]
    if "content-encoding" in lower:
        return _OTHER
    return names[lower.index("content-type")] if "content-type" in lower else ""
