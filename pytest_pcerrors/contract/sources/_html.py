"""Parse pages in HTML, as saved from the web, and HTML blocks inside Markdown.

Only the start tags of table rows, cells and list items are used: HTML allows their end tags to be omitted.
"""

from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import takewhile
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.sources.model import Block, Grid, Line, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_COLUMNS, _MAX_SPAN, _MAX_DEPTH = 50, 1000, 8
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_UNSEEN = ("script", "style", "template", "rt", "rp")

_Spans = dict[int, tuple[int, str]]


def add_html(source: Source, text: str, first_line: int) -> None:
    """Add the content of an HTML page or fragment to a source; `first_line` is its line number on the page.

    >>> source = Source()
    >>> add_html(source, "<table><tr><th>a</th></tr><tr><td>20<b>.000</b></td></tr></table>", 1)
    >>> source.grids[0].rows[0].cells
    ('20.000',)
    """
    parser = _Parser(source.meta, first_line - 1)
    page, end, rest = text.replace("<![", "<! [").rpartition(">")  # in HTML, <![ is a comment, for Python a section
    parser.feed(page + end)
    parser.close()
    parser.handle_data(unescape(rest))  # it has no tag, and Python looks for its end again for each <
    if parser.headings and not source.title:
        source.title = parser.headings[0].words.replace("^", "")
    source.grids += [Grid(_header(each), tuple(_rows(each)), f"line {each.line}") for each in parser.tables]
    source.lists += [
        Grid((), tuple(Line((item.words,), f"line {item.line}") for item in each.parts), f"line {each.line}")
        for each in parser.lists
    ]
    source.code += [Block("".join(each.text), each.line) for each in parser.code]


@dataclass
class _Element:
    """An element: its texts, and in `parts` the rows of a table, the cells of a row, or the items of a list."""

    name: str
    attributes: "Mapping[str, str]"
    line: int
    text: list[str] = field(default_factory=list)
    parts: "list[_Element]" = field(default_factory=list)

    @property
    def words(self) -> str:
        """Its text, with single spaces."""
        return " ".join("".join(self.text).split())

    def span(self, name: str) -> int:
        """Return the number of columns or rows that a cell spans."""
        value = self.attributes.get(name, "")[:4]
        return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1


class _Parser(HTMLParser):
    """Collect the parts of a page, tag by tag; `inside` are the open tables and lists, the innermost last."""

    def __init__(self, meta: dict[str, str], offset: int) -> None:
        super().__init__()
        self.tables: list[_Element] = []
        self.lists: list[_Element] = []
        self.code: list[_Element] = []
        self.headings: list[_Element] = []
        self._meta, self._offset = meta, offset
        self._open: list[str] = []
        self._counts = Counter[str]()
        self._inside: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Handle a start tag."""
        element = _Element(tag, {name: value or "" for name, value in attrs}, self.getpos()[0] + self._offset)
        if tag not in _VOID:
            self._open.append(tag)
            self._counts[tag] += 1
        match tag:
            case "table" | "ul" | "ol":
                (self.tables if tag == "table" else self.lists).append(element)
                self._inside.append(element)
            case "tr" | "td" | "th":
                self._begin(element)
            case "li" if self._inside and self._inside[-1].name != "table":
                self._inside[-1].parts.append(element)
            case "pre" | "h1" if self._counts[tag] == 1:
                (self.code if tag == "pre" else self.headings).append(element)
            case "br":
                self.handle_data("\n")
            case "sup" | "sub":
                self.handle_data("^")  # a footnote mark must not become a digit of the number before it
            case "html" | "meta":
                self._add_meta(element.attributes)

    def handle_endtag(self, tag: str) -> None:
        """Handle an end tag, which also ends the elements inside; it is ignored if it has no start tag."""
        is_open = self._counts[tag] > 0
        while is_open:
            name = self._open.pop()
            self._counts[name] -= 1
            if name in ("table", "ul", "ol"):
                self._inside.pop()
            is_open = name != tag

    def handle_data(self, data: str) -> None:
        """Append a text to the last cell or item of the open tables and lists, and to the open code block or heading."""
        if any(self._counts[name] for name in _UNSEEN):
            return
        for each in self._inside[-_MAX_DEPTH:]:
            parts = each.parts[-1].parts if each.name == "table" and each.parts else each.parts
            for last in parts[-1:]:
                last.text.append(data)
        for name, elements in (("pre", self.code), ("h1", self.headings)):
            if self._counts[name]:
                elements[-1].text.append(data)

    def _begin(self, element: _Element) -> None:
        """Begin a row or a cell of the innermost table, even if a list inside it was not closed."""
        table = next((each for each in reversed(self._inside[-_MAX_DEPTH:]) if each.name == "table"), None)
        if table is not None and element.name == "tr":
            table.parts.append(element)
        elif table is not None and table.parts:
            table.parts[-1].parts.append(element)

    def _add_meta(self, attributes: "Mapping[str, str]") -> None:
        name, content = attributes.get("name") or attributes.get("property"), attributes.get("content")
        if name and content:
            self._meta[name] = content
        elif attributes.get("lang"):
            self._meta.setdefault("locale", attributes["lang"])


def _rows(table: _Element) -> "Iterator[Line]":
    """Yield the data rows that are not empty; a row with only ``th`` cells, or with one wide cell, is a heading."""
    above: _Spans = {}
    for row in table.parts:
        texts, above = _spread(row.parts, above)
        is_heading = len(row.parts) == 1 and row.parts[0].span("colspan") > 1
        if any(cell.name == "td" for cell in row.parts) and any(texts) and not is_heading:
            yield Line(tuple(texts), f"line {row.line}")


def _header(table: _Element) -> tuple[str, ...]:
    """Return the texts of the last of the rows at the top that have several cells, all of them ``th``; empty without one."""
    heads = takewhile(lambda row: all(cell.name == "th" for cell in row.parts), table.parts)
    return next((tuple(_spread(row.parts, {})[0]) for row in reversed([*heads]) if len(row.parts) > 1), ())


def _spread(cells: list[_Element], above: _Spans) -> tuple[list[str], _Spans]:
    """Return the texts of a row, with spanning cells repeated in each column, and the cells that span the next row."""
    texts: list[str] = []
    below: _Spans = {}
    for cell in [*cells, None]:
        while len(texts) in above:
            left, text = above[len(texts)]
            below[len(texts)] = (left - 1, text)
            texts.append(text)
        if cell is not None:
            text, down = cell.words, cell.span("rowspan")
            for _ in range(min(cell.span("colspan"), _MAX_COLUMNS - len(texts))):
                below[len(texts)] = (down - 1, text)
                texts.append(text)
    return texts, {column: span for column, span in below.items() if span[0]}
