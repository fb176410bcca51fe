"""Reports of the changes between two contracts: text, JSON, and Markdown for a pull request."""

import json
from collections.abc import Callable, Mapping, Sequence

from pytest_pcerrors.contract.changes import EFFECTS, Change
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, cut, markdown_cell

_LONGEST_TEXT = 100
_MOST_TOUCHED = 5
_MEMBERS = ("kind", "what", "effect", "why", "before", "after")

Touched = Mapping[Change, Sequence[str]]
"""The recordings that each change affects."""


def as_text(changes: Sequence[Change], touched: Touched) -> str:
    """Return a line or more for each change, ordered by effect, and the summary."""
    lines = []
    for change in sorted(changes, key=lambda each: EFFECTS.index(each.effect)):
        lines.append(f"{change.effect}: {_title(change)}: {change.why}")
        lines += [f"  {mark} {_short(text)}" for mark, text in (("-", change.before), ("+", change.after)) if text]
        lines += [f"  touches {place}" for place in _listed(touched.get(change, ()))]
    return "\n".join([*lines, summary(changes)]) + "\n"


def as_json(changes: Sequence[Change], touched: Touched) -> str:
    """Return a JSON document: ``{"changes": [{"kind", "what", "effect", "why", "before", "after", "touches"}]}``."""
    rows = [
        {**{name: getattr(change, name) for name in _MEMBERS}, "touches": list(touched.get(change, ()))}
        for change in changes
    ]
    return json.dumps({"changes": rows}, indent=2) + "\n"


def as_markdown(changes: Sequence[Change], touched: Touched) -> str:
    """Return a table for each effect, for the text of a pull request."""
    lines = [f"**{summary(changes)}**"]
    for effect in EFFECTS:
        rows = [change for change in changes if change.effect == effect]
        if rows:
            lines += ["", f"### {effect.capitalize()}", ""]
            lines += ["| change | before | after | why | recordings |", "|---|---|---|---|---|"]
        for change in rows:
            places = "<br>".join(map(markdown_cell, _listed(touched.get(change, ()))))
            cells = (_title(change), _short(change.before), _short(change.after), change.why)
            lines.append(f"| {' | '.join(map(markdown_cell, cells))} | {places} |")
    return "\n".join(lines) + "\n"


CHANGE_FORMATS: dict[str, Callable[[Sequence[Change], Touched], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
"""The formats of `pcerrors diff`."""


def summary(changes: Sequence[Change]) -> str:
    """Return the number of changes by effect."""
    counts = [(sum(change.effect == effect for change in changes), effect) for effect in EFFECTS]
    listed = ", ".join(f"{count} {effect}" for count, effect in counts if count)
    return f"{counted(len(changes), 'change')}: {listed}" if changes else "no changes"


def _title(change: Change) -> str:
    return f"{safe(change.what)} ({change.kind.replace('-', ' ')})"


def _listed(places: Sequence[str]) -> list[str]:
    more = [f"and {len(places) - _MOST_TOUCHED} more"] if len(places) > _MOST_TOUCHED else []
    return [*places[:_MOST_TOUCHED], *more]


def _short(text: str) -> str:
    return cut(safe(text), _LONGEST_TEXT)
