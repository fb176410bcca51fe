"""Recognise the columns of a grid that have error codes, HTTP statuses and texts, by their names and their cells."""

from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.catalogue import phrase_of
from pytest_pcerrors.contract.sources._cells import Kind, is_error, is_known_status, plain, read_code, read_statuses
from pytest_pcerrors.contract.sources._names import code_rank, is_field_name, is_status_name, text_rank, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pytest_pcerrors.contract.pages.document import Grid
    from pytest_pcerrors.contract.sources.model import Wanted

_MIN_SHARE = 0.6
_MIN_DISTINCT = 0.5
_MIN_DISTINCT_NAMES = 0.8
_MIN_SENTENCES = 0.3
_MIN_LENGTH = 4
_NOT_ONE = (Kind.EMPTY, Kind.PATTERN, Kind.RANGE)
_NAMES = 2
"""The rank of the columns whose name is that of codes in some tables only."""


class Columns(NamedTuple):
    """The columns of a grid that have codes, statuses and texts; None where there is not one."""

    code: int | None
    status: int | None
    text: int | None
    lacks: str = ""


def columns_of(grid: "Grid", wanted: "Wanted", samples: "frozenset[str]") -> Columns:
    """Return the columns of a grid; `lacks` is the reason why it has no column of codes. `samples` are the values of all samples."""
    status = _status_column(grid, wanted)
    if wanted.code is not None:
        code = column_named(grid, wanted.code)
        lacks = "" if code is not None else f'no column "{wanted.code}"'
    elif any(is_field_name(name) for name in grid.header) and not any(code_rank(name) == 0 for name in grid.header):
        code, lacks = None, "no codes, but the parts of something"
    else:
        code, lacks = _code_column(grid, status, samples)
    if wanted.status is None and status is None and code is not None:
        status = _unnamed_status_column(grid, code)
    text = column_named(grid, wanted.text) if wanted.text is not None else _text_column(grid, {code, status})
    if (
        code is not None
        and status is None
        and text is None
        and wanted.code is None
        and not _are_error_codes(grid, code)
    ):
        return Columns(None, None, None, "neither a column of statuses nor one of texts beside its codes")
    return Columns(code, status, text, lacks)


def column_named(grid: "Grid", name: str) -> int | None:
    """Return the column of this name, ignoring case and separators."""
    wanted = words_of(name)
    return next((index for index, each in enumerate(grid.header) if words_of(each) == wanted), None)


def _status_column(grid: "Grid", wanted: "Wanted") -> int | None:
    """Return the column of HTTP statuses: by its name and its cells; or named a code, if all of its cells are known statuses."""
    if wanted.status is not None:
        return column_named(grid, wanted.status)
    named = [
        index
        for index, name in enumerate(grid.header)
        if is_status_name(name) and _share(grid, index, lambda cell: bool(read_statuses(cell))) >= _MIN_SHARE
    ]
    best = max(named, key=lambda index: ("http" in words_of(grid.header[index]), -index), default=None)
    if best is not None:
        return best
    codes = (index for index, name in enumerate(grid.header) if code_rank(name) in (0, 1))
    return next((index for index in codes if _has_statuses_only(grid, index)), None)


def _has_statuses_only(grid: "Grid", index: int) -> bool:
    """Return whether a column named as codes are has known statuses only, at least one of an error, apart from ``0`` for a success, and ``5xx``."""
    filled = [cell for cell in grid.column(index) if read_code(cell).kind not in _NOT_ONE and cell.strip() != "0"]
    return all(map(is_known_status, filled)) and any(map(_is_error_status, filled))


def _unnamed_status_column(grid: "Grid", code: int) -> int | None:
    """Return the only column with another name that has nothing but statuses with their names, such as ``409 Conflict``."""
    found = [
        index
        for index in range(len(grid.header))
        if index != code
        and _share(grid, index, is_known_status) == 1
        and any(
            plain(phrase_of(status)) in plain(cell)
            for cell in grid.column(index)
            for status in read_statuses(cell) or ()
        )
        and not all(cell.strip().isdecimal() for cell in grid.column(index))
    ]
    return found[0] if len(found) == 1 else None


