"""The report formats: each is a function that yields a report of findings in pieces."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.reporting.failure import context_lines, headline, violation_lines
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from pytest_pcerrors.policy.audit import Finding
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.reporting.summary import Tally

    Format = Callable[..., Iterator[str]]


_VIOLATION = ("rule", "severity", "message", "pointer", "expected", "actual", "hint")


def as_text(findings: "Iterator[Finding]", tally: "Tally", policy: "Policy", *, quiet: bool = False) -> Iterator[str]:
    """Yield a paragraph for each response with violations, and the summary at the end."""
    for finding in findings:
        if not finding.violations:
            continue
        if finding.exchange is None:
            yield "\n".join([_place_line(finding), *violation_lines(finding.violations), "\n"])
        else:
            lines = [
                headline(finding.exchange, finding.violations, policy.contract),
                *violation_lines(finding.violations),
                *context_lines(finding.exchange),
            ]
            yield "\n".join([*lines, "\n"])
    if not quiet:
        yield f"{tally.sentence()}\n"


def _place_line(finding: "Finding") -> str:
    """Return the first line for a place of a file without an exchange."""
    is_unreadable = finding.kind == "unreadable"
    return f"{safe(finding.origin)} {'cannot be read' if is_unreadable else 'is not fit to be kept as a recording'}:"


def as_json(findings: "Iterator[Finding]", tally: "Tally", policy: "Policy", *, quiet: bool = False) -> Iterator[str]:  # noqa: ARG001 - the signature of a format
    """Yield one JSON document: contract, findings with violations, summary.

    The format: ``{"contract": NAME, "findings": [{"origin", "kind", "status", "method", "url", "code", "violations":
    [{"rule", "severity", "message", "pointer", "expected", "actual", "hint"}]}], "summary": {...}}``.
    """
    yield f'{{"contract": {json.dumps(policy.contract.name)}, "findings": ['
    separator = "\n"
    for finding in findings:
        if finding.violations:
            yield separator + json.dumps(_data(finding))
            separator = ",\n"
    yield f'\n], "summary": {json.dumps(tally.as_data())}}}\n'


def _data(finding: "Finding") -> dict[str, Any]:
    exchange, verdict = finding.exchange, finding.verdict
    request = exchange.request if exchange else None
    return {
        "origin": safe(finding.origin),
        "kind": finding.kind,
        "status": exchange.status if exchange else None,
        "method": safe(request.method) if request else None,
        "url": safe(request.url) if request else None,
        "code": safe(verdict.parsed.code) if verdict and verdict.parsed.code is not None else None,
        "violations": [{name: getattr(violation, name) for name in _VIOLATION} for violation in finding.violations],
    }


FORMATS: "dict[str, Format]" = {"text": as_text, "json": as_json}
