"""Read the page of Partner Center into a contract document: code table, list of statuses, sample body, table of properties.

The page of any other API, which would be misread, is refused.
"""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.files import shipped_document
from pytest_pcerrors.contract.sources._envelope import samples_in
from pytest_pcerrors.contract.sources._partner_center_table import code_table, errors_in, numbers_in
from pytest_pcerrors.contract.sources.model import Imported, Reading, Remark
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.sources.model import Grid, Source

_NAME_IT = "if it is of another API than Partner Center, use `pcerrors import --as NAME`, with the name of the API"

_MIN_DIGITS = 4
_LISTED_STATUS = re.compile(r"\W*([1-5]\d\d)(?!\d)")
_CHALLENGE = re.compile(r"^WWW-Authenticate:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{[^{}]*?(\w+)\s*\}")
_KINDS: dict[type, dict[str, Any]] = {list: {"type": "array", "items": {"type": "object"}}, dict: {"type": "object"}}


def read_partner_center(page: "Source") -> Imported:
    """Read a page of which most codes are known; raise a `UsageError` that names ``--as`` for any other page."""
    known = {row["code"] for row in shipped_document()["entries"]}
    try:
        document, remarks = read_page(page)
    except UsageError as error:
        cells = {cell for grid in page.grids for row in grid.rows for cell in row.cells}
        is_known = any(len(code) >= _MIN_DIGITS for code in known & cells)  # others may be statuses
        raise error if is_known else UsageError(f"{error}; {_NAME_IT}") from None
    codes = [row["code"] for row in document["entries"]]
    if 2 * sum(code in known for code in codes) < len(codes):
        raise UsageError(f"most of the {len(codes)} codes are not those of Partner Center; {_NAME_IT}")
    return Imported(document, remarks)


def read_page(page: "Source") -> Imported:
    """Return the contract document of a page; raise a `UsageError` for an invalid page.

    What a page does not define (hosts, known deviations of the service) is copied from the shipped contract.
    """
    repairs = page.remarks
    table, columns = code_table(page.grids)
    found = errors_in(table, columns, repairs)
    listed = _listed_statuses(page, repairs)
    shipped = shipped_document()
    schema = _error_schema(page, table, repairs)
    challenge = next((match[1] for block in page.code if (match := _CHALLENGE.search(block.text))), None)
    document = {
        **shipped,
        "page": page.page,
        "challenge": _PLACEHOLDER.sub(r"{\1}", challenge.rstrip()) if challenge else None,
        "members": {name: at for name, at in shipped["members"].items() if name in schema["properties"]},
        "schema": schema,
        **Reading(found, listed).parts(),
    }
    return Imported(document, tuple(sorted(repairs, key=_place)))


def _place(remark: Remark) -> tuple[int, str]:
    return int(remark.place.removeprefix("line ")), remark.message


def _listed_statuses(page: "Source", repairs: list[Remark]) -> set[int]:
    """Return the error statuses of every list whose items all begin with a status."""
    matches = [[_LISTED_STATUS.match(item.cells[0]) for item in each.rows] for each in page.lists]
    found = {int(match[1]) for each in matches if all(each) for match in each if match}
    listed = {status for status in found if status >= HTTPStatus.BAD_REQUEST}
    if not listed:
        repairs.append(Remark("line 1", "no list of HTTP statuses; only those of the table of error codes are used"))
    return listed


def _error_schema(page: "Source", codes: "Grid", repairs: list[Remark]) -> dict[str, Any]:
    """Return the error schema: names from the sample (those of the table may be translated), limits from the table."""
    shipped: dict[str, Any] = shipped_document()["schema"]
    every = (sample.value for block in page.code for sample in samples_in(block.text, block.line))
    samples = [sample for sample in every if len(sample) > 1]
    if not samples:
        repairs.append(Remark("line 1", "no sample of an error body; the shipped error schema is used"))
        return shipped
    sample = next((each for each in samples if "code" in each), None)
    if sample is None:
        raise UsageError(f'the sample of an error body has no member "code", but {", ".join(samples[0])}')
    limits = _limits(page.grids, codes, list(sample), repairs)
    known = shipped["properties"]
    properties = {}
    for (name, value), limit in zip(sample.items(), limits, strict=True):
        described = {"description": known[name]["description"]} if name in known else {}
        length = {"minLength": 1, "maxLength": limit} if limit and type(value) not in _KINDS else {}
        properties[name] = {**described, **_KINDS.get(type(value), {"type": "string"}), **length}
    required = [name for name, value in sample.items() if not isinstance(value, list)]
    return {**shipped, "required": required, "properties": properties}


def _limits(grids: "Sequence[Grid]", codes: "Grid", names: list[str], repairs: list[Remark]) -> list[int | None]:
    """Return the maximum length of each property, from the table with one row for each and the most of their names."""
    fitting = [grid for grid in grids if grid is not codes and len(grid.rows) == len(names)]
    if not fitting:
        missing = f"no table of the {len(names)} properties of the sample"
        repairs.append(Remark("line 1", f"{missing}; no maximum length is documented"))
        return [None] * len(names)
    table = max(fitting, key=lambda each: sum(row.cells[0].casefold() in names for row in each.rows if row.cells))
    return [max(numbers_in(" ".join(row.cells)), default=None) for row in table.rows]
