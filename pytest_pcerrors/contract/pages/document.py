"""What a page holds, whatever it is written in: tables, lists and code blocks, each with the line it begins on."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Repair(NamedTuple):
    """Something on the page that was read otherwise than it stands there."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells as plain text, and the line of the page it stands on."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Table:
    """A table: its rows without the header, and the line it begins on."""

    rows: tuple[Row, ...]
    line: int


@dataclass(frozen=True)
class Block:
    """A block of code as it stands, and the line it begins on."""

    text: str
    line: int


@dataclass
class Document:
    """A page taken apart. `meta` has what its front matter or its meta elements say; a list is the texts of its items."""

    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    lists: list[list[str]] = field(default_factory=list)
    code: list[Block] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
