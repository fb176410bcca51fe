"""The matrix of all cases, those that the client misreads, and the message about these."""

from collections import Counter
from typing import TYPE_CHECKING

from pytest_pcerrors.clients._trying import NOTHING, Tried
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_pcerrors.reporting.matrix import MatrixData, RowData

_MOST_SHOWN = 6
_LONGEST_BODY = 120


def misread(all_tried: "Sequence[Tried]", *, knows_success: bool) -> list[Tried]:
    """Return the errors that look like a success, and, if the body is one that the call expects, the successes that look like a failure."""
    return [
        each
        for each in all_tried
        if each.case.is_error != each.outcome.is_failure and (each.case.is_error or knows_success)
    ]


def matrix_of(all_tried: "Sequence[Tried]", wrong: "Iterable[Tried]") -> "MatrixData":
    """Return the matrix: a row for each status of documented errors, and one for each other case."""
    names = Counter(each.case.row for each in wrong)
    rows: dict[str, list[Tried]] = {}
    for each in all_tried:
        rows.setdefault(each.case.row, []).append(each)
    return {"rows": [_row(name, group, names[name]) for name, group in rows.items()]}


def _row(name: str, group: "Sequence[Tried]", wrong: int) -> "RowData":
    return {
        "case": name,
        "status": group[0].case.exchange.status,
        "cases": len(group),
        "wrong": wrong,
        "outcome": _counts(each.outcome.text for each in group),
        "code": _counts(each.code for each in group),
        "id": _counts(each.id for each in group),
        "waited": _counts(each.waited for each in group),
    }


def _counts(facts: "Iterable[str]") -> dict[str, int]:
    """Return how often each fact occurs; cases that do not have it are counted only if no case has it."""
    counts = Counter(facts)
    return {fact: count for fact, count in counts.items() if fact != NOTHING or len(counts) == 1}


def message(all_tried: "Sequence[Tried]", wrong: "Sequence[Tried]", *, has_predicate: bool) -> str:
    """Return how many errors look like a success, the first of them, and what to do about it."""
    errors = [each for each in wrong if each.case.is_error]
    successes = [each for each in wrong if not each.case.is_error]
    rows: dict[str, list[Tried]] = {}
    for each in (*successes, *errors):
        rows.setdefault(each.case.row, []).append(each)
    lines = [f"{_headline(all_tried, errors, successes)}:"]
    for row, group in list(rows.items())[:_MOST_SHOWN]:
        size = sum(each.case.row == row for each in all_tried)
        lines += _described(group, size)
    if len(rows) > _MOST_SHOWN:
        lines.append(f"  and {listed(list(rows)[_MOST_SHOWN:], most=8)}")
    lines += _fixes(errors, successes, has_predicate=has_predicate)
    return "\n".join([*lines, "the matrix of all cases is in the summary of the run"])


def violation_of(tried: "Tried") -> Violation:
    """Return a case that the client misreads as a violation."""
    wanted, rule = ("a failure", "looks-like-success") if tried.case.is_error else ("a success", "looks-like-failure")
    return Violation(f"{tried.case.name}: {tried.outcome.shown}", "", wanted, tried.outcome.shown, rule=rule)


def _headline(all_tried: "Sequence[Tried]", errors: "Sequence[Tried]", successes: "Sequence[Tried]") -> str:
    parts = []
    for wrong, are_errors, other in ((errors, True, "a success"), (successes, False, "a failure")):
        every = sum(each.case.is_error is are_errors for each in all_tried)
        if wrong:
            noun = "errors" if are_errors else "successes"
            parts.append(f"{len(wrong)} of {every} {noun} {'looks' if len(wrong) == 1 else 'look'} like {other}")
    return " and ".join(parts)


def _described(group: "Sequence[Tried]", size: int) -> "Iterator[str]":
    """Yield what the call made of a case, or of the first case of a row, and the response."""
    first = group[0]
    name = first.case.row
    if size > 1:
        how_many = f"all {size}" if len(group) == size else f"{len(group)} of {size}"
        name = f"{how_many} of {name}, such as {first.case.name}"
    exchange = first.case.exchange
    body = cut(
        safe(" ".join(exchange.body[: 2 * _LONGEST_BODY].decode("utf-8", "backslashreplace").split())), _LONGEST_BODY
    )
    yield f"  {name}: {first.outcome.shown}"
    yield f"    for {exchange.status}, body: {body or 'empty'}"


def _fixes(errors: "Sequence[Tried]", successes: "Sequence[Tried]", *, has_predicate: bool) -> "Iterator[str]":
    in_success = [each for each in errors if each.case.exchange.status in SUCCESSES]
    if len(in_success) < len(errors):
        yield "  fix: raise an exception for every status from 400 on, whatever the body"
    if any(each.case.row.startswith("error-in-success") for each in in_success):
        yield "  fix: look for errors in the body of a success too, as assert_pc_success does"
    if any(each.case.row.startswith("html") for each in in_success):
        yield "  fix: raise an exception for a success that is not JSON"
    if errors and not has_predicate:
        yield "  or, if the result of the call shows the failure: is_failure=lambda result: ..."
    if any(each.case.unmarked for each in successes):
        yield '  fix: decode the body of a success as "utf-8-sig": the service begins it with a byte order mark'
    if any(not each.case.unmarked for each in successes):
        yield "  fix: return normally for a success"
