"""The cassettes of a run as collectors, and counts of their contents."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pytest_pcerrors.errors import UsageError, misuse_of
from pytest_pcerrors.exchange.archives.files import archive_files
from pytest_pcerrors.plugin._contents import Contents, Sharing
from pytest_pcerrors.plugin._items import ITEMS, PartItem
from pytest_pcerrors.plugin._messages import encodable, shown_path
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.settings import COLLECT
from pytest_pcerrors.text import nearest

_OPTION = "--pc-cassettes"


class Cassettes:
    """The cassettes of a run, collected separately from the arguments of pytest.

    So a folder of cassettes is not searched for tests, no file is collected twice, and a file name may contain brackets.
    `seen` has the counts of each file by kind, `hosts` those of its skipped exchanges by host.
    """

    def __init__(self, config: pytest.Config, configured: Iterable[Path], policy: Policy) -> None:
        self._config = config
        self._policy = policy
        self._targets = targets_of(config)
        self._sources = self._find(configured)
        self.files: dict[Path, Path] = {file: source for source, files in self._sources.items() for file in files}
        """The files of the run, each with the path under which it was found."""
        self.sharing: Sharing = Sharing(config)
        self._collectors: list[CassetteFile] = []
        self._by_folder: dict[Path, dict[Path, Path]] = {}
        for file, source in self.files.items():
            self._by_folder.setdefault(file.parent, {})[file] = source
        self._ignores_folder = cache(self._ignores)
        self.seen: dict[str, Counter[str]] = {}
        self.hosts: dict[str, Counter[str]] = {}

    def take_arguments(self) -> None:
        """Remove the arguments that name a cassette or an item of one, so that pytest does not collect them itself."""
        pairs = zip(self._config.args, self._targets, strict=True)
        self._config.args[:] = [argument for argument, (path, _) in pairs if path not in self.files]

    def folders(self, session: pytest.Session) -> Iterator["CassetteFolder"]:
        """Yield a collector for each folder with cassettes of the run."""
        # each worker has to load conftest files in the same order
        is_fixed = _has_new_conftest(self._config, self._by_folder)
        for folder in self._by_folder if is_fixed else self.sharing.ordered(self._by_folder):
            name = self._name(folder)
            yield CassetteFolder.from_parent(session, path=folder, name=name, nodeid=name, cassettes=self)

    def collectors(self, folder: "CassetteFolder") -> Iterator["CassetteFile"]:
        """Yield a collector for each cassette of the run in a folder, except those that pytest ignores."""
        sources = self._by_folder[folder.path]
        for file in self.sharing.ordered(sources):
            name = self._name(file)
            counts = self.seen[name] = Counter()
            if self._is_ignored(file, sources[file]):
                counts["ignored"] += 1
                continue
            self.hosts[name] = Counter()
            collector = CassetteFile.from_parent(
                folder,
                path=file,
                name=encodable(file).name,
                nodeid=name,
                contents=Contents(file, name, self._policy),
                named=self._named_in(file),
                cassettes=self,
            )
            self._collectors.append(collector)
            yield collector

    def sort(self, items: list[pytest.Item]) -> None:
        """Put the items in the order of the files, which a worker of pytest-xdist goes through in another order."""
        if self.sharing.is_on:
            files = (self._name(file) for files in self._by_folder.values() for file in files)
            places = {name: place for place, name in enumerate(files)}
            items.sort(key=lambda item: places[item.contents.name] if isinstance(item, PartItem) else -1)

    def not_found(self) -> list[str]:
        """Return a line for each item that an argument names and that does not exist."""
        return [
            f"not found: {collector.nodeid}::{name}; {hint}"
            for collector in self._collectors
            for name, hint in collector.not_found.items()
        ]

    def counts(self) -> Counter[str]:
        """Return the counts of all files by kind."""
        return sum(self.seen.values(), Counter[str]())

    def undated(self) -> set[str]:
        """Return the names of the files whose age is unknown."""
        return {name for name, counts in self.seen.items() if counts["undated"]}

    def remarks(self) -> Iterator[str]:
        """Yield a line for each path with nothing to check, and for ignored files."""
        for source, files in self._sources.items():
            seen = [self.seen.get(self._name(file), Counter[str]()) for file in files]
            held = sum(seen, Counter[str]())
            was_read = all(seen) and held["ignored"] < len(files)
            if held["ignored"]:
                yield f"{self._name(source)}: ignored by pytest and not checked: {held['ignored']} of {len(files)} cassettes"
            if not files:
                yield f"{self._name(source)} contains no cassette"
            elif was_read and not held["error"] and not held["unreadable"]:
                others = f"{held['success']} below 400, {held['other-host']} with other hosts"
                yield f"{self._name(source)} contains no error response to check ({others})"

    def _find(self, configured: Iterable[Path]) -> dict[Path, list[Path]]:
        """Return the files of the run by the path under which they were found.

        The paths of the option are read, and in a run without path arguments those of the settings. If an argument names
        cassettes in such a path, only those are read, so that the id of an item can be given as an argument. An argument
        that contains a path of the settings includes it.
        """
        has_arguments = self._config.args_source is pytest.Config.ArgsSource.ARGS
        named = [path for path, _ in self._targets] if has_arguments else []
        start = self._config.invocation_params.dir
        tops = {_normal(path): (not has_arguments, COLLECT) for path in configured}
        tops |= {_normal(start / path): (True, _OPTION) for path in self._config.getoption("pc_cassettes")}
        found: dict[Path, list[Path]] = {}
        for top, (is_asked, named_by) in tops.items():
            with misuse_of(named_by):
                files = archive_files(top) if is_asked or top.exists() else []
            inside = {
                path: [each for each in files if each.is_relative_to(path)]
                for path in named
                if path.is_relative_to(top)
            }
            if any(inside.values()):
                found |= inside
            elif is_asked or any(top.is_relative_to(path) for path in named):
                found[top] = files
        return found

    def _named_in(self, file: Path) -> frozenset[str]:
        """Return the names of the items of a file that arguments select; empty if all are."""
        names = frozenset(name for path, name in self._targets if file.is_relative_to(path))
        return frozenset() if "" in names else names

    def _is_ignored(self, file: Path, source: Path) -> bool:
        """Return whether pytest ignores a file, or a folder between it and the path under which it was found."""
        folders = (folder for folder in file.parents if source in folder.parents)
        return self._ignores(file) or any(map(self._ignores_folder, folders))

    def _ignores(self, path: Path) -> bool:
        return bool(self._config.hook.pytest_ignore_collect(collection_path=path, config=self._config))

    def _name(self, path: Path) -> str:
        """Return a path for messages, relative to the root directory if it is inside it."""
        return shown_path(path, self._config.rootpath)


class CassetteFolder(pytest.Directory):
    """A folder with cassettes of the run. pytest loads its conftest.py and those of its parents, as for a folder of tests."""

    def __init__(self, *, cassettes: Cassettes, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._cassettes = cassettes

    def collect(self) -> Iterator["CassetteFile"]:
        """Yield the cassettes."""
        return self._cassettes.collectors(self)


class CassetteFile(pytest.File):
    """The collector of an archive. Its items are its error responses, or those that the command line names.

    Its counts are added to those of `cassettes`.
    """

    def __init__(self, *, contents: Contents, named: frozenset[str], cassettes: Cassettes, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.not_found: dict[str, str] = {}
        self._contents = contents
        self._named = named
        self._cassettes = cassettes

    def collect(self) -> list[pytest.Item]:
        """Return the items; `not_found` then has the selected names that do not exist, each with a hint."""
        try:
            outline = self._cassettes.sharing.outline(self._contents)
        except UsageError as error:
            raise self.CollectError(str(error)) from None
        counts = self._cassettes.seen[self._contents.name]
        counts.update(outline["counts"])
        self._cassettes.hosts[self._contents.name].update(outline["hosts"])
        names = [name for _, name, _ in outline["parts"]]
        self.not_found = {name: nearest(name, names) for name in sorted(self._named.difference(names))}
        if self._named:
            counts["undated"] = 0
        return [
            ITEMS[kind].from_parent(self, name=name, contents=self._contents, number=number, line=line)
            for number, (kind, name, line) in enumerate(outline["parts"])
            if not self._named or name in self._named
        ]


def targets_of(config: pytest.Config) -> list[tuple[Path, str]]:
    """Return the path in each argument of pytest, and the name of the item, or an empty text."""
    parts = (argument.partition("::") for argument in config.args)
    return [(_normal(config.invocation_params.dir / path), name) for path, _, name in parts]


def _has_new_conftest(config: pytest.Config, folders: Iterable[Path]) -> bool:
    """Return whether pytest will load a conftest.py for the folders, which it has not loaded for the tests."""
    every = {each / "conftest.py" for folder in folders for each in (folder, *folder.parents)}
    return any(file.is_file() and not config.pluginmanager.has_plugin(str(file)) for file in every)


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))
