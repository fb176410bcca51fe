"""Measure what error coverage adds to a pytest run over a cassette of 2,000 recorded errors, by whole processes."""

import sys
from collections.abc import Iterator
from itertools import cycle, islice

from benchmarks._comparison import Case, Comparison, cost, process
from benchmarks._setting import Setting
from pytest_pcerrors import Contract
from pytest_pcerrors.interception.cassette_files import cassette_text
from pytest_pcerrors.simulation.synthesis import synthesize_entry

COVERAGE = ["--pc-coverage", "--pc-coverage-report=json:coverage.json"]


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the run without and with coverage."""
    items, folder, contract = setting.count(2000), setting.folder(), Contract.default()
    errors = [synthesize_entry(entry, contract) for entry in contract.catalogue]
    (folder / "errors.yaml").write_text(cassette_text(islice(cycle(errors), items)), "utf-8")
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
    yield Comparison(
        f"a pytest run over {items:,} recorded errors",
        [
            Case("without coverage", process(command, folder)),
            Case("with --pc-coverage", process([*command, *COVERAGE], folder), cost(1.05)),
        ],
        rounds=7,
    )
