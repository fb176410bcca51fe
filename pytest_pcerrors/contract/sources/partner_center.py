"""Read the page of Partner Center into a contract document: code table, list of statuses, sample body, table of properties.

The page of any other API, which would be misread, is refused. The table of codes is known by its shape, in any language, and
numbers are read as machine translation writes them: ``20.000``, ``1 024``, ``2100年``.
"""

import re
import unicodedata
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.contract.files import shipped_document
from pytest_pcerrors.contract.sources._cells import read_statuses
from pytest_pcerrors.contract.sources._envelope import samples_in
from pytest_pcerrors.contract.sources.model import Found, Imported, Reading, Remark
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.sources.model import Grid, Line, Source

_NAME_IT = "if it is of another API than Partner Center, use `pcerrors import --as NAME`, with the name of the API"

_MIN_DIGITS = 4
_LISTED_STATUS = re.compile(r"\W*([1-5]\d\d)(?!\d)")
_CHALLENGE = re.compile(r"^WWW-Authenticate:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{[^{}]*?(\w+)\s*\}")
_KINDS: dict[type, dict[str, Any]] = {list: {"type": "array", "items": {"type": "object"}}, dict: {"type": "object"}}
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


def read_partner_center(page: "Source") -> Imported:
    """Read a page of which most codes are known; raise a `UsageError` that names ``--as`` for any other page."""
    known = {row["code"] for row in shipped_document()["entries"]}
    try:
        document, remarks = read_page(page)
    except UsageError as error:
        cells = {cell for grid in page.grids for row in grid.rows for cell in row.cells}
        is_known = any(len(code) >= _MIN_DIGITS for code in known & cells)  # others may be statuses
        raise error if is_known else UsageError(f"{error}; {_NAME_IT}") from None
    codes = [row["code"] for row in document["entries"]]
    if 2 * sum(code in known for code in codes) < len(codes):
        raise UsageError(f"most of the {len(codes)} codes are not those of Partner Center; {_NAME_IT}")
    return Imported(document, remarks)


def read_page(page: "Source") -> Imported:
    """Return the contract document of a page; raise a `UsageError` for an invalid page.

    What a page does not define (hosts, known deviations of the service) is copied from the shipped contract.
    """
    repairs = page.remarks
    table = _code_table(page.grids)
    found = sorted((_read(row, table, repairs) for row in table.grid.rows), key=lambda each: int(each.code))
    listed = _listed_statuses(page, repairs)
    shipped = shipped_document()
    schema = _error_schema(page, table.grid, repairs)
    challenge = next((match[1] for block in page.code if (match := _CHALLENGE.search(block.text))), None)
    document = {
        **shipped,
        "page": page.page,
        "challenge": _PLACEHOLDER.sub(r"{\1}", challenge.rstrip()) if challenge else None,
        "members": {name: at for name, at in shipped["members"].items() if name in schema["properties"]},
        "schema": schema,
        **Reading(found, listed).parts(),
    }
    return Imported(document, tuple(sorted(repairs, key=_place)))


def _place(remark: Remark) -> tuple[int, str]:
    return int(remark.place.removeprefix("line ")), remark.message


def _listed_statuses(page: "Source", repairs: list[Remark]) -> set[int]:
    """Return the error statuses of every list whose items all begin with a status."""
    matches = [[_LISTED_STATUS.match(item.cells[0]) for item in each.rows] for each in page.lists]
    found = {int(match[1]) for each in matches if all(each) for match in each if match}
    listed = {status for status in found if status >= HTTPStatus.BAD_REQUEST}
    if not listed:
        repairs.append(Remark("line 1", "no list of HTTP statuses; only those of the table of error codes are used"))
    return listed


def _error_schema(page: "Source", codes: "Grid", repairs: list[Remark]) -> dict[str, Any]:
    """Return the error schema: names from the sample (those of the table may be translated), limits from the table."""
    shipped: dict[str, Any] = shipped_document()["schema"]
    every = (sample.value for block in page.code for sample in samples_in(block.text, block.line))
    samples = [sample for sample in every if len(sample) > 1]
    if not samples:
        repairs.append(Remark("line 1", "no sample of an error body; the shipped error schema is used"))
        return shipped
    sample = next((each for each in samples if "code" in each), None)
    if sample is None:
        raise UsageError(f'the sample of an error body has no member "code", but {", ".join(samples[0])}')
    limits = _limits(page.grids, codes, list(sample), repairs)
    known = shipped["properties"]
    properties = {}
    for (name, value), limit in zip(sample.items(), limits, strict=True):
        described = {"description": known[name]["description"]} if name in known else {}
        length = {"minLength": 1, "maxLength": limit} if limit and type(value) not in _KINDS else {}
        properties[name] = {**described, **_KINDS.get(type(value), {"type": "string"}), **length}
    required = [name for name, value in sample.items() if not isinstance(value, list)]
    return {**shipped, "required": required, "properties": properties}


def _limits(grids: "Sequence[Grid]", codes: "Grid", names: list[str], repairs: list[Remark]) -> list[int | None]:
    """Return the maximum length of each property, from the table with one row for each and the most of their names."""
    fitting = [grid for grid in grids if grid is not codes and len(grid.rows) == len(names)]
    if not fitting:
        missing = f"no table of the {len(names)} properties of the sample"
        repairs.append(Remark("line 1", f"{missing}; no maximum length is documented"))
        return [None] * len(names)
    table = max(fitting, key=lambda each: sum(row.cells[0].casefold() in names for row in each.rows if row.cells))
    return [max(_numbers_in(" ".join(row.cells)), default=None) for row in table.rows]


