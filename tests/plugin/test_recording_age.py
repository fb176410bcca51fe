"""The age of recordings in a run: when it is known, and that it is not."""

import json

import pytest
from recordings import FOREIGN, GOOD, SUCCESS, recorded

UNKNOWN = "age unknown: no response has a date (a Date header, recorded_at or startedDateTime)"
OLD = "2017-04-13T21:29:11Z"
AGE = "--pc-max-age=180d"
TEST = """
import pytest, requests

def get(): return requests.post("https://api.partnercenter.microsoft.com/v1/carts/7/checkout", timeout=5)

@pytest.mark.pc_cassette("shared")
def test_a(): get()

@pytest.mark.pc_cassette("shared")
def test_b(): get()
"""


@pytest.fixture
def lines(pytester):
    """Run pytest, and return the lines about unknown ages."""

    def lines(*arguments, warnings=0):
        result = pytester.runpytest("-q", *arguments)
        assert sum("PcErrorsWarning: " in line for line in result.outlines) == warnings
        return [each.removeprefix("pcerrors: ") for each in result.outlines if "age unknown" in each]

    return lines


def test_each_file_without_a_date_is_named_once(write, pytester, lines):
    """Whether it is collected, used by tests, or both; also by tests of two workers."""
    write("cassettes/shared.yaml", GOOD)
    write("cassettes/other.yaml", GOOD, SUCCESS)
    pytester.makepyfile(test_cart=TEST)
    only = [f"cassettes/shared.yaml: {UNKNOWN}"]
    assert lines(AGE) == only
    assert lines(AGE, "--pc-cassettes=cassettes/shared.yaml") == only
    both = [f"age unknown of 2 recordings: {UNKNOWN[13:]}: cassettes/other.yaml, cassettes/shared.yaml"]
    assert lines(AGE, "--pc-cassettes=cassettes") == both
    assert lines(AGE, "--pc-cassettes=cassettes", "-n2") == both


@pytest.mark.covered
def test_nothing_is_said_where_nothing_is_missing(write, lines):
    """Of a file without a judged response, or with any date, or where no age is asked for."""
    write("cassettes/empty.yaml")
    write("cassettes/another-host.yaml", FOREIGN)
    write("cassettes/unreadable.yaml", FOREIGN, {"request": FOREIGN["request"]})
    write("cassettes/a-date.yaml", GOOD, recorded(headers={"Date": "Thu, 01 Jan 2099 00:00:00 GMT"}))
    write("cassettes/its-own-date.yaml", GOOD, GOOD | {"recorded_at": "2099-01-01"})
    assert lines("--pc-cassettes=cassettes", AGE) == []
    write("cassettes/no-date.yaml", GOOD)
    assert lines("--pc-cassettes=cassettes", "--pc-profile=observed") == []


@pytest.mark.parametrize(
    "setting",
    [
        ["[tool.pcerrors.severity]", 'stale = "off"'],
        ["[[tool.pcerrors.allow]]", 'rule = "stale"', 'path = "a.yaml"', 'reason = "made by hand"'],
    ],
    ids=["off", "allowed"],
)
def test_nothing_is_said_where_the_rule_is_off_or_allowed(write, settings, lines, setting):
    """A recording that was made by hand has no date."""
    write("a.yaml", GOOD)
    settings('max-age = "180d"', 'collect = ["a.yaml"]')
    assert lines() == [f"a.yaml: {UNKNOWN}"]
    settings('max-age = "180d"', 'collect = ["a.yaml"]', *setting)
    assert lines() == []


def test_a_run_of_some_items_is_not_about_the_file(write, lines, ids):
    """The item of its age is not one of them."""
    write("a.yaml", GOOD)
    [name] = ids("--pc-cassettes=a.yaml")
    assert lines(AGE, "--pc-cassettes=a.yaml", name) == []


def test_a_recording_has_an_age_by_its_own_date(write, pytester, lines):
    """As an item of a file, and with the first test that opens it."""
    write("cassettes/shared.yaml", GOOD | {"recorded_at": OLD})
    assert lines(AGE, "--pc-cassettes=cassettes", warnings=1) == []
    pytester.makepyfile(test_cart=TEST)
    result = pytester.runpytest("-q", AGE)
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        ["*: cassettes/shared.yaml:2: stale: oldest response of 2017-04-13, *; record it again: *"]
    )


def test_a_cassette_in_json_has_an_age_too(pytester):
    """By the same key."""
    folder = pytester.mkdir("cassettes")
    (folder / "shared.json").write_text(json.dumps({"interactions": [GOOD | {"recorded_at": OLD}], "version": 1}))
    pytester.makepyfile(test_cart=TEST.replace("shared", "shared.json"))
    pytester.runpytest("-q", AGE).assert_outcomes(passed=2, warnings=1)
