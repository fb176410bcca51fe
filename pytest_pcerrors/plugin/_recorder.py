"""The cassettes of tests: their files, how they are opened, and which interactions no test has played."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.options import OPTION, CassetteOptions, known_mode, record_mode
from pytest_pcerrors.plugin._cassettes_of_tests import CassetteOfTest, CassettesOfTests, uses_cassette
from pytest_pcerrors.policy.age import Oldest, is_undated, stale
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, listed

if TYPE_CHECKING:
    from pytest_pcerrors.interception.cassette import IndexedCassette
    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.plugin._services import Services
    from pytest_pcerrors.settings import Settings

_MOST_SHOWN = 5


class Played(TypedDict):
    """What passing tests have played of a cassette."""

    left: dict[str, str]
    """The labels of the interactions that none has played, by their index."""
    by: list[str]
    """The ids of the tests that have passed."""
    users: list[str] | None
    """The ids of all tests that use it, or None if the run has not collected all tests."""


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
        self.files: CassettesOfTests = CassettesOfTests(config, settings)
        self.played: dict[str, Played] = {}
        """What passing tests have played of each cassette, by its name."""
        self.unwritten: set[str] = set()
        """Cassettes that were not written, each with the reason."""
        self.undated: set[str] = set()
        """The names of the cassettes whose age is unknown."""

    @contextmanager
    def cassette(self, request: pytest.FixtureRequest) -> "Iterator[IndexedCassette]":
        """Open the cassette of a test; save what was recorded if the test function ran to its end."""
        from pytest_pcerrors.interception.opening import open_cassette

        test = self._receiving.test
        options = self._options(request)
        with open_cassette(options) as cassette:
            test.cassettes += cassette, *cassette.also
            for each in (cassette, *cassette.also):
                self._note_age(each, request.node.nodeid)
            yield cassette
            if cassette.keep:
                cassette.keep = test.ran_to_its_end or bool(options.config.get("record_on_exception"))
                self._note_recorded(cassette, options.path, request.node.nodeid)
        if not options.continues and (reason := cassette.why_nothing_was_recorded()):
            self.unwritten.add(f"{cassette.name}: nothing was recorded: {reason}")
        if test.has_passed:
            for each in (cassette, *cassette.also):
                self._note_played(each, request.node.nodeid)

    def _options(self, request: pytest.FixtureRequest) -> CassetteOptions:
        mine = self.files.of(request.node)
        config = _vcr_config(request)
        base = safe(
            request.config.getoption("pc_base_url") or ""
        )  # without it, the command would record from another service
        return CassetteOptions(
            path=mine.path,
            name=self.files.shown(mine.path),
            mode=self._mode(mine.record, config),
            command=shlex.join(["pytest", request.node.nodeid, *([f"--pc-base-url={base}"] if base else [])]),
            config=config,
            redaction=self._receiving.policy.redaction,
            on_response=self._receiving.on_response,
            test=request.node.nodeid,
            bypasses=self._services.handle,
            others=self.files.others(mine.path),
            also={each: self.files.shown(each) for each in mine.also},
            is_kept=not self._services.are_live,
            continues=mine.path in self._begun,
        )

    def prepare(self, items: "list[pytest.Item]") -> None:
        """Add the cassette fixture to marked tests; an unknown mode, or a file shared by mistake, is a `UsageError`."""
        users: dict[str, dict[str, CassetteOfTest]] = {}
        for item in items:
            if item.get_closest_marker("pc_cassette"):
                _add_fixture(item)
            if uses_cassette(item):
                self._refuse_shared(item, users)

    def _refuse_shared(self, item: pytest.Item, users: dict[str, dict[str, CassetteOfTest]]) -> None:
        """Raise a `UsageError` if two tests share a file without naming it, or if several processes would record it."""
        mine = self.files.of(item)
        mode = self._mode(mine.record, {})
        shown = self.files.shown(mine.path)
        before = users.setdefault(shown.casefold(), {})
        others = {test: other for test, other in before.items() if test != item.nodeid}
        before[item.nodeid] = mine
        if not others:
            return
        first = next(iter(others))
        if not mine.is_named and mine not in others.values():  # else it is one test that is repeated
            raise UsageError(
                f"{item.nodeid} and {first} would share the cassette {shown}; "
                'name one of them: @pytest.mark.pc_cassette("...")'
            )
        writes = not self._services.are_live and mode != "none" and not (mode == "once" and mine.path.exists())
        if writes and hasattr(self._config, "workerinput"):
            raise UsageError(
                f"{item.nodeid} and {first} share the cassette {shown}, and several processes would "
                "overwrite each other's recordings; record it without -n"
            )

    def _mode(self, marker: str | None, config: Mapping[str, Any]) -> str:
        if self._services.are_live:
            return "all"
        option = self._config.getoption("pc_record")
        return record_mode(option, marker, config.get("record_mode"), self._settings.record, os.environ)

    def _note_age(self, cassette: "IndexedCassette", nodeid: str) -> None:
        """Report a cassette that is too old with the first test that opens it, unless it is recorded again."""
        policy = self._receiving.policy
        if not policy.max_age or not cassette.rewound or cassette.record_mode == "all":
            return
        oldest = Oldest()
        for exchange in cassette.exchanges():
            oldest.add(exchange, policy)
        mode = "rewrite" if len(self.files.users(Path(cassette.path))) < 2 else "all"  # noqa: PLR2004 - two share it
        verdict = stale(oldest, policy, f"record it again: {cassette.options.command} --pc-record={mode}")
        if verdict is not None and self._aged.setdefault(cassette.name, nodeid) == nodeid:
            self._receiving.test.recordings.append(verdict)
        if is_undated(oldest, policy):
            self.undated.add(cassette.name)

    def _note_recorded(self, cassette: "IndexedCassette", path: Path, nodeid: str) -> None:
        """Note that a cassette was begun, or that it was not written because of a test; a repeated run of the test may write it."""
        unwritten = f"{cassette.name}: not written: {nodeid} did not run to its end"
        if not cassette.dirty:
            return
        if cassette.keep:
            self._begun.add(path)
            self.unwritten.discard(unwritten)
        else:
            self.unwritten.add(unwritten)

    def _note_played(self, cassette: "IndexedCassette", nodeid: str) -> None:
        from pytest_pcerrors.interception.unmatched import label

        left = {str(index): label(cassette, index) for index in cassette.unplayed()}
        users = self.files.known_users(Path(cassette.path))
        self.add_played({cassette.name: {"left": left, "by": [nodeid], "users": users}})

    def add_played(self, played: "Mapping[str, Played]") -> None:
        """Add what passing tests have played of each cassette."""
        for name, each in played.items():
            before = self.played.get(name, each)
            left = {index: label for index, label in each["left"].items() if index in before["left"]}
            by = sorted({*before["by"], *each["by"]})
            self.played[name] = {"left": left, "by": by, "users": each["users"]}

    def remarks(self) -> Iterator[str]:
        """Yield lines for settings without effect, cassettes that were not written, and interactions that no test has played."""
        yield from self._settings.without_effect()
        yield from sorted(self.unwritten)[:_MOST_SHOWN]
        if len(self.unwritten) > _MOST_SHOWN:
            yield f"{counted(len(self.unwritten) - _MOST_SHOWN, 'more recording')} not written"
        for name, each in sorted(self.played.items()):
            if each["left"] and each["users"] is not None and set(each["by"]).issuperset(each["users"]):
                yield f"{name}: never played: {listed(list(each['left'].values()))}"


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
