"""The age of a recording: the date of its oldest response, compared with an age such as ``180d``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import moment
from pytest_pcerrors.rules.violation import STALE, Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, late_pattern, listed, readable

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict

_FIRST_YEAR = 1990
"""The year in which HTTP was invented; an earlier date is that of a clock that was not set, such as 1970-01-01."""

_AGE = late_pattern(r"([1-9][0-9]{0,4})d")


def days_of(age: str | None, named_by: str) -> int | None:
    """Return the number of days of an age as written for the key ``max-age``; any other form is a `UsageError` that names the option."""
    if age is None:
        return None
    match = _AGE.fullmatch(age)
    if match is None:
        raise UsageError(
            f'{named_by}: "{readable(age)}" is not an age; write a number of days from 1 to 99999 followed by d, such as 180d'
        )
    return int(match[1])


@dataclass
class Oldest:
    """The oldest response of a recording by its date, see `date_of`, and the first one that is judged and has no date."""

    exchange: "Exchange | None" = None
    since: "datetime | None" = None
    undated: "Exchange | None" = None

    def add(self, exchange: "Exchange", policy: "Policy") -> None:
        """Add a response of the recording."""
        since = date_of(exchange)
        self._take(exchange, since)
        if since is None and self.undated is None and policy.judges(exchange):
            self.undated = exchange

    def plus(self, other: "Oldest") -> None:
        """Add what was found in the following piece of the recording."""
        self._take(other.exchange, other.since)
        self.undated = self.undated or other.undated

    def _take(self, exchange: "Exchange | None", since: "datetime | None") -> None:
        if since is not None and (self.since is None or since < self.since):
            self.exchange, self.since = exchange, since


def date_of(exchange: "Exchange") -> "datetime | None":
    """Return the ``Date`` of a response, or else the moment of its recording; None without a valid one."""
    recorded_at = exchange.recorded_at
    return date_in(exchange.header("Date")) or (
        recorded_at if recorded_at and recorded_at.year >= _FIRST_YEAR else None
    )


def date_in(header: str | None) -> "datetime | None":
    """Return the moment in a header ``Date``; None without a valid one."""
    since = moment(header or "")
    return None if since is None or since.year < _FIRST_YEAR else since


def stale(oldest: Oldest, policy: "Policy", hint: str = "record it again") -> "Verdict | None":
    """Return the verdict of a policy on a recording that is too old, or None: it is not, no age is set, or the rule is off."""
    exchange, since = oldest.exchange, oldest.since
    message = age_text(since, policy.max_age, policy.today) if since and policy.max_age is not None else ""
    if exchange is None or not message:
        return None
    header = "" if since is exchange.recorded_at else "Date"
    verdict = policy.of_recording(exchange, [Violation(message, header, hint=hint, rule=STALE)])
    return verdict if verdict.violations or verdict.allowed else None


def is_undated(oldest: Oldest, policy: "Policy") -> bool:
    """Return whether an age is set, and that of a recording with judged responses is unknown; False if `stale` is off or allowed."""
    if policy.max_age is None or oldest.since is not None or oldest.undated is None:
        return False
    return bool(policy.of_recording(oldest.undated, [Violation("age unknown", rule=STALE)]).violations)


def unknown_age_text(files: "Collection[str]") -> str:
    """Return the message that the age of recordings is unknown, with the names of the first."""
    reason = "no response has a date (a Date header, recorded_at or startedDateTime)"
    names = [safe(each) for each in sorted(files)]
    if len(names) == 1:
        return f"{names[0]}: age unknown: {reason}"
    return f"age unknown of {len(names)} recordings: {reason}: {listed(names)}"


def age_text(since: "datetime", days: int, today: "date") -> str:
    """Return a message with the age of the oldest response if it is more than this number of days; otherwise an empty text."""
    age = (today - since.date()).days
    return f"oldest response of {since.date()}, {counted(age, 'day')} old, at most {days} allowed" if age > days else ""
