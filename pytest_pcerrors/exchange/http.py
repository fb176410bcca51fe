"""Facts of HTTP that the standard library does not have, and ``Retry-After`` read (RFC 9110, section 10.2.3)."""

from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address

from pytest_pcerrors.exchange.headers import Headers

SUCCESSES = range(200, 300)
"""The statuses of successful responses."""

WITHOUT_BODY = frozenset({*range(100, 200), 204, 304})
"""The statuses of responses that never have a body (RFC 9110, section 6.4.1)."""

RETRYABLE = frozenset({429, 502, 503, 504})
"""The statuses that a client may always retry."""


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by name or by address.

    >>> is_loopback("localhost"), is_loopback("127.0.0.2"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def seconds_to_wait(headers: Headers | None) -> int | None:
    """Return ``Retry-After`` in whole seconds, 0 for a date in the past; None if it is absent or invalid.

    A date is relative to the response's ``Date``, or to now if that is absent or invalid.
    """
    if headers is None:
        return None
    value = (headers.get("Retry-After") or "").strip()
    try:
        if value.isascii() and value.isdigit():
            return int(value)
    except ValueError:
        return None  # more digits than Python can read
    until = moment(value)
    if until is None:
        return None
    since = moment(headers.get("Date") or "") or datetime.now(UTC)
    return max(0, round((until - since).total_seconds()))


@lru_cache(maxsize=256)
def moment(value: str) -> datetime | None:
    """Return the moment of an HTTP date; None if it is invalid."""
    from email.utils import parsedate_to_datetime

    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return with_offset(parsed)


def with_offset(time: datetime) -> datetime:
    """Return a time with its offset from UTC; without one, it is in UTC."""
    return time.replace(tzinfo=UTC) if time.utcoffset() is None else time
