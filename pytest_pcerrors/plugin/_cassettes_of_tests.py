"""The cassette files of tests: which test uses which file, and which files no test uses."""

import glob
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.cassette_paths import SUFFIXES, cassette_name, named
from pytest_pcerrors.plugin._cassettes import targets_of
from pytest_pcerrors.plugin._markers import PcCassette, pc_cassette
from pytest_pcerrors.plugin._messages import shown_path
from pytest_pcerrors.settings import Settings
from pytest_pcerrors.text import counted, listed

_LOOPS = frozenset({"anyio_backend", "event_loop_policy", "_asyncio_loop_factory"})
"""The parameters in which anyio and pytest-asyncio choose the event loop of a test."""


class CassetteOfTest(NamedTuple):
    """The cassette of a test: its file, its record mode, the files that are only replayed, and whether a marker names it."""

    path: Path
    record: str | None
    also: tuple[Path, ...]
    is_named: bool = False


class CassettesOfTests:
    """The cassette files of the collected tests, also of those that are deselected."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._users: defaultdict[str, set[str]] = defaultdict(set)
        self._folders: set[Path] = set()
        self._of_others: set[Path] = set()
        self._named: set[str] = set()
        self._has_gaps = False
        self.orphans: list[Path] = []
        """The files that no test uses; set when all tests are known."""

    def of(self, item: pytest.Item) -> CassetteOfTest:
        """Return the cassette of a test. Two markers on one function, or an invalid name, are a `UsageError`."""
        marker = _marker(item)
        folder = self._settings.cassettes
        also = tuple(folder / named(each) for each in marker.also)
        if marker.name is not None:
            return CassetteOfTest(folder / named(marker.name), marker.record, also, is_named=True)
        return CassetteOfTest(folder / self._default_name(item), marker.record, also)

    def shown(self, path: Path) -> str:
        """Return a path for messages, relative to the root directory if it is inside it."""
        return shown_path(path, self._config.rootpath)

    def users(self, path: Path) -> set[str]:
        """Return the ids of the tests that use a file, also those that are deselected."""
        return self._users[_key(path)]

    def known_users(self, path: Path) -> list[str] | None:
        """Return the ids of all tests that use a file, or None if a marker names it and the run has not collected all tests."""
        return sorted(self.users(path)) if self.is_whole or _key(path) not in self._named else None

    def others(self, path: Path) -> frozenset[str]:
        """Return the files of other tests, case-folded."""
        return frozenset(self._users).difference([_key(path)])

    def add(self, collected: Iterable[pytest.Item], checked: Iterable[Path], *, has_gaps: bool) -> None:
        """Add the collected tests, and find the files that no test uses.

        `checked` are the cassettes that are items of the run. With `has_gaps`, a module was skipped or could not be collected.
        """
        self._has_gaps = has_gaps
        for item in collected:
            if item.get_closest_marker("vcr"):  # pytest-recording keeps its cassettes there, or where its fixtures say
                self._of_others.add(self._settings.cassettes / PurePosixPath(self._default_name(item)).parent)
            if uses_cassette(item):
                cassette = self.of(item)
                for path in (cassette.path, *cassette.also):
                    self._users[_key(path)].add(item.nodeid)
                self._named.update(map(_key, (*cassette.also, *([cassette.path] if cassette.is_named else []))))
                if cassette.is_named or item.path not in self._narrowed:
                    self._folders.add(cassette.path.parent)
        self.orphans = list(self._find_orphans(frozenset(map(_key, checked))))

    def remarks(self, *, has_passed: bool) -> Iterator[str]:
        """Yield a line with the files that no test uses, after removing them if the option asks for it and the run has passed."""
        if not self.orphans:
            return
        shown, pronoun = listed(list(map(self.shown, self.orphans))), "it" if len(self.orphans) == 1 else "them"
        if not self._config.getoption("pc_prune"):
            yield f"{shown}: no test uses {pronoun}; --pc-prune removes such cassettes"
        elif not has_passed:
            yield f"{shown}: kept, since the run has failed: a test with a new name may need {pronoun}"
        elif not self._config.option.collectonly and not hasattr(self._config, "workerinput"):
            yield from _removed(self.orphans, self._settings.cassettes, shown)

    @cached_property
    def is_whole(self) -> bool:
        """Whether the run has collected all tests of the project, according to pytest's configuration."""
        options = (self._config.getoption(name, None) for name in ("lf", "ignore", "ignore_glob"))
        root = self._config.rootpath
        wanted = [Path(each) for path in self._config.getini("testpaths") for each in glob.glob(str(root / path))]  # noqa: PTH207 - as pytest reads it
        targets = [path for path, _ in self._targets]
        is_narrowed = any(options) or bool(self._narrowed) or self._has_gaps
        return not is_narrowed and all(any(map(path.is_relative_to, targets)) for path in wanted or [root])

    @cached_property
    def _targets(self) -> list[tuple[Path, str]]:
        """The paths that the run collects, each with the name of a test, or an empty text."""
        return targets_of(self._config)

    @cached_property
    def _narrowed(self) -> set[Path]:
        """The modules of which an argument selects single tests."""
        return {path for path, name in self._targets if name}

    def _find_orphans(self, checked: frozenset[str]) -> Iterator[Path]:
        """Yield the files beside those of collected tests, and those of test modules that do not exist any more.

        Other files may belong to anything, such as pytest-recording. A file whose folder a marker names, or whose module does not
        exist, is only judged in a run of all tests.
        """
        is_whole = self.is_whole and not self._of_others
        for file in sorted(self._settings.cassettes.rglob("*")):
            if file.suffix in SUFFIXES and _key(file) not in self._users and file.is_file():
                is_beside = file.parent in self._folders - self._of_others and not self._has_gaps
                is_default = self._is_of_module(file.parent)
                if (is_beside and (is_default or (is_whole and _key(file) not in checked))) or (
                    self.is_whole and is_default and not self._module_exists(file.parent)
                ):
                    yield file

    def _is_of_module(self, folder: Path) -> bool:
        """Return whether a folder of cassettes is named like a test module."""
        return any(fnmatch(f"{folder.name}.py", pattern) for pattern in self._config.getini("python_files"))

    def _module_exists(self, folder: Path) -> bool:
        top = self._settings.cassettes
        return (top.parent / folder.relative_to(top)).with_name(f"{folder.name}.py").exists()

    def _default_name(self, item: pytest.Item) -> str:
        names = [each.name for each in item.listchain() if isinstance(each, pytest.Class)]
        function = getattr(item, "originalname", None) or item.name
        module = Path(os.path.relpath(item.path.with_suffix(""), self._settings.cassettes.parent)).as_posix()
        return cassette_name(module, [*names, function], _parameters(item))


