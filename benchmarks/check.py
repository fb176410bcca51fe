"""Measure `check()`, compared with the minimum of any schema check: json.loads and jsonschema's iter_errors.

Run it with ``python benchmarks/check.py``. All ways are measured alternately by the time of the processor, so that a slow moment
affects all of them; the figure to quote is the ratio of the medians: how many times as fast a way is. For responses that violate
the contract, the last column is what they cost beyond the conforming one, until a text of a violation is read.
"""

import json
from functools import partial
from statistics import median
from time import process_time
from timeit import timeit
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from pytest_pcerrors import Contract, Exchange, check

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS, ROUNDS = 2000, 15

ERROR = {
    "code": "800064",
    "description": "Another request is already processing cart 7f3c1a52-7c1e-4c0e-9a51-2f3c6d7e8a90; wait until it has "
    "ended, look at the cart again, and send your own request once more if it is still wanted. Nothing was changed.",
    "data": [],
    "source": "PartnerFD",
}
BODY = json.dumps(ERROR).encode()
HEADERS = {"Content-Type": "application/json; charset=utf-8"}
BASELINE, CONFORMING = "json.loads + iter_errors", "check(Exchange(...))"
VIOLATING = {
    "code-number": json.dumps({**ERROR, "code": 800064}),
    "description-too-long": json.dumps({**ERROR, "description": "x" * 1100}),
    "pairing": json.dumps({**ERROR, "code": "3000"}),
    "source-missing": json.dumps({name: value for name, value in ERROR.items() if name != "source"}),
    "body-not-json": "<html><title>502 Bad Gateway</title></html>",
}


def main() -> None:
    """Print the microseconds for each kind of response, and how many times as fast as the baseline that is."""
    schema = Draft202012Validator(dict(Contract.default().error_schema))
    conforming = Exchange(409, HEADERS, BODY)
    ways: dict[str, Callable[[], object]] = {
        BASELINE: lambda: list(schema.iter_errors(json.loads(BODY))),
        CONFORMING: lambda: check(Exchange(409, HEADERS, BODY)),
        "check(exchange)": lambda: check(conforming),
        "check((status, body))": lambda: check((409, BODY)),
        "check({status, headers, body})": lambda: check({"status": 409, "headers": HEADERS, "body": BODY}),
    }
    violating = {f"{rule}, violated": partial(_check, body.encode()) for rule, body in VIOLATING.items()}
    times = _measured(ways | violating)
    print(f"a conforming response of {len(BODY)} bytes, medians of {ROUNDS} rounds of {CALLS} calls")
    for name in ways:
        print(f"{name:32} {times[name]:6.1f} us   {times[BASELINE] / times[name]:5.2f}")
    for name in violating:
        print(f"{name:32} {times[name]:6.1f} us   {times[name] - times[CONFORMING]:+6.1f} us")


def _check(body: bytes) -> object:
    return check(Exchange(409, HEADERS, body))


def _measured(ways: "dict[str, Callable[[], object]]") -> dict[str, float]:
    """Return the median of each way in microseconds."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(timeit(way, number=CALLS, timer=process_time) / CALLS * 1e6)
    return {name: median(each) for name, each in times.items()}


if __name__ == "__main__":
    main()