class _Table(NamedTuple):
    """A table of error codes, and its columns with the HTTP status, the error code and the description."""

    grid: "Grid"
    status: int
    code: int
    description: int


def _code_table(grids: "Sequence[Grid]") -> _Table:
    """Return the table of error codes: the only table with a column of HTTP statuses, one of numbers and one of text."""
    fitting = [table for grid in grids for table in _readings(grid)]
    if not fitting:
        expected = "a table whose rows have an HTTP status, an error code and a description"
        raise UsageError(f"no table of error codes: expected {expected}")
    if len(fitting) > 1:
        places = " and ".join(f"{table.grid.place}, column {table.code + 1}" for table in fitting)
        raise UsageError(f"each of these could be the error codes: {places}; leave one of them on the page")
    return fitting[0]


def _readings(grid: "Grid") -> list[_Table]:
    """Return the possible readings of a table as error codes, one for each column that could be the code."""
    columns = [grid.column(at) for at in range(max((len(row.cells) for row in grid.rows), default=0))]
    numbers = [list(map(_number_of, column)) for column in columns]
    filled = [sum(_status_of(cell) is not None for cell in column) for column in columns]
    least = _MIN_SHARE * len(grid.rows)
    if max(filled, default=-1) < least:
        return []
    status = filled.index(max(filled))
    numeric = [at for at, each in enumerate(numbers) if at != status and len(each) - each.count(None) >= least]
    others = [at for at in range(len(columns)) if at != status and at not in numeric]
    texts = [at for at in others if sum(any(map(str.isalpha, cell)) for cell in columns[at]) >= least]
    counting = (list(range(len(grid.rows))), list(range(1, len(grid.rows) + 1)), numbers[status])
    likely = [at for at in numeric if numbers[at] not in counting and len(set(numbers[at])) > least]
    return [_Table(grid, status, code, _text_column(columns, texts, code)) for code in likely or numeric if texts]


def _text_column(columns: "Sequence[Sequence[str]]", texts: "Sequence[int]", code: int) -> int:
    """Return the column of descriptions: the one with the most placeholders, then the longest, after the code if possible."""
    following = [at for at in texts if at > code] or texts
    return max(following, key=lambda at: (sum("{" in cell for cell in columns[at]), sum(map(len, columns[at]))))


def _read(row: "Line", table: _Table, repairs: list[Remark]) -> Found:
    columns = (table.status, table.code, table.description)
    cells = [row.cells[at] if at < len(row.cells) else "" for at in columns]
    status, code = _status_of(cells[0]), _number_of(cells[1])
    for at, number, name, full_name in ((0, status, "status", "an HTTP status"), (1, code, "code", "an error code")):
        shown = visible(cells[at][:_MAX_CELL])
        if number is None:
            expected = f"expected a number in column {columns[at] + 1}"
            raise UsageError(f'{row.place}: "{shown}" is not {full_name}; {expected}')
        if cells[at] != str(number):
            repairs.append(Remark(row.place, f'{name} "{shown}" read as {number}'))
    text = " ".join(_LOOSE_PLACEHOLDER.sub(_placeholder, cells[2]).split())
    if not text:
        raise UsageError(
            f"{row.place}: code {code} has no description; expected a text in column {table.description + 1}"
        )
    if text != cells[2]:
        repairs.append(Remark(row.place, f"a placeholder of code {code} was not written as {{0}}"))
    return Found(status, str(code), text)


def _placeholder(match: re.Match[str]) -> str:
    """Move text that a machine translation put inside a placeholder to after it."""
    return f"{{{match[1]}}} {match[2]}" if match[2] else f"{{{match[1]}}}"


def _number_of(text: str) -> int | None:
    r"""Return the number in a cell, or None; digit grouping and up to three letters after it are ignored.

    Digits that are not in groups of three (two numbers, a decimal, a date) are not read as one number.

    >>> _number_of("20.000"), _number_of("1\u00a0024"), _number_of("2100年"), _number_of("8 000 64")
    (20000, 1024, 2100, 800064)
    >>> {_number_of(text) for text in ("none", "2012, 2013", "1.5", "13.11.2020")}
    {None}
    """
    match = _WHOLE.fullmatch(_ZERO_WIDTH.sub("", text).strip())
    digits = _digits(match[1]) if match else ""
    return int(digits) if 0 < len(digits) <= _MAX_DIGITS else None


def _status_of(cell: str) -> int | None:
    """Return the only HTTP status in a cell, with or without its reason phrase, or None."""
    statuses = read_statuses(_ZERO_WIDTH.sub("", cell))
    return statuses[0] if statuses and len(statuses) == 1 else None


def _numbers_in(text: str) -> list[int]:
    """Return the numbers of three to nine digits in a sentence, grouped or not.

    >>> _numbers_in("at most 1.024 characters"), _numbers_in("1 024 and 7")
    ([1024], [1024])
    """
    return [int(_digits(match.group())) for match in _IN_TEXT.finditer(text)]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
