"""Options and settings: their effect on a run, their precedence, and the messages for misuse."""

import errno
import os

import pytest
from recordings import GOOD, NO_RETRY_AFTER, NUMERIC, WRONG_PAIRING

from pytest_pcerrors.plugin import OPTIONS

OPTIONS_WITH_VALUES = [
    name for name, how in OPTIONS.items() if how.get("action") != "store_true" and name != "--pc-record"
]

IN_A_TEST = """
    import pytest
    from pytest_pcerrors import assert_pc_error

    def test_it():
        assert_pc_error((409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}'))
"""


@pytest.fixture
def both(pytester, write):
    """Lay out a recording and a test that break the same rule, to be run with arguments."""
    write("cassettes/a.yaml", NUMERIC)
    pytester.makepyfile(test_it=IN_A_TEST)
    return pytester.runpytest


@pytest.mark.covered
@pytest.mark.parametrize(
    ("table", "option", "failed"),
    [
        ([], "", 2),
        ([], "--pc-profile=observed", 0),
        ([], "--pc-profile observed", 0),
        (['profile = "observed"'], "", 0),
        (['profile = "observed"'], "--pc-profile=documented", 2),
        (["[tool.pcerrors.severity]", 'code-number = "off"'], "", 0),
        (["[tool.pcerrors.severity]", 'code-number = "error"'], "--pc-profile=observed", 2),
        (["[[tool.pcerrors.allow]]", 'rule = "code-number"', 'reason = "numbers"'], "", 0),
        (["[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "observed"'], "", 1),
        (["[[tool.pcerrors.for]]", 'path = "other"', 'profile = "observed"'], "", 2),
        (["[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "observed"'], "--pc-profile=documented", 2),
        (["[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "documented"'], "--pc-profile=observed", 0),
    ],
)
def test_what_holds_for_recordings_and_tests(both, settings, table, option, failed):
    """Settings apply to items and assertions, a path to its recordings, and an option overrides them all."""
    settings(*table)
    result = both("--pc-cassettes=cassettes", *option.split())
    result.assert_outcomes(passed=2 - failed, failed=failed)


def test_the_longest_path_has_the_say(pytester, write, settings):
    """Of several paths that contain a recording, the longest one determines the profile."""
    write("cassettes/a.yaml", NUMERIC)
    write("cassettes/ours/b.yaml", NUMERIC)
    outer = ["[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "observed"']
    inner = ["[[tool.pcerrors.for]]", 'path = "cassettes/ours"', 'profile = "documented"']
    settings(*outer, *inner)
    pytester.runpytest("--pc-cassettes=cassettes", "cassettes").assert_outcomes(passed=1, failed=1)


def test_a_path_that_does_not_exist_is_reported(pytester, write, settings):
    """Once, at the end: a profile or an allowance for it has no effect."""
    write("cassettes/a.yaml", NUMERIC)
    allowed = ["[[tool.pcerrors.allow]]", 'rule = "code-number"', 'reason = "seen"', 'path = "other"']
    settings("[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "observed"', *allowed, *allowed)
    result = pytester.runpytest("--pc-cassettes=cassettes", "cassettes")
    assert [line for line in result.outlines if "no effect" in line] == [
        f"pcerrors: {pytester.path / 'other'}: no such file or folder, so the settings for this path have no effect"
    ]


def test_profiles_by_path_hold_from_any_folder(pytester, write, settings, monkeypatch):
    """Paths of the settings begin at their file, wherever pytest is called."""
    write("cassettes/a.yaml", NUMERIC)
    settings("[[tool.pcerrors.for]]", 'path = "cassettes"', 'profile = "observed"')
    monkeypatch.chdir(pytester.path / "cassettes")
    pytester.runpytest("--rootdir=..", "--pc-cassettes=a.yaml").assert_outcomes(passed=1)


def test_settings_are_those_beside_the_settings_of_pytest(pytester, write):
    """An editor runs the tests of a project with the folder above as the root directory; a file of -c is elsewhere."""
    write("project/cassettes/a.yaml", NUMERIC)
    project = pytester.path / "project"
    (project / "pyproject.toml").write_text('[tool.pcerrors]\nprofile = "observed"\ncollect = ["cassettes"]')
    (project / "pytest.ini").write_text("[pytest]")
    pytester.runpytest("--rootdir=.", "project").assert_outcomes(passed=1)
    pytester.runpytest("--rootdir=.", "-c", "project/pytest.ini", "project").assert_outcomes()


def test_another_contract(pytester, both, contract_file):
    """--pc-contract uses another contract: here one without the code 800064."""
    contract_file(name="Shop", entries=[{"status": 409, "code": "1", "descriptions": ["No"]}])
    result = pytester.runpytest("--pc-cassettes=cassettes", "--pc-contract=contract.json")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["pcerrors: Shop contract*1 pairings*", "*code-unknown*", "*code-unknown*"])


def test_the_contract_of_the_option_overrides_the_settings(pytester, both, settings, contract_file):
    """The file of the option is relative to where pytest was called, and replaces that of the settings."""
    settings('contract = "missing.json"', 'profile = "observed"')
    contract_file()
    assert pytester.runpytest("--pc-cassettes=cassettes").ret == pytest.ExitCode.USAGE_ERROR
    for name in ("contract.json", "shipped"):
        pytester.runpytest("--pc-cassettes=cassettes", f"--pc-contract={name}").assert_outcomes(passed=2)


def test_the_fixture_is_the_contract_of_the_run(pytester, contract_file):
    """pc_contract gives what --pc-contract names, else the shipped one."""
    contract_file(name="Shop")
    pytester.makepyfile("""
        def test_it(pc_contract, request):
            assert pc_contract.name == ("Shop" if request.config.getoption("pc_contract") else "Partner Center")
    """)
    pytester.runpytest("--pc-contract=contract.json").assert_outcomes(passed=1)
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--pc-profile=observd", '*there is no profile "observd"; did you mean "observed"?'),
        ("--pc-contract=missing.json", f"*missing.json: cannot be read: {os.strerror(errno.ENOENT)}"),
        ("--pc-contract=broken.json", "*broken.json: not JSON: *"),
        ("--pc-contract=foreign.json", "*foreign.json: an OpenAPI document; *"),
        ("--pc-cassettes=missing", "*--pc-cassettes: */missing: no such file or folder"),
        ("--pc-cassettes=broken.json/b.yaml", "*/broken.json/b.yaml: no such file or folder"),
        *((f"{name}=", f"{name} is empty; is a shell variable not set[?]") for name in OPTIONS_WITH_VALUES),
        ("--pc-max-age=half a year", '--pc-max-age: "half a year" is not an age; write a number of days*'),
        ("--pc-record=sometimes", "*--pc-record*sometimes*"),
        ("--pc-base-url=ftp://x", '*base URL "ftp://x" is not an http or https URL with a host*'),
        ("--pc-coverage-min=all", "--pc-coverage-min=all: expected a percentage from 0 to 100, such as 80"),
        ("--pc-coverage-min=nan", "--pc-coverage-min=nan: expected a percentage*"),
        ("--pc-coverage-min=101", "--pc-coverage-min=101: expected a percentage*"),
        ("--pc-coverage-report=jsn:a", '*there is no format "jsn"; did you mean "json"?'),
        ("--pc-coverage-report=json", "*has no file; write FORMAT:FILE*"),
    ],
)
def test_misuse_of_an_option(pytester, option, said):
    """Misuse ends the run before it begins: the message alone, no traceback, exit code 4."""
    pytester.makefile(".json", broken="{", foreign='{"openapi": "3.1.0"}')
    pytester.makepyfile("def test_it(): pass")
    assert_misused(pytester.runpytest(option), said)


def test_misuse_of_an_option_of_workers(pytester):
    """It ends the run before a worker is started."""
    pytester.makepyfile("def test_it(): pass")
    for option, said in (
        ("--pc-profile=observd", '*there is no profile "observd"; did you mean "observed"?'),
        ("--pc-cassettes=missing", "*--pc-cassettes: */missing: no such file or folder"),
        ("--pc-coverage-min=all", "--pc-coverage-min=all: expected a percentage from 0 to 100, such as 80"),
    ):
        assert_misused(pytester.runpytest(option, "-n2"), said)


def assert_misused(result, said):
    """Assert that a run has ended with this message and nothing else."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    result.stderr.no_fnmatch_line("*Traceback*")
    assert not result.stdout.lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'profil = "observed"',
            '*pyproject.toml: [[]tool.pcerrors]: at the top: unknown key "profil"; did you mean "profile"?',
        ),
        ("collect = 7", "*at /collect: expected a list of paths*, got 7"),
        ('profile = "observd"', "*at /profile: *observd*"),
        ("severity.pairin = 'off'", '*there is no rule "pairin"; did you mean "pairing"?'),
        ('rules = ["shop:missing"]', "*the rule shop:missing cannot be imported*"),
        ('contract = "missing.json"', "*missing.json: cannot be read*"),
    ],
)
def test_misuse_of_the_settings(pytester, settings, line, said):
    """A broken table ends every run, with the file, the place and the nearest known name."""
    settings(line)
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_no_option_swallows_the_next_argument(pytester, write):
    """Every option needs its value."""
    for option in ("--pc-cassettes", "--pc-contract", "--pc-profile"):
        result = pytester.runpytest(option)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"*argument {option}: expected one argument"])


def test_the_options_are_explained(pytester):
    """`pytest --help` lists them in a group of their own, `--fixtures` the fixture."""
    pytester.runpytest("--help").stdout.fnmatch_lines(["Partner Center error contract:", "*--pc-cassettes=PATH*"])
    pytester.runpytest("--fixtures").stdout.fnmatch_lines(["pc_contract*", "*Return the contract of this run*"])


def test_it_can_be_switched_off(pytester, installed, both, settings):
    """With -p no:pcerrors, the settings collect nothing, and our options are unknown."""
    settings('collect = ["cassettes"]', 'profile = "observed"')
    pytester.makepyfile(test_it="def test_it(): pass")
    result = pytester.runpytest("-p", "no:pcerrors")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*pcerrors:*")
    assert pytester.runpytest("-p", "no:pcerrors", "--pc-profile=observed").ret == pytest.ExitCode.USAGE_ERROR


def test_options_in_addopts(pytester, write):
    """Our options work in `addopts` like those of pytest."""
    write("cassettes/a.yaml", GOOD, NO_RETRY_AFTER, WRONG_PAIRING)
    pytester.makeini("[pytest]\naddopts = --pc-cassettes=cassettes --pc-profile=observed")
    pytester.runpytest().assert_outcomes(passed=3, warnings=2)
