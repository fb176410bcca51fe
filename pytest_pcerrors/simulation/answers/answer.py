"""Answers: what is sent to a request, its faults, and its header Retry-After (RFC 9110, section 10.2.3).

To add a fault, add it to `FAULTS`, `Faults`, ``rules.schema.json``, and to what sends it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from threading import TIMEOUT_MAX
from typing import Any, TypedDict

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import seconds_to_wait, with_headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.wire import check_sendable
from pytest_pcerrors.text import nearest, represented, text_of

_RETRY_AFTER = "retry_after"


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
    return text.isprintable() and seconds_to_wait(Exchange(429, {"Retry-After": text}, b"")) is not None


def _with_retry_after(exchange: Exchange, time: str) -> Exchange:
    """Return an exchange with this Retry-After header, and with the new seconds in its message."""
    before = f"Wait {exchange.header('Retry-After')} seconds"
    body = exchange.body.replace(before.encode(), f"Wait {time} seconds".encode())
    return replace(with_headers(exchange, {"Retry-After": time}), body=body)
