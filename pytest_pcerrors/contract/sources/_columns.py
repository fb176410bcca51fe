"""Recognise the columns of a grid that have error codes, HTTP statuses and texts, by their names and their cells."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.sources._cells import Kind, is_error, is_known_status, plain, read_code, read_statuses
from pytest_pcerrors.contract.sources._names import code_rank, is_field_name, is_status_name, text_rank, words_of
from pytest_pcerrors.text import listed, phrase_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_pcerrors.contract.sources.model import Grid, Wanted

_MIN_SHARE = 0.6
_MIN_DISTINCT = 0.5
_MIN_DISTINCT_NAMES = 0.8
_MIN_SENTENCES = 0.3
_MIN_LENGTH = 4
_NOT_ONE = (Kind.EMPTY, Kind.PATTERN, Kind.RANGE)
_NAMES = 2
"""The rank of the columns whose name is that of codes in some tables only."""


class Columns(NamedTuple):
    """The columns of a grid that have codes, statuses and texts, None where there is not one; and the codes, and their column's name."""

    code: int | None
    status: int | None
    text: int | None
    lacks: str = ""
    codes: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True, eq=False)
class _Column:
    """A column of a grid: its index, its name and its cells."""

    at: int
    name: str
    cells: list[str]

    @cached_property
    def rank(self) -> int | None:
        """How surely it has codes, by its name."""
        return code_rank(self.name)

    @cached_property
    def codes(self) -> list[str]:
        """The codes in its cells."""
        return [cell.code for cell in map(read_code, self.cells) if cell.kind is Kind.CODE]

    def share(self, is_fitting: "Callable[[str], bool]") -> float:
        """Return the share of the cells that fit, among those that are not empty."""
        filled = [cell for cell in self.cells if cell.strip()]
        return sum(map(is_fitting, filled)) / len(filled) if filled else 0


def columns_of(grid: "Grid", wanted: "Wanted", samples: "frozenset[str]") -> Columns:
    """Return the columns of a grid; `lacks` is the reason why it has no column of codes. `samples` are the values of all samples."""
    every = [_Column(at, name, grid.column(at)) for at, name in enumerate(grid.header)]
    status = _status_column(every) if wanted.status is None else _named(every, wanted.status)
    if wanted.code is None:
        code, lacks = _code_column(every, status, samples)
    else:
        code, lacks = _named(every, wanted.code), f'no column "{wanted.code}"'
    if wanted.status is None and status is None and code is not None:
        status = _unnamed_status_column(every, code)
    others = [each for each in every if each not in (code, status)]
    text = _text_column(others) if wanted.text is None else _named(every, wanted.text)
    if code and not status and not text and wanted.code is None and not _are_error_codes(code):
        return Columns(None, None, None, "neither a column of statuses nor one of texts beside its codes")
    code_at, status_at, text_at = (None if each is None else each.at for each in (code, status, text))
    return Columns(code_at, status_at, text_at, lacks, *((frozenset(code.codes), code.name) if code else ()))


def _named(every: "Sequence[_Column]", name: str) -> _Column | None:
    """Return the column of this name, ignoring case and separators."""
    return next((each for each in every if words_of(each.name) == words_of(name)), None)


def _status_column(every: "Sequence[_Column]") -> _Column | None:
    """Return the column of HTTP statuses: by its name and its cells; or named a code, if all of its cells are known statuses."""
    named = [
        each
        for each in every
        if is_status_name(each.name) and each.share(lambda cell: bool(read_statuses(cell))) >= _MIN_SHARE
    ]
    codes = (each for each in every if each.rank in (0, 1) and _has_statuses_only(each))
    return max(named, key=lambda each: ("http" in words_of(each.name), -each.at), default=None) or next(codes, None)


def _has_statuses_only(column: _Column) -> bool:
    """Return whether a column named as codes are has known statuses only, at least one of an error, apart from ``0`` for a success, and ``5xx``."""
    filled = [cell for cell in column.cells if read_code(cell).kind not in _NOT_ONE and cell.strip() != "0"]
    return all(map(is_known_status, filled)) and any(map(_is_error_status, filled))


