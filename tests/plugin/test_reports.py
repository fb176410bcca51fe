"""``--pc-report``: what a run found, in files."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from recordings import API, FOREIGN, GOOD, NO_RETRY_AFTER, NUMERIC, SUCCESS, WRONG_PAIRING, recorded

from pytest_pcerrors import Contract
from pytest_pcerrors.plugin import OPTIONS, _reports
from pytest_pcerrors.reporting.formats import FORMATS
from pytest_pcerrors.reporting.report import saved_of

TESTS = """
    import pytest
    from pytest_pcerrors import ContractViolation, assert_pc_error, assert_pc_success, check, read_archive

    GOOD = (409, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}')
    NUMERIC = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')
    SLOW = {"status": 429, "headers": {"Content-Type": "application/json"}, "body": {"code": "1", "description": "x", "source": "y"}}

    def test_broken(): assert_pc_error(NUMERIC)
    def test_another_code(): assert_pc_error(GOOD, 2001)
    def test_conforming(): assert_pc_error(GOOD, 800064)
    def test_no_success(): assert_pc_success(NUMERIC)
    def test_hidden(): assert_pc_success((200, GOOD[1]))
    def test_warned(): assert_pc_error(SLOW)
    def test_only_checked(): assert check(NUMERIC)
    def test_caught():
        with pytest.raises(ContractViolation):
            assert_pc_error(NUMERIC)
    @pytest.mark.xfail
    def test_expected(): assert_pc_error(NUMERIC)
    def test_failed_for_another_reason(): assert not check(NUMERIC)
    @pytest.mark.pc_allow("code-number", reason="numbers")
    def test_allowed(): assert_pc_error(NUMERIC)
    def test_unreadable(): list(read_archive("broken.ndjson"))
    @pytest.fixture
    def late():
        yield
        assert_pc_error(NUMERIC)
    def test_at_teardown(late): pass
    def test_success(): assert_pc_success((200, b"{}"))
    def test_other(): pass
