"""The format ``json``: the document from which every other format can be made."""

import json
from typing import TYPE_CHECKING

from pytest_pcerrors.reporting.report import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.reporting.report import Report


def as_json(report: "Report") -> "Iterator[str]":
    """Yield one document, with a line for each finding; its JSON Schema is ``reporting/report.schema.json``."""
    head = {
        "schema": SCHEMA,
        "tool": {"name": "pytest-pcerrors", "version": report.tool_version},
        "contract": report.contract,
    }
    yield json.dumps(head).removesuffix("}") + ', "findings": ['
    broken: set[str] = set()
    separator = "\n"
    for finding in report.findings:
        broken.update(violation["rule"] for violation in finding["violations"])
        yield separator + json.dumps(finding)
        separator = ",\n"
    rules = [rule for name, rule in report.rules.items() if name in broken]
    yield f'\n], "rules": {json.dumps(rules)}'
    if report.coverage:
        yield f', "coverage": {json.dumps(report.coverage.document())}'
    if report.counts:
        yield f', "counts": {json.dumps(report.counts.as_data())}'
    if report.matrices:
        yield f', "matrices": {json.dumps(report.matrices)}'
    yield f', "summary": {json.dumps(report.tally.as_data())}}}\n'
