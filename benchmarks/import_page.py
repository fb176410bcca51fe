"""Measure the process of `pcerrors import` for a page, compared with one that only imports the required libraries.

Run it with ``python benchmarks/import_page.py``. Both are measured alternately, so that a slow moment affects both; the
figure to quote is the ratio of the medians, which should be at most 2.
"""

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from pytest_pcerrors import Contract

ROUNDS = 15
LIBRARIES = "import click, markdown_it, bs4"


def page() -> str:
    """Return a page in Markdown with every entry of the shipped contract."""
    contract = Contract.default()
    rows = [
        f"| {contract.reason(entry.status)} | {entry.status} | {entry.code} | {text.replace('|', chr(92) + '|')} |"
        for entry in contract.catalogue
        for text in entry.templates
    ]
    return "\n".join(
        ["# REST error codes", "", "| Status | HTTP | Code | Description |", "|---|---|---|---|", *rows, ""]
    )


def main() -> None:
    """Print milliseconds for both, and the ratio."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.md").write_text(page(), "utf-8")
        command = "import sys; from pytest_pcerrors.cli.main import main; sys.exit(main())"
        ways = {
            "import of the libraries": [sys.executable, "-c", LIBRARIES],
            "pcerrors import": [sys.executable, "-c", command, "import", "page.md", "-o", "out.json"],
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, arguments in ways.items():
                start = perf_counter()
                subprocess.run(arguments, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own
                times[name].append((perf_counter() - start) * 1000)
    baseline = median(times["import of the libraries"])
    print(f"a page of {len(Contract.default().catalogue)} entries, medians of {ROUNDS} rounds")
    for name, each in times.items():
        print(f"{name:24} {median(each):6.0f} ms   {median(each) / baseline:5.2f}")


if __name__ == "__main__":
    main()
