"""The table of error codes: found by its shape, read row by row."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.model import Entry
from pytest_pcerrors.contract.pages.numbers import number_of
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from pytest_pcerrors.contract.pages.document import Document, Row, Table

_STATUSES = range(100, 600)
_MOST = 0.6
_LOOSE_PLACEHOLDER = re.compile(r"(?<!\\d)(?<!\\w)(?<!\\s)\{\s*(\d)(?!\d)\s*([^{}]*)\}")


class Columns(NamedTuple):
    """Which columns of a table hold HTTP status, error code and description."""

    status: int
    code: int
    description: int


class Repair(NamedTuple):
    """Something on the page that was read otherwise than it stands there."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def code_table(document: "Document") -> "tuple[Table, Columns]":
    """Return the table of error codes: the one table in which a column has HTTP statuses, another numbers, a third text."""
    fitting = [(table, columns) for table in document.tables if (columns := _columns(table.rows)) is not None]
    if not fitting:
        raise UsageError(
            "no table of error codes: expected a table whose rows have an HTTP status, an error code and a description"
        )
    if len(fitting) > 1:
        lines = " and ".join(str(table.line) for table, _ in fitting)
        raise UsageError(
            f"lines {lines}: each begins a table that could be the one of error codes; leave one of them on the page"
        )
    return fitting[0]


def entries_of(table: "Table", columns: Columns, repairs: list[Repair]) -> tuple[Entry, ...]:
    """Return the entries of a table by status and code, the texts of a repeated pairing together; tell what was repaired."""
    texts: dict[tuple[int, str], list[str]] = {}
    for row in table.rows:
        if any(row.cells):
            status, code, text = _read(row, columns, repairs)
            known = texts.setdefault((status, code), [])
            if text not in known:
                known.append(text)
    in_order = sorted(texts.items(), key=lambda each: (each[0][0], int(each[0][1])))
    return tuple(Entry(status, code, tuple(each)) for (status, code), each in in_order)


def _columns(rows: "Sequence[Row]") -> Columns | None:
    filled = [row for row in rows if any(row.cells)]
    width = max((len(row.cells) for row in filled), default=0)
    numbers = [
        [number_of(row.cells[index]) if index < len(row.cells) else None for row in filled] for index in range(width)
    ]
    numeric = [index for index in range(width) if _mostly(each is not None for each in numbers[index])]
    statuses = [index for index in numeric if _mostly(each in _STATUSES for each in numbers[index] if each is not None)]
    texts = [index for index in range(width) if index not in numeric]
    if not statuses or len(numeric) < 2 or not texts:  # noqa: PLR2004 - status and code
        return None
    code = next(index for index in numeric if index != statuses[0])
    behind = [index for index in texts if index > code] or texts
    longest = max(behind, key=lambda index: sum(len(row.cells[index]) for row in filled if index < len(row.cells)))
    return Columns(statuses[0], code, longest)


def _mostly(facts: Iterator[bool]) -> bool:
    known = list(facts)
    return bool(known) and sum(known) >= _MOST * len(known)


def _read(row: "Row", columns: Columns, repairs: list[Repair]) -> tuple[int, str, str]:
    cells = [row.cells[index] if index < len(row.cells) else "" for index in columns]
    status, code = number_of(cells[0]), number_of(cells[1])
    if status is None or status not in _STATUSES:
        raise UsageError(
            f'line {row.line}: "{cells[0]}" is no HTTP status; expected a number such as 409 in column {columns.status + 1}'
        )
    if code is None:
        raise UsageError(
            f'line {row.line}: "{cells[1]}" is no error code; expected a number in column {columns.code + 1}'
        )
    if not cells[2]:
        raise UsageError(
            f"line {row.line}: code {code} has no description; expected a text in column {columns.description + 1}"
        )
    for name, cell, number in (("status", cells[0], status), ("code", cells[1], code)):
        if cell != str(number):
            repairs.append(Repair(row.line, f'{name} "{cell}" read as {number}'))
    text = _LOOSE_PLACEHOLDER.sub(_placeholder, cells[2])
    text = " ".join(text.split())
    if text != cells[2]:
        repairs.append(Repair(row.line, f"a placeholder of code {code} was not written as {{0}}"))
    return status, str(code), text


def _placeholder(match: re.Match[str]) -> str:
    """Put what a translation machine wrote into a placeholder behind it."""
    return f"{{{match[1]}}} {match[2]}" if match[2] else f"{{{match[1]}}}"
