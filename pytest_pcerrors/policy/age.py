"""The age of a recording: the oldest ``Date`` of its responses, compared with an age such as ``180d``."""

import re
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import moment
from pytest_pcerrors.text import counted, readable

if TYPE_CHECKING:
    from datetime import date, datetime

    from pytest_pcerrors.exchange.model import Exchange

_AGE = re.compile(r"([1-9][0-9]{0,4})d")


def days_of(age: str) -> int:
    """Return the number of days of an age as written for the key ``max-age``; any other form is a `UsageError`.

    >>> days_of("180d")
    180
    """
    match = _AGE.fullmatch(age)
    if match is None:
        raise UsageError(
            f'"{readable(age)}" is not an age; write a number of days from 1 to 99999 followed by d, such as 180d'
        )
    return int(match[1])


class Oldest:
    """Finds the oldest response of a recording by its ``Date``; a response without a valid date is ignored.

    >>> from pytest_pcerrors import Exchange
    >>> first = Oldest()
    >>> for date in ("Tue, 02 May 2017 09:00:00 GMT", "Thu, 13 Apr 2017 21:29:11 GMT"):
    ...     first.add(Exchange(404, {"Date": date}, b""))
    >>> print(first.since)
    2017-04-13 21:29:11+00:00
    """

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.since: datetime | None = None

    def add(self, exchange: "Exchange") -> None:
        """Add a response of the recording."""
        since = moment(exchange.header("Date") or "")
        if since is not None and (self.since is None or since < self.since):
            self.exchange, self.since = exchange, since


def is_stale(since: "datetime | None", days: int, today: "date") -> bool:
    """Return whether a moment is more than this number of days ago; without a moment, the result is False.

    >>> from datetime import date
    >>> since = moment("Thu, 13 Apr 2017 21:29:11 GMT")
    >>> is_stale(since, 180, date(2017, 10, 10)), is_stale(since, 180, date(2017, 10, 11))
    (False, True)
    """
    return since is not None and (today - since.date()).days > days


def age_text(since: "datetime", days: int, today: "date") -> str:
    """Return a message with the age of the oldest response and the limit.

    >>> from datetime import date
    >>> age_text(moment("Thu, 13 Apr 2017 21:29:11 GMT"), 180, date(2026, 11, 21))
    'oldest response of 2017-04-13, 3509 days old, at most 180 allowed'
    """
    age = (today - since.date()).days
    return f"oldest response of {since.date()}, {counted(age, 'day')} old, at most {days} allowed"
