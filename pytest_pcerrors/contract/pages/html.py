"""Pages in HTML, as saved from the web, and HTML blocks inside Markdown.

Of table rows, cells and list items only the start tags count: HTML lets their end tags be left out, and the parser then puts
each into the one before it.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, NavigableString

from pytest_pcerrors.contract.pages.document import Block, Document, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDEST, _LONGEST_SPAN, _DEEPEST = 50, 1000, 8

_Spans = dict[int, tuple[int, str]]


def read_html(text: str) -> Document:
    """Take an HTML page apart.

    >>> read_html("<table><tr><th>a</th></tr><tr><td>20<b>.000</b></td></tr></table>").tables[0].rows[0].cells
    ('20.000',)
    """
    document = Document()
    add_html(document, text, 1)
    return document


def add_html(document: Document, text: str, first_line: int) -> None:
    """Add what a piece of HTML holds to a document; `first_line` is the line of the page that it begins on."""
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
    document.tables += [Table(tuple(_rows(each, offset)), _line(each.tag, offset)) for each in parts.tables]
    document.lists += [[_plain("".join(item.text)) for item in each] for each in parts.lists]
    document.code += [Block("".join(each.text), _line(each.tag, offset)) for each in parts.code]


@dataclass
class _Text:
    """A cell, a list item or a block of code: its tag, and the texts in it."""

    tag: Tag
    text: list[str] = field(default_factory=list)


@dataclass
class _OpenTable:
    tag: Tag
    rows: list[tuple[Tag, list[_Text]]] = field(default_factory=list)


@dataclass
class _Parts:
    """What the walk over a page gathers; `inside` are the tables and lists that it is in, the innermost last."""

    tables: list[_OpenTable] = field(default_factory=list)
    lists: list[list[_Text]] = field(default_factory=list)
    code: list[_Text] = field(default_factory=list)
    inside: "list[_OpenTable | list[_Text]]" = field(default_factory=list)
    pres: int = 0

    def enter(self, tag: Tag) -> None:
        """Begin the part that a start tag begins."""
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
                self.add("^")  # the mark of a footnote is no digit of the number before it

    def leave(self, tag: Tag) -> None:
        """End the part that an end tag ends."""
        if tag.name in ("table", "ul", "ol"):
            self.inside.pop()
        elif tag.name == "pre":
            self.pres -= 1

    def add(self, text: str) -> None:
        """Add a text to the last cell or item of the tables and lists around it, and to the block of code it is in."""
        for part in self.inside[-_DEEPEST:]:
            texts = part if isinstance(part, list) else part.rows[-1][1] if part.rows else []
            if texts:
                texts[-1].text.append(text)
        if self.pres:
            self.code[-1].text.append(text)

    def _begin(self, tag: Tag) -> None:
        """Begin a row or a cell of the innermost table; a list in it that was not ended has ended."""
        table = next((each for each in reversed(self.inside[-_DEEPEST:]) if isinstance(each, _OpenTable)), None)
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
        elif type(node) in (NavigableString, CData):  # and no comment, script or style
            parts.add(str(node))
    return parts


def _rows(table: _OpenTable, offset: int) -> "Iterator[Row]":
    """Return the rows that hold data: a row of th alone, or of one wide cell, is a heading."""
    above: _Spans = {}
    for tag, cells in table.rows:
        texts, above = _spread(cells, above)
        is_heading = len(cells) == 1 and _span(cells[0].tag, "colspan") > 1
        if any(cell.tag.name == "td" for cell in cells) and not is_heading:
            yield Row(tuple(texts), _line(tag, offset))


def _spread(cells: list[_Text], above: _Spans) -> tuple[list[str], _Spans]:
    """Return the texts of a row, those of cells that span several columns or rows in each of them, and what spans the next."""
    texts: list[str] = []
    below: _Spans = {}
    for cell in [*cells, None]:
        while len(texts) in above:
            left, text = above[len(texts)]
            below[len(texts)] = (left - 1, text)
            texts.append(text)
        if cell is not None:
            text, down = _plain("".join(cell.text)), _span(cell.tag, "rowspan")
            for _ in range(min(_span(cell.tag, "colspan"), _WIDEST - len(texts))):
                below[len(texts)] = (down - 1, text)
                texts.append(text)
    return texts, {column: span for column, span in below.items() if span[0]}


def _span(tag: Tag, name: str) -> int:
    value = str(tag.get(name, ""))[:4]
    return min(max(int(value), 1), _LONGEST_SPAN) if value.isdecimal() else 1


def _line(tag: Tag, offset: int) -> int:
    return (tag.sourceline or 1) + offset


def _plain(text: str) -> str:
    return " ".join(text.split())
