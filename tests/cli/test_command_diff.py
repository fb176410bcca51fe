"""``pcerrors diff``: two contracts compared, and the changes as text, JSON and Markdown."""

import json

import pytest

from pytest_pcerrors import Contract, Entry
from pytest_pcerrors.cli.contracts import as_json, as_markdown, as_text, summary
from pytest_pcerrors.contract.changes import Change

MOVED = Change("status-changed", "code 2", "breaking", "it moves", "400", "403")
ADDED = Change("entry-added", "400 with code `3`", "behavioural", "it is new", after="a|b <x> @you\x1b " + "y" * 200)
PLACES = {MOVED: [f"a|b.yaml:{line}" for line in range(7)]}


@pytest.fixture
def newer(tmp_path):
    """Write the shipped contract with one more entry, and give its name."""
    Contract.default().extended([Entry(400, "60012", ("No licence",))]).save(tmp_path / "new.json")
    return "new.json"


@pytest.mark.parametrize(
    ("options", "status"),
    [([], 0), (["--fail-on", "behavioural"], 1), (["--fail-on", "compatible"], 1), (["--fail-on", "never"], 0)],
)
def test_the_exit_status_is_by_the_worst_change(pcerrors, newer, options, status):
    """An added entry is behavioural; by default only what breaks a client fails."""
    ended = pcerrors("diff", "shipped", newer, *options)

    assert ended.status == status
    assert ended.out.endswith("1 change: 1 behavioural\n")


@pytest.mark.parametrize("name", ["text", "json", "markdown"])
def test_every_format_can_be_written_to_a_file(pcerrors, newer, tmp_path, name):
    """The file holds what would be printed."""
    printed = pcerrors("diff", "shipped", newer, "--format", name).out
    pcerrors("diff", "shipped", newer, "--format", name, "--output", "report")

    assert (tmp_path / "report").read_text() == printed


def test_recordings_that_a_change_touches_are_told(pcerrors, newer, recorded, good, tmp_path):
    """An unreadable file is reported, and the others are still read."""
    path = recorded({**good, "status": 400, "body": {**good["body"], "code": "60012"}})
    aborted = '{"startedDateTime": "2026-01-01T00:00:00Z", "request": {}, "response": null}'
    (tmp_path / "bad.ndjson").write_text(f'{{"\n{aborted}\n')

    ended = pcerrors(
        "diff", "shipped", newer, "--format", "json", "--cassettes", "bad.ndjson", "--cassettes", path.name
    )

    assert json.loads(ended.out)["changes"][0]["touches"] == ["seen.ndjson:1"]
    assert ended.err.startswith("pcerrors: bad.ndjson:1: ")


def test_quiet_prints_no_correction(pcerrors, tmp_path):
    """The changes to a page are the same."""
    (tmp_path / "page.md").write_text("- 404 x\n\n| HTTP | Code | Text |\n|---|---|---|\n| 404 | 20.000 | Weg |\n")
    loud = pcerrors("diff", "shipped", "page.md")
    assert pcerrors("diff", "shipped", "page.md", "--quiet") == (1, loud.out, "")
    assert "pcerrors: page.md: line 5: " in loud.err


@pytest.mark.parametrize("arguments", [["shipped", "none.json"], ["shipped", "shipped", "--cassettes", "none.yaml"]])
def test_misuse_is_status_2(pcerrors, arguments):
    """What is missing is named."""
    ended = pcerrors("diff", *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert arguments[-1] in ended.err


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
