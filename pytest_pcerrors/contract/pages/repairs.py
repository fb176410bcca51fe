"""Markdown mended line by line, before it is parsed: what would cut a cell, or end a table and lose the rows behind it."""

import re
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.pages.document import Repair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BACKTICKS = re.compile(r"(`+)")
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITERS = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_HTML_TABLE = re.compile(r"[ \t]*(?:<.*)?<table\b", re.IGNORECASE)
_HTML_TABLE_START, _HTML_TABLE_END = "<table", "</table"
_EMPTY_COMMENT, _EMPTY_ROW = "<!---->", "|"
_MOST_EMPTY_LINES = 3


def mended(lines: "Sequence[str]", repairs: list[Repair]) -> "Iterator[str]":
    r"""Yield as many lines as came; empty lines in a table, and cells that no column has, are told.

    >>> list(mended(["|`a|b`|", "|---|"], []))
    ['|`a\\|b`|', '|---|']
    """
    last_end = max((index for index, line in enumerate(lines) if _HTML_TABLE_END in line.lower()), default=-1)
    width, depth = 0, 0
    for index, line in enumerate(lines):
        if index <= last_end and (depth or _HTML_TABLE.match(line)):
            opened, ended = (line.lower().count(tag) for tag in (_HTML_TABLE_START, _HTML_TABLE_END))
            depth = max(depth + opened - ended, 0)
            yield line if line.strip() else _EMPTY_COMMENT
        elif line.strip():
            row = _row(line)
            width = _width(line) if _DELIMITERS.fullmatch(line) else width
            if width and _width(row) > width:
                repairs.append(Repair(index + 1, f"cells behind column {width} were left out; is a pipe to be \\|?"))
            yield row
        elif width and _goes_on(lines[index + 1 : index + 2 + _MOST_EMPTY_LINES], width):
            repairs.append(Repair(index + 1, "an empty line inside a table was passed over"))
            yield _EMPTY_ROW
        else:
            width = 0
            yield line


def _goes_on(lines: "Sequence[str]", width: int) -> bool:
    """Tell whether a table goes on behind an empty line: with a row as wide, which is no header of another table."""
    filled = [line for line in lines if line.strip()]
    is_header = len(filled) > 1 and _DELIMITERS.fullmatch(filled[1])
    return bool(filled) and width > 1 and _width(_row(filled[0])) == width and not is_header


def _width(row: str) -> int:
    """Return how many cells a row has."""
    pipes = len(_BARE_PIPE.findall(row))
    row = row.strip()
    outer = row.startswith("|") + (row.endswith("|") and not row.endswith("\\|"))
    return pipes + 1 - outer


def _row(line: str) -> str:
    """Mend a line that is a table's row: escape the pipes inside code spans, which would cut the cell, and take its indent.

    An indent of four would end the table and lose all rows behind it.
    """
    pieces = _BACKTICKS.split(line) if "|" in line else [line]
    spans = _code_spans(pieces)
    if not any("|" in piece for index, piece in enumerate(pieces) if index not in spans):
        return line
    return "".join(
        _BARE_PIPE.sub(r"\\|", piece) if index in spans else piece for index, piece in enumerate(pieces)
    ).lstrip()


def _code_spans(pieces: "Sequence[str]") -> set[int]:
    """Return which pieces of a line split at its runs of backticks lie in code: between a run and the next as long."""
    places: dict[str, list[int]] = {}
    for index in range(len(pieces) - 2, 0, -2):
        places.setdefault(pieces[index], []).append(index)
    spans: set[int] = set()
    opening = 1
    while opening < len(pieces):
        later = places[pieces[opening]]
        while later and later[-1] <= opening:
            later.pop()
        if later:
            spans.update(range(opening + 1, later[-1]))
            opening = later[-1]
        opening += 2
    return spans
