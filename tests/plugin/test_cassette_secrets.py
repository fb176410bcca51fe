"""A cassette that holds secrets has one item more, which says where."""

import pytest
from recordings import FOREIGN, GOOD, recorded

SECRET = recorded(headers={"Set-Cookie": "sid=abc; Path=/"})


def test_a_file_with_secrets_has_an_item_that_fails(write, pytester):
    """It follows the others, and names each place, up to ten."""
    foreign = [
        FOREIGN | {"request": FOREIGN["request"] | {"body": f"client_secret=kX7pQz19v{number:02}"}}
        for number in range(11)
    ]
    write("a.yaml", SECRET, *foreign)
    result = pytester.runpytest("--pc-cassettes=a.yaml")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "secret-recorded  a secret is recorded, in 12 places:",
            "  a.yaml:2  response header Set-Cookie",
            "  a.yaml:*  request body, parameter client_secret",
            "  and 2 more",
            "pcerrors redact a.yaml",
            "pcerrors: 1 error response checked, 12 violations (secret-recorded 12), 11 exchanges with other hosts skipped: *",
            "*a.yaml::secret-recorded*",
        ]
    )
    result.stdout.no_fnmatch_line("*kX7pQz19*")


def test_what_may_be_a_secret_has_an_item_that_warns(write, pytester):
    """It names each place too."""
    write("a.yaml", FOREIGN | {"request": FOREIGN["request"] | {"body": "client_secret=summer"}})
    result = pytester.runpytest("--pc-cassettes=a.yaml")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*a.yaml:*: secret-suspected request body, parameter client_secret: this may be a secret; pcerrors redact a.yaml"
        ]
    )


def test_a_secret_outside_all_interactions_has_an_item_too(write, pytester):
    """A comment belongs to no response, but to the file."""
    file = write("a.yaml", FOREIGN)
    file.write_text(f"# recorded with api_key=kX7pQz19vLmW04ab\n{file.read_text()}")
    result = pytester.runpytest("--pc-cassettes=a.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["secret-recorded  a secret is recorded, in 1 place:", "  a.yaml:1  comment"])


def test_the_item_can_be_named(write, pytester):
    """Its id can be pasted back."""
    write("a.yaml", SECRET)
    result = pytester.runpytest("--pc-cassettes=a.yaml", "a.yaml::secret-recorded")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["secret-recorded  a secret is recorded, in 1 place:"])


def test_settings_make_it_a_warning(write, pytester, settings):
    """Then the item passes, and warns."""
    write("a.yaml", SECRET)
    settings("[tool.pcerrors.severity]", 'secret-recorded = "warning"')
    result = pytester.runpytest("--pc-cassettes=a.yaml")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        ["*a.yaml:2: secret-recorded response header Set-Cookie: a secret is recorded; pcerrors redact a.yaml"]
    )
    strict = pytester.runpytest("--pc-cassettes=a.yaml", "-W", "error::pytest_pcerrors.PcErrorsWarning")
    strict.assert_outcomes(passed=1, failed=1)
    strict.stdout.fnmatch_lines(
        ["a.yaml:2: secret-recorded response header Set-Cookie: a secret is recorded; pcerrors redact a.yaml"]
    )


@pytest.mark.parametrize(
    ("lines", "passed"),
    [
        (["[tool.pcerrors.severity]", 'secret-recorded = "off"'], 1),
        (["[[tool.pcerrors.allow]]", 'rule = "secret-recorded"', 'reason = "made up"', 'path = "a.yaml"'], 2),
    ],
    ids=["off", "allowed"],
)
def test_settings_switch_it_off_or_excuse_it(write, pytester, settings, lines, passed):
    """What is off is not looked for; what is allowed is counted."""
    write("a.yaml", SECRET)
    settings(*lines)
    pytester.runpytest("--pc-cassettes=a.yaml").assert_outcomes(passed=passed)


def test_an_error_of_ours_keeps_its_traceback(write, pytester, monkeypatch):
    """Only our own findings are shown without a traceback."""
    write("a.yaml", SECRET)
    monkeypatch.setattr("pytest_pcerrors.plugin._items.current", lambda: 1 / 0)
    pytester.runpytest("--pc-cassettes=a.yaml").stdout.fnmatch_lines(["*ZeroDivisionError*"])


OLD = {
    **GOOD,
    "response": {
        **GOOD["response"],
        "headers": {**GOOD["response"]["headers"], "Date": ["Thu, 13 Apr 2017 21:29:11 GMT"]},
    },
}


def test_a_recording_beyond_its_age_is_one_item_that_warns(write, pytester):
    """Or fails, where the settings say so."""
    write("a.yaml", OLD, OLD)
    result = pytester.runpytest("--pc-cassettes=a.yaml", "--pc-max-age=180d", "a.yaml")
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["*a.yaml:2: stale Date: oldest response of 2017-04-13, *; record it again"])


def test_the_age_may_be_an_error(write, pytester, settings):
    """Then the item fails with the place."""
    write("a.yaml", OLD)
    settings('max-age = "180d"', "[tool.pcerrors.severity]", 'stale = "error"')
    result = pytester.runpytest("--pc-cassettes=a.yaml", "a.yaml")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["stale  oldest response of 2017-04-13, *, in 1 place:", "  a.yaml:2  Date", "record it again"]
    )
