"""The formats of error coverage: each is a function from a coverage to a text."""

import json
from collections.abc import Callable
from itertools import groupby

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.reporting.coverage import WAYS, ErrorCoverage
from pytest_pcerrors.reporting.formats import late
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, cut, markdown_cell

_WIDTH = 96
_MOST_UNDOCUMENTED = 10
_LONGEST_CODE = 40
_GOOD, _FAIR = 90, 60
_COLOURS = {_GOOD: "#2a6b2f", _FAIR: "#7a5b00", 0: "#a12622"}


def as_text(coverage: ErrorCoverage) -> str:
    """Return a table by status with the codes that were not met, the totals, and the undocumented codes."""
    from textwrap import wrap

    width = max((len(name) for name, _ in _by_status(coverage)), default=0)
    head = f"{'status':{width}}  errors  met  cover  missing"
    lines = [head, "-" * len(head)]
    for name, entries in _by_status(coverage):
        missing = [entry.code for entry in entries if not coverage.is_met(entry)]
        met = len(entries) - len(missing)
        start = f"{name:{width}}  {len(entries):6}  {met:3}  {_percent(met, len(entries)):>4}%  "
        lines += wrap(" ".join(missing), _WIDTH, initial_indent=start, subsequent_indent=" " * len(start)) or [
            start.rstrip()
        ]
    wanted = len(coverage.wanted)
    percent = _percent(coverage.met, wanted)
    lines += ["-" * len(head), f"{'total':{width}}  {wanted:6}  {coverage.met:3}  {percent:>4}%"]
    return "\n".join([*lines, *_notes(coverage), ""])


def as_json(coverage: ErrorCoverage) -> str:
    """Return the document of the coverage."""
    return f"{json.dumps(coverage.document(), indent=1)}\n"


def as_markdown(coverage: ErrorCoverage) -> str:
    """Return a table by status in Markdown, the codes that were not met, and the notes."""
    lines = [f"**Error coverage: {coverage.percent:g} %** of the {coverage.contract.name} contract", ""]
    lines += ["| status | errors | met | not met |", "|---|--:|--:|---|"]
    for name, entries in _by_status(coverage):
        missing = [f"`{entry.code}`" for entry in entries if not coverage.is_met(entry)]
        lines.append(f"| {name} | {len(entries)} | {len(entries) - len(missing)} | {' '.join(missing)} |")
    return "\n".join([*lines, "", *(f"- {markdown_cell(note)}" for note in _notes(coverage)), ""])


def as_badge(coverage: ErrorCoverage) -> str:
    """Return a badge with the percentage, as SVG."""
    value = f"{coverage.percent:g} %"
    colour = next(colour for least, colour in _COLOURS.items() if coverage.percent >= least)
    label, right = 98, 14 + 7 * len(value)
    whole = label + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="error coverage: {value}">'
        f"<title>error coverage: {value}</title>"
        f'<rect width="{label}" height="20" fill="#444"/><rect x="{label}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{label / 2:g}" y="14">error coverage</text><text x="{label + right / 2:g}" y="14">{value}</text></g></svg>\n'
    )


COVERAGE_FORMATS: dict[str, Callable[[ErrorCoverage], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "badge": as_badge,
    "html": late("formats._html", "coverage_as_html"),
}
"""The formats of ``--pc-coverage-report`` and of `pcerrors check --coverage`."""


def comparison(base: ErrorCoverage, head: ErrorCoverage) -> str:
    """Return what a coverage has lost and won against another one, a line for each error."""
    lines = [f"error coverage: {base.percent:g} % before, {head.percent:g} % now"]
    for word in ("lost", "won"):
        lines += [
            f"{word}  {entry.status_text} {entry.code}  {safe(entry.description)}"
            for entry in head.wanted
            if head.change(entry, base) == word
        ]
    return "\n".join([*lines, ""])


def percentage(given: str | None, option: str) -> float | None:
    """Return the value of an option as a number, or None if it is not given; anything but a percentage is a `UsageError`."""
    if given is None:
        return None
    try:
        least = float(given)
    except ValueError:
        least = -1
    if not 0 <= least <= 100:  # noqa: PLR2004 - percent
        raise UsageError(f"{option}={given}: expected a percentage from 0 to 100, such as 80")
    return least


def shortfall(coverage: ErrorCoverage, least: float) -> str:
    """Return by how much a coverage is below a percentage, or an empty text if it is not."""
    if coverage.percent >= least:
        return ""
    needed = -(-len(coverage.wanted) * least // 100) - coverage.met
    return f"error coverage is {coverage.percent:g} %, at least {least:g} % is required: {counted(int(needed), 'more error')}"


def _by_status(coverage: ErrorCoverage) -> list[tuple[str, list[Entry]]]:
    wanted = sorted(coverage.wanted, key=lambda entry: entry.rank)
    return [(name, list(entries)) for name, entries in groupby(wanted, key=coverage.contract.status_of)]


def _percent(met: int, wanted: int) -> int:
    return met * 100 // wanted if wanted else 100


def _notes(coverage: ErrorCoverage) -> list[str]:
    """Return lines on how errors were met, on what is excluded, and on undocumented codes."""
    by_way = {way: sum(bool(coverage.pairings[*each.pairing, way]) for each in coverage.wanted) for way in WAYS}
    notes = [", ".join(f"{way} {count}" for way, count in by_way.items() if count)] if any(by_way.values()) else []
    excluded = len(coverage.contract.catalogue) - len(coverage.wanted)
    notes += [f"{counted(excluded, 'error')} excluded by the settings"] if excluded else []
    for status, code, count, places in coverage.most_undocumented(_MOST_UNDOCUMENTED):
        where = f", such as {safe(', '.join(places))}" if places else ""
        what = f"{status} with code {cut(safe(code), _LONGEST_CODE)}"
        notes.append(f"undocumented: {what}, {counted(count, 'time')}{where}")
    more = len(coverage.undocumented) - _MOST_UNDOCUMENTED
    return [*notes, *([f"and {counted(more, 'more undocumented code')}"] if more > 0 else [])]
