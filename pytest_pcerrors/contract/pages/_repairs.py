"""Repair Markdown line by line before it is parsed: pipes that would split a cell, lines that would end a table early."""

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
_MAX_EMPTY_LINES = 3


def repaired(lines: "Sequence[str]", repairs: list[Repair]) -> "Iterator[str]":
    r"""Yield the repaired lines, one for each line; record empty lines in a table and cells without a column.

    >>> list(repaired(["|`a|b`|", "|---|"], []))
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
                repairs.append(
                    Repair(index + 1, f"cells after column {width} were ignored; should a pipe be written \\|?")
                )
            yield row
        elif width and _continues(lines[index + 1 : index + 2 + _MAX_EMPTY_LINES], width):
            repairs.append(Repair(index + 1, "an empty line inside a table was ignored"))
            yield _EMPTY_ROW
        else:
            width = 0
            yield line


def _continues(lines: "Sequence[str]", width: int) -> bool:
    """Return whether a table continues after an empty line: with a row as wide that is not the header of another table."""
    filled = [line for line in lines if line.strip()]
    is_header = len(filled) > 1 and _DELIMITERS.fullmatch(filled[1])
    return bool(filled) and width > 1 and _width(_row(filled[0])) == width and not is_header


def _width(row: str) -> int:
    """Return the number of cells of a row."""
    pipes = len(_BARE_PIPE.findall(row))
    row = row.strip()
    outer = row.startswith("|") + (row.endswith("|") and not row.endswith("\\|"))
    return pipes + 1 - outer


def _row(line: str) -> str:
    """Return a line, as a table row if it is one: escape the pipes inside code spans, and remove the indent.

    An unescaped pipe would split the cell; an indent of four would end the table and lose all rows after it.
    """
    pieces = _BACKTICKS.split(line) if "|" in line else [line]
    spans = _code_spans(pieces)
    if not any("|" in piece for index, piece in enumerate(pieces) if index not in spans):
        return line
    return "".join(
        _BARE_PIPE.sub(r"\\|", piece) if index in spans else piece for index, piece in enumerate(pieces)
    ).lstrip()


def _code_spans(pieces: "Sequence[str]") -> set[int]:
    """Return the indexes of the pieces inside code spans: between a run of backticks and the next run of the same length."""
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
