"""The hooks of every pytest run, and our fixtures. They load the rest of the plugin only if the run uses it.

A run uses it with an option, ``[tool.pcerrors]``, a marker, a fixture, or by importing the checks in its tests.
"""

from __future__ import annotations  # since Python 3.14, pytest loads a module to read annotations that are not text

import sys
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.plugin import MARKERS, MARKERS_OF_CASES, OPTIONS, SETTINGS, has_marker, settings_folder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.interception.cassette import IndexedCassette
    from pytest_pcerrors.live.session import ServiceSession
    from pytest_pcerrors.plugin._run import Run
    from pytest_pcerrors.simulation.server import ErrorServer
    from pytest_pcerrors.simulation.simulations import SimulatedEntry, SimulatedMutant, SimulatedShape
    from pytest_pcerrors.simulation.simulator import Simulator

_OURS = b"pcerrors"
_QUOTES = b"\"' \t"
_SEPARATORS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))
_CHECKS = "pytest_pcerrors.policy.check"
_COLLECTED: pytest.StashKey[list[pytest.Item]] = pytest.StashKey()
_HAS_GAPS: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    group = parser.getgroup("pcerrors", "Partner Center error contract")
    for name, how in OPTIONS.items():
        # pytest compares a `dest` that is not given with all others
        group.addoption(name, dest=name.removeprefix("--").replace("-", "_"), **how)


def pytest_configure(config: pytest.Config) -> None:
    """Declare our markers, and load the rest of the plugin if an option or the settings use it."""
    for line in MARKERS.values():
        config.addinivalue_line("markers", line)
    if config.getoption("dist", "no") != "no":  # this is the controller of pytest-xdist
        from pytest_pcerrors.plugin._facts import Facts

        facts = Facts.of(config)
        facts.controlled_run = partial(run_of, config)
        facts.register(config)
    given = map(config.getoption, OPTIONS)
    if any(value not in (None, False, []) for value in given) or _has_settings(config):
        run_of(config).cassettes.take_arguments()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a marker of ours once for each of its cases."""
    if not MARKERS_OF_CASES.keys().isdisjoint(metafunc.fixturenames):
        from pytest_pcerrors.plugin._cases import parametrize

        parametrize(metafunc, run_of(metafunc.config).policy)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Note that a module was skipped, or could not be collected."""
    report = yield
    if report.outcome != "passed":
        collector.config.stash[_HAS_GAPS] = True
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the collected tests, since some may be deselected."""
    config.stash[_COLLECTED] = items.copy()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Load the rest of the plugin if collected tests use the checks, a marker or a fixture of ours."""
    items, stash = session.items, session.config.stash
    if _CHECKS in sys.modules or any(map(_uses_us, items)):
        run_of(session.config).prepare(items, stash.get(_COLLECTED, items), has_gaps=stash.get(_HAS_GAPS, False))


def run_of(config: pytest.Config) -> Run:
    """Return the `Run` of a session; the first call makes it and registers it as a plugin."""
    from pytest_pcerrors.plugin._run import Run

    return Run.of(config)


@contextmanager
def _misuse_without_traceback() -> Iterator[None]:
    """Fail the test with the message of a `UsageError` alone, such as a broken cassette or an unknown setting of vcrpy."""
    from pytest_pcerrors.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture(scope="session")
def pc_contract(request: pytest.FixtureRequest) -> Contract:
    """Return the contract of this run: the shipped one, or that of ``--pc-contract`` or the settings."""
    return run_of(request.config).policy.contract


@pytest.fixture
def pc_vcr_config() -> dict[str, Any]:
    """Return the settings of vcrpy for ``pc_cassette``; override this fixture to change them."""
    return {}


@pytest.fixture
def pc_cassette(request: pytest.FixtureRequest) -> Iterator[IndexedCassette]:
    """Replay the responses of HTTP clients from the cassette of this test, or record them."""
    with _misuse_without_traceback(), run_of(request.config).recorder.cassette(request) as cassette:
        yield cassette


@pytest.fixture
def pc_session(request: pytest.FixtureRequest, pc_cassette: IndexedCassette) -> Iterator[ServiceSession]:
    """Give a `requests.Session` for the service, or for the ``pc_server`` of this test."""
    with _misuse_without_traceback(), run_of(request.config).services.session(request, pc_cassette) as session:
        yield session


@pytest.fixture
def pc_server(request: pytest.FixtureRequest) -> Iterator[ErrorServer]:
    """Run an HTTP server on loopback that returns any documented error and every observed shape."""
    with _misuse_without_traceback(), run_of(request.config).services.server() as server:
        yield server


@pytest.fixture
def pc_simulate(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """Answer the HTTP clients of this test with any documented error or observed shape; nothing is sent over the network."""
    with _misuse_without_traceback(), run_of(request.config).services.simulator(request) as simulator:
        yield simulator


@pytest.fixture
def pc_entry(request: pytest.FixtureRequest) -> SimulatedEntry:
    """Return the documented error for which a test with the marker ``pc_entries`` runs."""
    return _case(request)  # type: ignore[no-any-return]


@pytest.fixture
def pc_mutant(request: pytest.FixtureRequest) -> SimulatedMutant:
    """Return the response that breaks one rule, for which a test with the marker ``pc_mutants`` runs."""
    return _case(request)  # type: ignore[no-any-return]


@pytest.fixture
def pc_shape(request: pytest.FixtureRequest) -> SimulatedShape:
    """Return the undocumented response for which a test with the marker ``pc_shapes`` runs."""
    return _case(request)  # type: ignore[no-any-return]


def _case(request: pytest.FixtureRequest) -> Any:
    from pytest_pcerrors.plugin._cases import case_of

    return case_of(request, run_of(request.config).receiving.policy.contract)


_FIXTURES = frozenset(name for name in globals() if name.startswith("pc_"))


def _uses_us(item: pytest.Item) -> bool:
    return has_marker(item) or not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def _has_settings(config: pytest.Config) -> bool:
    """Return whether a run has settings of ours, or misnamed ones. They are only loaded if a file has a name like ours."""
    top = settings_folder(config)
    files = [*(folder / "pyproject.toml" for folder in (top, *top.parents)), *filter(None, [config.inipath])]
    if not any(map(_may_name_us, map(_text_of, files))):
        return False
    from pytest_pcerrors.errors import UsageError
    from pytest_pcerrors.settings import Settings

    try:
        settings = config.stash[SETTINGS] = Settings.written(top)
    except UsageError:  # it is reported when the run is made
        return True
    return settings is not None


def _text_of(file: Path) -> bytes:
    with suppress(OSError):
        if file.is_file():
            return file.read_bytes()
    return b""


def _may_name_us(text: bytes) -> bool:
    """Return whether a file may have our table, however it is written, or the header of one that `Settings.find` may refuse as a misspelling.

    To compile a regular expression takes longer than this.
    """
    plain = text.translate(None, _QUOTES)
    if _OURS in plain and (b"tool." + _OURS in plain or b"[tool]" in plain):
        return True
    headers = (line.partition(b"]")[0] for line in text.splitlines() if line.lstrip().startswith(b"["))
    return any(map(_is_similar, b".".join(headers).lower().replace(b":", b".").split(b".")))


def _is_similar(name: bytes) -> bool:
    """Return whether a name may be `is_meant_for_us`: it has about as many letters as ours, and all but one of ours."""
    plain = name.translate(None, _SEPARATORS).removeprefix(b"pytest")
    shared = sum(min(plain.count(each), _OURS.count(each)) for each in set(plain))
    return shared >= len(_OURS) - 1 and len(plain) <= len(_OURS) + 2
