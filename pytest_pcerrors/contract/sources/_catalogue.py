"""Read the grids of a source: their errors, further statuses, and remarks on what was recognised and what was left out."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.sources._cells import (
    Kind,
    first_status,
    is_error,
    is_number,
    is_success,
    read_code,
    read_statuses,
    style_of,
)
from pytest_pcerrors.contract.sources._columns import columns_of
from pytest_pcerrors.contract.sources._names import is_error_code_name, words_of
from pytest_pcerrors.contract.sources._terms import status_above
from pytest_pcerrors.contract.sources.model import Found, Reading
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import cut, listed, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_pcerrors.contract.sources._columns import Columns
    from pytest_pcerrors.contract.sources.model import Grid, Line, Wanted

MAX_ROWS = 20_000
_MOST_SHOWN = 60


def read_grids(grids: "Sequence[Grid]", wanted: "Wanted", samples: frozenset[str]) -> Reading:
    """Return what the grids document, all tables together; `samples` are the values in the samples of the source."""
    if sum(len(grid.rows) for grid in grids) > MAX_ROWS:
        raise UsageError(f"more than {MAX_ROWS} rows; import the part with the error codes")
    _check_names(grids, wanted)
    reading = Reading()
    pattern = _compiled(wanted.status_from)
    every = [columns_of(grid, wanted, samples) for grid in grids]
    kinds = set() if wanted.code else {is_number(code) for each in every for code in each.codes & samples}
    proven = [] if wanted.code else [each for each in every if _is_proven(each, samples)]
    for grid, columns in zip(grids, every, strict=True):
        own = set(map(is_number, columns.codes))
        if len(kinds) == len(own) == 1 and kinds != own:
            found = "numbers" if True in own else "words"
            reading.note(grid.place, f"a table of codes that are {found}, unlike the code of the sample, was left out")
        elif proven and columns.code is not None and columns.status is None and _has_other_codes(columns, proven):
            found = f'a table of codes without statuses was left out, in "{visible(columns.name)}"'
            reading.note(grid.place, f"{found}: unlike the error codes in {grids[every.index(proven[0])].place}")
        elif columns.code is not None:
            _add_rows(grid, columns, pattern, reading)
        elif columns.status is not None:
            _add_statuses(grid, columns, reading)
        else:
            reading.note(grid.place, f"a table without codes was left out ({_shown(grid)}): {columns.lacks}")
    if pattern is not None and reading.found and all(each.status is None for each in reading.found):
        without = f"in none of the codes, such as {reading.found[0].code}"
        raise UsageError(f"--status-from: {pattern.pattern} finds a status {without}")
    reading.found = merged(reading.found)
    return reading


def _is_proven(table: "Columns", samples: frozenset[str]) -> bool:
    """Return whether the codes of a table are those of errors: they have statuses, or are named so and in a sample."""
    is_in_sample = not samples.isdisjoint(table.codes) and is_error_code_name(table.name)
    return bool(table.codes) and (table.status is not None or is_in_sample)


def _has_other_codes(table: "Columns", proven: "Sequence[Columns]") -> bool:
    """Return whether a table has other codes than `proven` ones, such as countries: by its name, or how they are written."""
    is_named = words_of(table.name) in {words_of(each.name) for each in proven} or is_error_code_name(table.name)
    styles = {style_of(code) for each in proven for code in each.codes}
    return not is_named or styles.isdisjoint(map(style_of, table.codes))


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


def _add_rows(grid: "Grid", columns: "Columns", pattern: "re.Pattern[str] | None", reading: Reading) -> None:
    names = {"codes": columns.code, "statuses": columns.status, "texts": columns.text}
    found = [f'{what} in "{visible(grid.header[index])}"' for what, index in names.items() if index is not None]
    missing = [f"no column of {what}" for what, index in names.items() if index is None]
    above = status_above(grid) if columns.status is None else ""
    if above:
        missing.remove("no column of statuses")
        found.append(f'the status of "{_cut(above)}" above')
    reading.note(grid.place, ", ".join([*found, *missing]))
    for row in grid.rows:
        _add_errors(row, columns, pattern, reading, above)


def _add_errors(
    row: "Line", columns: "Columns", pattern: "re.Pattern[str] | None", reading: Reading, above: str
) -> None:
    """Add the errors of a row, one for each of its statuses; none, with a remark, if it is not one error."""
    written, status_cell, text = (
        "" if index is None or index >= len(row.cells) else row.cells[index] for index in columns[:3]
    )
    cell = read_code(written)
    if cell.kind is not Kind.CODE:
        what = f'"{_cut(written)}" is {cell.kind.value}' if cell.kind is not Kind.EMPTY else "no code"
        reading.note(row.place, f"{what}, left out")
        return
    statuses = read_statuses(status_cell)
    if statuses is None:
        reading.note(row.place, f'"{_cut(status_cell)}" is not a status such as 409; {cell.code} has no status')
    for status in statuses or (_status_in(cell.code, pattern) or first_status(above),):
        if is_success(status, cell.code, text):
            reading.note(row.place, f'"{cell.code}"{f" with {status}" if status else ""} is a success, left out')
        else:
            reading.found.append(Found(status, cell.code, text.strip()))


def _status_in(code: str, pattern: "re.Pattern[str] | None") -> int | None:
    """Return the status that a regular expression finds in a code: its first group, or all that it matches."""
    match = pattern.search(code) if pattern is not None else None
    return first_status(next(filter(None, match.groups()), match[0])) if match else None


def _add_statuses(grid: "Grid", columns: "Columns", reading: Reading) -> None:
    index = columns.status or 0
    found = {status for cell in grid.column(index) for status in read_statuses(cell) or () if is_error(status)}
    shown = ", ".join(map(str, sorted(found))) or "none of an error"
    reading.statuses |= found
    reading.note(grid.place, f'a table of statuses without codes, in "{visible(grid.header[index])}": {shown}')


def _cut(text: str) -> str:
    return visible(cut(text, _MOST_SHOWN))
