"""The cassettes of tests: their files, how they are opened, and which interactions no test has played."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.cassette_paths import cassette_name, named
from pytest_pcerrors.interception.record_modes import OPTION, known_mode, record_mode
from pytest_pcerrors.plugin._markers import pc_cassette
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.interception.cassette import IndexedCassette
    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.plugin._services import Services
    from pytest_pcerrors.settings import Settings

_MOST_SHOWN = 5


class Recorder:
    """Opens the cassette of each test, according to options, markers, fixtures and settings."""

    def __init__(
        self, config: pytest.Config, settings: "Settings", receiving: "Receiving", services: "Services"
    ) -> None:
        if (mode := config.getoption("pc_record")) is not None:
            known_mode(mode, OPTION)
        self._config = config
        self._settings = settings
        self._receiving = receiving
        self._services = services
        self._aged: dict[str, str] = {}
        self._begun: set[Path] = set()
        self._paths: dict[str, list[str]] = {}
        self.unused: dict[str, dict[str, str]] = {}
        self.unwritten: dict[str, str] = {}
        """Why cassettes were not written, by their name."""

    @contextmanager
    def cassette(self, request: pytest.FixtureRequest) -> "Iterator[IndexedCassette]":
        """Open the cassette of a test; save what was recorded if the test function ran to its end."""
        from pytest_pcerrors.interception.opening import CassetteOptions, open_cassette

        test = self._receiving.test
        name, record = _marked(request.node)
        config = _vcr_config(request)
        path = self._path(request.node, name)
        options = CassetteOptions(
            path=path,
            name=self._shown(path),
            mode=self._mode(record, config),
            command=f"pytest {shlex.quote(request.node.nodeid)}",
            config=config,
            redaction=self._receiving.policy.redaction,
            on_response=self._receiving.on_response,
            bypasses=self._services.handle,
            others=frozenset(self._paths).difference([_key(path)]),
            is_kept=not self._services.are_live,
            continues=path in self._begun,
        )
        with open_cassette(options) as cassette:
            test.cassettes.append(cassette)
            self._note_age(cassette, path, request.node.nodeid)
            yield cassette
            cassette.keep &= test.ran_to_its_end or bool(config.get("record_on_exception"))
            if cassette.keep and cassette.dirty:
                self._begun.add(path)
            elif cassette.keep and cassette.left_out:
                left_out = counted(cassette.left_out, "response")
                self.unwritten[cassette.name] = f"before_record_response returned None for {left_out}"
        if test.has_passed:
            self._note_unused(cassette)

    def prepare(self, items: "list[pytest.Item]") -> None:
        """Add the cassette fixture to marked tests; an unknown mode, or a file shared by mistake, is a `UsageError`."""
        for item in items:
            if item.get_closest_marker("pc_cassette"):
                _add_fixture(item)
            if "pc_cassette" in getattr(item, "fixturenames", ()):
                self._refuse_shared(item)

    def _refuse_shared(self, item: pytest.Item) -> None:
        """Raise a `UsageError` if two tests share a file without naming it, or if several processes would record it."""
        name, record = _marked(item)
        path = self._path(item, name)
        mode = self._mode(record, {})
        owners = self._paths.setdefault(_key(path), [])
        others = [owner for owner in owners if owner != item.nodeid]
        owners.append(item.nodeid)
        if not others:
            return
        if name is None:
            raise UsageError(
                f"{item.nodeid} and {others[0]} would share the cassette {self._shown(path)}; "
                'name one of them: @pytest.mark.pc_cassette("...")'
            )
        writes = not self._services.are_live and mode != "none" and not (mode == "once" and path.exists())
        if writes and hasattr(self._config, "workerinput"):
            raise UsageError(
                f"{item.nodeid} and {others[0]} share the cassette {self._shown(path)}, and several processes would "
                "overwrite each other's recordings; record it without -n"
            )

    def _mode(self, marker: str | None, config: Mapping[str, Any]) -> str:
        if self._services.are_live:
            return "all"
        option = self._config.getoption("pc_record")
        return record_mode(option, marker, config.get("record_mode"), self._settings.record, os.environ)

    def _path(self, item: pytest.Item, name: str | None) -> Path:
        return self._settings.cassettes / (named(name) if name is not None else _default_name(item))

    def _shown(self, path: Path) -> str:
        root = self._config.rootpath
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()

    def _note_age(self, cassette: "IndexedCassette", path: Path, nodeid: str) -> None:
        """Report a cassette that is too old with the first test that opens it, unless it is recorded again."""
        policy = self._receiving.policy
        if not policy.max_age or not cassette.rewound or cassette.record_mode == "all":
            return
        oldest = Oldest()
        for exchange in cassette.exchanges():
            oldest.add(exchange)
        mode = "rewrite" if len(self._paths.get(_key(path), ())) < 2 else "all"  # noqa: PLR2004 - two share it
        verdict = policy.stale(oldest, f"record it again: {cassette.command} --pc-record={mode}")
        if verdict is not None and self._aged.setdefault(cassette.name, nodeid) == nodeid:
            self._receiving.test.recordings.append(verdict)

    def _note_unused(self, cassette: "IndexedCassette") -> None:
        from pytest_pcerrors.interception.unmatched import label

        self.add_unused({cassette.name: {str(index): label(cassette, index) for index in cassette.unplayed()}})

    def add_unused(self, unused: Mapping[str, Mapping[str, str]]) -> None:
        """Add the interactions of each cassette that no passing test has played so far."""
        for name, left in unused.items():
            before = self.unused.get(name, left)
            self.unused[name] = {index: label for index, label in left.items() if index in before}

    def remarks(self) -> Iterator[str]:
        """Yield a line for each cassette that was not written, and for each with interactions that were never played."""
        for name, reason in sorted(self.unwritten.items()):
            yield f"{name}: nothing was recorded: {reason}; a hook has to return the response"
        for name, left in sorted(self.unused.items()):
            if left:
                shown = list(left.values())
                more = f", and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
                yield f"{name}: never played: {', '.join(shown[:_MOST_SHOWN])}{more}"


def _key(path: Path) -> str:
    """Return a path as a case-insensitive file system compares it."""
    return str(path).casefold()


def _marked(item: pytest.Item) -> tuple[str | None, str | None]:
    """Return the name and the record mode in the marker of a test."""
    marker = item.get_closest_marker("pc_cassette")
    return pc_cassette(*marker.args, **marker.kwargs) if marker else (None, None)


def _vcr_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return vcrpy's own settings: those of the fixture ``vcr_config``, if it exists, overridden by ours.

    Paths of the cassettes of another plugin are ignored.
    """
    from pytest_pcerrors.interception.opening import OURS

    theirs = {key: value for key, value in _fixture(request, "vcr_config").items() if key not in OURS}
    return theirs | dict(_fixture(request, "pc_vcr_config"))


