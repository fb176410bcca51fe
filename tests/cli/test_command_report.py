"""``pcerrors report``: saved reports and coverages in other formats, joined, and compared."""

import json
import shutil
from pathlib import Path

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.cli.main import main
from pytest_pcerrors.reporting.formats import FORMATS


@pytest.fixture
def saved(pcerrors, recorded, good, bad, doubtful):
    """Save the JSON report of three responses, and return its path."""
    recorded(good, bad, doubtful)
    assert pcerrors("check", "seen.ndjson", "--format", "json", "-o", "run.json").status == 1
    return "run.json"


@pytest.mark.parametrize("form", FORMATS)
def test_a_saved_report_is_written_as_check_writes_it(pcerrors, saved, form):
    """In every format, byte for byte; a report is not a check, so the exit code is 0."""
    assert pcerrors("report", "render", saved, "--format", form) == (
        0,
        pcerrors("check", "seen.ndjson", "--format", form).out,
        "",
    )


def test_a_saved_report_comes_from_standard_input_and_goes_to_a_file(pcerrors, saved, piped, tmp_path):
    """As with every other command."""
    piped((tmp_path / saved).read_bytes())
    assert pcerrors("report", "render", "-", "--quiet", "-o", "run.txt") == (0, "", "")
    assert (tmp_path / "run.txt").read_text() == pcerrors("check", "seen.ndjson", "--quiet").out


def test_members_that_are_added_later_are_ignored(pcerrors, saved, tmp_path):
    """A report of the same version may say more."""
    document = json.loads((tmp_path / saved).read_text())
    for each in (document, document["findings"][0], document["summary"]):
        each["more"] = {"a": [1]}
    (tmp_path / "later.json").write_text(json.dumps(document))
    assert pcerrors("report", "render", "later.json") == pcerrors("report", "render", saved)


HOW_TO = "write one with `pcerrors check --format json --output FILE` or `pytest --pc-report=json:FILE`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "expected a JSON object, got an array"),
        ('{"version": "2.1.0", "runs": []}', f"not a report of pytest-pcerrors; {HOW_TO}"),
        ('{"schema": true, "tool": {"name": "pytest-pcerrors"}}', f"not a report of pytest-pcerrors; {HOW_TO}"),
        ('{"schema": 1, "tool": {"name": "other"}}', f"not a report of pytest-pcerrors; {HOW_TO}"),
        (
            '{"schema": 2, "tool": {"name": "pytest-pcerrors"}}',
            "a report of version 2, and this pytest-pcerrors reads version 1; update it: pip install -U pytest-pcerrors",
        ),
        ('{"schema": 1, "tool": {"name": "pytest-pcerrors", "version": "1"}}', 'at the top: "contract" is missing'),
    ],
    ids=["not JSON", "an array", "SARIF", "no version", "another tool", "newer", "incomplete"],
)
def test_anything_else_is_misuse(pcerrors, tmp_path, text, message):
    """The message says what it is, and how to write a report."""
    (tmp_path / "run.json").write_text(text)
    ended = pcerrors("report", "render", "run.json")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"pcerrors: run.json: {message}")


@pytest.mark.parametrize("command", ["render", "merge"])
def test_a_recording_of_the_report_cannot_be_the_output(pcerrors, recorded, bad, command):
    """Such as the file for SARIF in an action, by mistake."""
    name = recorded(bad)
    pcerrors("check", name, "--format", "json", "-o", "run.json")
    before = Path(name).read_bytes()
    ended = pcerrors("report", command, "run.json", "-o", name)
    assert (ended.status, Path(name).read_bytes()) == (2, before)


def test_a_report_that_cannot_be_made_leaves_the_old_file(pcerrors, recorded, bad, tmp_path, monkeypatch):
    """The job summary is written last, and the report is complete or not there."""
    (tmp_path / "out.txt").write_text("old")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing" / "summary.md"))
    assert pcerrors("check", recorded(bad), "--format", "github", "-o", "out.txt").status == 2
    assert (tmp_path / "out.txt").read_text() == "old"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Check two recordings, each with a report and a coverage of its own, and both at once; return the folder."""
    folder = tmp_path_factory.mktemp("shards")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main(["synth", "-o", "cassettes", "--quiet"])
        for name, statuses in {"a": ["409"], "b": ["404"], "ab": ["404", "409"]}.items():
            files = [f"cassettes/{status}.yaml" for status in statuses]
            coverage = f"json:{name}.coverage.json"
            assert main(["check", *files, "--format", "json", "-o", f"{name}.json", "--coverage-report", coverage]) == 0
    return folder


@pytest.fixture
def shards(made, tmp_path):
    """Copy the reports and coverages into the folder of the test."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)


@pytest.mark.parametrize("kind", ["json", "coverage.json"])
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids=str)
def test_shards_are_joined_to_the_whole(pcerrors, shards, tmp_path, kind, order):
    """Byte for byte, in any order."""
    whole = (tmp_path / f"ab.{kind}").read_text()
    paths = [f"{name}.{kind}" for name in order]
    assert pcerrors("report", "merge", *paths) == (0, whole, "")


