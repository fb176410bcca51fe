"""The tries of one call of a client: what it sent, what it was answered, how long it waited before, and the simulator that answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal, NamedTuple

from pytest_pcerrors.clients._client_simulator import ClientSimulator
from pytest_pcerrors.exchange.http import moment, phrase_of, seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.interception.responders import Reply

_MOST_ROWS = 5


@dataclass(frozen=True)
class Try:
    """One request of a call that is sent again and again: at a moment, after it waited for some seconds since the answer to the one before."""

    request: Request
    exchange: Exchange
    waited: float
    sent_at: datetime

    @property
    def authorization(self) -> str | None:
        """The header ``Authorization``."""
        return self.request.headers.get("Authorization")

    @property
    def request_id(self) -> str | None:
        """The header ``MS-RequestId``, in lower case."""
        value = self.request.headers.get("MS-RequestId")
        return None if value is None else value.strip().lower()

    @property
    def until(self) -> datetime | None:
        """The moment of ``Retry-After``, if it is a date."""
        return moment(self.exchange.header("Retry-After") or "")

    @property
    def shortest_wait(self) -> int:
        """The seconds that the client must wait after the answer."""
        return seconds_to_wait(self.exchange) or 0

    def is_followed_early(self, following: "Try") -> bool:
        """Return whether the next try is sent too early. A date may be missed by less than a second: some clients cut off its fraction."""
        if self.until is not None:
            return following.sent_at < self.until - timedelta(seconds=1)
        return following.waited < self.shortest_wait


def table(tries: Sequence[Try]) -> Iterator[str]:
    """Yield a line for each try: when it was sent, how long after the one before, and what it was answered.

    >>> request, now = Request("GET", "/v1"), datetime(2026, 11, 25)
    >>> refused = Try(request, Exchange(429, {"Retry-After": "41"}, b""), 0, now)
    >>> print(*table([refused, Try(request, Exchange(200, None, b""), 0.041, now)]), sep=chr(10))
    try 1  at 0 s                      429 Too Many Requests, Retry-After: 41
    try 2  at 0.041 s  waited 0.041 s  200 OK
    """
    at, rows = 0.0, []
    for number, each in enumerate(tries, 1):
        at += each.waited
        wait = each.exchange.header("Retry-After")
        answer = named(each.exchange.status) + (f", Retry-After: {wait}" if wait else "")
        waited = "" if number == 1 else f"waited {seconds(each.waited)}"
        rows.append((f"try {number}", f"at {seconds(at)}", waited, answer))
    if len(rows) > _MOST_ROWS:
        rows[_MOST_ROWS - 2 : -1] = [("...", "", "", "")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def named(status: int) -> str:
    """Return a status with its reason phrase.

    >>> named(409), named(499)
    ('409 Conflict', '499')
    """
    return f"{status} {phrase_of(status)}".rstrip()


def seconds(value: float) -> str:
    """Return a duration for messages.

    >>> seconds(41.0), seconds(0.0410), seconds(2.5)
    ('41 s', '0.041 s', '2.5 s')
    """
    return f"{round(value, 3):.12g} s"


class Planned(NamedTuple):
    """A planned answer: what `Simulator` takes, and ``Retry-After`` in seconds, or as the date of that moment."""

    what: int | str
    retry_after: int | None = None
    form: Literal["seconds", "date"] = "seconds"

    def header(self) -> int | str | None:
        """Return the value of ``Retry-After``, at the moment of the answer."""
        if self.retry_after is None or self.form == "seconds":
            return self.retry_after
        return format_datetime(datetime.now(UTC) + timedelta(seconds=self.retry_after), usegmt=True)


class RetrySimulator(ClientSimulator):
    """Answers the tries of a call with planned answers.

    The tries of a call are its first request that is not for a token, and those with the same method and URL.
    """

    tries: list[Try]
    """The tries of the call."""

    def begin(self, answers: Sequence[Planned], most: int) -> None:
        """Plan the answers to the next call, of which the last one repeats; a call with more than `most` tries is ended."""
        self.begin_call(most)
        self.tries = []
        self._answers = answers

    def is_counted(self, request: Request) -> bool:
        """Return whether a request is a try."""
        first = self.tries[0].request if self.tries else request
        return (request.method, request.url) == (first.method, first.url)

    def reply_to_counted(self, request: Request, waited: float) -> Reply:
        """Return the next planned answer, and note the try."""
        now = datetime.now(UTC)
        answer = self._answers[min(len(self.tries), len(self._answers) - 1)]
        with self(answer.what, retry_after=answer.header()):
            reply = self.simulated(request)
        self.tries.append(Try(request, reply.exchange, waited if self.tries else 0.0, now))
        return reply
