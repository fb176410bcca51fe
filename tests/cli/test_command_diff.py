"""``pcerrors diff``: two contracts compared."""

import json

import pytest

from pytest_pcerrors import Contract, Entry


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
