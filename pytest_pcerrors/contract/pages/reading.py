"""A page read into a contract: code table, list of statuses, sample of an error body, table of its properties."""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.contract.files import shipped_contract
from pytest_pcerrors.contract.model import Catalogue, Contract, Page
from pytest_pcerrors.contract.pages.codes import Repair, code_table, entries_of
from pytest_pcerrors.contract.pages.html import read_html
from pytest_pcerrors.contract.pages.markdown import read_markdown
from pytest_pcerrors.contract.pages.numbers import numbers_in
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.pages.document import Document, Table

LARGEST_PAGE = 16 * 1024 * 1024
"""The longest page that is read, in characters."""

_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|main|div|table|\?xml)\b", re.IGNORECASE)
_LISTED_STATUS = re.compile(r"\W*([45]\d\d)(?!\d)")
_MEMBER = re.compile(r'^\s*"([\w-]+)"\s*:\s*(\S?)', re.MULTILINE)
_CHALLENGE = re.compile(r"^WWW-Authenticate:\s*(\S.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{[^{}]*?(\w+)\s*\}")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})")


class PageReading(NamedTuple):
    """The contract that a page promises, and what on the page was read otherwise than it stands there."""

    contract: Contract
    repairs: tuple[Repair, ...]


def read_page(text: str) -> PageReading:
    """Read a documentation page, Markdown or HTML, in any language; a `UsageError` says what it lacks, with the line.

    What a page does not say (hosts, known deviations of the service) is as in the shipped contract.
    """
    if len(text) > LARGEST_PAGE:
        raise UsageError(f"the page has more than {LARGEST_PAGE} characters; it is no page of error codes")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    document = read_html(text) if _HTML.match(text) else read_markdown(text)
    repairs: list[Repair] = []
    table, columns = code_table(document)
    entries = entries_of(table, columns, repairs)
    listed = _listed_statuses(document, repairs)
    shipped = shipped_contract()
    schema = _error_schema(document, table, repairs)
    challenge = next((match[1] for block in document.code if (match := _CHALLENGE.search(block.text))), None)
    contract = Contract(
        name=shipped.name,
        statuses={status: _phrase(status) for status in sorted(listed | {entry.status for entry in entries})},
        catalogue=Catalogue(entries),
        error_schema=schema,
        members={name: steps for name, steps in shipped.members.items() if name in schema["properties"]},
        hosts=shipped.hosts,
        challenge=_PLACEHOLDER.sub(r"{\1}", challenge) if challenge else None,
        deviations=shipped.deviations,
        page=_page(document),
    )
    return PageReading(contract, tuple(sorted(repairs)))


def _listed_statuses(document: "Document", repairs: list[Repair]) -> set[int]:
    """Return the statuses of every list whose items all begin with one."""
    matches = [[_LISTED_STATUS.match(item) for item in each] for each in document.lists]
    listed = {int(match[1]) for each in matches if each and all(each) for match in each if match}
    if not listed:
        repairs.append(Repair(1, "no list of HTTP statuses; those of the table of error codes stand alone"))
    return listed


def _error_schema(document: "Document", codes: "Table", repairs: list[Repair]) -> dict[str, Any]:
    """Return the error schema: names from the sample (a machine translates those of the table), the limit from the table."""
    shipped = dict(shipped_contract().error_schema)
    sample = next((each for block in document.code if len(each := _MEMBER.findall(block.text)) > 1), None)
    if sample is None:
        repairs.append(Repair(1, "no sample of an error body; its schema is the shipped one"))
        return shipped
    if "code" not in dict(sample):
        raise UsageError(f'the sample of an error body has no member "code", but {", ".join(dict(sample))}')
    limits = _limits(document.tables, codes, len(sample))
    known = shipped["properties"]
    properties = {}
    for (name, start), limit in zip(sample, limits, strict=True):
        said = {"description": known[name]["description"]} if name in known else {}
        kind: dict[str, Any] = {"type": "array", "items": {"type": "object"}} if start == "[" else {"type": "string"}
        length = {"minLength": 1, "maxLength": limit} if limit and start != "[" else {}
        properties[name] = {**said, **kind, **length}
    return {**shipped, "required": [name for name, start in sample if start != "["], "properties": properties}


def _limits(tables: "Sequence[Table]", codes: "Table", count: int) -> list[int | None]:
    """Return the longest length that the table of properties gives each; it is the first table of as many rows."""
    fitting = next((table for table in tables if table is not codes and len(table.rows) == count), None)
    if fitting is None:
        return [None] * count
    return [max(numbers_in(" ".join(row.cells)), default=None) for row in fitting.rows]


def _page(document: "Document") -> Page:
    meta = document.meta
    day = _DAY.search(meta.get("ms.date", ""))
    date = ""
    if day:
        month, day_of_month, year = (day[1], day[2], day[3]) if day[3] else (day[5], day[6], day[4])
        date = f"{year}-{int(month):02}-{int(day_of_month):02}"
    locale = meta.get("ms.contentlocale") or meta.get("locale") or ""
    return Page(meta.get("title") or document.title, date, locale.lower())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
