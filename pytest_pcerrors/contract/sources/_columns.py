"""Recognise the columns of a grid that have error codes, HTTP statuses and texts, by their names and their cells."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.sources._cells import (
    EMPTY,
    NOT_A_CODE,
    Cell,
    is_error,
    is_known_status,
    is_written_as_code,
    plain,
    read_code,
    read_named_statuses,
    read_statuses,
)
from pytest_pcerrors.contract.sources._names import (
    code_rank,
    is_error_code_name,
    is_field_name,
    is_status_name,
    text_rank,
    words_of,
)
from pytest_pcerrors.text import listed, phrase_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_pcerrors.contract.sources.model import Grid, Wanted

_MIN_SHARE = 0.6
_MIN_DISTINCT = 0.5
_MIN_DISTINCT_NAMES = 0.8
_MIN_SENTENCES = 0.3
_MIN_LENGTH = 4
_NAMES = 2
"""The rank of the columns whose name is that of codes in some tables only."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a grid: its name and its cells."""

    name: str
    cells: list[str]

    @cached_property
    def rank(self) -> int | None:
        """How surely it has codes, by its name."""
        return code_rank(self.name)

    @cached_property
    def read(self) -> list[Cell]:
        """Its cells, read as codes."""
        return [*map(read_code, self.cells)]

    @cached_property
    def codes(self) -> list[str]:
        """The codes in its cells."""
        return [code for cell in self.read for code in cell.codes]

    def share(self, is_fitting: "Callable[[str], bool]") -> float:
        """Return the share of the cells that fit, among those that are not empty."""
        filled = [cell for cell in self.cells if cell.strip()]
        return sum(map(is_fitting, filled)) / len(filled) if filled else 0


class Table(NamedTuple):
    """A grid with its columns of codes, statuses and texts, None where there is not one; `lacks` is the reason why it has no codes."""

    grid: "Grid"
    code: Column | None
    status: Column | None
    text: Column | None
    lacks: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """Its codes."""
        return frozenset(self.code.codes if self.code else ())


def table_of(grid: "Grid", wanted: "Wanted", samples: "frozenset[str]") -> Table:
    """Return a grid with its columns. `samples` are the values of all samples."""
    every = [Column(name, grid.column(at)) for at, name in enumerate(grid.header)]
    status = _status_column(every) if wanted.status is None else _named(every, wanted.status)
    if wanted.code is None:
        code, lacks = _code_column(every, status, samples)
    else:
        code, lacks = _named(every, wanted.code), f'no column "{wanted.code}"'
    others = [each for each in every if each not in (code, status)]
    text = _text_column(others) if wanted.text is None else _named(every, wanted.text)
    if code and not status and not text and wanted.code is None and not _are_error_codes(code):
        return Table(grid, None, None, None, "neither a column of statuses nor one of texts beside its codes")
    return Table(grid, code, status, text, lacks)


def _named(every: "Sequence[Column]", name: str) -> Column | None:
    """Return the column of this name, ignoring case and separators."""
    return next((each for each in every if words_of(each.name) == words_of(name)), None)


def _status_column(every: "Sequence[Column]") -> Column | None:
    """Return the column of HTTP statuses: named so; or named a code, with known statuses only; or the only one with cells such as ``409 Conflict``."""
    named = [each for each in every if is_status_name(each.name)]
    named.sort(key=lambda each: "http" not in words_of(each.name))
    codes = [each for each in every if each.rank in (0, 1) and _has_statuses_only(each)]
    others = [each for each in every if each.share(is_known_status) == 1 and each.share(_has_phrase)]
    only = others if len(others) == 1 else []
    return next(chain(_mostly(named, read_statuses), codes, only, _mostly(named, read_named_statuses)), None)


def _mostly(every: "Sequence[Column]", read: "Callable[[str], object]") -> "list[Column]":
    return [each for each in every if each.share(lambda cell: bool(read(cell))) >= _MIN_SHARE]


def _has_statuses_only(column: Column) -> bool:
    """Return whether a column has known statuses only, at least one of an error, apart from ``0`` for a success, and ``5xx``."""
    cells = zip(column.cells, column.read, strict=True)
    filled = [cell for cell, read in cells if read.other in ("", NOT_A_CODE) and cell.strip() != "0"]
    return all(map(is_known_status, filled)) and any(map(_is_error_status, filled))


