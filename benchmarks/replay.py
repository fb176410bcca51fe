"""Measure replayed requests: from cassettes of 10 and of 5,000 interactions, and compared with vcrpy's own cassette.

A request is one of a `requests.Session`, from the call to the response, in the order of the recording.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import requests
import vcr

from benchmarks._comparison import Case, Comparison, cost, faster
from benchmarks._setting import Setting
from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.interception.cassette_files import cassette_text
from pytest_pcerrors.interception.opening import CassetteOptions, open_cassette
from pytest_pcerrors.redaction import Redaction

URL = "https://api.partnercenter.microsoft.com/v1/customers/{}/orders?size=3"
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "MS-CorrelationId": "9240230a-1f2c-4c0e-8ac1-5a0f2d1c7e11",
}
BODY = b'{"code": "800064", "description": "' + b"Busy. " * 130 + b'", "data": [], "source": "PartnerFD"}'


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield a request of a small and of a large cassette, and a whole replay with vcrpy and with ours."""
    folder, counts = setting.folder(), (setting.count(10), setting.count(1000, 5), setting.count(5000, 7))
    small, middle, large = files = [folder / f"{count}.yaml" for count in counts]
    for file, count in zip(files, counts, strict=True):
        file.write_text(cassette_text(exchanges(count)), "utf-8")
    yield Comparison(
        "a replayed request",
        [
            Case(f"from a cassette of {counts[0]:,}", lambda: _request(small, counts[0], counts[1] // counts[0])),
            Case(f"from a cassette of {counts[2]:,}", lambda: _request(large, counts[2]), cost(1.2)),
        ],
        rounds=3,
    )
    yield Comparison(
        f"a replay of {counts[1]:,} in order, opening included",
        [
            Case("vcrpy", partial(_whole, theirs, middle, counts[1])),
            Case("pc_cassette", partial(_whole, ours, middle, counts[1]), faster(12)),
        ],
        rounds=3,
    )


def exchanges(count: int) -> Iterator[Exchange]:
    """Yield a number of conflicts, each of another customer."""
    for number in range(count):
        yield Exchange(409, HEADERS, BODY, Request("GET", URL.format(number)), "Conflict")


def ours(file: Path) -> AbstractContextManager[object]:
    """Return the cassette as `pc_cassette` opens it."""
    return open_cassette(
        CassetteOptions(
            path=file,
            name=file.name,
            mode="none",
            command="pytest",
            config={},
            redaction=Redaction(),
            on_response=lambda exchange: exchange,
            test="test_replay.py",
        )
    )


def theirs(file: Path) -> AbstractContextManager[object]:
    """Return the cassette as vcrpy opens it."""
    context: AbstractContextManager[object] = vcr.use_cassette(str(file), record_mode="none")
    return context


def _request(file: Path, count: int, times: int = 1) -> float:
    """Return the seconds of a request, without those of opening the cassette."""
    return sum(_seconds(ours, file, count)[1] for _ in range(times)) / (count * times)


def _whole(opening: Callable[[Path], AbstractContextManager[object]], file: Path, count: int) -> float:
    return sum(_seconds(opening, file, count))


def _seconds(opening: Callable[[Path], AbstractContextManager[object]], file: Path, count: int) -> tuple[float, float]:
    """Return the processor seconds of opening a cassette, and of all its requests."""
    begin = time.process_time()
    with opening(file):
        opened_at = time.process_time()
        with requests.Session() as session:
            for number in range(count):
                session.get(URL.format(number))
        return opened_at - begin, time.process_time() - opened_at
