"""Reports and coverages that were saved as JSON, read to be written in another format, joined or compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.documents import json_object, published_schema, validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.coverage import VERSION, ErrorCoverage
from pytest_pcerrors.reporting.report import SCHEMA, Report
from pytest_pcerrors.secrets.display import safe

_HOW_TO = "write one with `pcerrors check --format json --output FILE` or `pytest --pc-report=json:FILE`"


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document that the format ``json`` writes."""
    return published_schema("pytest_pcerrors.reporting", "report.schema.json")


def coverage_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document with an error coverage."""
    return published_schema("pytest_pcerrors.reporting", "coverage.schema.json")


def saved_of(data: bytes, path: str, contract: Callable[[], Contract]) -> Report:
    """Return the report in a JSON document, or that of a coverage; anything else is a `UsageError` that names the file.

    `contract` returns the contract of a coverage; one with other errors is a `UsageError`.
    """
    document = json_object(data, path)
    is_coverage = document.get("kind") == "coverage"
    _refuse_foreign(document, path, VERSION if is_coverage else SCHEMA)
    if is_coverage:
        return Report.of_coverage(_coverage_of(document, path, contract()))
    validate(report_schema(), document, path)
    report = Report.of_document(document)
    if "coverage" in document:
        report.coverage = _coverage_of(document["coverage"], path, contract())
    return report


def _coverage_of(document: dict[str, Any], path: str, of: Contract) -> ErrorCoverage:
    """Return the coverage in a document; a `UsageError` if it is not one of this contract."""
    validate(coverage_schema(), document, path)
    if [(row["status"], row["code"]) for row in document["pairings"]] != [each.pairing for each in of.catalogue]:
        raise UsageError(
            f"{path}: the coverage of another contract ({safe(document['contract'])}), not of {of.name}; "
            "name its file: --contract FILE"
        )
    return ErrorCoverage.of_document(document, of)


def merged(several: Sequence[Report], paths: Sequence[str]) -> Report:
    """Return the sum of reports, or that of coverages; a mixture is a `UsageError`."""
    first, *others = several
    for each, path in zip(others, paths[1:], strict=True):
        if each.is_coverage != first.is_coverage:
            raise UsageError(f"{path}: {kind(each)}, and {paths[0]} is {kind(first)}; only the same can be joined")
        if each.contract != first.contract:
            raise UsageError(
                f"{path}: a report for the contract {each.contract}, and {paths[0]} is one for {first.contract}"
            )
        first.plus(each)
    return first


def kind(saved: Report) -> str:
    """Return what it is, for a message."""
    return "an error coverage" if saved.is_coverage else "a report"


def _refuse_foreign(document: Mapping[str, Any], path: str, version: int) -> None:
    """Raise a `UsageError` for a document that is not one of ours, or one of a newer version."""
    found, tool = document.get("schema"), document.get("tool")
    if type(found) is not int or not isinstance(tool, dict) or tool.get("name") != "pytest-pcerrors":
        raise UsageError(f"{path}: not a report of pytest-pcerrors; {_HOW_TO}")
    if found > version:
        raise UsageError(
            f"{path}: a report of version {found}, and this pytest-pcerrors reads version {version}; "
            "update it: pip install -U pytest-pcerrors"
        )
