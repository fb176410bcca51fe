"""The header and the summary: what was checked, what was found, and what was not judged."""

from textwrap import dedent

import pytest
from recordings import FOREIGN, GOOD, NO_RETRY_AFTER, NUMERIC, SUCCESS, WRONG_PAIRING

ASSERTING = """
    from pytest_pcerrors import assert_pc_error, assert_pc_success, check

    def test_it():
        assert_pc_error((409, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'))
        assert_pc_success((200, b"{}"))
        check((429, b'{"statusCode": 429, "message": "Slow down"}'))
"""


def told(result):
    """Return our lines."""
    return [line.removeprefix("pcerrors: ") for line in result.stdout.lines if line.startswith("pcerrors: ")]


@pytest.fixture
def run(pytester):
    """Run the cassettes in this folder quietly, and return our lines."""

    def run(*arguments):
        return told(pytester.runpytest("-q", "--pc-cassettes=.", *arguments))

    return run


def test_the_header_names_contract_and_profile(pytester, write):
    """A run that uses us prints its contract and profile in the header."""
    write("a.yaml", GOOD)
    (header, _) = told(pytester.runpytest("--pc-cassettes=."))
    assert header == "Partner Center contract (page of 2020-11-13), 163 pairings, profile documented"


@pytest.mark.parametrize(("table", "option"), [("", "--pc-profile=observed"), ('profile = "observed"', "-v")])
def test_the_header_names_the_profile_that_holds(pytester, settings, table, option):
    """The profile of the option or the settings."""
    settings(table)
    assert told(pytester.runpytest(option))[0].endswith("pairings, profile observed")


def test_the_header_of_a_contract_without_a_page(pytester, contract_file):
    """A contract that comes from no dated page has no date to show."""
    contract_file(name="Shop", page={})
    assert told(pytester.runpytest("--pc-contract=contract.json"))[0].startswith("Shop contract, 163 pairings")


def test_a_run_without_us_says_nothing(pytester):
    """Neither header nor summary where nothing of ours is used."""
    pytester.makepyfile("def test_it(): pass")
    assert told(pytester.runpytest()) == []


def test_violations_by_rule(write, run):
    """Error responses, violations and warnings are counted, each rule with its number."""
    write("a.yaml", GOOD, NUMERIC, NUMERIC, WRONG_PAIRING, NO_RETRY_AFTER)
    assert run() == ["5 error responses checked, 3 violations (code-number 2, pairing 1), 1 warning (retry-after 1)"]


def test_used_allowances(write, run, settings):
    """What an allowance excused is counted apart."""
    settings("[[tool.pcerrors.allow]]", 'rule = "code-number"', 'reason = "numbers"')
    write("a.yaml", GOOD, NUMERIC)
    assert run() == ["2 error responses checked, 0 violations, 1 violation allowed (code-number 1)"]


def test_assertions_count(pytester):
    """What tests hand to the three verbs is counted too."""
    pytester.makepyfile(ASSERTING)
    expected = "2 error responses checked, 1 other response searched, 0 violations"
    assert told(pytester.runpytest("-q")) == [expected]


PASSED_OVER = (
    "1 exchange with another host skipped: login.microsoftonline.com 1 (to check it: hosts in [tool.pcerrors])"
)


def test_a_test_that_a_plugin_skips_counts_nothing(pytester):
    """A plugin may skip a test before our setup: the responses of the test before it count once."""
    skipping = """
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_setup(item):
            if item.name != "test_it":
                pytest.skip("no service")
            return (yield)
    """
    pytester.makeconftest(skipping)
    pytester.makepyfile(dedent(ASSERTING) + "def test_skipped(): pass")
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["pcerrors: 2 error responses checked*"])


@pytest.mark.untraced
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "workers"])
def test_where_all_was_skipped_the_setting_is_shown(write, pytester, workers):
    """Somebody who records from a gateway sees at once why nothing was checked, and what to paste."""
    write("cassettes/a.yaml", FOREIGN, FOREIGN)
    write("cassettes/b.yaml", FOREIGN)
    result = pytester.runpytest("-q", "--pc-cassettes=cassettes", "cassettes", *workers)
    assert (
        result.stdout.str().count("nothing was checked") == result.stdout.str().count("login.microsoftonline.com") == 1
    )
    result.stdout.fnmatch_lines(
        [
            "pcerrors: nothing was checked: each of the 3 exchanges is with a host that is not checked",
            "to check them, set in pyproject.toml, below [[]tool.pcerrors]:",
            'hosts = [[]"login.microsoftonline.com"]',
        ]
    )


