"""Outcomes of items: failures with their place, warnings, and unreadable files."""

import errno
import json
import os
import shlex
import xml.etree.ElementTree as ET

import pytest
from recordings import API, GOOD, NO_RETRY_AFTER, NUMERIC, WRONG_PAIRING, recorded


@pytest.fixture
def run(pytester):
    """Run the cassettes in this folder."""

    def run(*arguments):
        return pytester.runpytest("--pc-cassettes=.", ".", *arguments)

    return run


def test_a_failure_is_the_violations_and_their_place(write, pytester):
    """A failing item shows what is wrong, the line of its interaction and the body, and no traceback."""
    file = write("a.yaml", GOOD, WRONG_PAIRING)
    line = 2 + file.read_text().partition("\n")[2].partition("\n- ")[0].count("\n") + 1
    passed, _, [failure] = pytester.inline_run("--pc-cassettes=.", ".").listoutcomes()
    shown = str(failure.longrepr).splitlines()
    assert shown[0] == "409 Conflict breaks the Partner Center error contract in 1 place:"
    assert shown[1].startswith("  pairing  /code  code 800061 is documented with 400 Bad Request")
    assert shown[2] == f"in a.yaml:{line}, POST {API}/v1/carts/7/checkout"
    assert shown[3].startswith('body: {"code": "800061"')
    assert (len(shown), len(passed)) == (4, 1)


def test_all_violations_come_at_once(write, run):
    """Errors and warnings of one response are in one failure."""
    write("a.yaml", recorded(429, {"code": 1, "source": 7}))
    result = run()
    result.stdout.fnmatch_lines(
        [
            "429 Too Many Requests breaks * in 4 places:",
            "*retry-after (warning)*",
            "*code-number*",
            "*description-missing*",
        ]
    )


@pytest.mark.covered
@pytest.mark.parametrize("style", ["--tb=short", "--tb=native", "--full-trace"])
def test_no_style_shows_a_traceback_of_ours(write, run, style):
    """Our own frames are hidden in every style of traceback."""
    write("a.yaml", WRONG_PAIRING)
    text = run(style).stdout.str()
    assert "a.yaml::POST /v1/carts/{id}/checkout 409 800061 #1" in text
    assert "Traceback" not in text
    assert "pytest_pcerrors/plugin" not in text


def test_a_warning_is_located_in_the_cassette(write, run):
    """With a violation of severity warning the item passes, and the warnings summary has each with file and line."""
    write("a.yaml", NO_RETRY_AFTER, NO_RETRY_AFTER)
    result = run()
    result.assert_outcomes(passed=2, warnings=2)
    result.stdout.fnmatch_lines(
        ["a.yaml::POST /v1/orders 429 1 #1", "  *a.yaml:2:0: PcErrorsWarning: 429 Too Many Requests: retry-after*"]
    )


def test_a_warning_shows_nothing_of_what_was_recorded(run, pytester):
    """Python prints the source line of a warning; a recording's line may hold what must not be seen."""
    request = '{"method": "GET", "url": "https://api.partnercenter.microsoft.com/v1", "headers": {"Authorization": "Bearer hunter2hunter2"}}'
    pytester.path.joinpath("a.ndjson").write_text(f'{{"status": 429, "headers": {{}}, "request": {request}}}\n')
    result = run("--pc-profile=observed", "--pc-cassettes=a.ndjson")
    assert "hunter2" not in result.stdout.str()


@pytest.mark.parametrize("filter_", ["error::pytest_pcerrors.PcErrorsWarning", "error"])
def test_warnings_can_be_made_failures(write, run, filter_):
    """With -W error, the item fails with the same text as any other violation."""
    write("a.yaml", NO_RETRY_AFTER)
    result = run("-W", filter_)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["429 Too Many Requests breaks*", "  retry-after (warning)*", "in a.yaml:2, POST*"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("text", "place"),
    [("", "a.yaml"), ("interactions: 'open", "a.yaml:1"), ("- a\n", "a.yaml"), ('{"a": 1}', "a.yaml")],
    ids=["empty", "not YAML", "a list", "another mapping"],
)
def test_a_file_that_cannot_be_read_is_one_failure(write, run, pytester, text, place):
    """It fails with place and reason, without a traceback, and all other files run."""
    write("b.yaml", GOOD)
    pytester.path.joinpath("a.yaml").write_text(text)
    result = run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"unreadable  {place}: *", "*a.yaml::unreadable*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_comes_before_the_broken_line_is_run(write, run):
    """A cassette that breaks off keeps the items that were read, and fails once for the rest."""
    file = write("a.yaml", GOOD, NUMERIC)
    whole = file.read_text()
    file.write_text(whole + "- [")
    result = run()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["unreadable  a.yaml:*"])


