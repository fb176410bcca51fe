"""The error coverage of a run: every way to meet an error, and the same numbers however the run is divided."""

import json
import os
import shutil
from pathlib import Path

import pytest

from pytest_pcerrors import Contract
from pytest_pcerrors.cli.main import main

ENTRIES = len(Contract.default().catalogue)
SHIPPED = Path(__file__).parents[2] / "cassettes"
BUSY = """{"code": "800064", "description": "Busy", "source": "PartnerFD"}"""


@pytest.fixture
def coverage(pytester):
    """Run pytest, and return the document of the coverage."""

    def coverage(*arguments, status=0, name="coverage.json"):
        result = pytester.runpytest("-q", f"--pc-coverage-report=json:{name}", *arguments)
        assert result.ret == status, result.stdout.str()
        return json.loads((pytester.path / name).read_text("utf-8"))

    return coverage


def met(document):
    """Return the pairings that were met, each with the ways."""
    ways = ("asserted", "replayed", "served", "simulated")
    rows = (
        (f"{row['status']} {row['code']}", {way: row[way] for way in ways if row[way]}) for row in document["pairings"]
    )
    return {pairing: counts for pairing, counts in rows if counts}


WAYS = {
    "an assertion": ("assert_pc_error((409, BUSY), 800064)", {"409 800064": {"asserted": 1}}),
    "an assertion of one of several codes": (
        "assert_pc_error((409, BUSY), [800064, 2001])",
        {"409 800064": {"asserted": 1}},
    ),
    "an assertion in a loop": (
        "for _ in range(3): assert_pc_error((409, BUSY), 800064)",
        {"409 800064": {"asserted": 3}},
    ),
    "an assertion without a code": ("assert_pc_error((409, BUSY))", {}),
    "an assertion that fails": ("with pytest.raises(AssertionError): assert_pc_error((409, BUSY), 2001)", {}),
    "a check": ("check((409, BUSY))", {}),
    "a replayed response": ("requests.get(URL, timeout=5)", {"409 800064": {"replayed": 1}}),
    "a replayed response that is asserted": (
        "assert_pc_error(requests.get(URL, timeout=5), 800064)",
        {"409 800064": {"asserted": 1, "replayed": 1}},
    ),
    "a response of our server": (
        "requests.get(pc_server.url + '/errors/400/2001', timeout=5)",
        {"400 2001": {"served": 1}},
    ),
    "a success of our server": ("requests.get(pc_server.url, timeout=5)", {}),
    "a response of another host": ("requests.get(OTHER, timeout=5)", {}),
}


@pytest.mark.parametrize(("line", "expected"), WAYS.values(), ids=WAYS.keys())
def test_an_error_is_met_in_each_way(pytester, tape, coverage, line, expected):
    """Once for each response."""
    pytester.makepyfile(
        test_cart="import pytest, requests\nfrom pytest_pcerrors import assert_pc_error, check\n"
        f"BUSY = {BUSY!r}.encode()\nURL = 'https://api.partnercenter.microsoft.com/v1/x'\nOTHER = 'https://login.example/v1/x'\n"
        f"def test_a(pc_cassette, pc_server):\n    {line}"
    )
    file = tape("cassettes/test_cart/test_a.yaml", "/v1/x", "/v1/x")
    text = file.read_text("utf-8")
    file.write_text(
        text[::-1].replace("api.partnercenter.microsoft.com"[::-1], "login.example"[::-1], 1)[::-1], "utf-8"
    )
    assert met(coverage()) == expected
    assert met(coverage("--pc-watch")) == expected


@pytest.fixture
def suite(pytester, settings):
    """Write tests, and a copy of the shipped cassettes: every documented error is recorded, and some are asserted."""
    shutil.copytree(SHIPPED, pytester.path / "cassettes")
    settings("[[tool.pcerrors.for]]", 'path = "cassettes/observed"', 'profile = "observed"')
    pytester.makepyfile(
        test_cart="import pytest\nfrom pytest_pcerrors import assert_pc_error, check\n"
        f"BUSY = {BUSY!r}.encode()\n@pytest.mark.parametrize('n', range(20))\n"
        'def test_a(n):\n    assert_pc_error((409, BUSY), 800064)\n    check((400, b\'{"code": "u%d"}\' % n))\n'
        "def test_b(pc_server):\n    import requests\n    requests.get(pc_server.url + '/errors/400/2001', timeout=5)"
    )
    return pytester


def as_bytes(pytester, name="coverage.json"):
    """Return the file of a coverage."""
    return (pytester.path / name).read_bytes()


