"""Failure messages: the violations of a response, its origin, and its body."""

from typing import TYPE_CHECKING

from pytest_pcerrors.rules.registry import EXPECTATIONS, OF_RECORDINGS
from pytest_pcerrors.rules.violation import UNREADABLE
from pytest_pcerrors.secrets import BEYOND, hide
from pytest_pcerrors.secrets.display import LONGEST_SHOWN, safe
from pytest_pcerrors.text import counted, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.rules.violation import Violation

_LONGEST_BODY = 160
_LONGEST_URL = 200
_WIDEST = 40
_CORRELATION = "MS-CorrelationId"


def failure_text(exchange: "Exchange", violations: "Sequence[Violation]", contract: "Contract") -> str:
    """Return the message for a response: a line for each violation, aligned, then the origin and the body.

    >>> from pytest_pcerrors import Contract, Exchange, check
    >>> response = Exchange(409, None, b'{"code": "800061", "description": "No", "source": "PartnerFD"}')
    >>> print(failure_text(response, check(response), Contract.default()))
    409 Conflict breaks the Partner Center error contract in 1 place:
      pairing  /code  code 800061 is documented with 400 Bad Request ("Canceling this order is not possible"), not with 409
    body: {"code": "800061", "description": "No", "source": "PartnerFD"}
    """
    return "\n".join([headline(exchange, violations, contract), *violation_lines(violations), *context_lines(exchange)])


def headline(exchange: "Exchange", violations: "Sequence[Violation]", contract: "Contract") -> str:
    """Return the first line: the response, what is wrong with it, and in how many places."""
    unexpected = sum(violation.rule in EXPECTATIONS for violation in violations)
    recorded = sum(violation.rule in OF_RECORDINGS for violation in violations)
    unknown = sum(violation.rule == UNREADABLE for violation in violations)
    broken = len(violations) - unexpected - recorded - unknown
    parts = [f"breaks the {contract.name} error contract in {counted(broken, 'place')}"] if broken else []
    parts += [f"is not what was expected in {counted(unexpected, 'place')}"] if unexpected else []
    parts += [f"is not fit to be kept as a recording in {counted(recorded, 'place')}"] if recorded else []
    parts += ["cannot be checked in full"] if unknown else []
    return safe(f"{status_line(exchange, contract)} {' and '.join(parts)}:")


def violation_lines(violations: "Sequence[Violation]") -> list[str]:
    """Return an aligned line for each violation, and a line for each hint. A hint for several violations follows the last one."""
    labels = [_label(violation) for violation in violations]
    margin = max(map(len, labels), default=0)
    pointers = min(_WIDEST, max((len(each.pointer) + 2 for each in violations if each.pointer), default=0))
    lines = []
    following = [each.hint for each in violations[1:]] + [""]
    for label, violation, next_hint in zip(labels, violations, following, strict=True):
        pointer = f"{violation.pointer}  " if violation.pointer else ""
        lines.append(f"  {label:{margin}}  {pointer:{pointers}}{violation.message}")
        if violation.hint and violation.hint != next_hint:
            lines.append(f"  {'':{margin}}  {'':{pointers}}{violation.hint}")
    return lines


def context_lines(exchange: "Exchange") -> list[str]:
    """Return the lines with the origin, the request and the body; secrets are masked, and long bodies are cut."""
    request = exchange.request
    request_text = cut(f"{safe(request.method)} {safe(request.url)}", _LONGEST_URL) if request else ""
    where = ", ".join(filter(None, [safe(exchange.origin or ""), request_text]))
    correlation = exchange.header(_CORRELATION)
    what = [f"{_CORRELATION} {safe(correlation)}"] if correlation else []
    if exchange.body:
        what.append(f"body: {body_text(exchange.body)}")
    return [line for line in (f"in {where}" if where else "", "   ".join(what)) if line]


def body_text(body: bytes) -> str:
    """Return the beginning of a body on one line, with secrets masked."""
    text = hide(body[: LONGEST_SHOWN + BEYOND].decode("utf-8", "backslashreplace"), longest=LONGEST_SHOWN)
    return cut(safe(" ".join(text.split())), _LONGEST_BODY)


def _label(violation: "Violation") -> str:
    return f"{violation.rule} (warning)" if violation.severity == "warning" else violation.rule


def status_line(exchange: "Exchange", contract: "Contract") -> str:
    """Return the status and the reason phrase: the received one if it differs from the documented one."""
    documented = contract.reason(exchange.status)
    if exchange.reason and exchange.reason.lower() not in documented.lower():
        return cut(f"{exchange.status} {exchange.reason}", 80)
    return documented
