"""Measure simulated errors against stubs of `responses`: one request, and a pytest process with a test for each documented error.

Run it with ``python benchmarks/simulate.py``. Both ways are measured alternately by processor time, so that a slow moment affects both; the
figure to quote is the ratio of the medians. `responses` replaces the adapter of requests; a simulation answers below urllib3, so that the
retries, the pools and the time-outs of the client are the real ones. What that costs at least is shown by a canned answer in urllib3.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from unittest import mock

import requests
import responses
from urllib3 import HTTPConnectionPool, HTTPResponse

from pytest_pcerrors import Contract
from pytest_pcerrors.simulation import Simulator

ROUNDS = 7
CALLS = 300
URL = "https://api.partnercenter.microsoft.com/v1/customers/7"
OURS = f"""
import pytest, requests

@pytest.mark.pc_entries()
def test_error(pc_entry):
    pc_entry.simulate()
    response = requests.get("{URL}", timeout=5)
    assert (response.status_code, response.json()["code"]) == (pc_entry.status, pc_entry.code)
"""
THEIRS = f"""
import pytest, requests, responses

@pytest.mark.parametrize(("status", "code", "description"), {{errors}})
def test_error(status, code, description):
    with responses.RequestsMock() as mock:
        mock.get("{URL}", status=status, json={{{{"code": code, "description": description, "source": "PartnerFD"}}}})
        response = requests.get("{URL}", timeout=5)
    assert (response.status_code, response.json()["code"]) == (status, code)
"""


def simulated() -> float:
    """Return the seconds of a simulated request."""
    with Simulator() as simulator, requests.Session() as session:
        simulator(800064)
        return seconds_of(session)


def stubbed() -> float:
    """Return the seconds of a request that a stub answers."""
    with responses.RequestsMock() as mock, requests.Session() as session:
        mock.get(URL, status=409, json={"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"})
        return seconds_of(session)


def canned() -> float:
    """Return the seconds of a request that urllib3 answers with a constant, instead of sending it."""

    def send(*_: object, **__: object) -> HTTPResponse:
        return HTTPResponse(BytesIO(b"{}"), {"Content-Type": "application/json"}, 409, preload_content=False)

    with mock.patch.object(HTTPConnectionPool, "_make_request", send), requests.Session() as session:
        return seconds_of(session)


def seconds_of(session: requests.Session) -> float:
    """Return the processor time of a request of a session."""
    start = process_time()
    for _ in range(CALLS):
        session.get(URL, timeout=5)
    return (process_time() - start) / CALLS


def run(file: Path, *arguments: str) -> float:
    """Return the processor time of a pytest process."""
    before = os.times()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, file.name]
    subprocess.run(command, cwd=file.parent, check=True, capture_output=True)  # noqa: S603 - our own
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def compare(what: str, ours: Callable[[], float], theirs: Callable[[], float]) -> None:
    """Print the median of both ways, and their ratio."""
    times = [(ours(), theirs()) for _ in range(ROUNDS)]
    mine, other = (median(each) for each in zip(*times, strict=True))
    print(f"{what:28} {mine * 1000:9.2f} ms   responses {other * 1000:9.2f} ms   ratio {mine / other:5.2f}")


def main() -> None:
    """Print the comparisons."""
    errors = [(entry.status, entry.code, entry.description) for entry in Contract.default().catalogue]
    compare("one request", simulated, stubbed)
    compare("a canned answer in urllib3", canned, stubbed)
    with TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "test_ours.py"), Path(folder, "test_theirs.py")
        ours.write_text(OURS, "utf-8")
        theirs.write_text(THEIRS.format(errors=errors), "utf-8")
        compare(f"{len(errors)} tests, a process", lambda: run(ours), lambda: run(theirs, "-p", "no:pcerrors"))


if __name__ == "__main__":
    main()
