"""Pages in HTML, as saved from the web, and HTML blocks inside Markdown."""

from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from pytest_pcerrors.contract.pages.document import Block, Document, Row, Table

if TYPE_CHECKING:
    from bs4 import Tag


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
    for line_break in soup.find_all("br"):
        line_break.replace_with(" ")
    for meta in soup.find_all("meta"):
        name = meta.get("name") or meta.get("property")
        if name and meta.get("content"):
            document.meta[str(name)] = str(meta["content"])
    root = soup.find("html")
    if root is not None and root.get("lang"):
        document.meta.setdefault("locale", str(root["lang"]))
    heading = soup.find("h1")
    if heading is not None and not document.title:
        document.title = _plain(heading)
    offset = first_line - 1
    document.tables += [Table(_rows(table, offset), _line(table, offset)) for table in soup.find_all("table")]
    document.lists += [
        [_plain(item) for item in each.find_all("li", recursive=False)] for each in soup.find_all(["ul", "ol"])
    ]
    document.code += [Block(each.get_text(), _line(each, offset)) for each in soup.find_all("pre")]


def _rows(table: "Tag", offset: int) -> tuple[Row, ...]:
    """Return the rows that belong to the table itself and hold data: a row of th alone is a header."""
    own = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    return tuple(
        Row(tuple(_plain(cell) for cell in row.find_all(["td", "th"], recursive=False)), _line(row, offset))
        for row in own
        if row.find("td") is not None
    )


def _line(tag: "Tag", offset: int) -> int:
    return (tag.sourceline or 1) + offset


def _plain(tag: "Tag") -> str:
    return " ".join(tag.get_text().split())
