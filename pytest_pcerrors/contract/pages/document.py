"""The content of a source, independent of its format: grids of cells, lists, code blocks and remarks, each with its place."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Remark(NamedTuple):
    """Something that was recognised, corrected or left out; `place` is ``line 7`` or ``at /errors/3``, or empty."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Line(NamedTuple):
    """A row of a grid: its cells as plain text, and its place."""

    cells: tuple[str, ...]
    place: str


@dataclass(frozen=True)
class Grid:
    """A table, or the rows of a data file: the names of its columns (none without a header), its other rows, and its place."""

    header: tuple[str, ...]
    rows: tuple[Line, ...]
    place: str

    def column(self, index: int) -> list[str]:
        """Return the cells of a column; a row that is too short has an empty one."""
        return [row.cells[index] if index < len(row.cells) else "" for row in self.rows]


class Block(NamedTuple):
    """A code block: its text, and the number of the line on which the text begins."""

    text: str
    line: int


@dataclass
class Document:
    """A parsed page; `meta` is its front matter or its meta elements, each of `lists` the texts of its items."""

    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    tables: list[Grid] = field(default_factory=list)
    lists: list[list[str]] = field(default_factory=list)
    code: list[Block] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
