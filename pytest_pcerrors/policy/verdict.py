"""The verdict on an exchange: its violations and the allowances that were used; and the parsed error, for assertions in a test."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.exchange.http import RETRYABLE, seconds_to_wait
from pytest_pcerrors.secrets.display import safe, shown

if TYPE_CHECKING:
    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.allowances import Allowance
    from pytest_pcerrors.rules.parsed_response import ParsedResponse
    from pytest_pcerrors.rules.violation import Violation


class Verdict(NamedTuple):
    """The verdict on an exchange: its violations (errors and warnings), and the allowances that were used.

    It is about the response, or, with `of_recording`, about the recording: its age and the secrets in it.
    """

    parsed: "ParsedResponse"
    violations: "tuple[Violation, ...]"
    allowed: "tuple[Allowance, ...]" = ()
    of_recording: bool = False

    def of_rule(self, rule: str) -> "Verdict | None":
        """Return the verdict for a single rule, or None if the rule was not broken."""
        violations = tuple(each for each in self.violations if each.rule == rule)
        allowed = tuple(each for each in self.allowed if each.rule == rule)
        return self._replace(violations=violations, allowed=allowed) if violations or allowed else None

    @property
    def exchange(self) -> "Exchange":
        """The exchange that was judged."""
        return self.parsed.exchange

    @property
    def errors(self) -> "tuple[Violation, ...]":
        """The violations of severity ``error``."""
        return tuple(violation for violation in self.violations if violation.severity == "error")

    @property
    def warnings(self) -> "tuple[Violation, ...]":
        """The violations of severity ``warning``."""
        return tuple(violation for violation in self.violations if violation.severity == "warning")


@dataclass(frozen=True, repr=False)
class PcError:
    """A parsed error response.

    `code` is a string even if the service sent a number; without a code it is `None`. `description` is the text of the
    error, also from an envelope, a bare JSON string or plain text. `entry` is the entry of this status and code in the
    catalogue, if there is one. `retry_after` is in seconds, counted from the header ``Date`` if the header is a date.
    `retryable` is the value of ``isRetryable`` in the body, otherwise whether the status is 429, 502, 503 or 504.

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
        """Return status, code and description, shortened and with secrets masked."""
        parts = (str(self.status), self.code, None if self.description is None else shown(self.description))
        return safe(f"<PcError {' '.join(filter(None, parts))}>")

    @classmethod
    def of(cls, parsed: "ParsedResponse") -> "PcError":
        """Make the error from a parsed response."""
        exchange, status = parsed.exchange, parsed.exchange.status
        source = parsed.member("source")
        says = parsed.document.get("isRetryable") if parsed.is_object else None
        return cls(
            status=status,
            code=parsed.code,
            description=_text(parsed),
            data=parsed.member("data"),
            source=source if isinstance(source, str) else None,
            entry=parsed.contract.entry_of(status, parsed.code),
            correlation_id=exchange.header("MS-CorrelationId"),
            request_id=exchange.header("MS-RequestId"),
            retry_after=seconds_to_wait(exchange.headers),
            retryable=says if isinstance(says, bool) else status in RETRYABLE,
        )


def _text(parsed: "ParsedResponse") -> str | None:
    if parsed.description is not None:
        return parsed.description
    if parsed.is_object:
        message = parsed.document.get("message")
        return message if isinstance(message, str) else None
    if isinstance(parsed.document, str):
        return parsed.document
    return parsed.text if parsed.problem is not None else None
