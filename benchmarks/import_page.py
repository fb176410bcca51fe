"""Measure the process of `pcerrors import` for a page, compared with one that only imports the required libraries."""

import sys
from collections.abc import Iterator

from benchmarks._comparison import Case, Comparison, cost, process
from benchmarks._setting import Setting
from pytest_pcerrors import Contract

LIBRARIES = "import click, markdown_it"
COMMAND = "import sys; from pytest_pcerrors.cli.main import main; sys.exit(main())"


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the import of a page with every entry of the shipped contract."""
    folder = setting.folder()
    (folder / "page.md").write_text(page(), "utf-8")
    yield Comparison(
        f"pcerrors import, a page of {len(Contract.default().catalogue)} entries",
        [
            Case("import of the libraries", process([sys.executable, "-c", LIBRARIES], folder)),
            Case(
                "pcerrors import",
                process([sys.executable, "-c", COMMAND, "import", "page.md", "-o", "out.json"], folder),
                cost(4),
            ),
        ],
    )


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
