"""Read the usual lines of NDJSON by chunks: by msgspec (the extra ``fast``) where it is installed, otherwise by the standard library."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any

from pytest_pcerrors.exchange.archives.plain_lines import EXTREME, ODD, WRAPPING, PlainLine, is_extreme, plain_line

if TYPE_CHECKING:
    from types import ModuleType

Reader = Callable[[bytes, list[bytes]], Iterable[PlainLine | None]]
"""A function of a chunk and its lines that gives the parts of each usual line, and None for any other."""

_plain = partial(tuple.__new__, PlainLine)  # a third of the time of a call of the class

_ENDS = (b"}\n", b"}\r\n", b"}")
"""The ends of lines that are objects."""

_MISSING = (b"", b"null")
_WRAPPING = tuple(f'"{each}"'.encode() for each in WRAPPING)
_STARTS = (b'"{', b'"[', b'""', b"{")
"""The starts of a body: a string with JSON or nothing in it, or an object."""


def plain_lines() -> Reader:
    """Return the fastest reader of lines: `plain_line` for each, or one by msgspec where that is installed."""
    try:
        import msgspec
    except ImportError:
        return lambda _, lines: map(plain_line, lines)
    return _typed(msgspec).read


@cache
def _typed(msgspec: "ModuleType") -> "_TypedLines":
    return _TypedLines(msgspec)


class _TypedLines:
    """Reads usual lines by msgspec, a chunk at a time; it accepts what `plain_line` accepts, apart from rare cases."""

    def __init__(self, msgspec: "ModuleType") -> None:
        never = Annotated[int, msgspec.Meta(ge=1, le=0)]
        make = partial(msgspec.defstruct, gc=False)
        text, fields, raw = str | None, dict[str, str | list[str]] | None, msgspec.Raw
        odd = [(each, never, 0) for each in sorted(ODD)]
        # in their usual order, in which msgspec finds them at once
        names = [("method", text, None), ("url", str, None), ("headers", fields, None), ("uri", str, "")]
        request = make("Request", [*names, ("postData", never, 0)]) | None
        status = make("Status", [("code", int), ("message", text, None)])
        body = ("body", raw, raw(b""))
        others = [("headers", fields, None), body, ("request", never, 0), ("response", never, 0), *odd]
        response = make("Response", [("status", int | status), ("reason", text, None), *others]) | None
        own = [("status", Annotated[int, msgspec.Meta(ge=0)], -1), ("headers", fields, None), body]
        last = [("request", request, None), ("response", response, None), *odd, ("reason", text, None)]
        self._decoder = msgspec.json.Decoder(make("Line", [*own, *last]))
        held = make("Body", [("string", raw, raw(b"")), ("base64_string", never, 0)])
        self._body: Callable[[bytes], Any] = msgspec.json.Decoder(held).decode
        self._errors = (msgspec.MsgspecError, UnicodeError, RecursionError)

    def read(self, chunk: bytes, lines: list[bytes]) -> Iterable[PlainLine | None]:
        """Return the parts of each usual line of a chunk, and None for any other."""
        try:
            if not chunk.isascii():
                chunk.decode()  # msgspec does not look at the text of members that are not read
            parsed = self._decoder.decode_lines(chunk)
        except self._errors:
            return map(self._one, lines)
        objects = [line for line in lines if line.startswith(b"{") and line.endswith(_ENDS)]
        is_each_one = len(parsed) == len(objects) == len(lines)  # not, say, a blank line and a line with two
        return map(self._parts, parsed, lines) if is_each_one else map(self._one, lines)

    def _one(self, line: bytes) -> PlainLine | None:
        try:
            if not line.isascii():
                line.decode()
            return self._parts(self._decoder.decode(line), line)
        except self._errors:
            return None

    def _parts(self, parsed: Any, line: bytes) -> PlainLine | None:
        request, response = parsed.request, parsed.response
        if response is None:
            response = parsed
        elif request is None or parsed.status >= 0:
            return None
        status, headers, body = response.status, response.headers, bytes(response.body)
        if type(status) is not int:
            status, headers, body = status.code, headers or {}, self._held(body)
        elif body.startswith(b"{") and (b"\\" in body or any(map(body.__contains__, _WRAPPING))):
            return None
        if not body.startswith(_STARTS):
            if body not in _MISSING or request is None or response is not parsed:
                return None
            body = b'""'
        outside = len(line) if body.startswith(b"{") else len(line) - len(body)
        if outside >= EXTREME and is_extreme(line, outside):
            return None
        reason = response.reason if status is response.status else response.status.message
        if request is None:
            return _plain((status, headers, body, None, None, reason, None))
        url = request.uri if request.url is None else request.url
        return _plain((status, headers, body, url, request.method, reason, None)) if url else None

    def _held(self, body: bytes) -> bytes:
        """Return the text that the body in a recording holds, as JSON; something that does not begin a body if it is another value."""
        try:
            held = bytes(self._body(body).string) if body.startswith(b"{") else body
        except self._errors:
            return b"?"
        return held if held in _MISSING or held.startswith(b'"') else b"?"
