"""Failure messages: the violations of a response, its origin, and its body."""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from urllib.parse import urlsplit

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.reporting.finding_data import CORRELATION, FindingData, ViolationData, response_data
from pytest_pcerrors.rules.registry import EXPECTATIONS, OF_RECORDINGS
from pytest_pcerrors.rules.violation import UNREADABLE, Violation
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.text import counted, cut, late_pattern

_LONGEST_BODY = 160
_LONGEST_URL = 200
_WIDEST = 40
_SHOWN = itemgetter("rule", "severity", "pointer", "message", "hint")
_IDENTIFIER = late_pattern(r"(?<=/)(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})(?=/|$)")


def failure_text(exchange: Exchange, violations: Sequence[Violation], contract: Contract) -> str:
    """Return the message for a response: a line for each violation, aligned, then the origin and the body.

    >>> from pytest_pcerrors import Contract, Exchange, check
    >>> response = Exchange(409, None, b'{"code": "800061", "description": "No", "source": "PartnerFD"}')
    >>> print(failure_text(response, check(response), Contract.default()))
    409 Conflict breaks the Partner Center error contract in 1 place:
      pairing  /code  code 800061 is documented with 400 Bad Request ("Canceling this order is not possible"), not with 409
    body: {"code": "800061", "description": "No", "source": "PartnerFD"}
    """
    return finding_text(response_data(exchange, violations, contract, origin=exchange.origin or ""), contract.name)


def finding_text(finding: FindingData, contract: str) -> str:
    """Return the message for a finding; `contract` is the name of the contract."""
    lines = [headline(finding, finding.get("contract", contract)), *violation_lines(finding["violations"])]
    return "\n".join(lines if finding["status"] is None else [*lines, *context_lines(finding)])


def headline(finding: FindingData, contract: str) -> str:
    """Return the first line: the response, what is wrong with it, and in how many places; without a response, the place."""
    rules = [violation["rule"] for violation in finding["violations"]]
    if finding["status"] is None:
        what = "cannot be read" if UNREADABLE in rules else "is not fit to be kept as a recording"
        return f"{place(finding)} {what}:"
    unexpected, unknown = sum(rule in EXPECTATIONS for rule in rules), rules.count(UNREADABLE)
    recorded = sum(rule in OF_RECORDINGS for rule in rules)
    broken = len(rules) - unexpected - recorded - unknown
    parts = [f"breaks the {contract} error contract in {counted(broken, 'place')}"] if broken else []
    parts += [f"is not what was expected in {counted(unexpected, 'place')}"] if unexpected else []
    parts += [f"is not fit to be kept as a recording in {counted(recorded, 'place')}"] if recorded else []
    parts += ["cannot be checked in full"] if unknown else []
    return f"{status_line(finding)} {' and '.join(parts)}:"


def place(finding: FindingData) -> str:
    """Return the path of a finding with its line or entry: ``cart.yaml:41``, ``trace.har#/log/entries/3``."""
    path, line, entry = finding["path"] or "", finding["line"], finding["entry"]
    if entry is not None:
        return f"{path}#{entry}"
    return path if line is None else f"{path}:{line}"


def status_line(finding: FindingData) -> str:
    """Return the status and the reason phrase of a finding; an empty text without a response."""
    return "" if finding["status"] is None else f"{finding['status']} {finding['reason']}".rstrip()


def violation_line(finding: FindingData, violation: ViolationData) -> str:
    """Return a violation on one line: the response if there is one, the place in it, and the message."""
    return ": ".join(filter(None, [status_line(finding), violation["pointer"], violation["message"]]))


def request_line(finding: FindingData) -> str:
    """Return the method and the URL of a finding, or an empty text."""
    if finding["method"] is None:
        return ""
    return cut(f"{finding['method']} {finding['url']}", _LONGEST_URL)


def title(finding: FindingData) -> str:
    """Return a short name of a finding that stays the same when it is recorded again: method, path, status and code."""
    if finding["status"] is None:
        return finding["kind"]
    path = None if finding["url"] is None else generic_path(finding["url"])
    return " ".join(filter(None, [finding["method"], path, str(finding["status"]), finding["code"]]))


def generic_path(url: str) -> str:
    """Return the path of a URL with numbers and GUIDs as ``{id}``, without its query, and with secrets masked."""
    try:
        return _IDENTIFIER.sub("{id}", hide(urlsplit(url).path)) or "/"
    except ValueError:
        return "/"


def test_of(finding: FindingData) -> str:
    """Return the id of the test of a finding, or an empty text if it only repeats the path of a recording."""
    path, test = finding["path"] or "", finding.get("test", "")
    return "" if test.startswith(f"{path}::") and not path.endswith(".py") else test


def violation_lines(violations: Sequence[ViolationData]) -> Sequence[str]:
    """Return an aligned line for each violation, and a line for each hint. A hint for several violations follows the last one."""
    return _aligned(tuple(map(_SHOWN, violations)))


@lru_cache(maxsize=1024)
def _aligned(violations: tuple[tuple[str, ...], ...]) -> Sequence[str]:
    """Return the lines of violations with these texts; many responses have the same ones."""
    labels = [f"{rule} (warning)" if severity == "warning" else rule for rule, severity, *_ in violations]
    margin = max(map(len, labels), default=0)
    longest = max([len(pointer) for _, _, pointer, *_ in violations], default=0)
    width = min(_WIDEST, longest + 2 if longest else 0)
    lines = []
    following = [*[hint for *_, hint in violations[1:]], ""]
    for label, (*_, pointer, message, hint), next_hint in zip(labels, violations, following, strict=True):
        lines.append(f"  {label:{margin}}  {pointer and f'{pointer}  ':{width}}{message}")
        if hint and hint != next_hint:
            lines.append(f"  {'':{margin}}  {'':{width}}{hint}")
    return lines


def context_lines(finding: FindingData) -> list[str]:
    """Return the lines with the place, the request, the test and the body; long bodies are cut."""
    test = test_of(finding)
    where = ", ".join(filter(None, [place(finding), request_line(finding), test and f"test {test}"]))
    correlation, body = finding["correlation_id"], finding["body"]
    what = [f"{CORRELATION} {correlation}"] if correlation else []
    if body is not None:
        what.append(f"body: {cut(' '.join(body.split()), _LONGEST_BODY)}")
    return [line for line in (f"in {where}" if where else "", "   ".join(what)) if line]
