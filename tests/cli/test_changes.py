"""Reports of changes as text, JSON and Markdown."""

import json

from pytest_pcerrors.cli.contracts import as_json, as_markdown, as_text, summary
from pytest_pcerrors.contract.changes import Change

MOVED = Change("status-changed", "code 2", "breaking", "it moves", "400", "403")
ADDED = Change("entry-added", "400 with code `3`", "behavioural", "it is new", after="a|b <x> @you\x1b " + "y" * 200)
PLACES = {MOVED: [f"a|b.yaml:{line}" for line in range(7)]}


def test_text_reports_each_change_and_what_it_touches():
    """The worst first; long lists and texts are cut, control characters shown."""
    lines = as_text([ADDED, MOVED], PLACES).splitlines()
    assert lines[:4] == ["breaking: code 2 (status changed): it moves", "  - 400", "  + 403", "  touches a|b.yaml:0"]
    assert lines[8] == "  touches and 2 more"
    assert lines[10].startswith(r"  + a|b <x> @you\x1b yyy")
    assert lines[-1] == "2 changes: 1 breaking, 1 behavioural"


def test_json_has_everything():
    """Full texts, and all affected recordings."""
    changes = json.loads(as_json([MOVED, ADDED], PLACES))["changes"]
    assert changes[0] == {
        "kind": "status-changed",
        "what": "code 2",
        "effect": "breaking",
        "why": "it moves",
        "before": "400",
        "after": "403",
        "touches": PLACES[MOVED],
    }
    assert changes[1]["after"] == ADDED.after


def test_markdown_shows_texts_as_they_are():
    """A table for each effect; texts are escaped, and nobody is mentioned."""
    text = as_markdown([MOVED, ADDED], PLACES)
    assert "### Breaking" in text
    assert "### Compatible" not in text
    assert r"| code 2 (status changed) | 400 | 403 | it moves | a\|b.yaml:0<br>" in text
    assert r"| 400 with code \`3\` (entry added) |  | a\|b &lt;x> &#64;you\\x1b y" in text


def test_no_changes():
    """Nothing is one line in any format."""
    assert (as_text([], {}), as_markdown([], {}), summary([MOVED])) == (
        "no changes\n",
        "**no changes**\n",
        "1 change: 1 breaking",
    )
