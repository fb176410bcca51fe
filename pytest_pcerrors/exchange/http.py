"""What the standard library lacks of HTTP: header fields (RFC 9110, section 5), facts, and ``Retry-After`` read (section 10.2.3)."""

from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias

from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    RawHeaders: TypeAlias = "Headers | Mapping[str, str] | Iterable[tuple[str, str]]"

SUCCESSES = range(200, 300)
"""The statuses of successful responses."""

WITHOUT_BODY = frozenset({*range(100, 200), 204, 304})
"""The statuses of responses that never have a body (RFC 9110, section 6.4.1)."""

RETRYABLE = frozenset({429, 502, 503, 504})
"""The statuses that a client may always retry."""


class Headers:
    """Header fields in their order, with repeated fields kept separate; names are case-insensitive.

    >>> headers = Headers([("Set-Cookie", "a=1"), ("set-cookie", "b=2")])
    >>> headers.all("SET-COOKIE"), headers.get("retry-after")
    (['a=1', 'b=2'], None)
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: "RawHeaders" = ()) -> None:
        items = pairs.items() if hasattr(pairs, "items") else pairs
        try:
            self._pairs = tuple(
                [
                    (name if type(name) is str else _text(name), value if type(value) is str else _text(value))
                    for name, value in items
                ]
            )
        except (TypeError, ValueError):
            raise UsageError("expected headers as a mapping or pairs of name and value") from None

    def __iter__(self) -> "Iterator[tuple[str, str]]":
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def all(self, name: str) -> list[str]:
        """Return the values of a header, in order."""
        wanted = name.lower()
        return [value for each, value in self._pairs if each.lower() == wanted]

    def get(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        wanted, length = name.lower(), len(name)
        for each, value in self._pairs:
            if len(each) == length and each.lower() == wanted:
                return value
        return None


@lru_cache(maxsize=64)
def media_type(content_type: str) -> str:
    """Return the media type in a ``Content-Type`` header, in lower case and without parameters."""
    return content_type.partition(";")[0].strip().lower()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str | int | float):
        raise TypeError
    return str(value)


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
