"""Parse pages in HTML, as saved from the web, and HTML blocks inside Markdown.

Only the start tags of table rows, cells and list items are used: HTML allows their end tags to be omitted.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from itertools import takewhile
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.sources.model import Block, Grid, Line, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MAX_COLUMNS, _MAX_SPAN, _MAX_DEPTH = 50, 1000, 8
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BOLD, _LINES = ("b", "strong"), ("p", "br")
_UNSEEN = ("script", "style", "template", "rt", "rp")

LINE_MARK = "@line "
"""The beginning of a comment with the line number of what follows it."""
_BREAK = "\0"
_SPACE = f" \n\t{_BREAK}"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt")
"""The elements that begin a section, from the top level to the lowest."""
_BLOCKS = frozenset("blockquote br dd div dl li ol p table ul".split()).union(_HEADINGS)

_Spans = dict[int, tuple[int, str]]


def add_html(source: Source, text: str) -> None:
    """Add the content of an HTML page to a source.

    >>> source = Source()
    >>> add_html(source, "<table><tr><th>a</th></tr><tr><td>20<b>.000</b></td></tr></table>")
    >>> source.grids[0].rows[0].cells
    ('20.000',)
    """
    parser = _Parser(source.meta)
    page, end, rest = text.replace("<![", "<! [").rpartition(">")  # in HTML, <![ is a comment, for Python a section
    parser.feed(page + end)
    parser.close()
    parser.handle_data(unescape(rest))  # it has no tag, and Python looks for its end again for each <
    source.title = next((each.title.replace("^", "") for each in parser.headings if each.name == "h1"), "")
    source.grids += [
        Grid(_header(each), tuple(_rows(each)), f"line {each.line}", each.titles_above) for each in parser.tables
    ]
    source.lists += [_terms(each.parts) for each in parser.lists if each.parts]
    siblings: dict[tuple[str, tuple[int, ...]], list[_Element]] = {}
    for each in parser.headings:
        siblings.setdefault((each.name, tuple(map(id, each.above))), []).append(each)
    source.sections += map(_terms, siblings.values())
    source.code += [Block("".join(each.text).replace(_BREAK, "\n"), each.line) for each in parser.code]


def _terms(elements: "Sequence[_Element]") -> Grid:
    """Return list items or headings with the lines of their texts as cells."""
    rows = (Line(tuple(each.lines) or ("",), f"line {each.line}") for each in elements)
    return Grid((), tuple(rows), f"line {elements[0].line}", elements[0].titles_above)


@dataclass
class _Element:
    """An element: its texts, the headings `above` it, and in `parts` the rows of a table, the cells of a row, or the items of a list.

    The texts of a heading are those until the next heading.
    """

    name: str
    attributes: "Mapping[str, str]"
    line: int
    above: "tuple[_Element, ...]" = ()
    text: list[str] = field(default_factory=list)
    parts: "list[_Element]" = field(default_factory=list)

    @property
    def words(self) -> str:
        """Its text, with single spaces."""
        return " ".join(self.lines)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of its text that are not empty."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split(_BREAK))
        return [*filter(None, lines)]

    @property
    def title(self) -> str:
        """Its first line."""
        return next(iter(self.lines), "")

    @property
    def titles_above(self) -> tuple[str, ...]:
        """The headings above it, the innermost last."""
        return tuple(each.title for each in self.above)

    def span(self, name: str) -> int:
        """Return the number of columns or rows that a cell spans."""
        value = self.attributes.get(name, "")[:4]
        return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1


class _Parser(HTMLParser):
    """Collect the parts of a page, tag by tag; `inside` are the open tables and lists, the innermost last."""

    def __init__(self, meta: dict[str, str]) -> None:
        super().__init__()
        self.tables: list[_Element] = []
        self.lists: list[_Element] = []
        self.code: list[_Element] = []
        self.headings: list[_Element] = []
        self._meta, self._offset = meta, 0
        self._open: list[str] = []
        self._counts = Counter[str]()
        self._inside: list[_Element] = []
        self._above: tuple[_Element, ...] = ()
        self._sections: list[_Element] = []
        self._begun = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Handle a start tag."""
        attributes = {name: value or "" for name, value in attrs}
        element = _Element(tag, attributes, self.getpos()[0] + self._offset, self._above)
        if tag not in _VOID:
            self._open.append(tag)
            self._counts[tag] += 1
        self._begin_section(element)
        self._begun = tag
        if tag in _BLOCKS and (tag == "br" or not self._counts["pre"]):
            self.handle_data(_BREAK)
        match tag:
            case "table" | "ul" | "ol":
                (self.tables if tag == "table" else self.lists).append(element)
                self._inside.append(element)
            case "tr" | "td" | "th":
                self._begin(element)
            case "li" if self._inside and self._inside[-1].name != "table":
                self._inside[-1].parts.append(element)
            case "pre" if self._counts[tag] == 1:
                self.code.append(element)
            case "sup" | "sub":
                self.handle_data("^")  # a footnote mark must not become a digit of the number before it
            case "html" | "meta":
                self._add_meta(element.attributes)

    def handle_endtag(self, tag: str) -> None:
        """Handle an end tag, which also ends the elements inside; it is ignored if it has no start tag."""
        if tag in _HEADINGS:
            self.handle_data(_BREAK)
        is_open = self._counts[tag] > 0
        while is_open:
            name = self._open.pop()
            self._counts[name] -= 1
            if name in ("table", "ul", "ol"):
                self._inside.pop()
            is_open = name != tag

    def handle_data(self, data: str) -> None:
        """Append a text to the last cell or item of the open tables and lists, and to the open code block or section."""
        if any(self._counts[name] for name in _UNSEEN):
            return
        if data.strip(_SPACE):
            self._begun = ""
        is_code = self._counts["pre"] > 0
        for each in self._inside[-_MAX_DEPTH:]:
            parts = each.parts[-1].parts if each.name == "table" and each.parts else each.parts
            for last in parts[-1:] if each.name == "table" or not is_code else ():
                last.text.append(data)
        if is_code:
            self.code[-1].text.append(data)
        elif not self._counts["table"]:
            for section in self._sections:
                section.text.append(data)

    def handle_comment(self, data: str) -> None:
        """Handle a comment, which may be a line number."""
        if data.startswith(LINE_MARK):
            self.handle_endtag("pre")  # a block of Markdown does not continue one of HTML
            self._offset = int(data.removeprefix(LINE_MARK)) - self.getpos()[0]

    def _begin_section(self, element: _Element) -> None:
        """Begin a section with a heading, or with a bold text at the beginning of a line, which may be a term."""
        if element.name in _HEADINGS:
            level = _HEADINGS.index(element.name)
            element.above = tuple(each for each in self._above if _HEADINGS.index(each.name) < level)
            self._above = (*element.above, element)
            self._sections = [element]
        elif element.name in _BOLD and self._begun in _LINES and not self._inside:
            self._sections = [*self._above[-1:], element]
        else:
            return
        self.headings.append(element)

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
    """Return the texts of the last of the rows at the top that have only ``th`` cells; empty without one. One wide cell is a caption."""
    heads = takewhile(lambda row: all(cell.name == "th" for cell in row.parts), table.parts)
    width = max((len(row.parts) for row in table.parts), default=0)
    return next(
        (tuple(_spread(row.parts, {})[0]) for row in reversed([*heads]) if len(row.parts) > 1 or width == 1), ()
    )


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
