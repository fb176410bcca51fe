"""Measure pytest runs over many recordings: in one process, and with the workers of pytest-xdist, compared with as many empty tests.

A worker of pytest-xdist collects everything, whatever it then runs, so `-n 2` takes longer than one process for tests that do nothing. The recordings
are of several layouts, ten in a folder, and the corpora; all hosts of a corpus are checked.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks._comparison import Case, Comparison, checked, cost, process
from benchmarks._layouts import LAYOUTS, exchanges
from benchmarks._peers import has
from benchmarks._setting import Setting
from pytest_pcerrors import UsageError, read_archive

PYTEST = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider"]
WITHOUT_US, WORKERS = ["-p", "no:pcerrors"], ["-n", "2"]
IN_FILE, IN_FOLDER = 4, 10
EMPTY = "import pytest\n@pytest.mark.parametrize('number', range({}))\ndef test_it(number): pass\n"


class _Run(NamedTuple):
    """A run of pytest in a folder: of recordings, or of as many empty tests."""

    folder: Path
    command: list[str]


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the runs in one process, and what two workers cost, for generated recordings and for each corpus."""
    files = setting.count(870, 8)
    paths = {f"{files:,} recordings": generated(setting.folder(), files)}
    paths |= {str(corpus): corpus.absolute() for corpus in setting.corpora}
    for name, path in paths.items():
        recordings = _recordings(path, setting.folder())
        listed = checked([*recordings.command, "--collect-only"], recordings.folder, code=None).stdout
        count = sum("::" in line for line in listed.splitlines())
        empty = _empty(count, setting.folder())
        yield Comparison(
            f"a pytest run of {count:,} items in {name}, processor time",
            [
                Case("as many empty tests", process(empty.command, empty.folder)),
                Case("the items", process(recordings.command, recordings.folder, code=None)),
            ],
            rounds=5,
        )
        if has("pytest-xdist") and not setting.quick:  # six processes more
            yield Comparison(
                f"a pytest run of {count:,} items in {name}: seconds with -n 2 for each second without",
                [
                    Case("as many empty tests", partial(_of_workers, empty)),
                    Case("the items", partial(_of_workers, recordings), cost(1)),
                ],
                rounds=5,
            )


def generated(folder: Path, files: int) -> Path:
    """Write recordings of all layouts, each of some responses, half of them errors; return their folder."""
    source = exchanges(files * IN_FILE)
    for number in range(files):
        ending, text = list(LAYOUTS.values())[number % len(LAYOUTS)]
        inside = folder / f"recordings/test_{number // IN_FOLDER:03}"
        inside.mkdir(parents=True, exist_ok=True)
        (inside / f"{number:05}{ending}").write_text(text(list(islice(source, IN_FILE))), "utf-8")
    return folder / "recordings"


def _recordings(path: Path, folder: Path) -> _Run:
    hosts: set[str] = set()
    with suppress(UsageError):  # the places that cannot be read are items too
        hosts.update(each.request.host for each in read_archive(path) if each.request and each.request.host)
    (folder / "pyproject.toml").write_text(f"[tool.pcerrors]\nhosts = {json.dumps(sorted(hosts))}\n", "utf-8")
    return _Run(folder, [*PYTEST, f"--pc-cassettes={path}", str(path)])


def _empty(count: int, folder: Path) -> _Run:
    (folder / "pytest.ini").touch()
    (folder / "test_empty.py").write_text(EMPTY.format(count), "utf-8")
    return _Run(folder, [*PYTEST, *WITHOUT_US])


def _of_workers(run: _Run) -> float:
    """Return the seconds of a run with two workers for each second of the run in one process."""
    one, two = (process([*run.command, *more], run.folder, wall=True, code=None)() for more in ([], WORKERS))
    return two / one
