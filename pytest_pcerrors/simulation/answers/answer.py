"""Answers: what is sent to a request, its faults, and its header Retry-After (RFC 9110, section 10.2.3); and how a client receives it.

To add a fault, add it to `FAULTS`, `Faults`, ``rules.schema.json``, and to what sends it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from threading import TIMEOUT_MAX
from typing import Any, TypedDict

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import WITHOUT_BODY, Headers, seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.text import nearest, phrase_of, represented, text_of

_RETRY_AFTER = "retry_after"
_ECHOED = ("ms-correlationid", "ms-requestid")
_OF_THE_CONNECTION = {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"}
_LENGTH = "Content-Length"
_PIECE = 64


class Faults(TypedDict, total=False):
    """The faults of an answer by name, with their values."""

    delay: float
    chunked: bool
    cut: int
    reset: bool


FAULTS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "delay": ("seconds", lambda value: type(value) in (int, float) and 0 <= value <= TIMEOUT_MAX),
    "chunked": ("True or False", lambda value: isinstance(value, bool)),
    "cut": ("a number of bytes", lambda value: type(value) is int and value >= 0),
    "reset": ("True or False", lambda value: isinstance(value, bool)),
}
"""The description of the values of each fault, and whether one is valid; ``rules.schema.json`` describes each as a key of a rule."""


def check_faults(faults: Mapping[str, object]) -> None:
    """Raise a `UsageError` for an unknown fault, or for a value that it cannot have."""
    for name, value in faults.items():
        if name not in FAULTS:
            raise UsageError(f"{name} is not a fault; {nearest(name, FAULTS)}")
        wanted, accepts = FAULTS[name]
        if not accepts(value):
            raise UsageError(f"{name}: expected {wanted}, got {represented(value)}")


@dataclass(frozen=True)
class Answer:
    """An exchange to send, its name in the log, its faults, and whether it is an answer that was set or requested.

    `for_request`, if there is one, makes the answer to a request; `exchange` is then what is sent without knowing the request.
    """

    exchange: Exchange
    name: str
    faults: Faults = field(default_factory=Faults)
    is_wanted: bool = True
    for_request: "Callable[[Request], Answer] | None" = None

    def __post_init__(self) -> None:
        check_sendable(self.exchange)
        check_faults(self.faults)
        length = len(self.exchange.body)
        if self.faults.get("cut", -1) >= length and self.for_request is None:
            raise UsageError(f"cut={self.faults['cut']} does not cut the body: {self.name} has {length} bytes")

    def to(self, request: Request) -> "Answer":
        """Return the answer to a request; of a body that is shorter than a cut, one byte is missing."""
        if self.for_request is None:
            return self
        answer = self.for_request(request)
        faults: Faults = {**answer.faults, **self.faults}
        length = len(answer.exchange.body)
        if "cut" in faults:
            faults["cut"] = min(faults["cut"], length - 1)
        if not length:
            faults.pop("cut", None)
        return replace(answer, faults=faults)

    def changed(self, change: Callable[[Exchange], Exchange]) -> "Answer":
        """Return the answer with another exchange, also where it is made for a request."""
        made = self.for_request
        for_request = made and (lambda request: made(request).changed(change))
        return replace(self, exchange=change(self.exchange), for_request=for_request)

    def overridden(self, retry_after: int | str | None, faults: Faults) -> "Answer":
        """Return the answer with further faults and, if one is given, another Retry-After header."""
        check_retry_after(retry_after)
        answer = self if retry_after is None else self.changed(partial(_with_retry_after, time=str(retry_after)))
        return replace(answer, faults={**answer.faults, **faults})

    @property
    def is_whole(self) -> bool:
        """Whether the client receives the whole answer."""
        return "cut" not in self.faults and not self.faults.get("reset")

    def __str__(self) -> str:
        if self.faults.get("reset"):
            return "connection reset"
        return ", ".join([self.name, *(f"{name} {value}" for name, value in self.faults.items())])


def in_sequence(answers: Iterable[Answer], retry_after: int | str | None, faults: Faults) -> list[Answer]:
    """Return the answers of a sequence with further faults, and the errors among them with another Retry-After header if one is given."""
    check_retry_after(retry_after)
    return [
        each.overridden(retry_after if each.exchange.status >= HTTPStatus.BAD_REQUEST else None, faults)
        for each in answers
    ]


def check_retry_after(value: object, name: str = _RETRY_AFTER) -> None:
    """Raise a `UsageError` for a value other than whole seconds, an HTTP date (RFC 9110, section 10.2.3), or None."""
    if value is not None and not _is_readable(value):
        other = "; set the header itself to send another value" if name == _RETRY_AFTER else ""
        raise UsageError(f"{name}: expected whole seconds from 0 or an HTTP date, got {represented(value)}{other}")


def _is_readable(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    text = text_of(value)
    return text.isprintable() and seconds_to_wait(Headers({"Retry-After": text})) is not None


def _with_retry_after(exchange: Exchange, time: str) -> Exchange:
    """Return an exchange with this Retry-After header, and with the new seconds in its message."""
    before = f"Wait {exchange.header('Retry-After')} seconds"
    body = exchange.body.replace(before.encode(), f"Wait {time} seconds".encode())
    return replace(exchange.with_headers({"Retry-After": time}), body=body)


def reply_to(request: Request, exchange: Exchange) -> Exchange:
    """Return what the client of a request receives: with the current date, the identifiers of the request, and the length of the body.

    There is no body in a response to HEAD, and none with a status that has none; that of a 205 is empty (RFC 9110, section 15.3.6).
    """
    now = format_datetime(datetime.now(UTC), usegmt=True)
    own = {name: request.headers.get(name) for name in _ECHOED} | {"date": now}
    body = b"" if exchange.status == HTTPStatus.RESET_CONTENT else exchange.body
    length = () if exchange.status in WITHOUT_BODY else ((_LENGTH, str(len(body))),)
    fields = [
        (name, own.get(name.lower()) or value)
        for name, value in exchange.headers or ()
        if name.lower() not in _OF_THE_CONNECTION
    ]
    sent = body if length and request.method != "HEAD" else b""
    return Exchange(exchange.status, [*length, *fields], sent, request, _reason(exchange))


def as_bytes(reply: Exchange, *, chunked: bool = False, cut: int | None = None, closes: bool = False) -> bytes:
    """Return a reply as it is sent: with no more than `cut` bytes of its body, perhaps in chunks; it announces the close of the connection."""
    fields, body = list(reply.headers or ()), reply.body[:cut]
    if chunked and reply.header(_LENGTH) is not None:
        fields = [("Transfer-Encoding", "chunked"), *((name, value) for name, value in fields if name != _LENGTH)]
        if reply.request is None or reply.request.method != "HEAD":
            body = _in_chunks(body, is_whole=cut is None)
    if closes:
        fields.append(("Connection", "close"))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {reply.status} {_reason(reply)}\r\n{head}\r\n".encode("latin-1") + body


def _in_chunks(body: bytes, *, is_whole: bool) -> bytes:
    """Return a body in chunks, without the last one if it is not whole."""
    pieces = [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, *([b""] if is_whole else [])])


def check_sendable(exchange: Exchange) -> None:
    """Raise a `UsageError` for a head that HTTP/1.1 cannot send: no final status, line breaks, non-Latin-1 characters."""
    if exchange.status not in range(200, 600):
        raise UsageError(f"{exchange.status} is not a final HTTP status; expected one from 200 to 599")
    for text in (_reason(exchange), *(part for line in exchange.headers or () for part in line)):
        if not text.isprintable() or not all(letter < "\u0100" for letter in text):
            raise UsageError(f"{represented(text)} cannot be sent in the head of a response")


def _reason(exchange: Exchange) -> str:
    return phrase_of(exchange.status) if exchange.reason is None else exchange.reason