@pytest.mark.untraced
def test_a_run_with_workers_counts_what_a_run_without_counts(suite, coverage):
    """Byte for byte; all documented errors were replayed. A worker that is killed loses only its test."""
    document = coverage("--pc-cassettes=cassettes")
    alone = as_bytes(suite)
    assert document["summary"] == {"documented": ENTRIES, "excluded": 0, "met": ENTRIES, "percent": 100.0}
    assert sum(row["replayed"] > 0 for row in document["pairings"]) == ENTRIES
    coverage("--pc-cassettes=cassettes", "-n2")
    assert as_bytes(suite) == alone
    suite.makepyfile(test_killed="import os\ndef test_k(): os._exit(9)")
    coverage("--pc-cassettes=cassettes", "-n2", "--max-worker-restart=4", status=1)
    assert as_bytes(suite) == alone


def test_shards_are_merged_to_the_whole(suite, coverage, monkeypatch):
    """By `pcerrors report merge`, byte for byte."""
    coverage("--pc-cassettes=cassettes")
    whole = as_bytes(suite)
    coverage("test_cart.py", name="a.json")
    coverage("--pc-cassettes=cassettes", "cassettes", name="b.json")
    monkeypatch.chdir(suite.path)
    assert main(["report", "merge", "a.json", "b.json", "-o", "merged.json"]) == 0
    assert as_bytes(suite, "merged.json") == whole


def test_a_test_that_is_run_again_counts_once(pytester, coverage):
    """The last run counts, whether it passes or fails."""
    pytester.makepyfile(
        "from pytest_pcerrors import assert_pc_error\nseen = []\n"
        f"def test_a():\n    assert_pc_error((409, {BUSY!r}.encode()), 800064)\n    seen.append(1)\n    assert len(seen) > 1"
    )
    assert met(coverage("-prerunfailures", "--reruns=1")) == {"409 800064": {"asserted": 1}}


def test_undocumented_codes_are_named_with_their_places(pytester, tape, coverage):
    """The line of a recording, or else the test."""
    pytester.makepyfile(
        test_cart="import requests\ndef test_a(pc_server): requests.get(pc_server.url + '/shapes/word-code-500', timeout=5)"
    )
    tape("cassettes/a.yaml", "/v1/x", body='{"code": "77", "description": "Odd", "source": "PartnerFD"}')
    rows = coverage("--pc-cassettes=cassettes", "--pc-profile=observed")["undocumented"]
    assert {(row["code"], *row["places"]) for row in rows if row["code"] == "77"} == {("77", "cassettes/a.yaml:2")}
    assert any(row["places"] == ["test_cart.py::test_a"] for row in rows)


def test_the_table_and_the_files_are_printed(pytester, suite):
    """The table in the terminal, then the files."""
    result = suite.runpytest(
        "-q", "--pc-coverage", "--pc-coverage-report=badge:a/b.svg", "--pc-coverage-report=markdown:-", "test_cart.py"
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "-* error coverage of the Partner Center contract *-",
            "status * errors  met  cover  missing",
            "409 Conflict *10    1    10%*",
            "total *163    2     1%",
            "asserted 1, served 1",
            "[*][*]Error coverage: 1.2 %[*][*]*",
            f"pcerrors: badge coverage: a{os.sep}b.svg",
        ]
    )
    assert (suite.path / "a/b.svg").read_text().startswith("<svg")


def test_a_report_has_the_coverage_of_the_run(suite):
    """In JSON as a member, in Markdown after the violations, in HTML as cells."""
    reports = [f"--pc-report={form}:report.{form}" for form in ("json", "markdown", "html")]
    assert suite.runpytest("-q", "--pc-coverage-report=json:coverage.json", *reports, "test_cart.py").ret == 0
    texts = [(suite.path / f"report.{form}").read_text("utf-8") for form in ("json", "markdown", "html")]
    assert json.loads(texts[0])["coverage"] == json.loads((suite.path / "coverage.json").read_text("utf-8"))
    assert "Error coverage: 1.2 %" in texts[1]
    assert "documented errors met" in texts[2]


@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_a_coverage_that_is_too_low_fails_the_run(suite, workers):
    """Although all tests pass; the message says how many errors more are needed."""
    result = suite.runpytest("-q", "--pc-coverage-min=80", "test_cart.py", *workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=21)
    result.stdout.fnmatch_lines(["pcerrors: error coverage is 1.2 %, at least 80 % is required: 129 more errors"])
    assert suite.runpytest("-q", "--pc-coverage-min=1.2", "test_cart.py", *workers).ret == 0


def test_a_run_that_has_failed_anyway_says_so_too(suite):
    """The coverage may be too low because of the failure."""
    suite.makepyfile(test_fail="def test_f(): assert False")
    result = suite.runpytest("-q", "--pc-coverage-min=80", "test_fail.py")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["pcerrors: error coverage is 0 %, *"])


