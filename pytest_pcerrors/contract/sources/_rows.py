"""Read the rows of CSV, JSON and YAML as grids, in which columns are known by their names."""

import csv
import io
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._cells import Kind, read_code, read_statuses
from pytest_pcerrors.contract.sources._names import code_rank, is_status_name, text_rank, words_of
from pytest_pcerrors.contract.sources._yaml import place_of
from pytest_pcerrors.contract.sources.model import Grid, Line
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import pointer_of
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DELIMITERS = ",;\t|"
_MAX_DEPTH = 5
_KEY, _STATUS, _TEXT = "code", "status", "message"


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


def grids_of(value: Any) -> list[Grid]:
    """Return the rows in JSON or YAML data: lists of objects, objects by code, texts by code; also inside other objects.

    >>> [grid.rows[0].cells for grid in grids_of({"errors": {"NO_SHIP": {"status": 404, "message": "Gone"}}})]
    [('NO_SHIP', '404', 'Gone')]
    """
    return list(_grids(value, ()))


def _grids(value: Any, path: tuple[str | int, ...]) -> "Iterator[Grid]":
    if isinstance(value, list):
        objects = {index: each for index, each in enumerate(value) if isinstance(each, dict)}
        if objects:
            yield _grid(objects, path, value, is_keyed=False)
    elif isinstance(value, dict):
        if _is_keyed(value):
            yield _grid(value, path, value, is_keyed=True)
        elif _is_texts(value):
            rows = tuple(Line((code, str(text)), f"at {pointer_of((*path, code))}") for code, text in value.items())
            yield Grid((_KEY, _TEXT), rows, place_of(value, pointer_of(path)))
        elif len(path) < _MAX_DEPTH:
            for name, each in value.items():
                yield from _grids(each, (*path, name))


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
        and all(read_code(name).kind is Kind.CODE for name in value)
    )


def _is_texts(value: "Mapping[str, Any]") -> bool:
    """Return whether an object has a text under each of its keys, which look like codes and not like words or statuses."""
    return bool(value) and all(
        isinstance(text, str) and read_code(code).kind is Kind.CODE and not code.islower() and not read_statuses(code)
        for code, text in value.items()
    )


def _grid(rows: "Mapping[Any, Mapping[str, Any]]", path: tuple[str | int, ...], value: Any, *, is_keyed: bool) -> Grid:
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    key = [] if not is_keyed else [_KEY if not any(code_rank(name) == 0 for name in names) else "name"]
    lines = tuple(
        Line(
            (*([str(step)] if is_keyed else []), *(_cell(row.get(name)) for name in names)),
            place_of(row, pointer_of((*path, step))),
        )
        for step, row in rows.items()
    )
    first = lines[0].place
    return Grid((*key, *names), lines, first if first.startswith("line ") else place_of(value, pointer_of(path)))


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
