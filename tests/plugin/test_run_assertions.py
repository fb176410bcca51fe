"""Assertions inside tests: the policy of the run and of the test, wherever they are called."""

import sys
from textwrap import dedent

import pytest

from pytest_pcerrors import check

HEAD = """
import asyncio
import contextvars
import threading

import pytest

NUMERIC = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')


def breaks():
    from pytest_pcerrors import check
    return [violation.rule for violation in check(NUMERIC) if violation.severity == "error"]


allow = pytest.mark.pc_allow("code-number", reason="numbers")
"""


@pytest.fixture
def run(pytester):
    """Run a test module after a head with `breaks`, which returns the rules that a numeric code breaks, and a mark `allow`."""

    def run(body, *arguments):
        pytester.makepyfile(HEAD + dedent(body))
        return pytester.runpytest(*arguments)

    return run


@pytest.mark.parametrize(
    "table",
    [
        'profile = "observed"',
        'severity = {code-number = "warning"}',
        "[[tool.pcerrors.allow]]\nrule = 'code-number'\nreason = 'x'",
    ],
)
def test_the_settings_hold(run, settings, table):
    """What [tool.pcerrors] says holds in tests, also where they have gone to another folder."""
    settings(table)
    run("""
        def test_it(monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            assert breaks() == []
    """).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("body", "arguments"),
    [
        ("@allow\ndef test_it(): assert breaks() == []", []),
        ("def test_it(): assert breaks() == []", ["--pc-profile=observed"]),
        ("def test_it(pc_contract): assert breaks() == ['code-number']", []),
    ],
    ids=["marker", "option", "fixture"],
)
def test_a_run_that_uses_us_counts_what_is_imported_inside_a_test(run, monkeypatch, body, arguments):
    """As in a process that has not loaded us before."""
    for name in [each for each in sys.modules if each.partition(".")[0] == "pytest_pcerrors"]:
        monkeypatch.delitem(sys.modules, name)
    result = run(body, *arguments)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["pcerrors: 1 error response checked*"])


def test_an_entry_of_the_settings_holds(run, settings):
    """An assertion accepts it, and a failure says where it comes from."""
    settings("[[tool.pcerrors.entry]]", "status = 400", 'code = "60012"', 'description = "No licence"')
    result = run("""
        from pytest_pcerrors import assert_pc_error

        @pytest.mark.parametrize("status", [400, 409])
        def test_it(status):
            body = {"code": "60012", "description": "No", "source": "PartnerFD"}
            assert_pc_error({"status": status, "body": body}, 60012)
    """)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*from your pyproject.toml*not with 409*"])


def test_setup_and_teardown_belong_to_the_test(run):
    """Fixtures see the policy of the test that they serve."""
    run("""
        @pytest.fixture
        def response():
            assert breaks() == []
            yield
            assert breaks() == []

        @allow
        def test_it(response): pass
    """).assert_outcomes(passed=1)


def test_tasks_and_contexts_see_the_policy_of_the_test(run):
    """Coroutines, and threads with a copy of the context, check responses under the policy of the test."""
    run("""
        @allow
        def test_coroutine():
            async def both(): return await asyncio.gather(one(), asyncio.to_thread(breaks))
            async def one(): return breaks()
            assert asyncio.run(both()) == [[], []]

        @allow
        def test_thread():
            found = []
            context = contextvars.copy_context()
            thread = threading.Thread(target=lambda: found.append(context.run(breaks)))
            thread.start()
            thread.join()
            assert found == [[]]
    """).assert_outcomes(passed=2)


def test_a_task_that_outlives_a_test_sees_the_next_policy(run):
    """An async plugin may run all tests of a module in one task; none of them sees what another was allowed."""
    result = run("""
        @pytest.fixture(scope="module")
        def in_one_task():
            context = contextvars.copy_context()
            return context.run

        @allow
        def test_first(in_one_task): assert in_one_task(breaks) == []
        def test_second(in_one_task): assert in_one_task(breaks) == ["code-number"]
        @allow
        def test_third(in_one_task): assert in_one_task(breaks) == []
    """)
    result.assert_outcomes(passed=3)


def test_async_tests_with_a_loop_for_the_module(run):
    """The same with the plugin of AnyIO, whose runner lives as long as a fixture needs it."""
    result = run(
        """
        @pytest.fixture(scope="module")
        def anyio_backend(): return "asyncio"

        @pytest.fixture(scope="module")
        async def server(anyio_backend): yield

        pytestmark = pytest.mark.anyio

        @allow
        async def test_first(server): assert breaks() == []
        async def test_second(server): assert breaks() == ["code-number"]
        @allow
        async def test_third(server): assert breaks() == []
        """,
        "-panyio",
    )
    result.assert_outcomes(passed=3)


def test_nothing_leaks_into_what_follows(run):
    """After a marked test that fails, and after the run, everything is as before."""
    numeric = (409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}')
    before = check(numeric)
    run(
        """
        @allow
        @pytest.mark.pc_profile("observed")
        def test_first(): assert breaks() == ["fail"]
        def test_second(): assert breaks() == []
        @pytest.mark.pc_profile("documented")
        def test_third(): assert breaks() == ["code-number"]
        """,
        "--pc-profile=observed",
    ).assert_outcomes(passed=2, failed=1)
    assert check(numeric) == before