def _parameters(item: pytest.Item) -> str | None:
    """Return the id of the parameters of a test, without those in which plugins repeat it, or choose its event loop."""
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return None
    lists = [(*mark.args, mark.kwargs.get("argnames"))[0] for mark in item.iter_markers("parametrize")]
    several = [each.split(",") if isinstance(each, str) else each for each in lists]
    with_first = {name.strip() for each in several for name in each[1:]}  # names of one mark have one id
    names = [name for name in callspec.params if name not in with_first]
    ids: list[str] = list(callspec._idlist)  # noqa: SLF001 - `id` does not tell them apart
    if len(names) != len(ids):
        return str(callspec.id)
    kept = [text for name, text in zip(names, ids, strict=True) if not name.startswith("__") and name not in _LOOPS]
    return "-".join(kept) if kept else None


def uses_cassette(item: pytest.Item) -> bool:
    """Return whether a test has the marker or the fixture."""
    return bool(item.get_closest_marker("pc_cassette")) or "pc_cassette" in getattr(item, "fixturenames", ())


def _removed(files: list[Path], top: Path, shown: str) -> Iterator[str]:
    """Remove files, and the folders below `top` that are empty then; yield a line that says so."""
    try:
        for file in files:
            file.unlink()
            folder = file.parent
            while folder != top and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent
    except OSError as error:
        yield f"{error.filename}: cannot be removed: {error.strerror}"
    else:
        yield f"removed {counted(len(files), 'cassette')} that no test uses: {shown}"


def _marker(item: pytest.Item) -> PcCassette:
    """Return the arguments of the closest marker of a test."""
    closest = [(node, mark) for node, mark in item.iter_markers_with_node("pc_cassette")]
    if not closest:
        return PcCassette()
    if sum(node is closest[0][0] for node, _ in closest) > 1:
        raise UsageError(
            f"{item.nodeid} has two markers pc_cassette; one is enough for several cassettes: "
            '@pytest.mark.pc_cassette("a", also=["b"])'
        )
    mark = closest[0][1]
    return pc_cassette(*mark.args, **mark.kwargs)


def _key(path: Path) -> str:
    """Return a path as a case-insensitive file system compares it."""
    return str(path).casefold()
