"""The contract as a picture: a cell for each documented error, which shows how it was met."""

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.reporting.coverage import WAYS, ErrorCoverage

if TYPE_CHECKING:
    from pytest_pcerrors.contract.catalogue import Entry

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


class State(NamedTuple):
    """A line of the legend."""

    name: str
    letter: str
    text: str
    cells: int


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
        self.states = [State(name, *words, counts[name]) for name, words in _STATES.items() if counts[name]]
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
