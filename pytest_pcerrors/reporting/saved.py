"""Reports that were saved as JSON, read to be written in another format."""

from typing import TYPE_CHECKING, Any

from pytest_pcerrors.documents import json_object, published_schema, validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.report import SCHEMA, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOW_TO = "write one with `pcerrors check --format json --output FILE` or `pytest --pc-report=json:FILE`"


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document that the format ``json`` writes.

    >>> report_schema()["properties"]["schema"]["const"]
    1
    """
    return published_schema("pytest_pcerrors.reporting", "report.schema.json")


def report_of(data: bytes, path: str, *, is_quiet: bool = False) -> Report:
    """Return the report in a JSON document; anything else is a `UsageError` that names the file."""
    document = json_object(data, path)
    _refuse_foreign(document, path)
    validate(report_schema(), document, path)
    return Report.of_document(document, is_quiet=is_quiet)


def _refuse_foreign(document: "Mapping[str, Any]", path: str) -> None:
    """Raise a `UsageError` for a document that is not a report, or one of a newer version."""
    found, tool = document.get("schema"), document.get("tool")
    if type(found) is not int or not isinstance(tool, dict) or tool.get("name") != "pytest-pcerrors":
        raise UsageError(f"{path}: not a report of pytest-pcerrors; {_HOW_TO}")
    if found > SCHEMA:
        raise UsageError(
            f"{path}: a report of version {found}, and this pytest-pcerrors reads version {SCHEMA}; "
            "update it: pip install -U pytest-pcerrors"
        )
