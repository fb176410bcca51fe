"""The matrix of all cases, and those that the client misreads."""

from collections import Counter
from typing import TYPE_CHECKING

from pytest_pcerrors.clients._trying import NOTHING, Tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_pcerrors.reporting.matrix import MatrixData, RowData


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
