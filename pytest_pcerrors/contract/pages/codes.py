"""The table of error codes: found by its shape, read row by row."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.contract.pages.document import Repair
from pytest_pcerrors.contract.pages.numbers import number_of, status_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from pytest_pcerrors.contract.pages.document import Document, Row, Table

    Numbers = list[int | None]

_STATUSES = range(100, 600)
_MOST = 0.6
_LONGEST_CELL = 60
_LOOSE_PLACEHOLDER = re.compile(r"(?<!\\d)(?<!\\w)(?<!\\s)\{ ?([0-9])(?: ?([^\W\d_][^{}]*)| ?)\}")


class Columns(NamedTuple):
    """Which columns of a table hold HTTP status, error code and description."""

    status: int
    code: int
    description: int


def code_table(document: "Document") -> "tuple[Table, Columns]":
    """Return the table of error codes: the one table in which a column has HTTP statuses, another numbers, a third text."""
    fitting = [(table, readings) for table in document.tables if (readings := _readings(table.rows))]
    if not fitting:
        raise UsageError(
            "no table of error codes: expected a table whose rows have an HTTP status, an error code and a description"
        )
    if len(fitting) > 1:
        lines = " and ".join(str(table.line) for table, _ in fitting)
        raise UsageError(
            f"lines {lines}: each begins a table that could be the one of error codes; leave one of them on the page"
        )
    [(table, readings)] = fitting
    if len(readings) > 1:
        columns = " and ".join(str(each.code + 1) for each in readings)
        raise UsageError(
            f"line {table.line}: columns {columns} of the table could each be the error code; leave one of them on the page"
        )
    return table, readings[0]


def entries_of(table: "Table", columns: Columns, repairs: list[Repair]) -> list[dict[str, Any]]:
    """Return the rows of a contract document by status and code, the texts of a repeated pairing together; note repairs."""
    texts: dict[tuple[int, str], list[str]] = {}
    for row in table.rows:
        if any(row.cells):
            status, code, text = _read(row, columns, repairs)
            known = texts.setdefault((status, code), [])
            if text not in known:
                known.append(text)
    in_order = sorted(texts.items(), key=lambda each: (each[0][0], int(each[0][1])))
    return [{"status": status, "code": code, "descriptions": each} for (status, code), each in in_order]


def _readings(rows: "Sequence[Row]") -> list[Columns]:
    """Return every way to read a table as one of error codes; one for each column that could be the code."""
    filled = [row for row in rows if any(row.cells)]
    columns = list(zip_longest(*(row.cells for row in filled), fillvalue=""))
    numbers = [[number_of(cell) for cell in column] for column in columns]
    status = _status_column(columns, numbers)
    if status is None:
        return []
    numeric = [
        index for index in range(len(columns)) if index != status and _share(map(_is_number, numbers[index])) >= _MOST
    ]
    texts = [
        index
        for index in range(len(columns))
        if index not in (status, *numeric) and _share(map(_has_letters, columns[index])) >= _MOST
    ]
    likely = [index for index in numeric if _could_be_codes(numbers[index], numbers[status])]
    return [Columns(status, code, _text_column(columns, texts, code)) for code in likely or numeric if texts]


def _status_column(columns: "Sequence[Sequence[str]]", numbers: "Sequence[Numbers]") -> int | None:
    """Return the column with most HTTP statuses, the first of several; numbers alone come before numbers with names."""
    for read in (numbers, [[status_of(cell) for cell in column] for column in columns]):
        shares = [_share(each in _STATUSES for each in column) for column in read]
        if shares and max(shares) >= _MOST:
            return shares.index(max(shares))
    return None


def _text_column(columns: "Sequence[Sequence[str]]", texts: Sequence[int], code: int) -> int:
    """Return the column of descriptions: the one with most placeholders, then the longest, behind the code if there is one."""
    behind = [index for index in texts if index > code] or texts
    return max(behind, key=lambda index: (sum("{" in cell for cell in columns[index]), sum(map(len, columns[index]))))


def _share(facts: Iterable[bool]) -> float:
    known = list(facts)
    return sum(known) / len(known)


def _is_number(number: int | None) -> bool:
    return number is not None


def _has_letters(cell: str) -> bool:
    return any(map(str.isalpha, cell))


def _could_be_codes(numbers: "Numbers", statuses: "Numbers") -> bool:
    """Tell whether a column neither numbers the rows, nor repeats the statuses, nor has the same few numbers again and again."""
    counting = (list(range(len(numbers))), list(range(1, len(numbers) + 1)), statuses)
    return numbers not in counting and len(set(numbers)) > _MOST * len(numbers)


def _read(row: "Row", columns: Columns, repairs: list[Repair]) -> tuple[int, str, str]:
    cells = [row.cells[index] if index < len(row.cells) else "" for index in columns]
    status, code = status_of(cells[0]), number_of(cells[1])
    if status is None:
        raise UsageError(
            f'line {row.line}: "{_shown(cells[0])}" is no HTTP status; expected a number such as 409 in column {columns.status + 1}'
        )
    if code is None:
        raise UsageError(
            f'line {row.line}: "{_shown(cells[1])}" is no error code; expected a number in column {columns.code + 1}'
        )
    if not cells[2]:
        raise UsageError(
            f"line {row.line}: code {code} has no description; expected a text in column {columns.description + 1}"
        )
    for name, cell, number in (("status", cells[0], status), ("code", cells[1], code)):
        if cell != str(number):
            repairs.append(Repair(row.line, f'{name} "{_shown(cell)}" read as {number}'))
    text = _LOOSE_PLACEHOLDER.sub(_placeholder, cells[2])
    text = " ".join(text.split())
    if text != cells[2]:
        repairs.append(Repair(row.line, f"a placeholder of code {code} was not written as {{0}}"))
    return status, str(code), text


def _placeholder(match: re.Match[str]) -> str:
    """Put what a translation machine wrote into a placeholder behind it."""
    return f"{{{match[1]}}} {match[2]}" if match[2] else f"{{{match[1]}}}"


def _shown(cell: str) -> str:
    """Return a cell as a message can hold it: not long, and without control characters."""
    return visible(cell[:_LONGEST_CELL])
