"""Parse pages: HTML, or the Markdown of Microsoft's documentation repositories (CommonMark with tables).

Before, lines of Markdown are repaired: pipes that would split a cell, and lines that would end a table early.
"""

import re
from contextlib import suppress
from datetime import date
from itertools import pairwise
from time import strptime
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pytest_pcerrors.contract.sources._html import LINE_MARK, add_html
from pytest_pcerrors.contract.sources.model import Remark, Source
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_PAGE = 2 * 1024 * 1024
"""The largest page that is read, in characters."""
_HTML = re.compile(r"\s*(?><!--.*?-->\s*)*+<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE | re.DOTALL)
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y")
_DAY = re.compile(r"\b\d{1,4}([-/.])\d\d?\1\d{1,4}", re.ASCII)

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^([\w.-]+):(.*)$", re.MULTILINE)
_QUOTED = re.compile(r"""\A(["'])(.*)\1\Z""")
_KEPT = re.compile(r"<(?:br|/?(?:su[bp]|b|strong))\b[^>]*>", re.IGNORECASE)
_STATUS_DIGITS = 3
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3}+)(?!`).+?(?<!`)\1(?!`)")  # a row is searched once for each length of a fence
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITERS = re.compile(r"[ \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+(?:\||\Z))++[ \t]*+")
_HTML_TABLE = re.compile(r"[ \t]*(?:<.*)?<table\b", re.IGNORECASE)
_HTML_TABLE_START, _HTML_TABLE_END = "<table", "</table"
_EMPTY_COMMENT, _EMPTY_ROW = "<!---->", "|"
_MAX_EMPTY_LINES = 3


def parsed_page(text: str, *, is_html: bool = False) -> Source:
    """Parse a page in Markdown or HTML; a page of more than `MAX_PAGE` characters is a `UsageError`."""
    if not isinstance(text, str):
        raise UsageError(f"expected the text of a page as a str, got {type(text).__name__}")
    if len(text) > MAX_PAGE:
        raise UsageError(f"the page has more than {MAX_PAGE} characters; it is not a page of error codes")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    is_html = is_html or bool(_HTML.match(text))
    source = Source() if is_html else _read_markdown(text)
    if is_html or (not source.grids and text.lstrip().startswith("<")):  # a text that begins with a tag may be either
        source = Source()
        add_html(source, text)
    meta = source.meta
    title, day = meta.get("title") or source.title, _date(meta.get("ms.date", ""))
    locale = (meta.get("ms.contentlocale") or meta.get("locale") or "").lower()
    source.page = {name: each for name, each in (("title", title), ("date", day), ("locale", locale)) if each}
    return source


def _date(text: str) -> str:
    """Return the first date in a text as YYYY-MM-DD, or "" without one."""
    day = _DAY.search(text)
    for form in _DATES:
        with suppress(ValueError):
            return date(*strptime(day[0] if day else "", form)[:3]).isoformat()
    return ""


def _read_markdown(text: str) -> Source:
    r"""Parse a Markdown page as the HTML that it is rendered to.

    >>> _read_markdown("| a | b |\n|---|---|\n| `x|y` | **2** |").grids[0].rows[0].cells
    ('x|y', '2')
    """
    source = Source()
    front_matter = _FRONT_MATTER.match(text)
    if front_matter:
        source.meta = {name: _QUOTED.sub(r"\2", each.strip()) for name, each in _FIELD.findall(front_matter[1])}
        text = "\n" * front_matter[0].count("\n") + text[front_matter.end() :]
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse("\n".join(_repaired(text.split("\n"), source.remarks)))
    add_html(source, markdown.renderer.render([*_with_marks(tokens)], markdown.options, {}))
    return source


def _with_marks(tokens: "Iterable[Token]") -> "Iterator[Token]":
    """Yield the tokens of a page: line numbers before blocks, and no tags inside a text except line breaks, bold texts and footnote marks."""
    for token in tokens:
        if token.map and token.nesting >= 0 and token.children is None:
            yield _html(f"<!--{LINE_MARK}{token.map[0] + 1 + (token.type == 'fence')}-->")
        yield token
        if token.type == "list_item_open" and len(token.info) == _STATUS_DIGITS:  # 400. is a status
            yield _html(f"{token.info} ")
        if token.children:
            token.children = [each for each in token.children if _is_kept(each)]
        for each, following in pairwise(token.children or ()):
            if each.type == "softbreak" and following.type == "strong_open":  # a label such as **Status:**
                each.type = "hardbreak"


def _is_kept(inline: Token) -> bool:
    return (
        bool(_KEPT.fullmatch(inline.content))
        if inline.type == "html_inline"
        else inline.type != "text" or bool(inline.content)
    )


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _repaired(lines: "Sequence[str]", repairs: list[Remark]) -> "Iterator[str]":
    r"""Yield the repaired lines, one for each line; record empty lines in a table and cells without a column.

    >>> list(_repaired(["|`a|b`|", "|---|"], []))
    ['|`a\\|b`|', '|---|']
    """
    last_end = max((index for index, line in enumerate(lines) if _HTML_TABLE_END in line.lower()), default=-1)
    width, depth = 0, 0
    for index, line in enumerate(lines):
        if index <= last_end and (depth or _HTML_TABLE.match(line)):
            opened, ended = (line.lower().count(tag) for tag in (_HTML_TABLE_START, _HTML_TABLE_END))
            depth = max(depth + opened - ended, 0)
            yield line if line.strip() else _EMPTY_COMMENT
        elif line.strip():
            row = _row(line)
            width = _width(line) if _DELIMITERS.fullmatch(line) else width
            if width and _width(row) > width:
                message = f"cells after column {width} were ignored; should a pipe be written \\|?"
                repairs.append(Remark(f"line {index + 1}", message))
            yield row
        elif width and _continues(lines[index + 1 : index + 2 + _MAX_EMPTY_LINES], width):
            repairs.append(Remark(f"line {index + 1}", "an empty line inside a table was ignored"))
            yield _EMPTY_ROW
        else:
            width = 0
            yield line


def _continues(lines: "Sequence[str]", width: int) -> bool:
    """Return whether a table continues after an empty line: with a row as wide that is not the header of another table."""
    filled = [line for line in lines if line.strip()]
    is_header = len(filled) > 1 and _DELIMITERS.fullmatch(filled[1])
    return bool(filled) and width > 1 and _width(_row(filled[0])) == width and not is_header


def _width(row: str) -> int:
    """Return the number of cells of a row."""
    pipes = len(_BARE_PIPE.findall(row))
    row = row.strip()
    outer = row.startswith("|") + (row.endswith("|") and not row.endswith("\\|"))
    return pipes + 1 - outer


def _row(line: str) -> str:
    """Return a line, as a table row if it is one: escape the pipes inside code spans, and remove the indent.

    An unescaped pipe would split the cell; an indent of four would end the table and lose all rows after it.
    """
    if "|" not in _CODE_SPAN.sub("", line):
        return line
    return _CODE_SPAN.sub(lambda span: _BARE_PIPE.sub(r"\\|", span[0]), line).lstrip()
