"""Measure `pcerrors check` on cassettes, until the process ends, against loading the same files with vcrpy's own loader.

The cassettes are a large one, many small ones, and some of each layout that vcrpy loads; and those of the corpora that it can load. The secrets in
them are searched, those of large folders by one process for each CPU.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks import _vcrpy_load
from benchmarks._comparison import Case, Comparison, faster, process
from benchmarks._layouts import LAYOUTS, write
from benchmarks._setting import Setting

LOAD = (sys.executable, _vcrpy_load.__file__)
CHECK = (sys.executable, "-m", "pytest_pcerrors", "check", "--quiet", "--fail-on=never")
IN_FILE = 5
OTHERS = {"HAR", "NDJSON"}
"""The layouts of recordings that are not cassettes."""

OF_JSON = 0.8
OF_CORPORA = {"datadog": 2, "asyncpraw": OF_JSON}
"""How many times as fast as vcrpy each corpus should be checked, by a part of its path; others once."""


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the large cassette, the small ones, those of each layout, and each corpus."""
    large, small, some = setting.count(10_000, 20), setting.count(2_000), setting.count(200, 2)
    yield _generated(setting, "vcrpy", 1, large, 15)
    yield _generated(setting, "vcrpy", small, 1, 3)
    for layout in setting.some(each for each in LAYOUTS if each not in OTHERS):
        yield _generated(setting, layout, some, IN_FILE, OF_JSON if LAYOUTS[layout].ending == ".json" else 1)
    for corpus in setting.corpora:
        folder = setting.folder()
        left_out = _copied(corpus, folder)
        without = f", without {left_out} files that vcrpy cannot load" if left_out else ""
        times = next((times for word, times in OF_CORPORA.items() if word in str(corpus).lower()), 1)
        yield _compared(f"{corpus}{without}", folder, times)


def _generated(setting: Setting, layout: str, files: int, each: int, times: float) -> Comparison:
    folder = setting.folder()
    write(folder, layout, files, each)
    return _compared(f"cassettes of {layout}: {files:,}, with {each:,} interactions each", folder, times)


def _compared(what: str, folder: Path, times: float) -> Comparison:
    return Comparison(
        f"pcerrors check: {what}, until the process ends",
        [
            Case("vcrpy loads it", process([*LOAD, str(folder)], folder, wall=True)),
            Case("pcerrors check", process([*CHECK, str(folder)], folder, wall=True), faster(times)),
        ],
        rounds=3,
    )


def _copied(corpus: Path, folder: Path) -> int:
    """Copy the cassettes that vcrpy can load; return the number of the others."""
    left_out = 0
    for file in _vcrpy_load.cassettes(corpus):
        left_out += 1
        with suppress(Exception):
            _vcrpy_load.load(file)
            copy = folder / file.relative_to(corpus)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            left_out -= 1
    return left_out