def test_excluded_errors_are_not_wanted(pytester, suite, settings):
    """By code, glob or status; an exclusion that fits nothing is misuse."""
    settings(
        'profile = "observed"',
        "[tool.pcerrors.coverage]",
        'exclude = ["80*", "40?/*", "5*/*", "417/*", "2*", "?", "??*"]',
    )
    assert suite.runpytest("-q", "--pc-coverage-min=100", "test_cart.py").ret == 0
    settings("[tool.pcerrors.coverage]", 'exclude = ["80064"]')
    result = suite.runpytest("-q", "--pc-coverage")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(['ERROR: [[]tool.pcerrors.coverage] exclude: "80064" fits no error of the contract*'])
    assert suite.runpytest("-q", "test_cart.py").ret == 0


def test_a_file_that_cannot_be_written_fails_the_run(pytester, suite):
    """The rest is written. A folder that cannot be created, and a recording of the run, stop it before any test."""
    suite.makepyfile(test_gone="import os\ndef test_a(): os.rmdir('gone')")
    reports = ["--pc-coverage-report=json:gone/a.json", "--pc-coverage-report=json:b.json"]
    result = suite.runpytest("-q", *reports, "test_gone.py")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["pcerrors: *gone*a.json: cannot be written: *", "pcerrors: json coverage: b.json"])
    (suite.path / "file").touch()
    for name, said in (
        ("file/a.json", "*cannot be created: *"),
        ("cassettes/409.yaml", "*is a recording of this run*"),
    ):
        before = (suite.path / "cassettes/409.yaml").read_bytes()
        result = suite.runpytest("-q", f"--pc-coverage-report=json:{name}", "--pc-cassettes=cassettes")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([said])
        assert (suite.path / "cassettes/409.yaml").read_bytes() == before


def test_nothing_is_counted_where_nothing_is_collected(suite, coverage):
    """With ``--collect-only``, and in a run that is stopped by misuse, no file is written."""
    assert suite.runpytest("-q", "--pc-coverage-report=json:a.json", "--collect-only").ret == 0
    assert suite.runpytest("-q", "--pc-coverage-report=json:a.json", "missing.py").ret == pytest.ExitCode.USAGE_ERROR
    assert not (suite.path / "a.json").exists()


def test_another_contract_in_an_assertion_is_not_counted(pytester, coverage, contract_file):
    """The coverage is that of the contract of the run."""
    contract_file(name="Other")
    pytester.makepyfile(
        f"from pytest_pcerrors import *\ndef test_a(): assert_pc_error((409, {BUSY!r}.encode()), 800064, contract=Contract.load('contract.json'))"
    )
    document = coverage()
    assert met(document) == {}
    assert document["rules"] == []


def test_several_contracts_are_counted_together(pytester, coverage):
    """Each response by the contract of its host, with its rules, and with each of its errors; an assertion counts the one that it names."""
    tree = {"format": 1, "extends": "jsonapi", "name": "Tree", "hosts": ["tree.example"]}
    entries = [
        {"code": "locked", "descriptions": ["Locked"]},
        {"status": 404, "code": "gone", "descriptions": ["Gone"]},
    ]
    pytester.path.joinpath("tree.json").write_text(json.dumps({**tree, "entries": entries}))
    pytester.makepyprojecttoml('[tool.pcerrors]\ncontract = ["tree.json", "shipped"]')
    body = {"errors": [{"code": "locked", "detail": "No"}, {"code": "gone"}]}
    urls = ("https://tree.example/a", "https://api.partnercenter.microsoft.com/v1/b")
    rows = [
        {"request": {"method": "GET", "url": urls[0]}, "status": 404, "body": body},
        {"request": {"method": "GET", "url": urls[1]}, "status": 409, "body": json.loads(BUSY)},
    ]
    pytester.path.joinpath("both.ndjson").write_text("\n".join(map(json.dumps, rows)))
    headers = {"Content-Type": "application/vnd.api+json"}
    asserted = {"status": 404, "headers": headers, "body": body}
    pytester.makepyfile(f"from pytest_pcerrors import *\ndef test_a(): assert_pc_error({asserted!r}, 'gone')")

    document = coverage("--pc-cassettes=both.ndjson", "--pc-report=json:report.json")

    assert (document["contract"], document["summary"]["documented"]) == ("Tree and Partner Center", ENTRIES + 2)
    assert met(document) == {
        "409 800064": {"replayed": 1},
        "None locked": {"replayed": 1},
        "404 gone": {"asserted": 1, "replayed": 1},
    }
    assert {"errors-item-code-missing", "description-missing"} < {row["rule"] for row in document["rules"]}
    findings = json.loads((pytester.path / "report.json").read_text())["findings"]
    assert [each["contract"] for each in findings] == ["Tree", "Partner Center", "Tree"]
    assert main(["check", "both.ndjson", "--coverage"]) == 0
