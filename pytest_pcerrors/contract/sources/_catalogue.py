"""Read the grids of a source: their errors, further statuses, and remarks on what was recognised and what was left out."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.sources._cells import (
    EMPTY,
    first_status,
    is_error,
    is_number,
    is_success,
    read_named_statuses,
    style_of,
)
from pytest_pcerrors.contract.sources._columns import table_of
from pytest_pcerrors.contract.sources._names import is_error_code_name, words_of
from pytest_pcerrors.contract.sources._terms import status_above
from pytest_pcerrors.contract.sources.model import Found, Reading
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import cut, listed, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_pcerrors.contract.sources._columns import Column, Table
    from pytest_pcerrors.contract.sources.model import Grid, Wanted

MAX_ROWS = 20_000
_MOST_SHOWN = 60


def read_grids(grids: "Sequence[Grid]", wanted: "Wanted", samples: frozenset[str]) -> Reading:
    """Return what the grids document, all tables together; `samples` are the values in the samples of the source."""
    if sum(len(grid.rows) for grid in grids) > MAX_ROWS:
        raise UsageError(f"more than {MAX_ROWS} rows; import the part with the error codes")
    _check_names(grids, wanted)
    reading = Reading()
    pattern = _compiled(wanted.status_from)
    tables = [table_of(grid, wanted, samples) for grid in grids]
    kinds = set() if wanted.code else {is_number(code) for each in tables for code in each.codes & samples}
    proven = [] if wanted.code else [each for each in tables if _is_proven(each, samples)]
    names = {words_of(each.code.name) for each in proven if each.code}
    styles = {style_of(code) for each in proven for code in each.codes}
    for table in tables:
        place, own = table.grid.place, set(map(is_number, table.codes))
        if len(kinds) == len(own) == 1 and kinds != own:
            found = "numbers" if True in own else "words"
            reading.note(place, f"a table of codes that are {found}, unlike the code of the sample, was left out")
        elif table.code is not None and proven and table.status is None and not _is_like(table.code, names, styles):
            found = f'a table of codes without statuses was left out, in "{visible(table.code.name)}"'
            reading.note(place, f"{found}: unlike the error codes in {proven[0].grid.place}")
        elif table.code is not None:
            _add_rows(table, table.code, pattern, reading)
        elif table.status is not None:
            _add_statuses(place, table.status, reading)
        else:
            reading.note(place, f"a table without codes was left out ({_shown(table.grid)}): {table.lacks}")
    if pattern is not None and reading.found and all(each.status is None for each in reading.found):
        without = f"in none of the codes, such as {reading.found[0].code}"
        raise UsageError(f"--status-from: {pattern.pattern} finds a status {without}")
    reading.found = merged(reading.found)
    return reading


def _is_proven(table: "Table", samples: frozenset[str]) -> bool:
    """Return whether the codes of a table are those of errors: they have statuses, or are named so and in a sample."""
    is_in_sample = (
        table.code is not None and not samples.isdisjoint(table.codes) and is_error_code_name(table.code.name)
    )
    return bool(table.codes) and (table.status is not None or is_in_sample)


def _is_like(code: "Column", names: set[str], styles: set[str]) -> bool:
    """Return whether codes are like those of proven tables, and not countries, say: by the name of their column, and how they are written."""
    is_named = words_of(code.name) in names or is_error_code_name(code.name)
    return is_named and not styles.isdisjoint(map(style_of, code.codes))


def merged(found: "Iterable[Found]") -> list[Found]:
    """Return errors by status and code; the text of a code without a status belongs to each status of that code.

    >>> merged([Found(None, "A", "one"), Found(409, "A", "two")])
    [Found(status=409, code='A', text='two'), Found(status=409, code='A', text='one')]
    """
    errors = dict.fromkeys(found)
    statuses: dict[str, list[int | None]] = defaultdict(list)
    for status, code in dict.fromkeys((each.status, each.code) for each in errors if each.status is not None):
        statuses[code].append(status)
    known = [each for each in errors if each.status is not None]
    unknown = [each for each in errors if each.status is None]
    return [*known, *(each._replace(status=status) for each in unknown for status in statuses.get(each.code, (None,)))]


def _check_names(grids: "Sequence[Grid]", wanted: "Wanted") -> None:
    for option, name in (("--code", wanted.code), ("--status", wanted.status), ("--text", wanted.text)):
        if name is not None and all(words_of(name) not in map(words_of, grid.header) for grid in grids):
            known = listed([_shown(grid) for grid in grids]) or "none, since there is no table"
            raise UsageError(f'{option}: no column "{visible(name)}"; the columns are {known}')


def _compiled(pattern: str | None) -> "re.Pattern[str] | None":
    try:
        return None if pattern is None else re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"--status-from: {pattern} is not a regular expression: {error}") from None


def _shown(grid: "Grid") -> str:
    return cut(visible(" | ".join(grid.header)), 2 * _MOST_SHOWN) or "no header"


def _add_rows(table: "Table", code: "Column", pattern: "re.Pattern[str] | None", reading: Reading) -> None:
    """Add the errors of the rows of a table, one for each status; a row that is not one error is left out with a remark."""
    names = {"codes": code, "statuses": table.status, "texts": table.text}
    found = [f'{what} in "{visible(column.name)}"' for what, column in names.items() if column]
    above = status_above(table.grid) if table.status is None else ""
    found += [f'the status of "{_cut(above)}" above'] if above else []
    missing = [
        f"no column of {what}" for what, column in names.items() if not column and not (above and what == "statuses")
    ]
    reading.note(table.grid.place, ", ".join([*found, *missing]))
    empty = [""] * len(code.cells)
    cells = zip(code.cells, *(column.cells if column else empty for column in (table.status, table.text)), strict=True)
    for row, cell, (written, status_cell, text) in zip(table.grid.rows, code.read, cells, strict=True):
        if not cell.codes:
            what = f'"{_cut(written)}" is {cell.other}' if cell.other != EMPTY else "no code"
            reading.note(row.place, f"{what}, left out")
            continue
        statuses = read_named_statuses(status_cell)
        if statuses is None:
            reading.note(row.place, f'"{_cut(status_cell)}" is not a status such as 409; {cell.codes[0]} has no status')
        is_shared = len(cell.codes) > 1 and not table.status  # a text beside several codes may be of what returns them
        own_text = "" if is_shared else text.strip()
        for each in cell.codes:
            for status in statuses or (_status_in(each, pattern) or first_status(above),):
                if is_success(status, each, text):
                    shown = f" with {status}" if status else ""
                    reading.note(row.place, f'"{each}"{shown} is a success, left out')
                else:
                    reading.found.append(Found(status, each, own_text))


def _status_in(code: str, pattern: "re.Pattern[str] | None") -> int | None:
    """Return the status that a regular expression finds in a code: its first group, or all that it matches."""
    match = pattern.search(code) if pattern is not None else None
    return first_status(next(filter(None, match.groups()), match[0])) if match else None


def _add_statuses(place: str, column: "Column", reading: Reading) -> None:
    found = {status for cell in column.cells for status in read_named_statuses(cell) or () if is_error(status)}
    shown = ", ".join(map(str, sorted(found))) or "none of an error"
    reading.statuses |= found
    reading.note(place, f'a table of statuses without codes, in "{visible(column.name)}": {shown}')


def _cut(text: str) -> str:
    return visible(cut(text, _MOST_SHOWN))