"""
FOUND = [
    ("broken.ndjson", 1, "test_it.py::test_unreadable", "unreadable", ["unreadable"]),
    ("cassettes/a.yaml", 2, "cassettes/a.yaml::POST /v1/carts/{id}/checkout 409 800064 #1", "error", []),
    ("cassettes/a.yaml", 16, "cassettes/a.yaml::POST /v1/carts/{id}/checkout 409 800064 #2", "error", ["code-number"]),
    ("cassettes/a.yaml", 30, "cassettes/a.yaml::POST /v1/orders 429 1 #3", "error", ["retry-after"]),
    ("cassettes/a.yaml", 58, "cassettes/a.yaml::secret-recorded", "recording", ["secret-recorded"]),
    ("cassettes/b.yaml", None, "cassettes/b.yaml::unreadable", "unreadable", ["unreadable"]),
    ("test_it.py", 8, "test_it.py::test_broken", "error", ["code-number"]),
    ("test_it.py", 9, "test_it.py::test_another_code", "error", ["code-unexpected"]),
    ("test_it.py", 10, "test_it.py::test_conforming", "error", []),
    ("test_it.py", 11, "test_it.py::test_no_success", "error", ["not-a-success"]),
    ("test_it.py", 12, "test_it.py::test_hidden", "success", ["error-in-success"]),
    ("test_it.py", 13, "test_it.py::test_warned", "error", ["retry-after"]),
    ("test_it.py", 20, "test_it.py::test_failed_for_another_reason", "error", ["code-number"]),
    ("test_it.py", 21, "test_it.py::test_allowed", "error", []),
    ("test_it.py", 28, "test_it.py::test_at_teardown", "error", ["code-number"]),
]


@pytest.fixture
def suite(pytester, write):
    """Lay out tests and recordings with everything that a report can hold."""
    leaky = recorded(201, {"id": "7", "client_secret": "Zx8Q~abcdefghijklmnopqrstuvwxyz0123456789"})
    write("cassettes/a.yaml", GOOD, NUMERIC, NO_RETRY_AFTER, FOREIGN, leaky)
    (pytester.path / "cassettes/b.yaml").write_text("")
    (pytester.path / "broken.ndjson").write_text("{")
    pytester.makepyfile(test_it=TESTS)
    return pytester


def report(pytester, name="run.json"):
    """Return a report that a run has written."""
    return json.loads((pytester.path / name).read_text())


def found_in(document):
    """Return the place, the test, the kind and the rules of each finding."""
    return [
        (each["path"], each["line"], each["test"], each["kind"], [one["rule"] for one in each["violations"]])
        for each in document["findings"]
    ]


@pytest.mark.covered
def test_a_report_has_what_failed_and_what_warned(suite):
    """And every error response that conforms. What a test expected, and did not fail for, is not a finding."""
    result = suite.runpytest("--pc-cassettes=cassettes", "--pc-report=json:run.json", "-q")
    result.stdout.fnmatch_lines(["pcerrors: json report: run.json"])
    document = report(suite)
    assert found_in(document) == FOUND
    summary = document["summary"]
    assert summary["broken"] == {
        "code-number": 4,
        "code-unexpected": 1,
        "error-in-success": 1,
        "not-a-success": 1,
        "secret-recorded": 1,
    }
    assert (summary["warned"], summary["allowed"]) == ({"retry-after": 2}, {"code-number": 1})
    assert (summary["other_hosts"], summary["unreadable"]) == ({"login.microsoftonline.com": 1}, 1)
    assert [each["allowed"] for each in document["findings"] if each["test"].endswith("allowed")] == [["code-number"]]


def test_the_summary_of_the_run_says_the_same(suite):
    """The last line of the text report is the line that pytest prints."""
    result = suite.runpytest("--pc-cassettes=cassettes", "--pc-report=text:run.txt", "-q")
    last = (suite.path / "run.txt").read_text().splitlines()[-1]
    assert f"pcerrors: {last}" in result.stdout.lines


@pytest.mark.untraced
def test_all_formats_are_the_same_with_workers_and_from_the_saved_report(suite):
    """Byte for byte, whatever the order in which tests end."""
    asked = [f"--pc-report={form}:alone/{form}" for form in FORMATS]
    suite.runpytest("--pc-cassettes=cassettes", *asked)
    suite.runpytest("--pc-cassettes=cassettes", "-n2", *(each.replace("alone", "many") for each in asked))
    saved = saved_of((suite.path / "alone/json").read_bytes(), "json", Contract.default)
    for form, as_form in FORMATS.items():
        alone = (suite.path / "alone" / form).read_text()
        assert (suite.path / "many" / form).read_text() == alone == "".join(as_form(saved)), form


@pytest.mark.untraced
def test_a_killed_worker_loses_only_the_test_that_it_ran(suite):
    """What its finished tests found has arrived; the counts are those of the findings, also in the summary."""
    asked = ("--pc-cassettes=cassettes", "--pc-report=json:run.json")
    alone = suite.runpytest(*asked)
    (summary,) = (line for line in alone.stdout.lines if line.startswith("pcerrors: ") and " checked" in line)
    whole = report(suite)
    (suite.path / "test_it.py").write_text(
        (suite.path / "test_it.py").read_text() + "\ndef test_killed():\n    __import__('os')._exit(1)\n"
    )
    result = suite.runpytest(*asked, "-n2")
    result.stdout.fnmatch_lines(["*crashed while running*test_killed*"])
    assert summary in result.stdout.lines
    assert report(suite) == whole


@pytest.mark.untraced
def test_only_the_last_run_of_a_repeated_test_counts(pytester):
    """With pytest-rerunfailures: one that passes in the end, one that never does, and one that fails in its teardown."""
    pytester.makepyfile(
        test_it=TESTS.partition("    def test_broken")[0]
        + """
    runs = []
    def test_flaky():
        runs.append(1)
        assert_pc_error(NUMERIC if len(runs) == 1 else GOOD)
    def test_never(): assert_pc_error(NUMERIC)
    @pytest.fixture
    def late():
        yield
        runs.append(1)
        assert_pc_error(NUMERIC if len(runs) == 3 else GOOD)
    def test_late(late): pass
    """
    )
    for workers in ([], ["-n1"]):
        arguments = ("-prerunfailures", "--reruns=1", "--pc-report=json:run.json", *workers)
        assert pytester.runpytest(*arguments).parseoutcomes()["failed"] == 1
        rules = [(test, rules) for _, _, test, _, rules in found_in(report(pytester))]
        assert rules == [
            ("test_it.py::test_flaky", []),
            ("test_it.py::test_never", ["code-number"]),
            ("test_it.py::test_late", []),
        ]


def test_a_run_that_stops_early_reports_what_it_ran(suite):
    """With -x, and after Ctrl-C in a test."""
    suite.runpytest("-x", "--pc-report=json:run.json")
    assert [each[2] for each in found_in(report(suite))] == ["test_it.py::test_broken"]
    suite.makepyfile(test_it=TESTS + "\n    def test_interrupted(): raise KeyboardInterrupt")
    suite.runpytest("--pc-report=json:run.json", no_reraise_ctrlc=True)
    assert [each[2] for each in found_in(report(suite))] == [each[2] for each in FOUND if "test_it" in each[2]]


def test_watched_responses_have_the_place_of_their_recording(pytester, write):
    """So that an annotation is on the line to fix, and the test is named beside it."""
    write("cassettes/test_it/test_a.yaml", SUCCESS, WRONG_PAIRING)
    pytester.makepyfile(
        test_it=f"import requests\ndef test_a(pc_cassette): requests.post('{API}/v1/carts/7/checkout'); requests.post('{API}/v1/carts/7/checkout')"
    )
    pytester.runpytest("--pc-report=json:run.json").assert_outcomes(failed=1)
    assert found_in(report(pytester)) == [
        ("cassettes/test_it/test_a.yaml", 16, "test_it.py::test_a", "error", ["pairing"])
    ]


def test_an_old_recording_is_a_finding(pytester, write):
    """Its place is that of the oldest response."""
    write("a.yaml", recorded(headers={"Date": "Thu, 13 Apr 2017 21:29:11 GMT"}))
    pytester.runpytest("--pc-cassettes=a.yaml", "a.yaml", "--pc-max-age=180d", "--pc-report=json:run.json")
    first, second = report(pytester)["findings"]
    assert (first["kind"], second["kind"], second["status"]) == ("error", "stale", 409)


def test_a_finding_by_another_contract_says_so(pytester, contract_file):
    """A test can check by a contract that is not that of the run."""
    contract_file(name="Acme")
    pytester.makepyfile(
        "from pytest_pcerrors import *\ndef test_a(): assert_pc_error((409, b'{}'), contract=Contract.load('contract.json'))"
    )
    pytester.runpytest("--pc-report=json:run.json", "--pc-report=text:run.txt")
    document = report(pytester)
    assert (document["contract"], document["findings"][0]["contract"]) == ("Partner Center", "Acme")
    assert "breaks the Acme error contract" in (pytester.path / "run.txt").read_text()


def test_the_help_of_the_option_names_every_format():
    """The option is declared without loading the registry, for the sake of runs that do not use it."""
    words = re.findall(r"\w+", OPTIONS["--pc-report"]["help"])
    assert set(FORMATS) <= set(words)


def test_a_report_can_go_to_the_terminal(suite):
    """Where GitHub reads its commands."""
    result = suite.runpytest("-q", "--pc-report=github:-")
    result.stdout.fnmatch_lines(["::error file=test_it.py,line=8,title=code-number::409 Conflict: /code: *"])


def test_a_test_with_endless_responses_keeps_some(pytester, monkeypatch):
    """All are counted, and the number of those that are left out is printed."""
    monkeypatch.setattr(_reports, "_MOST", 3)
    pytester.makepyfile(
        test_it=TESTS.partition("    def test_broken")[0]
        + "    def test_many():\n        for _ in range(5): check(NUMERIC)\n        assert_pc_error(SLOW, 2)"
    )
    result = pytester.runpytest("--pc-report=json:run.json")
    result.stdout.fnmatch_lines(["pcerrors: 3 findings of test_it.py::test_many left out of the reports"])
    document = report(pytester)
    assert (len(document["findings"]), document["summary"]["broken"]["code-number"]) == (3, 5)
    assert document["summary"]["broken"]["code-unexpected"] == 1


def test_warnings_beyond_those_kept_are_counted(pytester, monkeypatch):
    """Also those that are raised."""
    monkeypatch.setattr(_reports, "_MOST", 1)
    pytester.makepyfile(
        test_it=TESTS.partition("    def test_broken")[0]
        + "    def test_many():\n        assert_pc_error(SLOW)\n        assert_pc_error(SLOW)"
    )
    pytester.runpytest("--pc-report=json:run.json")
    document = report(pytester)
    assert (len(document["findings"]), document["summary"]["warned"]) == (1, {"retry-after": 2})


def test_secrets_are_hidden(pytester):
    """In bodies, URLs and ids of tests."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_pcerrors import Exchange, Request, assert_pc_error

        @pytest.mark.parametrize("text", ["access_token=s3cr3tZx8Qabcdefghijkl"])
        def test_a(text):
            url = "https://host/?sig=s3cr3tZx8Qabcdefghijkl"
            assert_pc_error(Exchange(409, None, ('{"code": "%s"}' % text).encode(), Request("GET", url)))
        """
    )
    pytester.runpytest(*(f"--pc-report={form}:out/{form}" for form in FORMATS))
    for form in FORMATS:
        text = (pytester.path / "out" / form).read_text()
        assert ("s3cr3t" in text, "code-unknown" in text) == (False, True), form


@pytest.mark.covered
def test_the_files_of_pytest_do_not_change(suite):
    """Its JUnit file is the same as without the option."""

    def cases(*arguments):
        suite.runpytest("--junitxml=own.xml", "--pc-cassettes=cassettes", *arguments)
        root = ET.parse(suite.path / "own.xml").getroot()
        return [(each.attrib | {"time": ""}, [child.tag for child in each]) for each in root.iter("testcase")]

    assert cases() == cases("--pc-report=junit:ours.xml")


@pytest.mark.untraced
def test_a_run_without_reports_loads_none(suite):
    """Neither its workers nor their controller."""
    suite.makeconftest(
        """
        import sys

        sys.modules.pop("pytest_pcerrors.plugin._reports", None)

        def pytest_unconfigure():
            assert "pytest_pcerrors.plugin._reports" not in sys.modules
        """
    )
    result = suite.runpytest("--pc-cassettes=cassettes", "-n1")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    assert "AssertionError" not in result.stderr.str()


MISUSE = [
    ("", "--pc-report is empty; is a shell variable not set?"),
    ("jsn:a", '--pc-report=jsn:a: there is no format "jsn"; did you mean "json"?'),
    ("a.json", '--pc-report=a.json: there is no format "a.json"; did you mean "json"?'),
    ("json", "--pc-report=json has no file; write FORMAT:FILE, such as --pc-report=json:report.json"),
    ("sarif:", "--pc-report=sarif: has no file; write FORMAT:FILE, such as --pc-report=sarif:report.sarif"),
    ("json:.", "--pc-report=json:.: */is a folder; give a file"),
    ("json:a.yaml", "--pc-report=json:a.yaml: *a.yaml is a recording of this run; give another file"),
    ("json:a.yaml/run.json", "the folder *a.yaml cannot be created: *"),
    ("text:./taken.txt", "--pc-report=text:./taken.txt: taken.txt is that of another report; give another file"),
]


@pytest.mark.covered
@pytest.mark.parametrize(("value", "message"), MISUSE)
def test_misuse_stops_the_run(pytester, write, value, message):
    """Before a test runs, with what to write instead."""
    write("a.yaml", GOOD)
    arguments = ("--pc-cassettes=a.yaml", "--pc-report=junit:taken.txt", f"--pc-report={value}")
    result = pytester.runpytest(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message.replace('[', '[[]').replace('*/', '*')}"])
    assert not (pytester.path / "taken.txt").exists()


def test_two_reports_for_the_terminal_are_refused(pytester):
    """They would be mixed."""
    result = pytester.runpytest("--pc-report=text:-", "--pc-report=github:-")
    result.stderr.fnmatch_lines(
        ["ERROR: --pc-report=github:-: the terminal is that of another report; give another file"]
    )


def test_a_report_that_cannot_be_written_fails_the_run(pytester):
    """The others are written, and the message names the file."""
    pytester.makepyfile("import os\ndef test_a(): os.rmdir('gone')")
    result = pytester.runpytest("--pc-report=json:gone/run.json", "--pc-report=text:run.txt")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["pcerrors: *gone*run.json: cannot be written: *"])
    assert (pytester.path / "run.txt").read_text() == "0 error responses checked, 0 violations\n"


def test_a_job_summary_that_cannot_be_written_fails_the_run(pytester, monkeypatch):
    """A report for the terminal writes it too."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "gone/summary.md")
    pytester.makepyfile("def test_a(): pass")
    result = pytester.runpytest("--pc-report=github:-")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["pcerrors: *gone*summary.md: cannot be written: *"])


@pytest.mark.parametrize("arguments", [["--collect-only"], ["missing.py"]])
def test_a_run_without_a_result_writes_nothing(pytester, arguments):
    """An empty report would say that all is well, and the old one would be lost."""
    pytester.makepyfile("def test_a(): pass")
    (pytester.path / "run.json").write_text("old")
    pytester.runpytest("--pc-report=json:run.json", *arguments)
    assert (pytester.path / "run.json").read_text() == "old"
