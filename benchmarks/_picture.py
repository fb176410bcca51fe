"""The results as a picture: a bar for each case that shows how many times as fast as the baseline it is."""

from collections.abc import Iterator
from html import escape
from math import log10

from benchmarks._results import Measured, Results, Table
from benchmarks._table import ratio

_WIDTH, _NAMES, _ROW, _TITLE, _MARGIN = 860, 330, 20, 34, 12
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #222 }
.title { font-weight: 600 } .number { fill: #555 }
.case { fill: #9aa5b1 } .goal { fill: #3f51b5 } .axis { stroke: #222 } .paper { fill: #fff }
"""


def drawn(results: Results) -> str:
    """Return an SVG of the tables that have a goal. The scale is logarithmic; the line is the baseline of each table."""
    tables = [table for table in results.tables if any(case.goal for case in table.cases)]
    logs = [log10(max(case.ratio, 1e-9)) for table in tables for case in table.cases]
    low, high = min(logs, default=0.0), max(logs, default=0.0)
    scale = (_WIDTH - _NAMES - 90) / max(high - low, 1.0)
    zero = _NAMES - low * scale
    height = _MARGIN * 2 + sum(_TITLE + _ROW * len(table.cases) for table in tables)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>How many times as fast as the baseline of each table</title><style>{_STYLE}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>',
    ]
    top = _MARGIN
    for table in tables:
        lines += _table(table, top, zero, scale)
        top += _TITLE + _ROW * len(table.cases)
    return "\n".join([*lines, "</svg>", ""])


def _table(table: Table, top: int, zero: float, scale: float) -> Iterator[str]:
    yield f'<text class="title" x="{_MARGIN}" y="{top + 24}">{escape(table.what)}</text>'
    for number, case in enumerate(table.cases):
        yield from _bar(case, top + _TITLE + _ROW * number, zero, scale)
    bottom = top + _TITLE + _ROW * len(table.cases) - 4
    yield f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="{top + _TITLE - 2}" y2="{bottom}"/>'


def _bar(case: Measured, y: int, zero: float, scale: float) -> Iterator[str]:
    """Yield the name of a case, its bar with a thin line between the quartiles, and its ratio."""
    low, end, high = (zero + log10(max(each, 1e-9)) * scale for each in (case.low, case.ratio, case.high))
    left, width = min(zero, end), max(abs(end - zero), 1)
    kind = "goal" if case.goal else "case"
    yield f'<text x="{_NAMES - 8}" y="{y + 12}" text-anchor="end" opacity="0.9">{escape(case.name)}</text>'
    yield f'<rect class="{kind}" x="{left:.1f}" y="{y}" width="{width:.1f}" height="{_ROW - 5}" rx="2"/>'
    yield f'<line class="axis" x1="{low:.1f}" x2="{high:.1f}" y1="{y + 7.5}" y2="{y + 7.5}"/>'
    yield f'<text class="number" x="{max(left + width, high) + 5:.1f}" y="{y + 12}">{ratio(case.ratio)}</text>'
