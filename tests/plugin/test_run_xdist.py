"""Under pytest-xdist: the same items, the same outcome, the same summary as without."""

import re
from importlib.util import find_spec

import pytest
from recordings import FOREIGN, GOOD, NO_RETRY_AFTER, NUMERIC, SUCCESS

TESTS = """
    import pytest
    from pytest_pcerrors import assert_pc_error

    NUMERIC = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')

    @pytest.mark.pc_allow("code-number", reason="numbers")
    def test_excused(): assert_pc_error(NUMERIC)

    @pytest.mark.pc_profile("observed")
    def test_observed(): assert_pc_error(NUMERIC)

    def test_judged(): assert_pc_error(NUMERIC)
"""


def told(result):
    """Return what does not depend on the order of tests: the counts, our lines, the failures, and the warnings."""
    kept = re.compile(r"pcerrors: |FAILED |  .*PcErrorsWarning")
    counted = {name: number for name, number in result.parseoutcomes().items() if name != "seconds"}
    return counted, sorted(line for line in result.stdout.lines if kept.match(line))


@pytest.mark.untraced
def test_a_run_with_workers_says_what_a_run_without_says(pytester, write):
    """Header, summary, failures and warnings are the same, and nothing is counted several times."""
    write("cassettes/a.yaml", *[GOOD] * 5, NUMERIC, NO_RETRY_AFTER, FOREIGN, SUCCESS)
    write("cassettes/b.yaml", *[GOOD] * 5, NUMERIC, FOREIGN)
    write("cassettes/empty/c.yaml", SUCCESS)
    pytester.path.joinpath("cassettes/d.yaml").write_text("")
    pytester.makepyfile(TESTS)
    arguments = ("--pc-cassettes=cassettes", "--pc-cassettes=cassettes/empty")
    alone = pytester.runpytest(*arguments)
    alone.assert_outcomes(passed=13, failed=4, warnings=1)
    assert told(pytester.runpytest(*arguments, "-n2")) == told(alone)


@pytest.mark.untraced
def test_assertions_alone_are_counted(pytester):
    """Where only the tests of the workers use us, the controller still sums up."""
    pytester.makepyfile(TESTS)
    alone = pytester.runpytest()
    assert told(pytester.runpytest("-n2")) == told(alone)
    alone.stdout.fnmatch_lines(
        ["pcerrors: 3 error responses checked, 1 violation (code-number 1), 1 violation allowed*"]
    )


@pytest.mark.untraced
def test_ids_and_a_folder_outside(pytester, write, ids):
    """Ids can be pasted, and paths lie anywhere, with workers too."""
    pytester.mkdir("project")
    write("cassettes/a[1].yaml", GOOD, GOOD, NUMERIC)
    options = ("--rootdir=project", "--pc-cassettes=cassettes")
    printed = ids(*options, "cassettes")
    pytester.runpytest(*options, "-n2", *printed[1:]).assert_outcomes(passed=1, failed=1)


def test_workers_without_counts(pytester):
    """A worker that did not use us, or that died, has nothing to add."""
    pytester.makepyfile("import os\ndef test_it(): os._exit(1)")
    result = pytester.runpytest("-n1", "--max-worker-restart=0")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("*pcerrors:*")
    pytester.makepyfile("def test_it(): pass")
    pytester.makeconftest("import sys\nassert sys.modules.pop('pytest_pcerrors.policy.check')")
    result = pytester.runpytest("-n1")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*pcerrors:*")


@pytest.mark.untraced
@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_beside_other_plugins(pytester, write, workers):
    """Plugins that record, and that run a failed test again, change nothing of what is found."""
    rerun = ["-prerunfailures", "--reruns=1"] if find_spec("pytest_rerunfailures") else []
    write("cassettes/a.yaml", GOOD, NUMERIC, NO_RETRY_AFTER)
    pytester.makepyfile(TESTS)
    result = pytester.runpytest("--pc-cassettes=cassettes", *rerun, *workers)
    found = {name: result.parseoutcomes().get(name) for name in ("passed", "failed", "errors")}
    assert found == {"passed": 4, "failed": 2, "errors": None}
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
