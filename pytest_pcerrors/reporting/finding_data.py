"""Findings as plain data, for all reports.

All texts are ready to be printed: secrets are masked, and control characters and lone surrogates are escaped.
"""

from collections import Counter
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

from pytest_pcerrors.policy.allowances import file_of
from pytest_pcerrors.secrets import BEYOND, hide
from pytest_pcerrors.secrets.display import LONGEST_SHOWN, safe
from pytest_pcerrors.text import at_places, cut, late_pattern, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.audit import Finding
    from pytest_pcerrors.rules.violation import Violation

LINES = "\n\t"
"""The control characters that a body keeps; no other text of a report has any."""

CORRELATION = "MS-CorrelationId"
_LONGEST_REASON = 76
_SHORT = 1000
_MOST_REASONS = 1000
_MOST_PLACES = 5
_NUMBER = late_pattern(r"([0-9]{1,18})")


class ViolationData(TypedDict):
    """A `Violation` as plain data."""

    rule: str
    severity: str
    message: str
    pointer: str
    expected: str
    actual: str
    hint: str


_OF_VIOLATION = tuple(ViolationData.__annotations__)


class FindingData(TypedDict):
    """A checked error response, or another place with violations.

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


def finding_data(finding: "Finding", whole: "Contract") -> FindingData:
    """Return a finding as plain data, for a report with this contract. Only a response with violations has a body."""
    verdicts = [each for each in (finding.verdict, finding.recording) if each is not None]
    parsed = finding.verdict.parsed if finding.verdict else None
    contract = parsed.contract if parsed else whole
    data = response_data(finding.exchange, finding.violations, contract, origin=finding.origin)
    data["kind"] = finding.kind
    data["code"] = safe(parsed.code) if parsed and parsed.code is not None else None
    data["allowed"] = [allowance.rule for verdict in verdicts for allowance in verdict.allowed]
    if contract.name != whole.name:
        data["contract"] = contract.name
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
        "body": body_text(exchange.body) if exchange and exchange.body and violations else None,
        "violations": [violation_data(each) for each in violations],
        "allowed": [],
    }


def violation_data(violation: "Violation") -> ViolationData:
    """Return a violation as plain data."""
    return cast("ViolationData", {name: getattr(violation, name) for name in _OF_VIOLATION})


def joined_places(findings: "Iterable[FindingData]") -> "Iterator[FindingData]":
    """Yield findings; the places of a file that cannot be read for the same reason are one, after the others of the file.

    A place with another violation, such as a secret, is not joined.
    """
    for _, of_file in groupby(findings, itemgetter("path")):
        places: dict[tuple[str, str], list[FindingData]] = {}
        counts = Counter[tuple[str, str]]()
        for finding in of_file:
            problems = finding["violations"] if finding["kind"] == "unreadable" else []
            reasons = [(each["message"], each["hint"]) for each in problems]
            if len(reasons) == 1 and (len(places) < _MOST_REASONS or reasons[0] in places):
                places.setdefault(reasons[0], [])[_MOST_PLACES:] = [finding]
                counts.update(reasons)
            else:
                yield finding
        yield from (_at_all(places[reason], count) for reason, count in counts.items())


def _at_all(places: list[FindingData], count: int) -> FindingData:
    """Return the finding for so many places, of which the first ones and the last are given."""
    first, *others = places
    (problem,) = first["violations"]
    message = at_places(problem["message"], [str(each["line"] or each["entry"]) for each in others], count - 1)
    return {**first, "violations": [{**problem, "message": message}]}


def order(finding: FindingData) -> tuple[object, ...]:
    """Return a key that sorts findings by place, then by test, whatever the order in which they were found."""
    return (
        natural(finding["path"] or ""),
        finding["line"] or 0,
        natural(finding["entry"] or ""),
        natural(finding.get("test", "")),
    )


def natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in a text by their value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(text)]


def _place_of(origin: str) -> tuple[str | None, int | None, str | None]:
    """Return the path, the line and the JSON Pointer of an origin, each None if it has none."""
    file = file_of(origin)
    place = origin[len(file) + 1 :]
    entry = safe(place) if place.startswith("/") else None
    return safe(file) or None, int(place) if place.isdecimal() else None, entry


def _reason(exchange: "Exchange", contract: "Contract") -> str:
    """Return the reason phrase: the received one if it differs from the documented one."""
    documented = contract.phrase(exchange.status)
    if exchange.reason and exchange.reason.lower() not in documented.lower():
        return cut(exchange.reason, _LONGEST_REASON)
    return documented


def body_text(body: bytes) -> str:
    """Return the beginning of a body with secrets masked, and with its line breaks."""
    return _body_text(body) if len(body) <= _SHORT else _body_text.__wrapped__(body)


@lru_cache(maxsize=1024)
def _body_text(body: bytes) -> str:
    """Return what `body_text` returns; many responses have the same short bodies."""
    text = body[: LONGEST_SHOWN + BEYOND].decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    end = "..." if len(text) > LONGEST_SHOWN else ""
    return visible(hide(text, longest=LONGEST_SHOWN), kept=LINES) + end