def test_a_file_that_may_not_be_opened(write, run, pytester):
    """A file that the system does not open is one failure that says why."""
    write("b.yaml", GOOD)
    pytester.makeconftest("""
        import pathlib
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_make_collect_report(collector):
            if collector.path.name == "a.yaml":
                collector.path.unlink()
            return (yield)
    """)
    write("a.yaml", GOOD)
    result = run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"unreadable  a.yaml: cannot be read: {os.strerror(errno.ENOENT)}"])


def test_an_archive_without_lines_is_located_by_pointer(pytester, run):
    """A JSON document has no lines to name; the failure gives the pointer."""
    pytester.path.joinpath("a.json").write_text(json.dumps({"interactions": [GOOD, WRONG_PAIRING]}))
    result = run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"in a.json#/interactions/1, POST {API}/v1/carts/7/checkout"])


def test_a_rule_of_the_user_that_fails_is_told(write, run, settings, pytester):
    """An exception in a rule of the user's own is one line that names rule and response."""
    pytester.makepyfile(shop="def no_cats(reading):\n    raise ValueError('meow')")
    settings('rules = ["shop:no_cats"]')
    write("a.yaml", GOOD)
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["your rule no-cats failed on *a.yaml:* ValueError: meow"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(("phase", "outcome"), [("setup", {"errors": 2}), ("call", {"failed": 2})])
def test_what_others_raise_is_shown_as_pytest_shows_it(write, run, pytester, phase, outcome):
    """An exception of a conftest.py keeps its traceback, for items and for unreadable files."""
    pytester.makeconftest(f"def pytest_runtest_{phase}(item): raise LookupError('theirs')")
    write("a.yaml", GOOD)
    pytester.path.joinpath("b.yaml").write_text("")
    result = run()
    result.assert_outcomes(**outcome)
    assert result.stdout.str().count("E   LookupError: theirs") == 2


def test_junitxml_has_the_items(write, run, pytester):
    """The report is well-formed whatever the recording holds, with one test case an item."""
    write("a.yaml", GOOD, recorded(body="a\x1b\x00\ufffe<&]]>", url=f"{API}/v1/\x1b<&>\u65e5"), NO_RETRY_AFTER)
    pytester.path.joinpath("b.yaml").write_text("")
    run("--junitxml=report.xml", "-o", "junit_family=xunit1")
    cases = list(ET.parse(pytester.path / "report.xml").iter("testcase"))
    assert [case.get("classname") for case in cases] == ["a.yaml", "a.yaml", "a.yaml", "b.yaml"]
    assert [case.find("failure") is not None for case in cases] == [False, True, False, True]
    assert cases[0].get("name") == "POST /v1/carts/{id}/checkout 409 800064 #1"
    assert int(cases[0].get("line")) == 1


@pytest.mark.covered
@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        ("-rA --durations=3 -vv", {"passed": 2, "failed": 2}),
        ("-x", {"passed": 1, "failed": 1}),
        ("--maxfail=2", {"passed": 2, "failed": 2}),
        ("-k 'not 800061'", {"passed": 2, "failed": 1, "deselected": 1}),
        ("--deselect=a.yaml", {"passed": 1, "failed": 1, "deselected": 2}),
        ("-p no:terminal", {}),
        ("--setup-show --strict-markers --strict-config", {"passed": 2, "failed": 2}),
        ("-p no:cacheprovider -p no:logging -p no:warnings -s", {"passed": 2, "failed": 2}),
    ],
)
def test_options_of_pytest_hold(write, pytester, arguments, outcome):
    """Items are tests like any other to the options of pytest."""
    write("a.yaml", GOOD, WRONG_PAIRING)
    write("b.yaml", GOOD, NUMERIC)
    result = pytester.runpytest("--pc-cassettes=.", *shlex.split(arguments))
    assert result.parseoutcomes() == outcome if outcome else result.ret == pytest.ExitCode.TESTS_FAILED
    assert not result.stderr.lines


