"""The format ``html``: findings and error coverage in one file, which opens from disk and loads nothing.

The coverage is a picture of the contract: a cell for each documented error, which shows how it was met.
"""

from base64 import b64encode
from collections import Counter
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.coverage import WAYS, ErrorCoverage
from pytest_pcerrors.reporting.failure import place, request_line, status_line, test_of
from pytest_pcerrors.reporting.matrix import FACTS, headline, name_of, values_of
from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.report import RuleData

_MOST_FINDINGS = 20_000
"""What a browser can still show; a page is for people, and the JSON report has all."""
_STATES = {
    "several": ("", "met in several ways"),
    "asserted": ("A", "asserted by a test"),
    "replayed": ("R", "replayed from a recording"),
    "served": ("S", "served to a client"),
    "simulated": ("M", "simulated for a client"),
    "missing": ("–", "not met"),  # noqa: RUF001 - a dash that is as wide as a letter
    "excluded": ("×", "excluded by the settings"),  # noqa: RUF001 - the sign is more visible than the letter
}
"""How an error was met: the letter of its cell, since colours alone are not enough, and the explanation."""
_MOST_UNDOCUMENTED = 100


def as_html(report: Report) -> "Iterator[str]":
    """Yield the page of a report, with its coverage and what has changed since that of another run, if it has them.

    Without jinja2, raise a `UsageError`.
    """
    return _pieces(template(), report)


def coverage_as_html(coverage: "ErrorCoverage") -> str:
    """Return the page of a coverage without findings."""
    return "".join(as_html(Report.of_coverage(coverage)))


def _pieces(template: "Template", report: Report) -> "Iterator[str]":
    """Read the findings, which completes the counts, and yield the page."""
    found = Found(report)
    picture = None if report.coverage is None else Picture(report.coverage, report.base)
    groups = picture.groups if picture else ()
    yield from template.generate(
        report=report,
        found=found,
        picture=picture,
        ways=WAYS,
        statuses=sorted(found.statuses.union(group.status for group in groups if group.status)),
        has_findings=picture is None or not report.tally.is_empty or found.total > 0,
        style=_data("report.css"),
        script=_data("report.js"),
    )


@cache
def template() -> "Template":
    """Return the template; raise a `UsageError` without jinja2. Every text that it prints is escaped, for HTML and from control characters and surrogates."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise UsageError("the format html needs jinja2: pip install 'pytest-pcerrors[html]'") from None
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_printed
    )
    environment.globals |= {"facts": FACTS, "headline": headline, "name_of": name_of, "values_of": values_of}
    environment.filters["own"] = Markup
    environment.filters["sha256"] = _sha256
    return environment.from_string(_data("report.html.j2"))


def _printed(value: Any) -> Any:
    """Escape the control characters and surrogates of a text, but not of markup, which is a subclass."""
    return visible(value) if type(value) is str else value


def _sha256(text: str) -> str:
    """Return the hash by which a Content-Security-Policy allows an inline script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _data(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


class BrokenRule(NamedTuple):
    """A rule with its violations of each severity; `documentation` is None for a rule that the report does not document."""

    name: str
    errors: int
    warnings: int
    documentation: "RuleData | None"


class Found:
    """The findings with violations: the first of them as plain data, the number of all, their statuses and broken rules.

    The rules with most errors come first, then those with most warnings.
    """

    def __init__(self, report: Report) -> None:
        self.findings: list[dict[str, Any]] = []
        self.total = 0
        self.statuses: set[int] = set()
        errors: Counter[str] = Counter()
        warnings: Counter[str] = Counter()
        for finding in report.with_violations():
            self.total += 1
            if finding["status"] is not None:
                self.statuses.add(finding["status"])
            if self.total <= _MOST_FINDINGS:
                self.findings.append(_compact(finding))
            for violation in finding["violations"]:
                (warnings if violation["severity"] == "warning" else errors)[violation["rule"]] += 1
        names = sorted({*errors, *warnings}, key=lambda name: (-errors[name], -warnings[name], name))
        self.rules = [BrokenRule(name, errors[name], warnings[name], report.rules.get(name)) for name in names]


def _compact(finding: "FindingData") -> dict[str, Any]:
    """Return what the page shows of a finding, without members that have no value."""
    shown = {
        "response": status_line(finding) or finding["kind"],
        "status": finding["status"],
        "code": finding["code"],
        "request": request_line(finding),
        "place": place(finding),
        "test": test_of(finding),
        "contract": finding.get("contract"),
        "correlation": finding["correlation_id"],
        "body": finding["body"],
        "violations": [_filled(violation) for violation in finding["violations"]],
    }
    return _filled(shown)


def _filled(data: Any) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "")}


class Cell(NamedTuple):
    """A documented error: the letters and the counts of the ways in which it was met; `change` is ``won``, ``lost`` or empty."""

    number: int
    entry: "Entry"
    state: str
    letters: str
    counts: dict[str, int]
    change: str

    @property
    def label(self) -> str:
        """The cell in words."""
        ways = ", ".join(f"{way} {count}" for way, count in self.counts.items() if count)
        words = _STATES[self.state][1] if self.state in {"missing", "excluded"} else ways
        change = f", {self.change} since the base run" if self.change else ""
        return f"{self.entry.status_text} {self.entry.code}: {words}{change}"


class Group(NamedTuple):
    """The errors of a status; `met` and `wanted` do not count excluded ones."""

    status: int | None
    name: str
    cells: list[Cell]
    met: int
    wanted: int


class Picture:
    """All that a page shows of a coverage, and of what has changed since a base run; `base` is the percentage of that, None without one."""

    def __init__(self, coverage: ErrorCoverage, base: ErrorCoverage | None) -> None:
        self.coverage = coverage
        self.base = None if base is None else base.percent
        self.wanted = len(coverage.wanted)
        in_order = sorted(coverage.contract.catalogue, key=lambda entry: entry.rank)
        cells = [_cell(number, entry, coverage, base) for number, entry in enumerate(in_order)]
        self.cells = len(cells)
        by_status = groupby(cells, key=lambda cell: cell.entry.status)
        self.groups = [_group(status, coverage, list(same)) for status, same in by_status]
        counts = Counter(cell.state for cell in cells)
        self.states = [(name, *words, counts[name]) for name, words in _STATES.items() if counts[name]]
        self.undocumented = coverage.most_undocumented(_MOST_UNDOCUMENTED)
        self.more_undocumented = len(coverage.undocumented) - len(self.undocumented)

    def changed(self, change: str) -> list[Cell]:
        """Return the cells that were ``won`` or ``lost``."""
        return [cell for group in self.groups for cell in group.cells if cell.change == change]


def _cell(number: int, entry: "Entry", coverage: ErrorCoverage, base: ErrorCoverage | None) -> Cell:
    counts = {way: coverage.pairings[*entry.pairing, way] for way in WAYS}
    met = [way for way in WAYS if counts[way]]
    if entry.pairing in coverage.excluded:
        state = "excluded"
    elif not met:
        state = "missing"
    else:
        state = met[0] if len(met) == 1 else "several"
    letters = "".join(_STATES[way][0] for way in met) if state == "several" else _STATES[state][0]
    change = "" if base is None else coverage.change(entry, base)
    return Cell(number, entry, state, letters, {str(way): count for way, count in counts.items()}, change)


def _group(status: int | None, coverage: ErrorCoverage, cells: list[Cell]) -> Group:
    wanted = [cell for cell in cells if cell.state != "excluded"]
    met = sum(cell.state != "missing" for cell in wanted)
    return Group(status, coverage.contract.status_of(cells[0].entry), cells, met, len(wanted))
