"""The model of all reports: findings as plain data, the rules that they name, and the counts of the run.

The document of the format ``json`` has exactly this content, so it can be read again, to be joined or to be written in another format.
All texts are ready to be printed: secrets are masked, and control characters and lone surrogates are escaped.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypedDict, cast

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.documents import json_object, published_schema, validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import VERSION, ErrorCoverage
from pytest_pcerrors.reporting.finding_data import LINES, FindingData, joined_places, order
from pytest_pcerrors.reporting.matrix import MatrixData
from pytest_pcerrors.reporting.matrix import order as order_of_matrices
from pytest_pcerrors.reporting.summary import Tally
from pytest_pcerrors.reporting.totals import Counts, Totals
from pytest_pcerrors.rules.registry import all_rules
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import visible

SCHEMA = 1
"""The version of the document. It changes if readers of this version would misunderstand the document."""

_HOW_TO = "write one with `pcerrors check --format json --output FILE` or `pytest --pc-report=json:FILE`"


class RuleData(TypedDict):
    """The documentation of a `Rule` as plain data."""

    name: str
    stage: str
    breaks: str
    documentation: str
    example: str
    fix: str


@dataclass(eq=False, repr=False)
class Report:
    """What a format writes.

    `findings` can be iterated once, as they are found; then `tally` has the counts of the run. `rules` has the documentation of
    at least the rules that the findings name, by name; those of another contract may be missing.
    """

    contract: str
    rules: Mapping[str, RuleData]
    findings: Iterable[FindingData]
    tally: Tally
    saved_by: str = ""
    """The version of pytest-pcerrors that saved the report; empty for a report of this run."""
    is_quiet: bool = False
    """Whether the summary is left out of a report for people."""
    coverage: ErrorCoverage | None = None
    """Which documented errors were met, if that was counted; complete when the findings have been read."""
    matrices: list[MatrixData] = field(default_factory=list)
    """What assertions have found about clients."""
    counts: Counts | None = None
    """Counts by code, day and source, if the findings are samples."""
    base: ErrorCoverage | None = None
    """The coverage of another run, to show what has changed since."""
    is_coverage: bool = False
    """Whether it is an error coverage alone, which has formats of its own."""

    @property
    def tool_version(self) -> str:
        """The version of pytest-pcerrors."""
        from importlib.metadata import version

        return self.saved_by or version("pytest-pcerrors")

    @classmethod
    def of_findings(
        cls, findings: Iterable[FindingData], totals: Totals, policy: Policy, *, is_quiet: bool = False
    ) -> Self:
        """Return the report of findings as plain data; `totals` has their counts when they have been read."""
        if totals.counts is None:  # of samples, the first places are all there is
            findings = joined_places(findings)
        report = cls(policy.documented.name, rules_of(policy), findings, totals.tally, is_quiet=is_quiet)
        report.coverage, report.counts = totals.coverage, totals.counts
        return report

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the report of a valid document; its texts are escaped again, since anyone can have written it."""
        clean = _escaped(document)
        return cls(
            clean["contract"],
            {rule["name"]: rule for rule in clean["rules"]},
            clean["findings"],
            Tally.of_data(clean["summary"]),
            clean["tool"]["version"],
            matrices=clean.get("matrices", []),
            counts=Counts.of_data(clean["counts"]) if "counts" in clean else None,
        )

    @classmethod
    def of_coverage(cls, coverage: ErrorCoverage) -> Self:
        """Return the report of a coverage without findings."""
        return cls(coverage.contract.name, {}, (), Tally(), coverage=coverage, is_coverage=True)

    def plus(self, other: Self) -> None:
        """Add another report of the same contract; findings are sorted by place."""
        self.rules = {**other.rules, **self.rules}
        self.findings = sorted([*self.findings, *other.findings], key=order)
        self.matrices = sorted([*self.matrices, *other.matrices], key=order_of_matrices)
        Totals(self.tally, self.coverage, self.counts).plus(Totals(other.tally, other.coverage, other.counts))
        self.coverage, self.counts = self.coverage or other.coverage, self.counts or other.counts

    def with_violations(self) -> Iterator[FindingData]:
        """Yield the findings without the responses that conform."""
        return (finding for finding in self.findings if finding["violations"])


def as_json(report: Report) -> Iterator[str]:
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


def rules_of(policy: Policy) -> dict[str, RuleData]:
    """Return the documentation of all rules of a policy, by name."""
    names = tuple(RuleData.__annotations__)
    rules = all_rules(policy.documented_rules)
    return {rule.name: cast("RuleData", {name: visible(getattr(rule, name)) for name in names}) for rule in rules}


def _escaped(value: Any, kept: str = "") -> Any:
    """Return plain data with all texts escaped; a body keeps its line breaks."""
    match value:
        case str():
            return visible(value, kept)
        case dict():
            return {visible(name): _escaped(each, LINES if name == "body" else "") for name, each in value.items()}
        case list():
            return [_escaped(each) for each in value]
        case _:
            return value


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
