"""Measure a replayed request, from cassettes of 10 and of 5,000 interactions, and compared with vcrpy's own cassette.

Each figure is one request of a `requests.Session`, from the call to the response; opening the cassette is measured separately.
Small and large cassettes are measured alternately, several rounds in one run, and the medians are compared.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

import requests
import vcr

from pytest_pcerrors import Exchange, Request
from pytest_pcerrors.interception.cassette_text import cassette_text
from pytest_pcerrors.interception.opening import CassetteOptions, open_cassette
from pytest_pcerrors.redaction import Redaction

SMALL, MIDDLE, LARGE = 10, 1_000, 5_000
ROUNDS = 3
URL = "https://api.partnercenter.microsoft.com/v1/customers/{}/orders?size=3"
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "MS-CorrelationId": "9240230a-1f2c-4c0e-8ac1-5a0f2d1c7e11",
}
BODY = b'{"code": "800064", "description": "' + b"Busy. " * 130 + b'", "data": [], "source": "PartnerFD"}'


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
            on_late=print,
        )
    )


def theirs(file: Path) -> AbstractContextManager[object]:
    """Return the cassette as vcrpy opens it."""
    context: AbstractContextManager[object] = vcr.use_cassette(str(file), record_mode="none")
    return context


def seconds(opening: Callable[[Path], AbstractContextManager[object]], file: Path, count: int) -> tuple[float, float]:
    """Return the seconds of opening a cassette, and of a request, in the order of the recording."""
    begin = time.perf_counter()
    with opening(file):
        opened_at = time.perf_counter()
        with requests.Session() as session:
            for number in range(count):
                session.get(URL.format(number))
        end = time.perf_counter()
    return opened_at - begin, (end - opened_at) / count


def main() -> None:
    """Print the figures; a replayed request should take at most 1.2 times as long, and vcrpy at least 12 times."""
    with tempfile.TemporaryDirectory() as folder:
        files = {count: Path(folder, f"{count}.yaml") for count in (SMALL, MIDDLE, LARGE)}
        for count, file in files.items():
            file.write_text(cassette_text(exchanges(count)), "utf-8")
        seconds(ours, files[SMALL], SMALL)
        small, large = [], []
        for _ in range(ROUNDS):
            small += [seconds(ours, files[SMALL], SMALL)[1] for _ in range(MIDDLE // SMALL // ROUNDS)]
            large.append(seconds(ours, files[LARGE], LARGE)[1])
        opening, each = seconds(ours, files[MIDDLE], MIDDLE)
        their_opening, their_each = seconds(theirs, files[MIDDLE], MIDDLE)
    flatness = median(large) / median(small)
    whole = (their_opening + their_each * MIDDLE) / (opening + each * MIDDLE)
    print(f"a replayed request, of {SMALL:,}: {median(small) * 1e6:.0f} us = 1.00, of {LARGE:,}: {flatness:.2f}")
    print(
        f"{MIDDLE:,} in order, opening included: {opening + each * MIDDLE:.2f} s, with vcrpy {whole:.1f} times as long"
    )


if __name__ == "__main__":
    main()
