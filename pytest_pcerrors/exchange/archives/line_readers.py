"""Read the usual lines of NDJSON by chunks: by msgspec (the extra ``fast``) where it is installed, otherwise by the standard library."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any

from pytest_pcerrors.exchange.archives.plain_lines import (
    EXTREME,
    ODD,
    STARTS,
    WRAPPING,
    PlainLine,
    is_extreme,
    plain_line,
)

if TYPE_CHECKING:
    from types import ModuleType

Reader = Callable[[bytes, list[bytes]], Iterable[PlainLine | None]]
"""A function of a chunk and its lines that gives the parts of each usual line, and None for any other."""

_plain = partial(tuple.__new__, PlainLine)  # a third of the time of a call of the class

_ENDS = (b"}\n", b"}\r\n", b"}")
"""The ends of lines that are objects."""

_WRAPPING = (*(f'"{each}"' for each in WRAPPING), "\\")
"""What is in an object that may hold the body itself, as recorders write it."""


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
        text, fields = str | None, dict[str, str | list[str]] | None
        odd = [(each, never, 0) for each in sorted(ODD)]
        names = [("method", text, None), ("url", str, None), ("headers", fields, None), ("uri", str, "")]
        request = make("Request", [*names, ("postData", never, 0)])
        code = make("Status", [("code", int), ("message", text, None)])
        self._holder = make("Body", [("string", text), ("base64_string", never, 0)])

        def decoder(body: Any, status: Any, inner: Any) -> Any:
            # in their usual order, in which msgspec finds them at once
            first, nested = ("reason", text, None), [("request", never, 0), ("response", never, 0)]
            others = [first, ("headers", fields, None), ("body", inner, None), *nested, *odd]
            response = make("Response", [("status", status), *others])
            last = [("request", request | None, None), ("response", response | None, None), *odd]
            own = [("status", Annotated[int, msgspec.Meta(ge=0)], -1), ("headers", fields, None), ("body", body, None)]
            return msgspec.json.Decoder(make("Line", [*own, *last, first]))

        self._decoders = [decoder(text, int | code, text | self._holder), decoder(msgspec.Raw, int, msgspec.Raw)]
        self._text: Callable[[Any], str] = msgspec.json.Decoder(str).decode
        self._invalid = msgspec.ValidationError
        self._errors = (msgspec.MsgspecError, UnicodeError, RecursionError, TypeError)

    def read(self, chunk: bytes, lines: list[bytes]) -> Iterable[PlainLine | None]:
        """Return the parts of each usual line of a chunk, and None for any other."""
        try:
            if not chunk.isascii():
                chunk.decode()  # msgspec does not look at the text of members that are not read
            parsed = self._decoders[0].decode_lines(chunk)
        except self._errors:
            return map(self._one, lines)
        objects = [line for line in lines if line.startswith(b"{") and line.endswith(_ENDS)]
        is_each_one = len(parsed) == len(objects) == len(lines)  # not, say, a blank line and a line with two
        return map(self._parts, parsed, lines) if is_each_one else map(self._one, lines)

    def _one(self, line: bytes) -> PlainLine | None:
        """Return the parts of a line with one of the two forms of bodies; the next lines are expected to have this form too."""
        try:
            if not line.isascii():
                line.decode()
            try:
                parsed = self._decoders[0].decode(line)
            except self._invalid:
                self._decoders.reverse()
                parsed = self._decoders[0].decode(line)
            return self._parts(parsed, line)
        except self._errors:
            return None

    def _parts(self, parsed: Any, line: bytes) -> PlainLine | None:
        request, response = parsed.request, parsed.response or parsed
        status, headers, body = response.status, response.headers, response.body
        if response is not parsed and (request is None or parsed.status >= 0):
            return None
        if type(status) is not int:
            status, headers = status.code, headers or {}
            if type(body) is self._holder:
                body = body.string
        if body is None:
            return None
        text = body if type(body) is str else self._text_of(body)
        if text[:1] not in STARTS:
            return None
        if len(line) - len(text) >= EXTREME and is_extreme(line, text if text is body else ""):
            return None
        reason = response.reason if status is response.status else response.status.message
        if request is None:
            return _plain((status, headers, text, None, None, reason, text is body, None))
        url = request.uri if request.url is None else request.url
        return _plain((status, headers, text, url, request.method, reason, text is body, None)) if url else None

    def _text_of(self, body: Any) -> str:
        """Return the text of a body that is an object or a text; for any other, one that does not begin as JSON."""
        try:
            text = bytes(body).decode()
            if text.startswith('"'):
                return self._text(body)
            return text if text.startswith("{") and not any(map(text.__contains__, _WRAPPING)) else "?"
        except self._errors:
            return "?"
