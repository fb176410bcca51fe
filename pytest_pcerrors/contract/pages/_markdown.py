"""Parse pages in the Markdown of Microsoft's documentation repositories (CommonMark with tables)."""

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from pytest_pcerrors.contract.pages._html import add_html
from pytest_pcerrors.contract.pages._repairs import repaired
from pytest_pcerrors.contract.pages.document import Block, Document, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"""^([\w.-]+):[ \t]*["']?(.*?)["']?[ \t]*$""", re.MULTILINE)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SMALL = re.compile(r"<su[bp]\b[^>]*>", re.IGNORECASE)
_STATUS_DIGITS = 3


def read_markdown(text: str) -> Document:
    r"""Parse a Markdown page.

    >>> read_markdown("| a | b |\n|---|---|\n| `x|y` | **2** |").tables[0].rows[0].cells
    ('x|y', '2')
    """
    document = Document()
    front_matter = _FRONT_MATTER.match(text)
    if front_matter:
        document.meta = dict(_FIELD.findall(front_matter[1]))
        text = "\n" * front_matter[0].count("\n") + text[front_matter.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(repaired(text.split("\n"), document.repairs)))
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 1
        match token.type:
            case "table_open":
                rows = tuple(_rows(_inside(tokens, index)))
                document.tables.append(Table(rows[1:], line, rows[0].cells))
            case "bullet_list_open" | "ordered_list_open":
                document.lists.append(_items(_inside(tokens, index)))
            case "fence" | "code_block":
                document.code.append(Block(token.content, line, is_fenced=token.type == "fence"))
            case "html_block":
                add_html(document, token.content, line)
            case "heading_open" if token.tag == "h1" and not document.title:
                document.title = _plain(tokens[index + 1])
    return document


def _inside(tokens: "Sequence[Token]", opening: int) -> "Sequence[Token]":
    """Return the tokens between an opening token and its closing token."""
    level = tokens[opening].level
    end = next(index for index in range(opening + 1, len(tokens)) if tokens[index].level == level)
    return tokens[opening + 1 : end]


def _rows(tokens: "Sequence[Token]") -> "Iterator[Row]":
    cells: list[str] = []
    line = 1
    for token in tokens:
        if token.type == "tr_open":
            cells, line = [], token.map[0] + 1 if token.map else 1
        elif token.type == "inline":
            cells.append(_plain(token))
        elif token.type == "tr_close":
            yield Row(tuple(cells), line)


def _items(tokens: "Sequence[Token]") -> list[str]:
    """Return the first line of each item; an item number that looks like a status (``400.``) is part of the text."""
    items: list[str] = []
    is_new, number = False, ""
    for token in tokens:
        if token.type == "list_item_open":
            is_new = True
            number = f"{token.info} " if len(token.info) == _STATUS_DIGITS else ""
        elif token.type == "inline" and is_new:
            items.append(number + _plain(token))
            is_new = False
    return items


def _plain(token: "Token") -> str:
    """Return inline content as plain text: code verbatim, line breaks as spaces, without emphasis and tags."""
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or _LINE_BREAK.fullmatch(child.content):
            parts.append(" ")
        elif _SMALL.fullmatch(child.content):
            parts.append("^")  # a footnote mark must not become a digit of the number before it
    return " ".join("".join(parts).split())