def _has_phrase(cell: str) -> bool:
    return any(plain(phrase_of(status)) in plain(cell) for status in read_statuses(cell) or ())


def _code_column(
    every: "Sequence[Column]", status: Column | None, samples: "frozenset[str]"
) -> tuple[Column | None, str]:
    """Return the column of codes, or the reason why there is not one."""
    if any(is_field_name(each.name) for each in every) and all(each.rank != 0 for each in every):
        return None, "no codes, but the parts of something"
    named = [each for each in every if each is not status and each.rank is not None]
    if not named:
        return None, "no column named as codes are"
    fitting = [each for each in named if _has_codes(each, status)]
    if not fitting:
        shown = listed([f'"{each.name}"' for each in named])
        return None, f"no column of mostly distinct codes: {shown} has other cells"
    likely = [each for each in fitting if not samples.isdisjoint(each.codes)] or fitting
    first = min(each.rank or 0 for each in likely)
    best = [each for each in likely if each.rank == first]
    best = [each for each in best if is_error_code_name(each.name)] or best
    if len(best) > 1:
        shown = listed([f'"{each.name}"' for each in best])
        return None, f"no single column of codes: {shown} could each be it; name one with --code"
    return best[0], ""


def _has_codes(column: Column, status: Column | None) -> bool:
    """Return whether the cells of a column can be codes: mostly words, mostly distinct, and neither counts nor reason phrases."""
    filled, codes = [cell.other for cell in column.read if cell.other != EMPTY], column.codes
    if filled.count(NOT_A_CODE) > (1 - _MIN_SHARE) * len(filled) or not codes:
        return False
    runs = [code for code, _ in groupby(codes)]
    if is_error_code_name(column.name) and len(runs) > 1 and all(map(is_written_as_code, runs)):
        codes = runs  # a code may have several rows, one for each text
    is_name = column.rank == _NAMES
    distinct = len(set(codes)) / len(codes)
    if distinct < (_MIN_DISTINCT_NAMES if is_name else _MIN_DISTINCT) or _repeats_status(column, status):
        return False
    if column.rank != 0 and _counts(codes):
        return False
    return not is_name or (status is not None and status.share(_is_error_status) >= _MIN_SHARE)


def _is_error_status(cell: str) -> bool:
    return any(map(is_error, read_named_statuses(cell) or ()))


def _are_error_codes(column: Column) -> bool:
    """Return whether codes without statuses and texts are those of errors: by the name of the column, or by their looks."""
    looks = [
        len(each) >= _MIN_LENGTH and not (each.isalpha() and (each.islower() or each.istitle()))
        for each in column.codes
    ]
    return (
        "err" in words_of(column.name) or sum(looks) > len(looks) / 2
    )  # others are short, as of countries and currencies


def _repeats_status(column: Column, status: Column | None) -> bool:
    """Return whether a column repeats the statuses, as numbers, or if it is not called a code as their reason phrases."""
    if status is None:
        return _has_statuses_only(column)
    readable = [
        (cell, found) for cell, each in zip(column.cells, status.cells, strict=True) if (found := read_statuses(each))
    ]
    are_phrases = column.rank != 0 and all(plain(cell) in map(plain, map(phrase_of, found)) for cell, found in readable)
    return bool(readable) and (are_phrases or all(read_statuses(cell) == found for cell, found in readable))


def _counts(codes: "Sequence[str]") -> bool:
    """Return whether codes are the numbers of the rows."""
    counting = (list(map(str, range(first, first + len(codes)))) for first in (0, 1))
    return len(codes) > 1 and list(codes) in counting


def _text_column(others: "Sequence[Column]") -> Column | None:
    """Return the column of texts with the best name whose cells are not empty."""
    named = [(rank, each) for each in others if (rank := text_rank(each.name)) is not None]
    fitting = [(rank, each) for rank, each in named if each.share(_is_sentence) >= _MIN_SENTENCES]
    return min(fitting, key=lambda ranked: ranked[0])[1] if fitting else None


def _is_sentence(cell: str) -> bool:
    """Return whether a cell has several words, or is in a script that may not separate them."""
    return any(map(str.isalpha, cell)) and (" " in cell.strip() or not cell.isascii())
