"""The scenarios of `assert_retries`: the answers to one call, its tries, and what is judged of them. Each function judges one thing."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.http import RETRYABLE, moment, seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.text import counted, phrase_of

_MOST_ROWS = 5
NEVER = frozenset({400, 401, 403, 404, 409, 417})
"""The statuses of errors that a retry never removes; 401 may be retried once, with another token."""
_MAYBE = frozenset({408, 412, 500})
_WITH_RETRY_AFTER = (429, 503)
_WAITS = (41, 67)
_ERRORS = range(400, 600)
_THOUSAND = 1000


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
        return seconds_to_wait(self.exchange.headers) or 0

    def is_followed_early(self, following: "Try") -> bool:
        """Return whether the next try is sent too early. A date may be missed by less than a second: some clients cut off its fraction."""
        if self.until is not None:
            return following.sent_at < self.until - timedelta(seconds=1)
        return following.waited < self.shortest_wait


def table(tries: Sequence[Try]) -> Iterator[str]:
    """Yield a line for each try: when it was sent, how long after the one before, and what it was answered."""
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
    """Return a status with its reason phrase."""
    return f"{status} {phrase_of(status)}".rstrip()


def seconds(value: float) -> str:
    """Return a duration for messages."""
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


def _fault(rule: str, seen: str, expected: str, fix: str) -> Violation:
    return Violation(seen, "", expected, seen, fix, rule)


Judge = Callable[[list[Try]], Iterator[Violation]]


def never_retries(tries: list[Try]) -> Iterator[Violation]:
    """Yield a violation if an error that stays was retried."""
    if len(tries) > 1:
        yield _fault(
            "error-retried",
            "retried",
            "one try: the same request gets the same error again",
            "retry only 429, 502, 503 and 504; a status that your client may retry is permitted with also=",
        )


def retries_once_with_new_token(tries: list[Try]) -> Iterator[Violation]:
    """Yield a violation for each retry of a 401 but one with another token."""
    if len(tries) > 1 and tries[1].authorization == tries[0].authorization:
        yield _fault(
            "old-token-sent-again",
            "retried with the Authorization that was refused" if tries[0].authorization else "retried without a token",
            "another token in the second try, or no second try",
            "get a new token before the retry, and do not take it from a cache or from a header of the session",
        )
    elif len(tries) > 2:  # noqa: PLR2004 - one retry
        yield _fault(
            "unauthorized-retried",
            "retried again after a new token was refused",
            "two tries at most, the second one with a new token",
            "raise the second 401 to the caller: another token does not help either",
        )


def waits_long_enough(tries: list[Try]) -> Iterator[Violation]:
    """Yield a violation for the first wait that is shorter than ``Retry-After``."""
    for refused, following in pairwise(tries):
        if refused.is_followed_early(following):
            is_date = refused.until is not None
            in_milliseconds = refused.shortest_wait / 2 <= following.waited * _THOUSAND <= refused.shortest_wait * 2
            yield _fault(
                "retry-after-date-ignored" if is_date else "retry-after-seconds-ignored",
                f"waited {seconds(following.waited)} before the next try",
                f"a wait of {refused.shortest_wait} s",
                "the wait is in seconds, and was taken as milliseconds"
                if in_milliseconds
                else "wait until the date of Retry-After"
                if is_date
                else "wait for the seconds of Retry-After, and use your own delay only without that header",
            )
            return


def gives_up(max_tries: int, tries: list[Try]) -> Iterator[Violation]:
    """Yield a violation if there were more tries than `max_tries`."""
    if len(tries) > max_tries:
        yield _fault(
            "never-gives-up",
            f"tried more than {counted(max_tries, 'time')}",
            f"an end after {counted(max_tries, 'try')} at most",
            "limit the number of tries, then raise the last error to the caller; max_tries= permits more",
        )


def keeps_request_id(tries: list[Try]) -> Iterator[Violation]:
    """Yield a violation if the tries of a call have different identifiers."""
    if len({each.request_id for each in tries}) > 1:
        yield _fault(
            "request-id-changed",
            "tries of one call had different values of MS-RequestId",
            "the same value in each try of a call",
            "make the identifier once a call, outside of the loop over tries: the service recognizes a repeated order by it",
        )


def reused_request_id(first: str) -> Violation:
    """Return the violation for two calls with one identifier."""
    return _fault(
        "request-id-reused",
        f"the call had the MS-RequestId of another call ({first})",
        "another value for each call",
        "make a new identifier for each call: with the old one, the service takes it for a repetition",
    )


class Scenario(NamedTuple):
    """The answers to one call, the number of tries after which it is ended, and the functions that judge its tries."""

    name: str
    answers: tuple[Planned, ...]
    most: int
    judges: tuple[Judge, ...]


def scenarios(contract: Contract, also: Collection[int], max_tries: int) -> Iterator[Scenario]:
    """Yield the scenarios for a contract; the statuses of `also` may be retried, too."""
    keeps = (keeps_request_id,) if contract.is_partner_center else ()
    documented = {*contract.statuses, *contract.paired_statuses}
    retried = sorted({*RETRYABLE, *also})
    for status in sorted({*NEVER, *_MAYBE, *documented}.intersection(_ERRORS).difference(retried, {401})):
        yield Scenario(named(status), (Planned(status),), 2, (never_retries,))
    for what in (401, "empty-401"):
        yield Scenario(f"{named(401)} ({what})", (Planned(what),), 3, (retries_once_with_new_token,))
    for status in _WITH_RETRY_AFTER:
        for form in ("seconds", "date"):
            first, second = (Planned(status, wait, form) for wait in _WAITS)
            name = f"{status} with Retry-After as {'an HTTP date' if form == 'date' else 'seconds'}, twice"
            yield Scenario(name, (first, second, Planned("ok")), max_tries, (waits_long_enough, *keeps))
    for status in retried:
        endless = f"{named(status)}, endless"
        yield Scenario(endless, (Planned(status),), max_tries + 1, (partial(gives_up, max_tries), *keeps))
