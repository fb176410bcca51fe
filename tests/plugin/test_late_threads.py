"""Requests of threads after the end of their test: the run names the test, and the next test is not touched."""

import pytest

from pytest_pcerrors.simulation.server import ErrorServer

SUITE = """
import threading
import pytest, requests
from pytest_pcerrors import UsageError

go, done, caught = threading.Event(), threading.Event(), []

def ask():
    requests.get("{url}/errors/409/800064", timeout=5)

def late():
    go.wait(10)
    for _ in range(2):
        try:
            ask()
        except UsageError as error:
            caught.append(str(error))
    done.set()

@pytest.fixture(scope="session")
def poller():
    threading.Thread(target=late, name="poller").start()

def test_first(pc_cassette, request):
    {start}
    ask()

def test_next(pc_cassette):
    ask()
    go.set()
    assert done.wait(10)
    assert len(caught) == {refused}
    assert len(pc_cassette) == {held}
"""
LINE = (
    "pcerrors: test_cart.py::test_first: 2 requests of its threads after its end, neither recorded nor replayed: "
    "GET http://*/errors/409/800064 (poller), and 1 more; the test has to wait for its threads"
)
OF_TEST = 'threading.Thread(target=late, name="poller").start()'
OF_FIXTURE = 'request.getfixturevalue("poller")'


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a suite whose first test starts a thread, recording and then replaying; return both results."""
    monkeypatch.delenv("CI", raising=False)

    def run(start, refused, *arguments):
        with ErrorServer() as server:
            pytester.makepyfile(
                test_cart=SUITE.format(url=server.url, start=start, refused=refused, held=1 if refused else 3)
            )
            modes = ("once", "none")
            return [pytester.runpytest("-q", f"--pc-record={mode}", *arguments) for mode in modes]

    return run


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one process", "a worker"])
def test_the_run_names_the_test_that_started_the_thread(run, pytester, workers):
    """Its requests are in no cassette, and neither test fails."""
    for result in run(OF_TEST, 2, *workers):
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines([LINE])
    assert (pytester.path / "cassettes/test_cart/test_next.yaml").read_text("utf-8").count("uri:") == 1


def test_a_thread_of_a_session_fixture_belongs_to_no_test(run):
    """It was started while the first test ran; its requests are those of the current test."""
    for result in run(OF_FIXTURE, 0):
        result.assert_outcomes(passed=2)
        result.stdout.no_fnmatch_line("*after its end*")