def _code_column(grid: "Grid", status: int | None, samples: "frozenset[str]") -> tuple[int | None, str]:
    """Return the column of codes, or the reason why there is not one."""
    named = [index for index, name in enumerate(grid.header) if index != status and code_rank(name) is not None]
    if not named:
        return None, "no column named as codes are"
    fitting = [index for index in named if _has_codes(grid, index, status)]
    if not fitting:
        shown = ", ".join(f'"{grid.header[index]}"' for index in named)
        return None, f"no column of mostly distinct codes: {shown} has other cells"
    shown_in_sample = [index for index in fitting if not samples.isdisjoint(codes_of(grid, index))]
    ranked = sorted(shown_in_sample or fitting, key=lambda index: code_rank(grid.header[index]) or 0)
    best = [index for index in ranked if code_rank(grid.header[index]) == code_rank(grid.header[ranked[0]])]
    if len(best) > 1:
        shown = " and ".join(f'"{grid.header[index]}"' for index in best)
        return None, f"no single column of codes: {shown} could each be it; name one with --code"
    return best[0], ""


def _has_codes(grid: "Grid", index: int, status: int | None) -> bool:
    """Return whether the cells of a column can be codes: mostly words, mostly distinct, and neither counts nor reason phrases."""
    filled = [cell for cell in map(read_code, grid.column(index)) if cell.kind is not Kind.EMPTY]
    codes = [cell.code for cell in filled if cell.kind is Kind.CODE]
    if sum(cell.kind is Kind.OTHER for cell in filled) > (1 - _MIN_SHARE) * len(filled) or not codes:
        return False
    is_name = code_rank(grid.header[index]) == _NAMES
    distinct = len(set(codes)) / len(codes)
    if distinct < (_MIN_DISTINCT_NAMES if is_name else _MIN_DISTINCT) or _repeats_status(grid, index, status):
        return False
    if code_rank(grid.header[index]) != 0 and (_counts(codes) or _are_phrases(grid, index, status)):
        return False
    return not is_name or (status is not None and _share(grid, status, _is_error_status) >= _MIN_SHARE)


def _is_error_status(cell: str) -> bool:
    return any(map(is_error, read_statuses(cell) or ()))


def _are_error_codes(grid: "Grid", index: int) -> bool:
    """Return whether codes without statuses and texts are those of errors: by the name of the column, or by their looks."""
    codes = codes_of(grid, index)
    return "err" in words_of(grid.header[index]) or sum(map(_looks_like_code, codes)) > len(codes) / 2


def _looks_like_code(code: str) -> bool:
    """Return whether a word looks like the code of an error, and not like a short one, as of countries and currencies."""
    return len(code) >= _MIN_LENGTH and (not code.isalpha() or not (code.islower() or code.istitle()))


def codes_of(grid: "Grid", index: int) -> list[str]:
    """Return the codes in a column."""
    return [cell.code for cell in map(read_code, grid.column(index)) if cell.kind is Kind.CODE]


def _repeats_status(grid: "Grid", index: int, status: int | None) -> bool:
    """Return whether a column repeats the statuses, as numbers."""
    if status is None:
        return _has_statuses_only(grid, index)
    pairs = [
        (code, statuses)
        for code, cell in zip(grid.column(index), grid.column(status), strict=True)
        if (statuses := read_statuses(cell))
    ]
    return bool(pairs) and all(read_statuses(code) == statuses for code, statuses in pairs)


def _are_phrases(grid: "Grid", index: int, status: int | None) -> bool:
    """Return whether all cells of a column are the reason phrases of the statuses."""
    if status is None:
        return False
    pairs = zip(grid.column(index), grid.column(status), strict=True)
    return all(plain(code) in {plain(phrase_of(each)) for each in read_statuses(cell) or ()} for code, cell in pairs)


def _counts(codes: "Sequence[str]") -> bool:
    """Return whether codes are the numbers of the rows."""
    counting = (list(map(str, range(first, first + len(codes)))) for first in (0, 1))
    return len(codes) > 1 and list(codes) in counting


def _text_column(grid: "Grid", taken: "Collection[int | None]") -> int | None:
    """Return the column of texts with the best name whose cells are not empty."""
    ranks = [
        (rank, index)
        for index, name in enumerate(grid.header)
        if index not in taken
        and (rank := text_rank(name)) is not None
        and _share(grid, index, _is_sentence) >= _MIN_SENTENCES
    ]
    return min(ranks)[1] if ranks else None


def _is_sentence(cell: str) -> bool:
    """Return whether a cell has several words, or is in a script that may not separate them."""
    return any(map(str.isalpha, cell)) and (" " in cell.strip() or not cell.isascii())


def _share(grid: "Grid", index: int, is_fitting: "Callable[[str], bool]") -> float:
    """Return the share of the cells of a column that fit, among those that are not empty."""
    filled = [cell for cell in grid.column(index) if cell.strip()]
    return sum(map(is_fitting, filled)) / len(filled) if filled else 0