@pytest.mark.parametrize("other", [GOOD, SUCCESS], ids=["error", "success"])
def test_where_anything_was_judged_no_setting_is_pressed(write, pytester, other):
    """A token endpoint beside the API is as it should be."""
    write("cassettes/a.yaml", FOREIGN, other)
    assert "nothing was checked" not in pytester.runpytest("--pc-cassettes=cassettes").stdout.str()


BROKEN = """
    import pytest, unittest
    from pytest_pcerrors import ContractViolation, assert_pc_error, assert_pc_success, check

    NUMERIC = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')
    BARE = {"status": 429, "headers": {"Content-Type": "application/json"}, "body": b'{"code": "1", "description": "Busy", "source": "PartnerFD"}'}
    HIDDEN = (200, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}')
"""
CHECKED = "1 error response checked"


@pytest.mark.covered
@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("def test_a(): assert check(NUMERIC)", f"{CHECKED}, 0 violations"),
        ("def test_a(): assert check(BARE)", f"{CHECKED}, 0 violations"),
        ("def test_a():\n    with pytest.raises(ContractViolation): assert_pc_error(NUMERIC)", f"{CHECKED}, 0 violations"),
        (
            "def test_a():\n    with pytest.raises(ContractViolation): assert_pc_success(HIDDEN)",
            "0 error responses checked, 1 other response searched, 0 violations",
        ),
        ("@pytest.mark.xfail\ndef test_a(): assert_pc_error(NUMERIC)", f"{CHECKED}, 0 violations"),
        ("def test_a():\n    check(NUMERIC)\n    pytest.skip()", f"{CHECKED}, 0 violations"),
        ("def test_a(): assert_pc_error(BARE)", f"{CHECKED}, 0 violations, 1 warning (retry-after 1)"),
        ("def test_a(): assert not check(NUMERIC)", f"{CHECKED}, 1 violation (code-number 1)"),
        ("def test_a(): assert not check(BARE)", f"{CHECKED}, 0 violations, 1 warning (retry-after 1)"),
        ("def test_a(): assert_pc_error(NUMERIC)", f"{CHECKED}, 1 violation (code-number 1)"),
        ("@pytest.fixture\ndef f(): assert not check(NUMERIC)\ndef test_a(f): pass", f"{CHECKED}, 1 violation (code-number 1)"),
        (
            "@pytest.fixture\ndef f():\n    yield\n    assert not check(NUMERIC)\ndef test_a(f): pass",
            f"{CHECKED}, 1 violation (code-number 1)",
        ),
        (
            "class TestA(unittest.TestCase):\n    def test_a(self): assert_pc_error(NUMERIC)",
            f"{CHECKED}, 1 violation (code-number 1)",
        ),
        (
            "def test_a(): assert check(NUMERIC)\ndef test_b(): assert_pc_error(NUMERIC)",
            "2 error responses checked, 1 violation (code-number 1)",
        ),
        (
            "runs = []\n@pytest.mark.flaky(reruns=1)\ndef test_a():\n    runs.append(1)\n    assert not check(NUMERIC) or len(runs) > 1",
            f"{CHECKED}, 0 violations",
        ),
    ],
)  # fmt: skip
def test_what_a_test_expects_to_be_broken_is_no_violation_of_the_run(pytester, test, said):
    """A test that looks at a broken response and passes has found what it expected; one that fails has not."""
    pytester.makepyfile(dedent(BROKEN) + test)
    assert told(pytester.runpytest("-q", *(["-prerunfailures"] if "reruns" in test else []))) == [said]


def test_other_hosts_and_unreadable_files(write, run, pytester):
    """What was not judged is counted in the same line."""
    write("a.yaml", GOOD, FOREIGN, SUCCESS)
    pytester.path.joinpath("b.yaml").write_text("[")
    expected = "1 error response checked, 0 violations, 1 unreadable place, " + PASSED_OVER
    assert run() == [expected]