@pytest.mark.parametrize("kind", ["json", "coverage.json"])
def test_shards_are_joined_in_every_format_and_each_file_once(pcerrors, shards, tmp_path, kind):
    """A file that is given again, by another path or by a link, is reported."""
    whole = (tmp_path / f"ab.{kind}").read_text()
    paths = [f"{name}.{kind}" for name in ("a", "b")]
    rendered = pcerrors("report", "render", f"ab.{kind}", "--format", "markdown").out
    assert pcerrors("report", "merge", *paths, "--format", "markdown", "-o", "out.md") == (0, "", "")
    assert (tmp_path / "out.md").read_text() == rendered
    (tmp_path / "link").symlink_to(paths[0])
    again = pcerrors("report", "merge", *paths, f"./{paths[1]}", "link", paths[0])
    assert (again.status, again.out) == (0, whole)
    assert again.err.splitlines() == [
        f"pcerrors: {paths[0]}, link, {paths[0]}: the same file, which is counted once",
        f"pcerrors: {paths[1]}, ./{paths[1]}: the same file, which is counted once",
    ]
    assert pcerrors("report", "merge", f"a.{kind}") == pcerrors("report", "render", f"a.{kind}", "--format", "json")


def test_two_coverages_are_compared(pcerrors, shards):
    """Each lost error and each one won is a line; a loss is a failure on request."""
    said = pcerrors("report", "compare", "ab.coverage.json", "a.coverage.json")
    assert (said.status, said.err) == (0, "")
    head, *lines = said.out.splitlines()
    assert head == "error coverage: 15.9 % before, 6.1 % now"
    lost = [f"lost  404 {entry.code}" for entry in Contract.default().catalogue.select(status=404)]
    assert [line.rsplit("  ", 1)[0] for line in lines] == lost
    assert pcerrors("report", "compare", "ab.coverage.json", "a.coverage.json", "--fail-on", "lost").status == 1
    assert pcerrors("report", "compare", "a.coverage.json", "ab.coverage.json", "--fail-on", "lost").status == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["merge", "a.json", "b.coverage.json"],
            "b.coverage.json: an error coverage, and a.json is a report; only the same can be joined",
        ),
        (["merge", "a.coverage.json", "b.json"], "b.json: a report, and a.coverage.json is an error coverage"),
        (
            ["merge", "a.json", "other.json"],
            "other.json: a report for the contract Other, and a.json is one for Partner Center",
        ),
        (["merge", "a.json", "-o", "a.json"], "a.json is an input and cannot be the output; give another file"),
        (["render", "a.json", "-o", "./a.json"], "a.json is an input and cannot be the output; give another file"),
        (
            ["compare", "plain.json", "a.coverage.json"],
            "plain.json: a report without error coverage; count it with --coverage",
        ),
        (
            ["render", "other.coverage.json"],
            "the coverage of another contract (Other), not of Partner Center; name its file: --contract FILE",
        ),
        (["render", "newer.json"], "a report of version 2, and this pytest-pcerrors reads version 1"),
        (["render", "a.json", "--format", "badge"], "a report has no format badge; known are"),
        (["render", "a.coverage.json", "--format", "sarif"], "an error coverage has no format sarif; known are"),
        (["render", "a.json", "--base", "b.json"], "--base is for --format html"),
        (
            ["render", "plain.json", "--base", "b.json", "--format", "html"],
            "the report has no error coverage to compare",
        ),
        (["render", "missing.json"], "missing.json: cannot be read: "),
    ],
)
def test_what_does_not_fit_is_explained(pcerrors, shards, tmp_path, arguments, message):
    """With the file."""
    for name, changes in {
        "other.json": {"contract": "Other"},
        "other.coverage.json": {"contract": "Other", "pairings": []},
        "newer.json": {"schema": 2},
    }.items():
        source = "a.coverage.json" if name == "other.coverage.json" else "a.json"
        document = json.loads((tmp_path / source).read_text())
        (tmp_path / name).write_text(json.dumps(document | changes))
    plain = json.loads((tmp_path / "a.json").read_text())
    del plain["coverage"]
    (tmp_path / "plain.json").write_text(json.dumps(plain))
    said = pcerrors("report", *arguments)
    assert said.status == 2
    assert message in said.err


@pytest.mark.parametrize("kind", ["json", "coverage.json"])
def test_a_page_shows_what_has_changed_since_a_base_run(pcerrors, shards, kind):
    """For a report with coverage and for a coverage alone; each lost error is marked."""
    said = pcerrors("report", "render", f"a.{kind}", "--format", "html", "--base", "ab.coverage.json")
    assert (said.status, said.err) == (0, "")
    assert "15.9 % in the base run" in said.out
    alone = pcerrors("report", "render", f"a.{kind}", "--format", "html")
    assert "in the base run" not in alone.out


@pytest.mark.covered
def test_markdown_has_the_coverage_after_the_violations(pcerrors, shards):
    """So a job summary shows both."""
    out = pcerrors("report", "render", "a.json", "--format", "markdown").out
    assert out.index("error contract") < out.index("**Error coverage: 6.1 %**")


def test_a_report_without_coverage_can_be_joined_to_one_with_it(pcerrors, shards, tmp_path):
    """The coverage is that of the other one."""
    plain = json.loads((tmp_path / "b.json").read_text())
    del plain["coverage"]
    (tmp_path / "plain.json").write_text(json.dumps(plain))
    for order in (["a.json", "plain.json"], ["plain.json", "a.json"]):
        document = json.loads(pcerrors("report", "merge", *order).out)
        assert document["coverage"]["summary"]["met"] == 10
        assert document["summary"]["errors"] == 26
