"""The error that a response carries, taken apart for a test to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_pcerrors.checking.reading import Reading
    from pytest_pcerrors.contract.model import Entry
    from pytest_pcerrors.exchange.model import Exchange

_RETRYABLE = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class PcError:
    """An error response, taken apart.

    `code` has the digits also where the service sent a number, and is None where there is no code. `description` is the
    text that came, be it in an envelope, a bare string or plain text. `entry` is the catalogue's entry of this status and
    code, if it has one. `retry_after` is in seconds, counted from the response's ``Date`` where the header is a date.
    `retryable` is what the body says in ``isRetryable``, else whether the status is 429, 502, 503 or 504.

    >>> from pytest_pcerrors import assert_pc_error
    >>> error = assert_pc_error((409, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'))
    >>> error.code, error.description, error.retryable
    ('800064', 'Busy', False)
    """

    status: int
    code: str | None
    description: str | None
    data: Any
    source: str | None
    entry: "Entry | None"
    correlation_id: str | None
    request_id: str | None
    retry_after: int | None
    retryable: bool

    @classmethod
    def of(cls, reading: "Reading") -> "PcError":
        """Take apart what was read of an exchange."""
        exchange, status = reading.exchange, reading.exchange.status
        source = reading.member("source")
        says = reading.document.get("isRetryable") if reading.is_object else None
        return cls(
            status=status,
            code=reading.code,
            description=_text(reading),
            data=reading.member("data"),
            source=source if isinstance(source, str) else None,
            entry=next((entry for entry in reading.entries if entry.status == status), None),
            correlation_id=exchange.header("MS-CorrelationId"),
            request_id=exchange.header("MS-RequestId"),
            retry_after=seconds_to_wait(exchange),
            retryable=says if isinstance(says, bool) else status in _RETRYABLE,
        )


def seconds_to_wait(exchange: "Exchange") -> int | None:
    """Return what ``Retry-After`` says in whole seconds, 0 for a day gone by; None where it is absent or unreadable.

    >>> from pytest_pcerrors import Exchange
    >>> seconds_to_wait(Exchange(429, {"Retry-After": "57"}, b""))
    57
    """
    value = (exchange.header("Retry-After") or "").strip()
    try:
        if value.isascii() and value.isdigit():
            return int(value)
        until = _moment(value)
        since = _moment(exchange.header("Date") or "") if exchange.header("Date") else datetime.now(UTC)
    except ValueError:
        return None
    return max(0, round((until - since).total_seconds()))


def _moment(value: str) -> datetime:
    moment = parsedate_to_datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(reading: "Reading") -> str | None:
    if reading.description is not None:
        return reading.description
    if reading.is_object:
        message = reading.document.get("message")
        return message if isinstance(message, str) else None
    if isinstance(reading.document, str):
        return reading.document
    return reading.text if reading.problem is not None else None
