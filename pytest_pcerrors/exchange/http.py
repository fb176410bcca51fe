"""``Retry-After``, read in one place: whole seconds or an HTTP date (RFC 9110, section 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange


def seconds_to_wait(exchange: "Exchange") -> int | None:
    """Return what ``Retry-After`` says in whole seconds, 0 for a day gone by; None where it is absent or unreadable.

    A date is counted from the response's ``Date``, or from now where that is absent or unreadable.

    >>> from pytest_pcerrors import Exchange
    >>> seconds_to_wait(Exchange(429, {"Retry-After": "57"}, b""))
    57
    >>> seconds_to_wait(Exchange(429, {"Retry-After": "soon"}, b""))
    """
    value = (exchange.header("Retry-After") or "").strip()
    try:
        if value.isascii() and value.isdigit():
            return int(value)
    except ValueError:
        return None  # more digits than Python reads
    until = moment(value)
    if until is None:
        return None
    since = moment(exchange.header("Date") or "") or datetime.now(UTC)
    return max(0, round((until - since).total_seconds()))


def moment(value: str) -> datetime | None:
    """Return the moment that an HTTP date names, None where it is unreadable.

    >>> print(moment("Thu, 13 Apr 2017 21:29:11 GMT"))
    2017-04-13 21:29:11+00:00
    """
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
