"""Reports of the changes between two contracts: text, JSON, and Markdown for a pull request."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.changes import EFFECTS
from pytest_pcerrors.reporting.markdown_text import cell
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, cut

if TYPE_CHECKING:
    from pytest_pcerrors.contract.changes import Change

_LONGEST_TEXT = 100
_MOST_TOUCHED = 5


def as_text(changes: "Sequence[Change]", touched: "Mapping[Change, Sequence[str]]") -> str:
    """Return a line or more for each change, ordered by effect, and the summary."""
    lines = []
    for effect in EFFECTS:
        for change in (each for each in changes if each.effect == effect):
            lines.append(f"{effect}: {_title(change)}: {change.why}")
            lines += [f"  {mark} {_short(text)}" for mark, text in (("-", change.before), ("+", change.after)) if text]
            lines += [f"  touches {place}" for place in _listed(touched.get(change, ()))]
    return "\n".join([*lines, summary(changes)]) + "\n"


def as_json(changes: "Sequence[Change]", touched: "Mapping[Change, Sequence[str]]") -> str:
    """Return a JSON document: ``{"changes": [{"kind", "what", "effect", "why", "before", "after", "touches"}]}``."""
    rows = [
        {
            "kind": change.kind,
            "what": change.what,
            "effect": change.effect,
            "why": change.why,
            "before": change.before,
            "after": change.after,
            "touches": list(touched.get(change, ())),
        }
        for change in changes
    ]
    return json.dumps({"changes": rows}, indent=2) + "\n"


def as_markdown(changes: "Sequence[Change]", touched: "Mapping[Change, Sequence[str]]") -> str:
    """Return a table for each effect, for the text of a pull request."""
    lines = [f"**{summary(changes)}**"]
    for effect in EFFECTS:
        rows = [change for change in changes if change.effect == effect]
        if rows:
            lines += [
                "",
                f"### {effect.capitalize()}",
                "",
                "| change | before | after | why | recordings |",
                "|---|---|---|---|---|",
            ]
        for change in rows:
            places = "<br>".join(map(cell, _listed(touched.get(change, ()))))
            cells = (_title(change), _short(change.before), _short(change.after), change.why)
            lines.append(f"| {' | '.join(map(cell, cells))} | {places} |")
    return "\n".join(lines) + "\n"


def summary(changes: "Sequence[Change]") -> str:
    """Return the number of changes by effect.

    >>> summary([])
    'no changes'
    """
    counts = [(sum(change.effect == effect for change in changes), effect) for effect in EFFECTS]
    listed = ", ".join(f"{count} {effect}" for count, effect in counts if count)
    return f"{counted(len(changes), 'change')}: {listed}" if changes else "no changes"


def _title(change: "Change") -> str:
    return f"{safe(change.what)} ({change.kind.replace('-', ' ')})"


def _listed(places: Sequence[str]) -> list[str]:
    more = [f"and {len(places) - _MOST_TOUCHED} more"] if len(places) > _MOST_TOUCHED else []
    return [*places[:_MOST_TOUCHED], *more]


def _short(text: str) -> str:
    return cut(safe(text), _LONGEST_TEXT)