@pytest.mark.parametrize(
    ("interactions", "held"),
    [
        ([], "0 below 400, 0 with other hosts"),
        ([SUCCESS, SUCCESS], "2 below 400, 0 with other hosts"),
        ([FOREIGN, SUCCESS], "1 below 400, 1 with other hosts"),
    ],
)
def test_a_folder_without_an_error_response(write, pytester, interactions, held):
    """The message has its contents, also if tests of the same run pass."""
    write("cassettes/a.yaml", *interactions)
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest("-q", "--pc-cassettes=cassettes")
    result.assert_outcomes(passed=1)
    assert told(result) == [f"cassettes contains no error response to check ({held})"]


@pytest.mark.parametrize("how", ["--pc-cassettes=cassettes", "collect"])
def test_an_empty_folder(pytester, settings, how):
    """A folder without a cassette is reported, whether an option or a setting names it."""
    pytester.mkdir("cassettes")
    pytester.makepyfile("def test_it(): pass")
    if how == "collect":
        settings('collect = ["cassettes"]')
    result = pytester.runpytest("-q", *([how] if how != "collect" else []))
    assert told(result) == ["cassettes contains no cassette"]


def test_each_path_is_looked_at_by_itself(write, pytester):
    """A path with errors does not hide one without any; a path outside the root directory is shown in full."""
    write("a/a.yaml", GOOD)
    write("b/b.yaml", SUCCESS)
    pytester.mkdir("root")
    lines = told(pytester.runpytest("-q", "--rootdir=root", "--pc-cassettes=a", "--pc-cassettes=b"))
    assert lines == [
        "1 error response checked, 0 violations",
        f"{pytester.path}/b contains no error response to check (1 below 400, 0 with other hosts)",
    ]


def test_ignored_cassettes(write, pytester):
    """Cassettes that pytest is set to ignore are counted, so that none is lost silently."""
    write("cassettes/a.yaml", GOOD)
    write("cassettes/dist/b.yaml", GOOD)
    lines = told(pytester.runpytest("-q", "--pc-cassettes=cassettes"))
    assert lines[1:] == ["cassettes: ignored by pytest and not checked: 1 of 2 cassettes"]


def test_pytest_is_asked_once_whether_it_ignores_a_path(write, pytester):
    """A folder is asked for once, not for each of its files."""
    for name in ("a/1", "a/2", "a/b/3", "a/b/4"):
        write(f"cassettes/{name}.yaml", GOOD)
    pytester.makeconftest("def pytest_ignore_collect(collection_path): print('asked', collection_path.name)")
    module = pytester.makepyfile("def test_a(): pass")
    lines = pytester.runpytest("-q", "-s", module, "--pc-cassettes=cassettes").outlines
    assert [lines.count(f"asked {name}") for name in ("a", "b", "1.yaml", "4.yaml")] == [1, 1, 1, 1]


def test_unreadable_files_are_no_empty_folder(write, run, pytester):
    """Unreadable files fail, and are not reported as empty."""
    pytester.path.joinpath("a.yaml").write_text("")
    assert run() == ["0 error responses checked, 0 violations, 1 unreadable place"]


def test_a_run_that_only_collects(write, run):
    """Nothing is checked, so nothing is counted; an empty path is still told."""
    write("a.yaml", GOOD)
    assert run("--collect-only") == []
    write("a.yaml", SUCCESS)
    assert run("--collect-only") == [". contains no error response to check (1 below 400, 0 with other hosts)"]


def test_a_run_of_one_id_counts_one(write, run):
    """Only what ran is counted."""
    write("a.yaml", GOOD, NUMERIC)
    assert run("a.yaml::POST /v1/carts/{id}/checkout 409 800064 #1") == ["1 error response checked, 0 violations"]


def test_without_a_terminal(write, pytester):
    """With -p no:terminal nothing is written, and the exit code is that of the items."""
    write("a.yaml", NUMERIC)
    result = pytester.runpytest("-p", "no:terminal", "--pc-cassettes=.")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not result.stdout.lines