def _unnamed_status_column(every: "Sequence[_Column]", code: _Column) -> _Column | None:
    """Return the only column with another name that has nothing but statuses with their names, such as ``409 Conflict``."""
    known = (each for each in every if each is not code and each.share(is_known_status) == 1)
    found = [
        each
        for each in known
        if any(map(_has_phrase, each.cells)) and not all(cell.strip().isdecimal() for cell in each.cells)
    ]
    return found[0] if len(found) == 1 else None


def _has_phrase(cell: str) -> bool:
    return any(plain(phrase_of(status)) in plain(cell) for status in read_statuses(cell) or ())


def _code_column(
    every: "Sequence[_Column]", status: _Column | None, samples: "frozenset[str]"
) -> tuple[_Column | None, str]:
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
    if len(best) > 1:
        shown = listed([f'"{each.name}"' for each in best])
        return None, f"no single column of codes: {shown} could each be it; name one with --code"
    return best[0], ""


def _has_codes(column: _Column, status: _Column | None) -> bool:
    """Return whether the cells of a column can be codes: mostly words, mostly distinct, and neither counts nor reason phrases."""
    filled = [cell for cell in map(read_code, column.cells) if cell.kind is not Kind.EMPTY]
    codes = column.codes
    if sum(cell.kind is Kind.OTHER for cell in filled) > (1 - _MIN_SHARE) * len(filled) or not codes:
        return False
    is_name = column.rank == _NAMES
    distinct = len(set(codes)) / len(codes)
    if distinct < (_MIN_DISTINCT_NAMES if is_name else _MIN_DISTINCT) or _repeats_status(column, status):
        return False
    if column.rank != 0 and (_counts(codes) or _are_phrases(column, status)):
        return False
    return not is_name or (status is not None and status.share(_is_error_status) >= _MIN_SHARE)


def _is_error_status(cell: str) -> bool:
    return any(map(is_error, read_statuses(cell) or ()))


def _are_error_codes(column: _Column) -> bool:
    """Return whether codes without statuses and texts are those of errors: by the name of the column, or by their looks."""
    looks = [
        len(each) >= _MIN_LENGTH and not (each.isalpha() and (each.islower() or each.istitle()))
        for each in column.codes
    ]
    return (
        "err" in words_of(column.name) or sum(looks) > len(looks) / 2
    )  # others are short, as of countries and currencies


def _repeats_status(column: _Column, status: _Column | None) -> bool:
    """Return whether a column repeats the statuses, as numbers."""
    if status is None:
        return _has_statuses_only(column)
    pairs = [(code, read_statuses(cell)) for code, cell in zip(column.cells, status.cells, strict=True)]
    readable = [(code, statuses) for code, statuses in pairs if statuses]
    return bool(readable) and all(read_statuses(code) == statuses for code, statuses in readable)


def _are_phrases(column: _Column, status: _Column | None) -> bool:
    """Return whether all cells of a column are the reason phrases of the statuses."""
    if status is None:
        return False
    pairs = zip(column.cells, status.cells, strict=True)
    return all(plain(code) in {plain(phrase_of(each)) for each in read_statuses(cell) or ()} for code, cell in pairs)


def _counts(codes: "Sequence[str]") -> bool:
    """Return whether codes are the numbers of the rows."""
    counting = (list(map(str, range(first, first + len(codes)))) for first in (0, 1))
    return len(codes) > 1 and list(codes) in counting


def _text_column(others: "Sequence[_Column]") -> _Column | None:
    """Return the column of texts with the best name whose cells are not empty."""
    named = [(rank, each) for each in others if (rank := text_rank(each.name)) is not None]
    fitting = [(rank, each) for rank, each in named if each.share(_is_sentence) >= _MIN_SENTENCES]
    return min(fitting, key=lambda ranked: ranked[0])[1] if fitting else None


def _is_sentence(cell: str) -> bool:
    """Return whether a cell has several words, or is in a script that may not separate them."""
    return any(map(str.isalpha, cell)) and (" " in cell.strip() or not cell.isascii())
