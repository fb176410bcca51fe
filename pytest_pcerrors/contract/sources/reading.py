"""Choose the reader of a source, and return what it has: tables and samples of a page, rows of data, or an OpenAPI document."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pytest_pcerrors.contract.pages.document import Grid, Remark
from pytest_pcerrors.contract.pages.reading import parsed_page
from pytest_pcerrors.contract.pages.sources import MAX_DATA, decoded
from pytest_pcerrors.contract.sources._envelope import samples_in
from pytest_pcerrors.contract.sources._names import code_rank, is_status_name, text_rank
from pytest_pcerrors.contract.sources._responses import is_openapi
from pytest_pcerrors.contract.sources._rows import grids_of, read_csv
from pytest_pcerrors.contract.sources._yaml import MAX_DEPTH, read_yaml
from pytest_pcerrors.contract.sources.model import Sample
from pytest_pcerrors.documents import json_value
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import is_deeper

PAGE, HTML = "page", "html"
"""The kinds of a page: in Markdown or HTML, and in HTML only."""

_KINDS = {
    **dict.fromkeys((".md", ".markdown", ".mdx"), PAGE),
    **dict.fromkeys((".html", ".htm", ".xhtml"), HTML),
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".json",), "json"),
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
}
_OPENAPI_LINE = re.compile(r"^[\"']?(?:openapi|swagger)[\"']?[ \t]*:", re.MULTILINE)
_CSV_LINE = re.compile(r"\s*\"?[\w -]+\"?(?:[,;\t]\"?[\w -]+\"?)+[ \t]*(?:\r?\n|\Z)")


class Source(NamedTuple):
    """A source as its reader returns it: data of an OpenAPI document, or grids and samples; and the member ``page`` of a page."""

    openapi: dict[str, Any] | None = None
    grids: Sequence[Grid] = ()
    samples: Sequence[Sample] = ()
    remarks: Sequence[Remark] = ()
    page: Mapping[str, str] = MappingProxyType({})


def read_source(data: bytes, name: str) -> Source:
    r"""Return what a source has; its kind is known by the suffix of its name, or else by its first characters.

    >>> source = read_source(b'| Code |\n|---|\n| `A` |\n\n```json\n{"code": "A"}\n```\n', "errors.md")
    >>> source.grids[0].header, source.grids[0].rows[0].cells, source.samples[0].place
    (('Code',), ('A',), 'line 6')
    """
    text, kind = text_of(data, name)
    if kind in (PAGE, HTML):
        return _read_page(text, is_html=kind == HTML)
    if kind == "csv":
        return Source(grids=read_csv(text))
    value = value_of(text, kind)
    return Source(openapi=value) if is_openapi(value) else Source(grids=grids_of(value))


def text_of(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a source, and its kind: `PAGE`, `HTML`, ``csv``, ``json`` or ``yaml``."""
    if len(data) > MAX_DATA:
        raise UsageError(f"has more than {MAX_DATA} bytes; import the part with the error codes")
    text = decoded(data).removeprefix("\ufeff")
    return text, _KINDS.get(Path(name.partition("?")[0]).suffix.lower()) or _guessed(text)


def value_of(text: str, kind: str) -> Any:
    """Return the value of a text in JSON or YAML."""
    if kind != "json":
        return read_yaml(text)
    try:
        value = json_value(text.encode(), "")
    except UsageError as error:
        raise UsageError(str(error).removeprefix(": ")) from None
    if is_deeper(value, MAX_DEPTH):
        raise UsageError(f"nested more than {MAX_DEPTH} levels deep; import the part with the error codes")
    return value


def _guessed(text: str) -> str:
    """Return the kind of a text: what the first characters of JSON, an OpenAPI document in YAML, or CSV look like; else a page."""
    if text.lstrip().startswith(("{", "[")):
        return "json"
    if _OPENAPI_LINE.search(text[:10_000]):
        return "yaml"
    return "csv" if _CSV_LINE.match(text) else PAGE


def _read_page(text: str, *, is_html: bool) -> Source:
    page, about = parsed_page(text, is_html=is_html)
    samples = [sample for block in page.code for sample in samples_in(block.text, block.line)]
    return Source(None, [_with_header(table) for table in page.tables], samples, page.remarks, about)


def _with_header(table: Grid) -> Grid:
    """Return a table with a header: without one, the first row is the header if it names a column."""
    if table.header or not table.rows or not any(map(_is_named, table.rows[0].cells)):
        return table
    return Grid(table.rows[0].cells, table.rows[1:], table.place)


def _is_named(cell: str) -> bool:
    return is_status_name(cell) or code_rank(cell) is not None or text_rank(cell) is not None