def test_last_failed(write, run, pytester, ids):
    """--lf runs the recordings that failed, --ff begins with them; --lf with ids leaves out what passed, and does not call it missing."""
    write("a.yaml", GOOD, WRONG_PAIRING)
    write("b.yaml", GOOD, NUMERIC)
    run().assert_outcomes(passed=2, failed=2)
    run("--lf").assert_outcomes(failed=2)
    ordered = ids("--pc-cassettes=.", "--ff")
    assert [each[-2:] for each in ordered] == ["#2", "#2", "#1", "#1"]
    pytester.runpytest("--lf", "--pc-cassettes=.", ordered[0], ordered[-1]).assert_outcomes(failed=1)


def test_collect_only_shows_the_tree(write, run):
    """--collect-only names folder, file and item, and runs nothing."""
    write("cassettes/a.yaml", WRONG_PAIRING)
    result = run("--collect-only")
    result.stdout.fnmatch_lines(
        ["*<CassetteFolder cassettes>", "*<CassetteFile a.yaml>", "*<CassetteItem POST */checkout 409 800061 #1>"]
    )
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*checked*")


def test_items_and_check_agree(pytester, run):
    """Odd entries fail with their places, skipped ones and unknown bodies are counted, and the rest is tested."""
    request = {"method": "GET", "url": "https://api.partnercenter.microsoft.com/v1/x", "headers": []}
    kept = {"text": '{"code": "20000", "description": "No order", "source": "PartnerFD"}'}
    json_type = [{"name": "Content-Type", "value": "application/json"}]

    def entry(status, content):
        return {"request": request, "response": {"status": status, "headers": json_type, "content": content}}

    entries = [entry(404, kept), entry(0, {}), entry("lost", {}), entry(404, {"size": 88}), entry(404, kept)]
    pytester.path.joinpath("a.har").write_text(json.dumps({"log": {"entries": entries}}))
    result = run()
    result.assert_outcomes(passed=3, failed=1)
    summary = (
        "3 error responses checked, 0 violations, 1 body unknown (not kept in the recording), 1 unreadable place, "
        "1 request without a response skipped"
    )
    result.stdout.fnmatch_lines(
        [
            "unreadable  a.har#/log/entries/2: expected a status as a number such as 409, got str",
            f"pcerrors: {summary}",
            "FAILED a.har::unreadable #/log/entries/2*",
        ]
    )


def test_what_is_not_http_is_one_item_a_file(pytester, run):
    """A recording of a WebSocket has hundreds of messages."""
    pytester.path.joinpath("a.yaml").write_text("interactions:\n" + "- kind: message\n" * 300)
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the same at 299 more places: 3, 4, 5, 6, ..., 301*", "FAILED a.yaml::unreadable 2*"])


def test_too_little_memory_ends_the_run(write, run, monkeypatch):
    """A file for which there is not enough memory is an error of the run, not a failed test."""

    def exhausted(*_):
        raise MemoryError

    write("a.yaml", GOOD)
    monkeypatch.setattr("pytest_pcerrors.exchange.archives.yaml_files.item_of", exhausted)
    result = run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["a.yaml: not enough memory to read this"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_recordings_of_other_tools_are_items(pytester, run):
    """With their places; a body that a stub names is found from any folder, and the folder of bodies has no items."""
    stub = {"request": {"url": "/v1"}, "response": {"status": 409, "bodyFileName": "busy.json"}}
    example = {"code": 404, "header": [{"key": "Content-Type", "value": "application/json"}], "body": "Gone"}
    files = {
        "mappings/busy.json": stub,
        "__files/busy.json": {"code": "800064", "description": "Busy", "source": "PartnerFD"},
        "carts.json": {"info": {"_postman_id": "1"}, "item": [{"request": "{{host}}/v1", "response": [example]}]},
    }
    for name, document in files.items():
        file = pytester.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))
    result = run("-q")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["  body-plain-text *", "in carts.json#/item/0/response/0, GET /v1"])
    result.stdout.fnmatch_lines(["  content-type *no Content-Type header*", "in mappings/busy.json:1, ANY /v1"])
