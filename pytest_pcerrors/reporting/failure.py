"""The text of a failure: every violation of one response, where it came from, and what it said."""

from typing import TYPE_CHECKING

from pytest_pcerrors.rules.violation import EXPECTATIONS, OF_RECORDINGS, UNREADABLE
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
    """Say in a few lines what is wrong with a response: one line a violation, aligned, then origin and body.

    >>> from pytest_pcerrors import Contract, Exchange, check
    >>> response = Exchange(409, None, b'{"code": "800061", "description": "No", "source": "PartnerFD"}')
    >>> print(failure_text(response, check(response), Contract.default()))
    409 Conflict breaks the Partner Center error contract in 1 place:
      pairing  /code  code 800061 is documented with 400 Bad Request ("Canceling this order is not possible"), not with 409
    body: {"code": "800061", "description": "No", "source": "PartnerFD"}
    """
    return "\n".join([headline(exchange, violations, contract), *violation_lines(violations), *context_lines(exchange)])


def headline(exchange: "Exchange", violations: "Sequence[Violation]", contract: "Contract") -> str:
    """Return the first line: which response breaks which contract, is not what was expected, or no recording to keep, in how many places."""
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
    """Return a line for each violation, rules and pointers aligned, and a line for each hint; one that holds for several stands behind the last."""
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
    """Return the lines that say where a response came from and what it held; secrets are hidden, long bodies cut."""
    request = exchange.request
    request_text = cut(f"{safe(request.method)} {safe(request.url)}", _LONGEST_URL) if request else ""
    where = ", ".join(filter(None, [safe(exchange.origin or ""), request_text]))
    correlation = exchange.header(_CORRELATION)
    what = [f"{_CORRELATION} {safe(correlation)}"] if correlation else []
    if exchange.body:
        what.append(f"body: {body_text(exchange.body)}")
    return [line for line in (f"in {where}" if where else "", "   ".join(what)) if line]


def body_text(body: bytes) -> str:
    """Return the beginning of a body on one line, fit to be shown."""
    text = hide(body[: LONGEST_SHOWN + BEYOND].decode("utf-8", "backslashreplace"), longest=LONGEST_SHOWN)
    return cut(safe(" ".join(text.split())), _LONGEST_BODY)


def _label(violation: "Violation") -> str:
    return f"{violation.rule} (warning)" if violation.severity == "warning" else violation.rule


def status_line(exchange: "Exchange", contract: "Contract") -> str:
    """Return status and reason phrase, the one that came where it is another than the documented one."""
    documented = contract.reason(exchange.status)
    if exchange.reason and exchange.reason.lower() not in documented.lower():
        return cut(f"{exchange.status} {exchange.reason}", 80)
    return documented
