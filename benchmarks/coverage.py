"""Measure what error coverage adds to a pytest run over a cassette of 2,000 recorded errors.

Run it with ``python benchmarks/coverage.py``. The processor time of whole pytest processes is measured alternately, so that a slow
moment affects both; the figure to quote is the ratio of the medians, which should be at most 1.05.
"""

import os
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pytest_pcerrors import Contract
from pytest_pcerrors.interception.cassette_text import cassette_text
from pytest_pcerrors.simulation.synthesis import synthesize_entry

ITEMS = 2_000
ROUNDS = 7


def processor_seconds() -> float:
    """Return the processor time of the processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def main() -> None:
    """Print the seconds without and with coverage, and the ratio."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--pc-cassettes=errors.yaml",
        "errors.yaml",
    ]
    ways = {
        "without coverage": command,
        "with --pc-coverage": [*command, "--pc-coverage", "--pc-coverage-report=json:coverage.json"],
    }
    with TemporaryDirectory() as folder:
        contract = Contract.default()
        errors = [synthesize_entry(entry, contract) for entry in contract.catalogue]
        (Path(folder) / "errors.yaml").write_text(cassette_text(islice(cycle(errors), ITEMS)), "utf-8")
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, arguments in ways.items():
                start = processor_seconds()
                subprocess.run(arguments, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own
                times[name].append(processor_seconds() - start)
    baseline = median(times["without coverage"])
    print(f"a run of {ITEMS:,} recorded errors, medians of {ROUNDS} rounds")
    for name, each in times.items():
        print(f"{name:20} {median(each):6.2f} s   {median(each) / baseline:5.2f}")


if __name__ == "__main__":
    main()
