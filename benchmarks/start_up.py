"""Measure what an installed plugin costs a suite that does not use it: `pytest --collect-only` with one trivial test.

Each plugin is in an environment of its own, which has pytest, the plugin and what it requires. With valgrind, the instructions are counted, which
is exact; without it, the processor time is measured. pytest reads the list of files of each installed plugin, so a plugin costs something even
if it is switched off. The environments are made of symbolic links, so this does not run on Windows.
"""

import re
import shutil
import venv
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

import pytest_pcerrors
from benchmarks._comparison import INSTRUCTIONS, SECONDS, Case, Comparison, checked, cost, process
from benchmarks._peers import has
from benchmarks._setting import Setting

OURS = "pytest-pcerrors"
PLUGINS = (
    "pytest-recording",
    "pytest-cov",
    "pytest-xdist",
    "syrupy",
    "pytest-httpserver",
    "pytest-httpx",
    "hypothesis",
)
RUN = ["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
COUNT = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the start of pytest alone, and with each plugin."""
    folder = setting.folder()
    (folder / "test_it.py").write_text("def test_it(): pass\n", "utf-8")
    (folder / "pytest.ini").touch()
    counted = shutil.which("valgrind") is not None and not setting.quick
    start = partial(_instructions if counted else process, folder=folder)
    unit, rounds = (INSTRUCTIONS, 1) if counted else (SECONDS, 9)
    how = "instructions" if counted else "processor time, without valgrind"

    def case(name: str) -> Case:
        return Case(name, warm([str(_environment(setting.folder(), name)), *RUN]))

    def warm(command: list[str]) -> Callable[[], float]:
        if not setting.quick:
            checked(command, folder, more=COMPILED)
        return start(command)

    installed = [str(_environment(setting.folder(), OURS)), *RUN]
    yield Comparison(
        f"pytest starts, pytest-pcerrors unused ({how})",
        [
            Case("switched off: -p no:pcerrors", warm([*installed, "-p", "no:pcerrors"])),
            Case("switched on", warm(installed), cost(1.03)),
        ],
        unit,
        rounds,
    )
    if setting.quick:
        return
    plugins = [name for name in PLUGINS if has(name)]
    yield Comparison(
        f"pytest starts, one plugin installed ({how})", [case("pytest"), case(OURS), *map(case, plugins)], unit, rounds
    )


def _instructions(command: list[str], folder: Path) -> Callable[[], float]:
    def run() -> float:
        done = checked([*COUNT, *command], folder, more={"PYTHONHASHSEED": "0", **COMPILED})
        return float(re.findall(r"I +refs: +([0-9,]+)", done.stderr)[0].replace(",", ""))

    return run


def _environment(folder: Path, name: str) -> Path:
    """Make an environment with pytest, a distribution and what both require, linked from ours; return its interpreter."""
    venv.create(folder, with_pip=False, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    for each in _required("pytest") | _required(name):
        _install(distribution(each), site)
    return folder / "bin/python"


def _required(name: str) -> set[str]:
    """Return the names of a distribution and of everything that it requires."""
    found: set[str] = set()
    names = [name]
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            required = map(Requirement, distribution(name).requires or ())
            names += [each.name.lower() for each in required if not each.marker or each.marker.evaluate({"extra": ""})]
    return found


def _install(found: Distribution, site: Path) -> None:
    """Link what a distribution consists of; of ours, with the list of files that an installed wheel has, though it may be editable."""
    tops = {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}
    for top in tops:
        if not (site / top).exists() and not top.endswith(".pth"):
            (site / top).symlink_to(found.locate_file(top))
    if found.name == OURS:
        package = Path(pytest_pcerrors.__file__).parent
        if not (site / package.name).exists():
            (site / package.name).symlink_to(package)
        info = next(site.glob("pytest_pcerrors-*.dist-info"))
        files = [
            file.relative_to(package.parent) for file in package.rglob("*") if file.is_file() and file.suffix != ".pyc"
        ]
        source = info.resolve()
        info.unlink()
        info.mkdir()
        for file in ("METADATA", "entry_points.txt"):
            shutil.copy(source / file, info / file)
        (info / "RECORD").write_text("".join(f"{file.as_posix()},sha256=x,1\n" for file in files), "utf-8")
