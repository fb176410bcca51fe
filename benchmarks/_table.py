"""The results: as tables in the terminal, and as one table in Markdown between two markers of a page."""

from collections.abc import Iterator

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from benchmarks._comparison import MEBIBYTES, SECONDS
from benchmarks._results import Results, Table

BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
BAR = r"\|"
_UNITS = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6))


def show(results: Results, console: Console) -> None:
    """Print one table for each comparison, and the goals that were missed."""
    for table in results.tables:
        shown = RichTable(*_head(table), title=table.what, title_justify="left", box=SIMPLE)
        shown.columns[0].overflow = "fold"
        for row in _rows(table):
            shown.add_row(*map(escape, row))
        console.print(shown)
    console.print(", ".join(f"{name} {value}" for name, value in results.facts.items()))
    for missed in results.missed:
        console.print(f"missed: {missed}")


def inserted(page: str, results: Results) -> str:
    """Return a page with the table instead of what was between the markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", *_markdown(results), f"{END}{after}"])


def _markdown(results: Results) -> Iterator[str]:
    facts = ", ".join(f"{name} {value}" for name, value in results.facts.items() if name != "date")
    peers = ", ".join(f"{name} {version}" for name, version in results.peers.items() if version)
    yield f"Measured on {results.facts['date']}: {facts}; {peers}."
    yield from ("", "| case | median | ratio | quartiles | cost | goal |", "|---|--:|--:|--:|--:|---|")
    for table in results.tables:
        for row in ((f"**{table.what}**", "", _head(table)[2], "", "", ""), *_rows(table)):
            yield f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |"
    yield ""


def _head(table: Table) -> tuple[str, ...]:
    better = "times as small" if table.unit == MEBIBYTES else "times as fast"
    return "case", "median", better, "quartiles", "cost", "goal"


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each case; `cost` is the inverse of the ratio, with the digits that a goal such as 1.03 needs."""
    for case in table.cases:
        held = {True: ", reached", False: ", missed", None: ""}[case.held]
        low, high = ratio(case.low), ratio(case.high)
        spread = low if low == high else f"{low} to {high}"
        goal = f"{case.goal}{held}" if case.goal else ""
        yield case.name, amount(case.median, table.unit), ratio(case.ratio), spread, f"{1 / case.ratio:.4g}", goal


def amount(value: float, unit: str) -> str:
    """Return a value with a unit of suitable size."""
    if unit == SECONDS:
        name, size = next(((name, size) for name, size in _UNITS if value >= size), _UNITS[-1])
        return f"{value / size:.3g} {name}"
    return f"{value:.0f} {unit}" if unit == MEBIBYTES else f"{value / 1e6:,.1f} M"


def ratio(value: float) -> str:
    """Return a ratio with three digits, and all digits of a large one."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits
