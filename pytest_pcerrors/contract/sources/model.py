"""The plain data that the readers of sources exchange: parsed pages and tables, samples, errors, and what the user asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pytest_pcerrors.text import phrase_of

MAX_DEPTH = 200
"""The most levels of a data file."""


class Located(dict[str, Any]):
    """An object of a YAML document; `line` is the line number of its key, or else of its beginning."""

    line: int = 0


def place_of(value: object, pointer: str) -> str:
    """Return the place of an object in messages: its line in YAML, else its JSON Pointer."""
    return f"line {value.line}" if isinstance(value, Located) else f"at {pointer or 'the top'}"


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
    """A table, or the rows of a data file: the names of its columns (none without a header), its other rows, and its place.

    `above` are the headings above it, the innermost last.
    """

    header: tuple[str, ...]
    rows: tuple[Line, ...]
    place: str
    above: tuple[str, ...] = ()

    def column(self, index: int) -> list[str]:
        """Return the cells of a column; a row that is too short has an empty one."""
        return [row.cells[index] if index < len(row.cells) else "" for row in self.rows]


class Block(NamedTuple):
    """A code block: its text, and the number of the line on which the text begins."""

    text: str
    line: int


@dataclass
class Source:
    """What a source has, as its reader returns it: the data of an OpenAPI document, or grids; and what else a page has.

    `page` is the member ``page`` of a contract document, None for data. `meta` is the front matter of a page or its meta
    elements. The rows of `lists` and of `sections`, which are headings of one level, have the lines of each item as cells.
    """

    openapi: dict[str, Any] | None = None
    grids: list[Grid] = field(default_factory=list)
    page: dict[str, str] | None = None
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    lists: list[Grid] = field(default_factory=list)
    sections: list[Grid] = field(default_factory=list)
    code: list[Block] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Wanted:
    """What the user asks of an import: the options of ``pcerrors import``.

    `code`, `status` and `text` are the names of columns, `status_from` is a regular expression that finds a status in a code.
    """

    name: str | None = None
    hosts: tuple[str, ...] = ()
    envelope: str | None = None
    code: str | None = None
    status: str | None = None
    text: str | None = None
    status_from: str | None = None


class Sample(NamedTuple):
    """A JSON value that a source shows as an example of a body, and its place."""

    value: Any
    place: str


class Found(NamedTuple):
    """An error that a source documents: its status if known, its code, and its text if there is one."""

    status: int | None
    code: str
    text: str = ""


@dataclass
class Reading:
    """What a source documents: its errors, further statuses, and the remarks on it."""

    found: list[Found] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)

    def note(self, place: str, message: str) -> None:
        """Add a remark."""
        self.remarks.append(Remark(place, message))

    @property
    def codes(self) -> dict[str, list[str]]:
        """The codes with their texts, in the order of the source."""
        codes: dict[str, list[str]] = {}
        for each in self.found:
            codes.setdefault(each.code, []).append(each.text)
        return codes

    def parts(self) -> dict[str, object]:
        """Return the members ``statuses`` and ``entries`` of a contract document; a code without a text is its own text."""
        texts: dict[tuple[int | None, str], dict[str, None]] = {}
        for each in self.found:
            known = texts.setdefault((each.status, each.code), {})
            known |= {each.text: None} if each.text else {}
        statuses = sorted(self.statuses.union(status for status, _ in texts if status is not None))
        in_order = sorted(texts.items(), key=lambda each: (each[0][0] is None, each[0][0] or 0))
        return {
            "statuses": {str(status): phrase_of(status) for status in statuses},
            "entries": [
                {**({} if status is None else {"status": status}), "code": code, "descriptions": [*each] or [code]}
                for (status, code), each in in_order
            ],
        }


class Envelope(NamedTuple):
    """The JSON Pointers of code and text in an error body, and the members of the contract document that describe the body."""

    members: Mapping[str, str]
    parts: dict[str, Any]


class Imported(NamedTuple):
    """The contract document of a source, and the remarks on it."""

    document: dict[str, Any]
    remarks: tuple[Remark, ...]
