"""Measure simulated errors against stubs of `responses`: one request, and a pytest process with a test for each documented error.

`responses` replaces the adapter of requests; a simulation answers below urllib3, so that the retries, the pools and the time-outs of the
client are the real ones. What that costs at least is shown by a canned answer in urllib3.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from io import BytesIO
from time import process_time
from unittest import mock

import requests
import responses
from urllib3 import HTTPConnectionPool, HTTPResponse

from benchmarks._comparison import Case, Comparison, process
from benchmarks._setting import Setting
from pytest_pcerrors import Contract
from pytest_pcerrors.simulation import Simulator

URL = "https://api.partnercenter.microsoft.com/v1/customers/7"
OURS = f"""
import pytest, requests

@pytest.mark.pc_entries({{selection}})
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


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield one request, and a whole test run."""
    number = setting.count(300)
    answers: dict[str, Callable[[], AbstractContextManager[object]]] = {
        "responses": stubbed,
        "pc_simulate": simulated,
        "a canned answer in urllib3": canned,
    }
    cases = [Case(name, partial(_request, answer, number)) for name, answer in answers.items()]
    yield Comparison("a simulated request", cases)
    folder = setting.folder()
    entries = Contract.default().catalogue.select(status=409 if setting.quick else None)
    errors = [(entry.status, entry.code, entry.description) for entry in entries][: setting.count(999)]
    ours, theirs = folder / "test_ours.py", folder / "test_theirs.py"
    ours.write_text(OURS.format(selection="status=409" if setting.quick else ""), "utf-8")
    theirs.write_text(THEIRS.format(errors=errors), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    yield Comparison(
        f"a pytest run with {len(errors)} simulated errors",
        [
            Case("responses", process([*command, "-p", "no:pcerrors", theirs.name], folder)),
            Case("pc_entries", process([*command, ours.name], folder)),
        ],
        rounds=7,
    )


def stubbed() -> AbstractContextManager[object]:
    """Answer with a stub of `responses`."""
    stub = responses.RequestsMock()
    stub.get(URL, status=409, json={"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"})
    return stub


def simulated() -> AbstractContextManager[object]:
    """Answer with a simulated error."""
    simulator = Simulator()
    simulator(800064)
    return simulator


def canned() -> AbstractContextManager[object]:
    """Answer in urllib3 with a constant, instead of sending the request."""

    def send(*_: object, **__: object) -> HTTPResponse:
        return HTTPResponse(BytesIO(b"{}"), {"Content-Type": "application/json"}, 409, preload_content=False)

    return mock.patch.object(HTTPConnectionPool, "_make_request", send)


def _request(answer: Callable[[], AbstractContextManager[object]], number: int) -> float:
    """Return the processor seconds of a request."""
    with answer(), requests.Session() as session:
        start = process_time()
        for _ in range(number):
            session.get(URL, timeout=5)
        return (process_time() - start) / number
