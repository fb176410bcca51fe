"""Responses as they are sent: as the reply to a request, their network faults, their bytes, and the state of the connection afterwards.

To add a fault, add it to `FAULTS`, `Faults` and ``rules.schema.json``.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum
from threading import TIMEOUT_MAX
from typing import Any, NamedTuple, TypedDict

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import WITHOUT_BODY
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.text import nearest, phrase_of, represented

_ECHOED = ("ms-correlationid", "ms-requestid")
_OF_THE_CONNECTION = {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"}
_PIECE = 64


def reply_to(request: Request, exchange: Exchange) -> Exchange:
    """Return an exchange as the response to a request: with the current date, and the identifiers that the request has."""
    now = format_datetime(datetime.now(UTC), usegmt=True)
    sent = {name: request.headers.get(name) for name in _ECHOED} | {"date": now}
    headers = [(name, sent.get(name.lower()) or value) for name, value in exchange.headers or ()]
    return Exchange(exchange.status, headers, exchange.body, request, _reason(exchange))


class End(Enum):
    """The state of the connection after a response."""

    KEEP = "kept open"
    CLOSE = "closed"
    RESET = "reset"


class Wire(NamedTuple):
    """A response that is sent after `wait` seconds: the head, then the body unless `bodiless`, then the `end`."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    bodiless: bool = False
    wait: float = 0.0
    end: End = End.KEEP

    def sent(self) -> bytes:
        """Return the bytes; they announce the close of the connection."""
        closing = (("Connection", "close"),) if self.end is End.CLOSE else ()
        fields = "".join(f"{name}: {value}\r\n" for name, value in (*self.headers, *closing))
        return f"HTTP/1.1 {self.start}\r\n{fields}\r\n".encode("latin-1") + (b"" if self.bodiless else self.body)


def wire_of(exchange: Exchange) -> Wire:
    """Return the response for an exchange, with a new Content-Length, and without the body for HEAD."""
    length = () if exchange.status in WITHOUT_BODY else (("Content-Length", str(len(exchange.body))),)
    fields = tuple((name, value) for name, value in exchange.headers or () if name.lower() not in _OF_THE_CONNECTION)
    return Wire(f"{exchange.status} {_reason(exchange)}", (*length, *fields), exchange.body, not has_body(exchange))


def has_body(exchange: Exchange) -> bool:
    """Return whether a client receives a body: not in a response to HEAD, and not with a status that has none."""
    is_of_head = exchange.request is not None and exchange.request.method == "HEAD"
    return not is_of_head and exchange.status not in WITHOUT_BODY


def check_sendable(exchange: Exchange) -> None:
    """Raise a `UsageError` for a head that HTTP/1.1 cannot send: no final status, line breaks, non-Latin-1 characters."""
    if exchange.status not in range(200, 600):
        raise UsageError(f"{exchange.status} is not a final HTTP status; expected one from 200 to 599")
    for text in (_reason(exchange), *(part for field in exchange.headers or () for part in field)):
        if not text.isprintable() or not all(letter < "\u0100" for letter in text):
            raise UsageError(f"{represented(text)} cannot be sent in the head of a response")


def _reason(exchange: Exchange) -> str:
    return phrase_of(exchange.status) if exchange.reason is None else exchange.reason


class Faults(TypedDict, total=False):
    """The faults of an answer by name, with their values; `FAULTS` describes each."""

    delay: float
    chunked: bool
    cut: int
    reset: bool


class Fault(NamedTuple):
    """A fault: its function, the description of its value, and a check of its value."""

    apply: Callable[[Wire, Any], Wire]
    wanted: str
    accepts: Callable[[Any], bool]


def _chunked(wire: Wire, wanted: bool) -> Wire:  # noqa: FBT001 - the value of a fault
    if not wanted or not any(name == "Content-Length" for name, _ in wire.headers):
        return wire
    kept = tuple(each for each in wire.headers if each[0] != "Content-Length")
    pieces = [wire.body[start : start + _PIECE] for start in range(0, len(wire.body), _PIECE)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    return wire._replace(headers=(("Transfer-Encoding", "chunked"), *kept), body=body)


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= TIMEOUT_MAX


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


FAULTS: Mapping[str, Fault] = {
    "delay": Fault(lambda wire, seconds: wire._replace(wait=seconds), "seconds", _is_seconds),
    "chunked": Fault(_chunked, "True or False", _is_switch),
    "cut": Fault(
        lambda wire, count: wire._replace(body=wire.body[:count], end=End.CLOSE), "a number of bytes", _is_count
    ),
    "reset": Fault(lambda wire, wanted: wire._replace(end=End.RESET) if wanted else wire, "True or False", _is_switch),
}
"""Every fault, in the order in which they are applied; ``rules.schema.json`` describes each as a key of a rule."""


def check_faults(faults: Mapping[str, object]) -> None:
    """Raise a `UsageError` for an unknown fault, or for a value that it cannot have."""
    for name, value in faults.items():
        if name not in FAULTS:
            raise UsageError(f"{name} is not a fault; {nearest(name, FAULTS)}")
        if not FAULTS[name].accepts(value):
            raise UsageError(f"{name}: expected {FAULTS[name].wanted}, got {represented(value)}")


def with_faults(wire: Wire, faults: Mapping[str, object]) -> Wire:
    """Return the response with these faults applied."""
    for name, fault in FAULTS.items():
        if name in faults:
            wire = fault.apply(wire, faults[name])
    return wire
