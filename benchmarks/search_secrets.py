"""Measure the search for secrets: what `pcerrors check` costs with the rules secret-recorded and secret-suspected, and without them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks._comparison import Case, Comparison, calls
from benchmarks._layouts import LAYOUTS, write
from benchmarks._setting import Setting
from pytest_pcerrors import Contract
from pytest_pcerrors.exchange.archives.files import archive_files
from pytest_pcerrors.policy.audit import Recording, audit
from pytest_pcerrors.policy.policy import Policy

OFF = {"secret-recorded": "off", "secret-suspected": "off"}


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the search in recordings of each layout, and in each corpus."""
    contract = Contract.default()
    hosts = frozenset(contract.hosts)
    without, searched = Policy(contract, hosts=hosts, overrides=OFF), Policy(contract, hosts=hosts)
    files = {name: write(setting.folder(), name, 1, setting.count(400, 4)) for name in LAYOUTS}
    files |= {str(corpus): archive_files(corpus) for corpus in setting.corpora}
    for name, each in files.items():
        yield Comparison(
            f"the search for secrets, {name}",
            [
                Case("without", calls(partial(_audit, each, without))),
                Case("with", calls(partial(_audit, each, searched))),
            ],
            rounds=5,
        )


def _audit(files: list[Path], policy: Policy) -> None:
    for _ in audit((Recording.of_file(file, policy) for file in files), policy):
        pass
