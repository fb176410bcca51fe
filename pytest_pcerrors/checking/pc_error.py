"""The error that a response carries, taken apart for a test to look at."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.checking.retrying import seconds_to_wait
from pytest_pcerrors.checking.showing import safe, shown

if TYPE_CHECKING:
    from pytest_pcerrors.checking.reading import Reading
    from pytest_pcerrors.contract.model import Entry

_RETRYABLE = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, repr=False)
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
    >>> error
    <PcError 409 800064 "Busy">
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

    def __repr__(self) -> str:
        """Say what a failing test needs to see of it: short and without secrets, however deep its data are."""
        said = (str(self.status), self.code, None if self.description is None else shown(self.description))
        return safe(f"<PcError {' '.join(filter(None, said))}>")

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


def _text(reading: "Reading") -> str | None:
    if reading.description is not None:
        return reading.description
    if reading.is_object:
        message = reading.document.get("message")
        return message if isinstance(message, str) else None
    if isinstance(reading.document, str):
        return reading.document
    return reading.text if reading.problem is not None else None
