"""Parse pages in HTML, as saved from the web, and HTML blocks inside Markdown.

Only the start tags of table rows, cells and list items are used: HTML allows their end tags to be omitted, and the parser then
nests each in the one before it.
"""

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, NavigableString

from pytest_pcerrors.contract.sources.model import Block, Document, Grid, Line

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_COLUMNS, _MAX_SPAN, _MAX_DEPTH = 50, 1000, 8

_Spans = dict[int, tuple[int, str]]


def add_html(document: Document, text: str, first_line: int) -> None:
    """Add the content of an HTML page or fragment to a document; `first_line` is its line number on the page.

    >>> document = Document()
    >>> add_html(document, "<table><tr><th>a</th></tr><tr><td>20<b>.000</b></td></tr></table>", 1)
    >>> document.tables[0].rows[0].cells
    ('20.000',)
    """
    soup = BeautifulSoup(text, "html.parser")
    for meta in soup.select("meta"):
        name = meta.get("name") or meta.get("property")
        if name and meta.get("content"):
            document.meta[str(name)] = str(meta["content"])
    root = soup.select_one("html")
    if root is not None and root.get("lang"):
        document.meta.setdefault("locale", str(root["lang"]))
    heading = soup.select_one("h1")
    if heading is not None and not document.title:
        document.title = _plain(heading.get_text())
    offset, parts = first_line - 1, _parts(soup)
    for each in parts.tables:
        document.tables.append(Grid(_header(each), tuple(_rows(each, offset)), f"line {_line(each.tag, offset)}"))
    document.lists += [[_plain("".join(item.text)) for item in each] for each in parts.lists]
    document.code += [Block("".join(each.text), _line(each.tag, offset)) for each in parts.code]


@dataclass
class _Text:
    """A cell, a list item or a code block: its tag, and its texts."""

    tag: Tag
    text: list[str] = field(default_factory=list)


@dataclass
class _OpenTable:
    tag: Tag
    rows: list[tuple[Tag, list[_Text]]] = field(default_factory=list)


@dataclass
class _Parts:
    """The parts of a page, collected tag by tag; `inside` are the open tables and lists, the innermost last."""

    tables: list[_OpenTable] = field(default_factory=list)
    lists: list[list[_Text]] = field(default_factory=list)
    code: list[_Text] = field(default_factory=list)
    inside: "list[_OpenTable | list[_Text]]" = field(default_factory=list)
    pres: int = 0

    def enter(self, tag: Tag) -> None:
        """Handle a start tag."""
        match tag.name:
            case "table":
                self.tables.append(_OpenTable(tag))
                self.inside.append(self.tables[-1])
            case "ul" | "ol":
                self.lists.append([])
                self.inside.append(self.lists[-1])
            case "tr" | "td" | "th":
                self._begin(tag)
            case "li" if self.inside and isinstance(self.inside[-1], list):
                self.inside[-1].append(_Text(tag))
            case "pre":
                self.pres += 1
                if self.pres == 1:
                    self.code.append(_Text(tag))
            case "br":
                self.add("\n")
            case "sup" | "sub":
                self.add("^")  # a footnote mark must not become a digit of the number before it

    def leave(self, tag: Tag) -> None:
        """Handle an end tag."""
        if tag.name in ("table", "ul", "ol"):
            self.inside.pop()
        elif tag.name == "pre":
            self.pres -= 1

    def add(self, text: str) -> None:
        """Append a text to the last cell or item of the open tables and lists, and to the open code block."""
        for part in self.inside[-_MAX_DEPTH:]:
            texts = part if isinstance(part, list) else part.rows[-1][1] if part.rows else []
            if texts:
                texts[-1].text.append(text)
        if self.pres:
            self.code[-1].text.append(text)

    def _begin(self, tag: Tag) -> None:
        """Begin a row or a cell of the innermost table, even if a list inside it was not closed."""
        table = next((each for each in reversed(self.inside[-_MAX_DEPTH:]) if isinstance(each, _OpenTable)), None)
        if table is not None and tag.name == "tr":
            table.rows.append((tag, []))
        elif table is not None and table.rows:
            table.rows[-1][1].append(_Text(tag))


def _parts(soup: BeautifulSoup) -> _Parts:
    parts = _Parts()
    open_tags: list[tuple[Tag, Iterator[object]]] = [(soup, iter(soup.contents))]
    while open_tags:
        tag, rest = open_tags[-1]
        node = next(rest, None)
        if node is None:
            open_tags.pop()
            parts.leave(tag)
        elif isinstance(node, Tag):
            parts.enter(node)
            open_tags.append((node, iter(node.contents)))
        elif type(node) in (NavigableString, CData):  # not a comment, script or style
            parts.add(str(node))
    return parts


def _rows(table: _OpenTable, offset: int) -> "Iterator[Line]":
    """Yield the data rows; a row with only ``th`` cells, or with one wide cell, is a heading."""
    above: _Spans = {}
    for tag, cells in table.rows:
        texts, above = _spread(cells, above)
        is_heading = len(cells) == 1 and _span(cells[0].tag, "colspan") > 1
        if any(cell.tag.name == "td" for cell in cells) and not is_heading:
            yield Line(tuple(texts), f"line {_line(tag, offset)}")


def _header(table: _OpenTable) -> tuple[str, ...]:
    """Return the texts of the last of the rows at the top that have several cells, all of them ``th``; empty without one."""
    heads = takewhile(lambda cells: all(cell.tag.name == "th" for cell in cells), (cells for _, cells in table.rows))
    return next((tuple(_spread(cells, {})[0]) for cells in reversed(list(heads)) if len(cells) > 1), ())


def _spread(cells: list[_Text], above: _Spans) -> tuple[list[str], _Spans]:
    """Return the texts of a row, with spanning cells repeated in each column, and the cells that span the next row."""
    texts: list[str] = []
    below: _Spans = {}
    for cell in [*cells, None]:
        while len(texts) in above:
            left, text = above[len(texts)]
            below[len(texts)] = (left - 1, text)
            texts.append(text)
        if cell is not None:
            text, down = _plain("".join(cell.text)), _span(cell.tag, "rowspan")
            for _ in range(min(_span(cell.tag, "colspan"), _MAX_COLUMNS - len(texts))):
                below[len(texts)] = (down - 1, text)
                texts.append(text)
    return texts, {column: span for column, span in below.items() if span[0]}


def _span(tag: Tag, name: str) -> int:
    value = str(tag.get(name, ""))[:4]
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1


def _line(tag: Tag, offset: int) -> int:
    return (tag.sourceline or 1) + offset


def _plain(text: str) -> str:
    return " ".join(text.split())
