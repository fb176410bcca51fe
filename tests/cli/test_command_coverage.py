"""`pcerrors check --coverage`: which documented errors an archive has."""

import json
import shutil
from pathlib import Path

import pytest

from pytest_pcerrors import Contract

SHIPPED = Path(__file__).parents[2] / "cassettes"


@pytest.fixture
def archive(tmp_path):
    """Copy a recording of every documented error."""
    (tmp_path / "cassettes").mkdir()
    for file in SHIPPED.glob("*.yaml"):
        shutil.copy(file, tmp_path / "cassettes")


def test_all_documented_errors_are_a_hundred_percent(pcerrors, archive):
    """With a table by status after the report."""
    said = pcerrors("check", "cassettes", "--coverage", "--coverage-min", "100")
    assert said.status == 0
    head, *rows = said.out.partition("status  ")[2].splitlines()
    assert head.split() == ["errors", "met", "cover", "missing"]
    assert rows[-2].split() == ["total", "163", "163", "100%"]
    assert rows[-1] == "replayed 163"


def test_what_is_missing_is_listed_and_is_a_failure_on_request(pcerrors, archive, tmp_path):
    """The status is 1, and the message says how many more are needed; 409 has ten errors."""
    said = pcerrors("check", "cassettes/409.yaml", "--coverage", "--coverage-min", "10")
    assert said.status == 1
    assert said.err == "pcerrors: error coverage is 6.1 %, at least 10 % is required: 7 more errors\n"
    [entry] = Contract.default().catalogue.select(status=417)
    assert f"417 Expectation Failed          1    0     0%  {entry.code}\n" in said.out
    assert pcerrors("check", "cassettes/409.yaml", "--coverage-min", "6.1").status == 0
    assert pcerrors("check", "cassettes/409.yaml", "--coverage-min", "6.1").out.count("\n") == 1


@pytest.mark.covered
@pytest.mark.parametrize("form", ["text", "json", "markdown", "badge"])
def test_the_coverage_is_written_to_files(pcerrors, archive, tmp_path, form):
    """In folders that are created, beside the report."""
    assert pcerrors("check", "cassettes", "--format", "json", "--coverage-report", f"{form}:a/b/coverage").status == 0
    assert "100" in (tmp_path / "a/b/coverage").read_text()


def test_successes_are_no_errors_that_were_met(pcerrors, recorded):
    """Their rules are counted."""
    busy = {"code": "800064", "description": "Busy", "source": "PartnerFD"}
    file = recorded({"status": 200, "body": "{}"}, {"status": 409, "body": busy})
    document = json.loads(pcerrors("check", file, "--coverage-report", "json:-", "-o", "report.txt").out)
    assert document["summary"]["met"] == 1
    assert {"rule": "error-in-success", "conforming": 1, "breaking": 0} in document["rules"]


def test_excluded_errors_do_not_count(pcerrors, archive, tmp_path):
    """They are named in the settings; the document says which."""
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors.coverage]\nexclude = ["[1-9]*/*"]')
    said = pcerrors(
        "check", "cassettes/409.yaml", "--coverage-min", "100", "--coverage-report", "json:-", "-o", "report.txt"
    )
    assert said.status == 0
    assert json.loads(said.out)["summary"] == {"documented": 163, "excluded": 163, "met": 0, "percent": 100.0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--coverage", "--format", "json"],
            "the coverage would be printed after the report; write one of them to a file",
        ),
        (["--coverage-report", "json:-", "--format", "sarif"], "the coverage would be printed after the report"),
        (["--coverage-report", "jsn:a"], 'there is no format "jsn"; did you mean "json"?'),
        (["--coverage-report", "json"], "has no file; write FORMAT:FILE, such as --coverage-report=json:report.json"),
        (
            ["--coverage-report", "json:a", "--coverage-report", "text:a"],
            "a is that of another report; give another file",
        ),
        (["--coverage-report", "json:cassettes"], "is a folder; give a file"),
        (["--coverage-report", "json:cassettes/409.yaml"], "is a recording of this run; give another file"),
        (["--coverage-report", "json:cassettes/409.yaml/a"], "cannot be created: "),
        (["--output", "cassettes/409.yaml/a"], "cannot be created: "),
        (["--coverage-min", "101"], "--coverage-min=101: expected a percentage from 0 to 100, such as 80"),
        (["--coverage-min", "nan"], "--coverage-min=nan: expected a percentage"),
    ],
)
def test_misuse_is_explained(pcerrors, archive, tmp_path, arguments, message):
    """Before anything is checked, and no recording is overwritten."""
    before = (tmp_path / "cassettes/409.yaml").read_bytes()
    said = pcerrors("check", "cassettes", *arguments)
    assert (said.status, said.out) == (2, "")
    assert message in said.err
    assert "Traceback" not in said.err
    assert (tmp_path / "cassettes/409.yaml").read_bytes() == before


def test_an_exclusion_that_fits_nothing_is_misuse_only_where_it_is_used(pcerrors, archive, tmp_path):
    """A check without coverage does not read it."""
    (tmp_path / "pyproject.toml").write_text('[tool.pcerrors.coverage]\nexclude = ["999"]')
    assert pcerrors("check", "cassettes").status == 0
    said = pcerrors("check", "cassettes", "--coverage")
    assert (said.status, "fits no error of the contract" in said.err) == (2, True)
