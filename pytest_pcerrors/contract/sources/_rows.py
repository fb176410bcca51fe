"""Read the rows of CSV, JSON and YAML as grids, in which columns are known by their names."""

import csv
import io
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._cells import (
    is_code,
    is_known_status,
    read_statuses,
)
from pytest_pcerrors.contract.sources._names import code_rank, is_error_code_name, is_status_name, text_rank, words_of
from pytest_pcerrors.contract.sources.model import Grid, Line, place_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import pointer_of
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DELIMITERS = ",;\t|"
_MAX_DEPTH = 5
_KEY, _LISTED, _STATUS, _TEXT = "code", "error code", "status", "message"


def read_csv(text: str) -> list[Grid]:
    r"""Return the rows of a CSV file with a header; the delimiter is a comma, a semicolon, a tab or a pipe.

    >>> read_csv('code;text\nA;"one; two"\n')[0].rows[0]
    Line(cells=('A', 'one; two'), place='line 2')
    """
    text = text.removeprefix("\ufeff")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda each: (first.count(each), -_DELIMITERS.index(each)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows: list[Line] = []
    header: tuple[str, ...] = ()
    start = 1
    try:
        for cells in reader:
            place, start = f"line {start}", reader.line_num + 1
            if not any(each.strip() for each in cells):
                continue
            if not header:
                header, first_place = _checked_header(cells, place), place
            elif len(cells) > len(header):
                raise UsageError(
                    f"{place}: {len(cells)} fields, but the header has {len(header)}; put quotes around a field with a delimiter"
                )
            else:
                rows.append(Line(tuple(each.strip() for each in cells), place))
    except csv.Error as error:
        raise UsageError(
            f"line {reader.line_num}: not CSV: {error}; put a field in quotes, and write a quote in it twice"
        ) from None
    return [Grid(header, tuple(rows), first_place)] if header else []


def _checked_header(cells: "Sequence[str]", place: str) -> tuple[str, ...]:
    header = tuple(each.strip() for each in cells)
    for index, name in enumerate(header):
        if name and words_of(name) in map(words_of, header[:index]):
            raise UsageError(f'{place}: the column "{visible(name)}" is repeated; rename one of them')
    return header


def with_header(table: Grid) -> Grid:
    """Return a table with a header: without one, the first row is the header if it names a column."""
    first = () if table.header or not table.rows else table.rows[0].cells
    if all(code_rank(cell) is None and text_rank(cell) is None for cell in first):  # a status has the rank of a name
        return table
    return Grid(first, table.rows[1:], table.place)


def grids_of(value: Any) -> list[Grid]:
    """Return the rows in JSON or YAML data: lists of objects, objects by code, texts by code; also inside other objects.

    >>> [grid.rows[0].cells for grid in grids_of({"errors": {"NO_SHIP": {"status": 404, "message": "Gone"}}})]
    [('NO_SHIP', '404', 'Gone')]

    Below a key that is a status, rows have that status.

    >>> [grid.rows[0].cells for grid in grids_of({"404": ["NO_SHIP"], "409": {"LATE": "Too late"}})]
    [('NO_SHIP', '404'), ('LATE', 'Too late', '409')]
    """
    return list(_grids(value, ()))


def _grids(value: Any, path: tuple[str | int, ...]) -> "Iterator[Grid]":
    rows: dict[Any, Any] = {}
    if isinstance(value, list):
        rows = {index: each for index, each in enumerate(value) if isinstance(each, dict)}
        if not rows and _is_named_as_codes(path) and all(isinstance(each, str) and is_code(each) for each in value):
            rows = {index: {_LISTED: code} for index, code in enumerate(value)}
    elif isinstance(value, dict):
        if _is_keyed(value):
            rows = value
        elif _is_texts(value, are_named=bool(path) and _is_named_as_codes(path)):
            rows = {code: {_TEXT: text} for code, text in value.items()}
        elif len(path) < _MAX_DEPTH:
            for name, each in value.items():
                yield from _grids(each, (*path, name))
    if rows:
        yield _grid(rows, path, value)


def _is_named_as_codes(path: tuple[str | int, ...]) -> bool:
    """Return whether a list of words is one of codes: the whole document, or below a status or a name of codes."""
    name = str(path[-1]) if path else _KEY
    return is_error_code_name(name) or is_known_status(name)


def _is_keyed(value: "Mapping[str, Any]") -> bool:
    """Return whether an object has a row under each of its keys, which are codes."""
    rows = [each for each in value.values() if isinstance(each, dict)]
    return (
        bool(rows)
        and len(rows) == len(value)
        and all(any(is_status_name(name) or text_rank(name) in (0, 1, 2, 3) for name in each) for each in rows)
        and all(
            not isinstance(cell, dict | list) for each in rows for name, cell in each.items() if is_status_name(name)
        )
        and all(map(is_code, value))
    )


def _is_texts(value: "Mapping[str, Any]", *, are_named: bool) -> bool:
    """Return whether an object has a text under each of its keys, which look like codes and not like words or statuses.

    Keys in small letters are codes if the object is named so.
    """
    return bool(value) and all(
        isinstance(text, str) and is_code(code) and (not code.islower() or are_named) and not read_statuses(code)
        for code, text in value.items()
    )


def _grid(rows: "Mapping[Any, Mapping[str, Any]]", path: tuple[str | int, ...], value: Any) -> Grid:
    is_keyed = isinstance(value, dict)
    has_code = any(code_rank(name) == 0 for row in rows.values() for name in row)
    cells = rows if has_code or is_keyed else {step: _flat(row) for step, row in rows.items()}
    names = list(dict.fromkeys(name for row in cells.values() for name in row))
    key = [] if not is_keyed else [_KEY if not has_code else _STATUS if all(map(is_known_status, rows)) else "name"]
    status = next((step for step in reversed(path) if isinstance(step, str) and is_known_status(step)), None)
    if status is not None and not any(map(is_status_name, (*key, *names))):
        names.append(_STATUS)
        cells = {step: {**row, _STATUS: status} for step, row in cells.items()}
    lines = tuple(
        Line(
            (*([str(step)] if is_keyed else []), *(_cell(cells[step].get(name)) for name in names)),
            place_of(row, pointer_of((*path, step))),
        )
        for step, row in rows.items()
    )
    first = lines[0].place
    return Grid((*key, *names), lines, first if first.startswith("line ") else place_of(value, pointer_of(path)))


def _flat(row: "Mapping[str, Any]") -> dict[str, Any]:
    """Return a row with the members of its objects beside them, such as ``error.code``."""
    flat: dict[str, Any] = {}
    for name, each in row.items():
        flat |= {f"{name}.{inner}": value for inner, value in each.items()} if isinstance(each, dict) else {name: each}
    return flat


def _cell(value: Any) -> str:
    """Return a value as the text of a cell; several values are separated by commas, an object has no text."""
    match value:
        case None | dict():
            return ""
        case list():
            return ", ".join(_cell(each) for each in value if not isinstance(each, list))
        case bool():
            return str(value).lower()
        case _:
            return str(value)
