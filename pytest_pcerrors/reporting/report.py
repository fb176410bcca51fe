"""The model of all reports: findings as plain data, the rules that they name, and the counts of the run.

The document that the format ``json`` writes has exactly this content, so every other format can be made from it later.
All texts are ready to be printed: secrets are masked, and control characters and lone surrogates are escaped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NotRequired, Self, TypedDict

from pytest_pcerrors.policy.allowances import file_of
from pytest_pcerrors.reporting.coverage import ErrorCoverage
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.rules.registry import all_rules
from pytest_pcerrors.secrets import BEYOND, hide
from pytest_pcerrors.secrets.display import LONGEST_SHOWN, safe
from pytest_pcerrors.text import cut, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.audit import Finding
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.rules.rule import Rule
    from pytest_pcerrors.rules.violation import Violation

SCHEMA = 1
"""The version of the document. It changes if readers of this version would misunderstand the document."""

LINES = "\n\t"
"""The control characters that a body keeps; no other text of a report has any."""

CORRELATION = "MS-CorrelationId"
_LONGEST_REASON = 76
_NUMBER = re.compile(r"([0-9]{1,18})")


class ViolationData(TypedDict):
    """A `Violation` as plain data."""

    rule: str
    severity: str
    message: str
    pointer: str
    expected: str
    actual: str
    hint: str


class FindingData(TypedDict):
    """A judged error response, or another place with violations.

    `path` with `line` or `entry` (a JSON Pointer) is where the response was recorded; without a recording it is the test that
    received it. `kind` is that of `Finding`. What is not known is None. `test` is the id of a pytest test, and `contract` the name
    of the contract if it is another one than that of the report.
    """

    path: str | None
    line: int | None
    entry: str | None
    kind: str
    status: int | None
    reason: str | None
    method: str | None
    url: str | None
    code: str | None
    correlation_id: str | None
    body: str | None
    violations: list[ViolationData]
    allowed: list[str]
    test: NotRequired[str]
    contract: NotRequired[str]


class RuleData(TypedDict):
    """The documentation of a `Rule` as plain data."""

    name: str
    stage: str
    breaks: str
    documentation: str
    example: str
    fix: str


@dataclass
class Report:
    """What a format writes.

    `findings` can be iterated once, as they are found; then `tally` has the counts of the run. `rules` has the documentation of
    at least the rules that the findings name, by name; those of another contract may be missing.
    """

    contract: str
    rules: Mapping[str, RuleData]
    findings: Iterable[FindingData]
    tally: Tally
    tool_version: str = field(default_factory=lambda: version("pytest-pcerrors"))
    is_quiet: bool = False
    """Whether the summary is left out of a report for people."""
    coverage: ErrorCoverage | None = None
    """Which documented errors were met, if that was counted; complete when the findings have been read."""
    base: ErrorCoverage | None = None
    """The coverage of another run, to show what has changed since."""

    @classmethod
    def of_audit(cls, findings: "Iterable[Finding]", policy: "Policy", *, is_quiet: bool = False) -> Self:
        """Return the report of an audit, which reads one finding after the other."""
        tally = Tally()
        return cls(
            policy.contract.name, rules_of(policy), _counted(findings, tally, policy.contract), tally, is_quiet=is_quiet
        )

    @classmethod
    def of_document(cls, document: Mapping[str, Any], *, is_quiet: bool = False) -> Self:
        """Return the report of a valid document; its texts are escaped again, since anyone can have written it."""
        clean = _escaped(document)
        return cls(
            clean["contract"],
            {rule["name"]: rule for rule in clean["rules"]},
            clean["findings"],
            Tally.of_data(clean["summary"]),
            clean["tool"]["version"],
            is_quiet,
        )

    def plus(self, other: Self) -> Self:
        """Return the sum of two reports of the same contract; findings are sorted by place."""
        tally = Tally()
        tally.plus(self.tally)
        tally.plus(other.tally)
        findings = sorted([*self.findings, *other.findings], key=order)
        if self.coverage and other.coverage:
            self.coverage.plus(other.coverage)
        coverage = self.coverage or other.coverage
        return replace(self, rules={**other.rules, **self.rules}, findings=findings, tally=tally, coverage=coverage)

    def with_violations(self) -> Iterator[FindingData]:
        """Yield the findings without the responses that conform."""
        return (finding for finding in self.findings if finding["violations"])


def order(finding: FindingData) -> tuple[object, ...]:
    """Return a key that sorts findings by place, then by test, whatever the order in which they were found."""
    return (
        _natural(finding["path"] or ""),
        finding["line"] or 0,
        _natural(finding["entry"] or ""),
        _natural(finding.get("test", "")),
    )


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in a text by their value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(text)]


def rules_of(policy: "Policy") -> dict[str, RuleData]:
    """Return the documentation of all rules of a policy, by name."""
    return {rule.name: _rule_data(rule) for rule in all_rules(policy.rules)}


def finding_data(finding: "Finding", contract: "Contract") -> FindingData:
    """Return a finding as plain data. Only a response with violations has a body.

    >>> from pytest_pcerrors import Contract, Exchange
    >>> from pytest_pcerrors.policy.audit import finding
    >>> from pytest_pcerrors.policy.policy import Policy
    >>> found = finding(Exchange(404, None, b"gone", origin="a.yaml:2"), Policy(Contract.default()))
    >>> data = finding_data(found, Contract.default())
    >>> data["path"], data["line"], data["status"], data["reason"], data["violations"][0]["rule"]
    ('a.yaml', 2, 404, 'Not Found', 'body-plain-text')
    """
    verdicts = [each for each in (finding.verdict, finding.recording) if each is not None]
    code = finding.verdict.parsed.code if finding.verdict else None
    data = response_data(finding.exchange, finding.violations, contract, origin=finding.origin)
    data["kind"] = finding.kind
    data["code"] = None if code is None else safe(code)
    data["allowed"] = [allowance.rule for verdict in verdicts for allowance in verdict.allowed]
    return data


def response_data(
    exchange: "Exchange | None", violations: "Sequence[Violation]", contract: "Contract", *, origin: str
) -> FindingData:
    """Return the finding for a response with these violations; its kind is ``error``, and its code is not filled in."""
    path, line, entry = _place_of(origin)
    request = exchange.request if exchange else None
    correlation = exchange.header(CORRELATION) if exchange else None
    return {
        "path": path,
        "line": line,
        "entry": entry,
        "kind": "error",
        "status": exchange.status if exchange else None,
        "reason": safe(_reason(exchange, contract)) if exchange else None,
        "method": safe(request.method) if request else None,
        "url": safe(request.url) if request else None,
        "code": None,
        "correlation_id": safe(correlation) if correlation else None,
        "body": _body_text(exchange.body) if exchange and exchange.body and violations else None,
        "violations": [violation_data(each) for each in violations],
        "allowed": [],
    }


def violation_data(violation: "Violation") -> ViolationData:
    """Return a violation as plain data."""
    return {
        "rule": violation.rule,
        "severity": violation.severity,
        "message": violation.message,
        "pointer": violation.pointer,
        "expected": violation.expected,
        "actual": violation.actual,
        "hint": violation.hint,
    }


def _counted(findings: "Iterable[Finding]", tally: Tally, contract: "Contract") -> Iterator[FindingData]:
    """Count every finding, and yield those of a report."""
    for finding in findings:
        tally.add(finding)
        if finding.kind == "error" or finding.violations:
            yield finding_data(finding, contract)


def _rule_data(rule: "Rule") -> RuleData:
    return {
        "name": rule.name,
        "stage": rule.stage,
        "breaks": visible(rule.breaks),
        "documentation": visible(rule.documentation),
        "example": visible(rule.example),
        "fix": visible(rule.fix),
    }


def _place_of(origin: str) -> tuple[str | None, int | None, str | None]:
    """Return the path, the line and the JSON Pointer of an origin, each None if it has none."""
    file = file_of(origin)
    place = origin[len(file) + 1 :]
    entry = safe(place) if place.startswith("/") else None
    return safe(file) or None, int(place) if place.isdecimal() else None, entry


def _reason(exchange: "Exchange", contract: "Contract") -> str:
    """Return the reason phrase: the received one if it differs from the documented one."""
    _, _, documented = contract.reason(exchange.status).partition(" ")
    if exchange.reason and exchange.reason.lower() not in documented.lower():
        return cut(exchange.reason, _LONGEST_REASON)
    return documented


def _body_text(body: bytes) -> str:
    """Return the beginning of a body with secrets masked, and with its line breaks."""
    text = body[: LONGEST_SHOWN + BEYOND].decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    end = "..." if len(text) > LONGEST_SHOWN else ""
    return visible(hide(text, longest=LONGEST_SHOWN), kept=LINES) + end


def _escaped(value: Any, kept: str = "") -> Any:
    """Return plain data with all texts escaped; a body keeps its line breaks."""
    match value:
        case str():
            return visible(value, kept)
        case dict():
            return {visible(name): _escaped(each, LINES if name == "body" else "") for name, each in value.items()}
        case list():
            return [_escaped(each) for each in value]
        case _:
            return value
