"""Measure `check()`, compared with the minimum of any schema check: json.loads and jsonschema's iter_errors.

Run it with ``python benchmarks/check.py``. Both are measured alternately, so that a slow moment affects both;
the figure to quote is the ratio of the medians.
"""

import json
from statistics import median
from timeit import timeit

from jsonschema import Draft202012Validator

from pytest_pcerrors import Contract, Exchange, check

CALLS, ROUNDS = 2000, 15

BODY = json.dumps(
    {
        "code": "800064",
        "description": "Another request is already processing cart 7f3c1a52-7c1e-4c0e-9a51-2f3c6d7e8a90; wait until it has "
        "ended, look at the cart again, and send your own request once more if it is still wanted. Nothing was changed.",
        "data": [],
        "source": "PartnerFD",
    }
).encode()
HEADERS = {"Content-Type": "application/json; charset=utf-8"}


def main() -> None:
    """Print the microseconds for each kind of response, and the ratio to the baseline."""
    schema = Draft202012Validator(dict(Contract.default().error_schema))
    ways = {
        "json.loads + iter_errors": lambda: list(schema.iter_errors(json.loads(BODY))),
        "check(Exchange(...))": lambda: check(Exchange(409, HEADERS, BODY)),
        "check((status, body))": lambda: check((409, BODY)),
        "check({status, headers, body})": lambda: check({"status": 409, "headers": HEADERS, "body": BODY}),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(timeit(way, number=CALLS) / CALLS * 1e6)
    baseline = median(times["json.loads + iter_errors"])
    print(f"a conforming response of {len(BODY)} bytes, medians of {ROUNDS} rounds of {CALLS} calls")
    for name, each in times.items():
        print(f"{name:32} {median(each):6.1f} us   {median(each) / baseline:5.2f}")


if __name__ == "__main__":
    main()
