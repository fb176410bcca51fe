"""Find the table of error codes on a page by its shape, and read its rows.

Numbers are read as machine translation writes them: ``20.000``, ``1 024``, ``2100年``.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.sources._cells import read_statuses
from pytest_pcerrors.contract.sources.model import Found, Remark
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from pytest_pcerrors.contract.sources.model import Document, Grid, Line

    Numbers = list[int | None]

_STATUSES = range(100, 600)
_MIN_SHARE = 0.6
_MAX_CELL = 60
_SPACES = r"\s\u00a0\u202f\u2009"
_MARKS = r".,'\u2019\u066c\u060c"
_ZERO_WIDTH = re.compile(r"[\u200b\u200e\u200f\u2060\ufeff]")
_GAP = rf"(?:[{_SPACES}]*[{_MARKS}][{_SPACES}]*|[{_SPACES}]+)"
_NUMBER = rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?:[{_SPACES}]\d{{1,2}})?|\d{{1,18}}"
_WHOLE = re.compile(rf"\W*?(?<![-\u2212])({_NUMBER})[{_SPACES}]*\D{{0,3}}")
_IN_TEXT = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:[{_SPACES}.,'\u2019]\d{{3}}){{1,3}}(?!\d)|(?<!\d)\d{{3,9}}(?!\d)")
_MAX_DIGITS = 18
_LOOSE_PLACEHOLDER = re.compile(r"(?<!\\d)(?<!\\w)(?<!\\s)\{ ?([0-9])(?: ?([^\W\d_][^{}]*)| ?)\}")


class TableColumns(NamedTuple):
    """The columns of a table that contain the HTTP status, the error code and the description."""

    status: int
    code: int
    description: int


def code_table(document: "Document") -> "tuple[Grid, TableColumns]":
    """Return the table of error codes: the only table with a column of HTTP statuses, one of numbers and one of text."""
    fitting = [(table, readings) for table in document.tables if (readings := _readings(table.rows))]
    if not fitting:
        expected = "a table whose rows have an HTTP status, an error code and a description"
        raise UsageError(f"no table of error codes: expected {expected}")
    fix = "leave one of them on the page"
    if len(fitting) > 1:
        lines = " and ".join(table.place.removeprefix("line ") for table, _ in fitting)
        raise UsageError(f"lines {lines}: more than one table could be the table of error codes; {fix}")
    [(table, readings)] = fitting
    if len(readings) > 1:
        columns = " and ".join(str(each.code + 1) for each in readings)
        raise UsageError(f"{table.place}: columns {columns} of the table could each be the error code; {fix}")
    return table, readings[0]


def errors_in(table: "Grid", columns: TableColumns, repairs: list[Remark]) -> list[Found]:
    """Return the errors of a table, sorted by code, and collect repairs."""
    found = (_read(row, columns, repairs) for row in table.rows if any(row.cells))
    return sorted(found, key=lambda each: int(each.code))


def _readings(rows: "Sequence[Line]") -> list[TableColumns]:
    """Return the possible readings of a table as error codes, one for each column that could be the code."""
    filled = [row for row in rows if any(row.cells)]
    columns = list(zip_longest(*(row.cells for row in filled), fillvalue=""))
    numbers = [[number_of(cell) for cell in column] for column in columns]
    status = _status_column(columns, numbers)
    if status is None:
        return []
    others = [index for index in range(len(columns)) if index != status]
    numeric = [index for index in others if _share(each is not None for each in numbers[index]) >= _MIN_SHARE]
    lettered = (
        index for index in others if _share(any(map(str.isalpha, cell)) for cell in columns[index]) >= _MIN_SHARE
    )
    texts = [index for index in lettered if index not in numeric]
    likely = [index for index in numeric if _could_be_codes(numbers[index], numbers[status])]
    return [TableColumns(status, code, _text_column(columns, texts, code)) for code in likely or numeric if texts]


def _status_column(columns: "Sequence[Sequence[str]]", numbers: "Sequence[Numbers]") -> int | None:
    """Return the first column with the most HTTP statuses; plain numbers are preferred to numbers with names."""
    for read in (numbers, [[status_of(cell) for cell in column] for column in columns]):
        shares = [_share(each in _STATUSES for each in column) for column in read]
        if shares and max(shares) >= _MIN_SHARE:
            return shares.index(max(shares))
    return None


def _text_column(columns: "Sequence[Sequence[str]]", texts: Sequence[int], code: int) -> int:
    """Return the column of descriptions: the one with the most placeholders, then the longest, after the code if possible."""
    following = [index for index in texts if index > code] or texts
    sizes = {index: (sum("{" in cell for cell in columns[index]), sum(map(len, columns[index]))) for index in following}
    return max(sizes, key=sizes.__getitem__)


def _share(facts: Iterable[bool]) -> float:
    known = list(facts)
    return sum(known) / len(known)


def _could_be_codes(numbers: "Numbers", statuses: "Numbers") -> bool:
    """Return whether a column can be the codes: not row numbers, not the statuses, and not a few repeated numbers."""
    counting = (list(range(len(numbers))), list(range(1, len(numbers) + 1)), statuses)
    return numbers not in counting and len(set(numbers)) > _MIN_SHARE * len(numbers)


def _read(row: "Line", columns: TableColumns, repairs: list[Remark]) -> Found:
    cells = [row.cells[index] if index < len(row.cells) else "" for index in columns]
    status, code = status_of(cells[0]), number_of(cells[1])
    if status is None:
        expected = f"expected a number such as 409 in column {columns.status + 1}"
        raise UsageError(f'{row.place}: "{_shown(cells[0])}" is not an HTTP status; {expected}')
    if code is None:
        expected = f"expected a number in column {columns.code + 1}"
        raise UsageError(f'{row.place}: "{_shown(cells[1])}" is not an error code; {expected}')
    if not cells[2]:
        expected = f"expected a text in column {columns.description + 1}"
        raise UsageError(f"{row.place}: code {code} has no description; {expected}")
    for name, cell, number in (("status", cells[0], status), ("code", cells[1], code)):
        if cell != str(number):
            repairs.append(Remark(row.place, f'{name} "{_shown(cell)}" read as {number}'))
    text = " ".join(_LOOSE_PLACEHOLDER.sub(_placeholder, cells[2]).split())
    if text != cells[2]:
        repairs.append(Remark(row.place, f"a placeholder of code {code} was not written as {{0}}"))
    return Found(status, str(code), text)


def _placeholder(match: re.Match[str]) -> str:
    """Move text that a machine translation put inside a placeholder to after it."""
    return f"{{{match[1]}}} {match[2]}" if match[2] else f"{{{match[1]}}}"


def _shown(cell: str) -> str:
    """Return a cell in a form that fits a message: shortened, with control characters escaped."""
    return visible(cell[:_MAX_CELL])


def number_of(text: str) -> int | None:
    r"""Return the number in a cell, or None; digit grouping and up to three letters after it are ignored.

    Digits that are not in groups of three (two numbers, a decimal, a date) are not read as one number.

    >>> number_of("20.000"), number_of("1\u00a0024"), number_of("2100年"), number_of("8 000 64")
    (20000, 1024, 2100, 800064)
    >>> {number_of(text) for text in ("none", "2012, 2013", "1.5", "13.11.2020")}
    {None}
    """
    match = _WHOLE.fullmatch(_ZERO_WIDTH.sub("", text).strip())
    digits = _digits(match[1]) if match else ""
    return int(digits) if 0 < len(digits) <= _MAX_DIGITS else None


def status_of(cell: str) -> int | None:
    """Return the only HTTP status in a cell, with or without its reason phrase, or None."""
    statuses = read_statuses(_ZERO_WIDTH.sub("", cell))
    return statuses[0] if statuses and len(statuses) == 1 else None


def numbers_in(text: str) -> list[int]:
    """Return the numbers of three to nine digits in a sentence, grouped or not.

    >>> numbers_in("at most 1.024 characters"), numbers_in("1 024 and 7")
    ([1024], [1024])
    """
    return [int(_digits(match.group())) for match in _IN_TEXT.finditer(text)]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
