"""Find the table of error codes on a page by its shape, and read its rows.

Numbers are read as machine translation writes them: ``20.000``, ``1 024``, ``2100年``.
"""

import re
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.sources._cells import read_statuses
from pytest_pcerrors.contract.sources.model import Found, Remark
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.sources.model import Grid, Line

    Numbers = list[int | None]

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


def code_table(grids: "Sequence[Grid]") -> "tuple[Grid, TableColumns]":
    """Return the table of error codes: the only table with a column of HTTP statuses, one of numbers and one of text."""
    fitting = [(grid, columns) for grid in grids for columns in _readings(grid)]
    if not fitting:
        expected = "a table whose rows have an HTTP status, an error code and a description"
        raise UsageError(f"no table of error codes: expected {expected}")
    if len(fitting) > 1:
        places = " and ".join(f"{grid.place}, column {columns.code + 1}" for grid, columns in fitting)
        raise UsageError(f"each of these could be the error codes: {places}; leave one of them on the page")
    return fitting[0]


def errors_in(grid: "Grid", columns: TableColumns, repairs: list[Remark]) -> list[Found]:
    """Return the errors of a table, sorted by code, and collect repairs."""
    return sorted((_read(row, columns, repairs) for row in grid.rows), key=lambda each: int(each.code))


def _readings(grid: "Grid") -> list[TableColumns]:
    """Return the possible readings of a table as error codes, one for each column that could be the code."""
    columns = list(zip_longest(*(row.cells for row in grid.rows), fillvalue=""))
    numbers = [list(map(number_of, column)) for column in columns]
    filled = [sum(status_of(cell) is not None for cell in column) for column in columns]
    least = _MIN_SHARE * len(grid.rows)
    if max(filled, default=-1) < least:
        return []
    status = filled.index(max(filled))
    numeric = [at for at, each in enumerate(numbers) if at != status and len(each) - each.count(None) >= least]
    others = set(range(len(columns))).difference([status, *numeric])
    texts = [at for at in sorted(others) if sum(any(map(str.isalpha, cell)) for cell in columns[at]) >= least]
    likely = [at for at in numeric if _could_be_codes(numbers[at], numbers[status])]
    return [TableColumns(status, code, _text_column(columns, texts, code)) for code in likely or numeric if texts]


def _text_column(columns: "Sequence[Sequence[str]]", texts: "Sequence[int]", code: int) -> int:
    """Return the column of descriptions: the one with the most placeholders, then the longest, after the code if possible."""
    following = [at for at in texts if at > code] or texts
    return max(following, key=lambda at: (sum("{" in cell for cell in columns[at]), sum(map(len, columns[at]))))


def _could_be_codes(numbers: "Numbers", statuses: "Numbers") -> bool:
    """Return whether a column can be the codes: not row numbers, not the statuses, and not a few repeated numbers."""
    counting = (list(range(len(numbers))), list(range(1, len(numbers) + 1)), statuses)
    return numbers not in counting and len(set(numbers)) > _MIN_SHARE * len(numbers)


def _read(row: "Line", columns: TableColumns, repairs: list[Remark]) -> Found:
    cells = [row.cells[at] if at < len(row.cells) else "" for at in columns]
    status, code = status_of(cells[0]), number_of(cells[1])
    for at, number, name, full_name in ((0, status, "status", "an HTTP status"), (1, code, "code", "an error code")):
        shown = visible(cells[at][:_MAX_CELL])
        if number is None:
            expected = f"expected a number in column {columns[at] + 1}"
            raise UsageError(f'{row.place}: "{shown}" is not {full_name}; {expected}')
        if cells[at] != str(number):
            repairs.append(Remark(row.place, f'{name} "{shown}" read as {number}'))
    text = " ".join(_LOOSE_PLACEHOLDER.sub(_placeholder, cells[2]).split())
    if not text:
        raise UsageError(f"{row.place}: code {code} has no description; expected a text in column {columns[2] + 1}")
    if text != cells[2]:
        repairs.append(Remark(row.place, f"a placeholder of code {code} was not written as {{0}}"))
    return Found(status, str(code), text)


def _placeholder(match: re.Match[str]) -> str:
    """Move text that a machine translation put inside a placeholder to after it."""
    return f"{{{match[1]}}} {match[2]}" if match[2] else f"{{{match[1]}}}"


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
