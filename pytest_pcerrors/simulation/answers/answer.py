"""Answers: what is sent to a request, its faults, and its header Retry-After (RFC 9110, section 10.2.3)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.headers import Headers
from pytest_pcerrors.exchange.http import seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.wire import Faults, check_faults, check_sendable
from pytest_pcerrors.text import represented, text_of

_RETRY_AFTER = "retry_after"


@dataclass(frozen=True)
class Answer:
    """An exchange to send, its name in the log, its faults, and whether it is an answer that was set or requested.

    `for_request`, if there is one, makes the answer to a request; `exchange` is then what is sent without knowing the request.
    """

    exchange: Exchange
    name: str
    faults: Mapping[str, object] = field(default_factory=dict)
    is_wanted: bool = True
    for_request: "Callable[[Request], Answer] | None" = None

    def __post_init__(self) -> None:
        check_sendable(self.exchange)
        check_faults(self.faults)
        cut, length = self.faults.get("cut"), len(self.exchange.body)
        if isinstance(cut, int) and cut >= length and self.for_request is None:
            raise UsageError(f"cut={cut} does not cut the body: {self.name} has {length} bytes")

    def to(self, request: Request) -> "Answer":
        """Return the answer to a request; of a body that is shorter than a cut, one byte is missing."""
        if self.for_request is None:
            return self
        answer = self.for_request(request)
        faults = {**answer.faults, **self.faults}
        cut, length = faults.get("cut"), len(answer.exchange.body)
        if isinstance(cut, int) and cut >= length:
            faults["cut"] = length - 1
        if not length:
            faults.pop("cut", None)
        return replace(answer, faults=faults)

    def changed(self, change: Callable[[Exchange], Exchange]) -> "Answer":
        """Return the answer with another exchange, also where it is made for a request."""
        made = self.for_request
        for_request = made and (lambda request: made(request).changed(change))
        return replace(self, exchange=change(self.exchange), for_request=for_request)

    @property
    def is_whole(self) -> bool:
        """Whether the client receives the whole answer."""
        return "cut" not in self.faults and not self.faults.get("reset")

    @property
    def delay(self) -> float:
        """Seconds until the answer is sent."""
        seconds = self.faults.get("delay", 0.0)
        return float(seconds) if isinstance(seconds, int | float) else 0.0

    def __str__(self) -> str:
        if self.faults.get("reset"):
            return "connection reset"
        faults = [f"{name} {value}" for name, value in self.faults.items()]
        return ", ".join([self.name, *faults])


def with_overrides(answer: Answer, retry_after: int | str | None, faults: Faults) -> Answer:
    """Return an answer with further faults and, if one is given, another Retry-After header."""
    check_retry_after(retry_after)
    if retry_after is not None:
        answer = answer.changed(lambda exchange: with_retry_after(exchange, str(retry_after)))
    return replace(answer, faults={**answer.faults, **faults})


def in_sequence(answers: Iterable[Answer], retry_after: int | str | None, faults: Faults) -> list[Answer]:
    """Return the answers of a sequence with further faults, and the errors among them with another Retry-After header if one is given."""
    check_retry_after(retry_after)
    return [
        with_overrides(each, retry_after if each.exchange.status >= HTTPStatus.BAD_REQUEST else None, faults)
        for each in answers
    ]


def check_retry_after(value: object, name: str = _RETRY_AFTER) -> None:
    """Raise a `UsageError` for a value other than whole seconds, an HTTP date (RFC 9110, section 10.2.3), or None."""
    if value is not None and not _is_readable(value):
        other = "; set the header itself to send another value" if name == _RETRY_AFTER else ""
        raise UsageError(f"{name}: expected whole seconds from 0 or an HTTP date, got {represented(value)}{other}")


def with_retry_after(exchange: Exchange, time: str) -> Exchange:
    """Return an exchange with this Retry-After header, and with the new seconds in its message."""
    body = exchange.body.replace(
        f"Wait {exchange.header('Retry-After')} seconds".encode(), f"Wait {time} seconds".encode()
    )
    headers = Headers(exchange.headers or ()).changed({"Retry-After": time})
    return Exchange(exchange.status, headers, body, exchange.request, exchange.reason)


def _is_readable(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    text = text_of(value)
    return text.isprintable() and seconds_to_wait(Exchange(429, {"Retry-After": text}, b"")) is not None
