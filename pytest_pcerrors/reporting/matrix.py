"""The matrix of a client: what it makes of each response that it may receive, as plain data, as text and in Markdown."""

from typing import Any, Literal, NotRequired, TypedDict

from pytest_pcerrors.text import counted, markdown_cell, ranked

FACTS: tuple[Literal["outcome", "code", "id", "waited"], ...] = ("outcome", "code", "id", "waited")
"""The columns of a matrix."""
_MARK = "<-"
"""Marks the cases for which the client does the wrong thing."""
_MOST_VALUES = 4
_WIDTH, _NARROWEST = 96, 40
_KEPT = "\N{NO-BREAK SPACE}"


class RowData(TypedDict):
    """A row: the cases of one kind. Each fact has the number of cases for each of its values; ``-`` is a fact that no case of it has.

    `wrong` counts the errors that look like a success, or the successes that look like a failure.
    """

    case: str
    status: int
    cases: int
    wrong: int
    outcome: dict[str, int]
    code: dict[str, int]
    id: dict[str, int]
    waited: dict[str, int]


class MatrixData(TypedDict):
    """What an assertion has found about a client; `test` is the id of its test."""

    rows: list[RowData]
    test: NotRequired[str]


def headline(matrix: MatrixData) -> str:
    """Return the test of a matrix, and its counts."""
    cases, wrong = sum(row["cases"] for row in matrix["rows"]), sum(row["wrong"] for row in matrix["rows"])
    misread = f"{wrong} of them misread" if wrong else "none of them misread"
    return f"{matrix.get('test', 'a client')}: {counted(cases, 'response')}, {misread}"


def as_text(matrix: MatrixData) -> str:
    """Return a matrix as a table with a row for each combination of facts, which lists the cases."""
    from textwrap import wrap

    groups: dict[tuple[str, ...], list[str]] = {(*FACTS, ""): ["cases"]}
    for row in matrix["rows"]:
        groups.setdefault((*values_of(row), _MARK if row["wrong"] else ""), []).append(name_of(row))
    widths = [max(map(len, column)) for column in zip(*groups, strict=True)]
    lines = []
    for facts, names in groups.items():
        start = "".join(f"{text:{width}}  " for text, width in zip(facts, widths, strict=True))
        cases = ", ".join(name.replace(" ", _KEPT) for name in names)
        width = max(_WIDTH, len(start) + _NARROWEST)
        lines += wrap(cases, width, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)
    return "\n".join(lines).replace(_KEPT, " ")


def as_markdown(matrix: MatrixData) -> str:
    """Return a matrix as a heading and a table with a row for each case; a wrong outcome is in bold type."""
    lines = ["### What a client makes of errors", "", markdown_cell(headline(matrix)), ""]
    lines += [f"| case | {' | '.join(FACTS)} |", f"|---{'|---' * len(FACTS)}|"]
    for row in matrix["rows"]:
        outcome, *others = map(markdown_cell, values_of(row))
        cells = (markdown_cell(name_of(row)), f"**{outcome}**" if row["wrong"] else outcome, *others)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def name_of(row: RowData) -> str:
    """Return the name of a row, with the number of its cases if there are several."""
    return row["case"] if row["cases"] == 1 else f"{row['case']} ({row['cases']})"


def values_of(row: RowData) -> tuple[str, ...]:
    """Return the values of each fact, those of most cases first, with the number of cases if there are several values."""
    return tuple(_joined(row[fact]) for fact in FACTS)


def order(matrix: MatrixData) -> tuple[Any, ...]:
    """Return a key that sorts matrices by test, whatever the order in which the tests ended."""
    return (matrix.get("test", ""),)


def _joined(counts: dict[str, int]) -> str:
    return next(iter(counts)) if len(counts) == 1 else ranked(counts, _MOST_VALUES)
