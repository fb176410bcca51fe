"""The content of a parsed page, independent of its format: tables, lists and code blocks with their line numbers."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Repair(NamedTuple):
    """A text on the page that was corrected while reading it."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A row of a table: its cells as plain text, and its line number."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Table:
    """A table: its rows without the header, its first line number, and its header; empty if it has none."""

    rows: tuple[Row, ...]
    line: int
    header: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A code block: its text, its line number, and whether that is the line of a fence, which the text follows."""

    text: str
    line: int
    is_fenced: bool = False

    @property
    def first_line(self) -> int:
        """The line number of the first line of the text."""
        return self.line + self.is_fenced


@dataclass
class Document:
    """A parsed page; `meta` is its front matter or its meta elements, each of `lists` the texts of its items."""

    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    lists: list[list[str]] = field(default_factory=list)
    code: list[Block] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