def _fixture(request: pytest.FixtureRequest, name: str) -> Mapping[str, Any]:
    try:
        given = request.getfixturevalue(name)
    except pytest.FixtureLookupError:
        return {}
    if not isinstance(given, Mapping):
        raise UsageError(f"the fixture {name} must return vcrpy's settings as a mapping, not {type(given).__name__}")
    return given


def _add_fixture(item: pytest.Item) -> None:
    """Add the cassette fixture to a test, before its other function-scoped fixtures, but inside the cassette of pytest-recording."""
    names = getattr(item, "fixturenames", [])
    if "pc_cassette" in names:
        return
    definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    scopes = [definitions[name][-1].scope if definitions.get(name) else "function" for name in names]
    is_first = "function" in scopes and not item.get_closest_marker("vcr")
    place = scopes.index("function") if is_first else len(names)
    item.fixturenames = [*names[:place], "pc_cassette", *names[place:]]  # type: ignore[attr-defined]  # a test function's


def _default_name(item: pytest.Item) -> str:
    names = [each.name for each in item.listchain() if isinstance(each, pytest.Class)]
    function = getattr(item, "originalname", None) or item.name
    parameters = getattr(getattr(item, "callspec", None), "id", None)
    module = getattr(getattr(item, "module", None), "__name__", item.path.stem)
    return cassette_name(module, [*names, function], parameters)
