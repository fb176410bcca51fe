"""The fixtures of the plugin; each loads what it needs when a test uses it."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.interception.cassette import IndexedCassette
    from pytest_pcerrors.live.session import ServiceSession
    from pytest_pcerrors.plugin._run import Run
    from pytest_pcerrors.simulation.in_process import SimulatedEntry, SimulatedMutant, SimulatedShape, Simulator
    from pytest_pcerrors.simulation.server import ErrorServer


def run_of(config: pytest.Config) -> "Run":
    """Return the `Run` of a session; the first call makes it and registers it as a plugin."""
    from pytest_pcerrors.plugin._run import Run

    return Run.of(config)


@contextmanager
def _misuse_without_traceback() -> "Iterator[None]":
    """Fail the test with the message of a `UsageError` alone, such as a broken cassette or an unknown setting of vcrpy."""
    from pytest_pcerrors.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@pytest.fixture(scope="session")
def pc_contract(request: pytest.FixtureRequest) -> "Contract":
    """Return the contract of this run: the shipped one, or that of ``--pc-contract`` or the settings."""
    return run_of(request.config).policy.contract


@pytest.fixture
def pc_vcr_config() -> dict[str, Any]:
    """Return the settings of vcrpy for ``pc_cassette``; override this fixture to change them."""
    return {}


@pytest.fixture
def pc_cassette(request: pytest.FixtureRequest) -> "Iterator[IndexedCassette]":
    """Replay the responses of HTTP clients from the cassette of this test, or record them."""
    with _misuse_without_traceback(), run_of(request.config).recorder.cassette(request) as cassette:
        yield cassette


@pytest.fixture
def pc_session(request: pytest.FixtureRequest, pc_cassette: "IndexedCassette") -> "Iterator[ServiceSession]":
    """Give a `requests.Session` for the service, or for the ``pc_server`` of this test."""
    with _misuse_without_traceback(), run_of(request.config).services.session(request, pc_cassette) as session:
        yield session


@pytest.fixture
def pc_server(request: pytest.FixtureRequest) -> "Iterator[ErrorServer]":
    """Run an HTTP server on loopback that returns any documented error and every observed shape."""
    with _misuse_without_traceback(), run_of(request.config).services.server() as server:
        yield server


@pytest.fixture
def pc_simulate(request: pytest.FixtureRequest) -> "Iterator[Simulator]":
    """Answer the HTTP clients of this test with any documented error or observed shape; nothing is sent over the network."""
    with _misuse_without_traceback(), run_of(request.config).services.simulator(request) as simulator:
        yield simulator


@pytest.fixture
def pc_entry(request: pytest.FixtureRequest) -> "SimulatedEntry":
    """Return the documented error for which a test with the marker ``pc_entries`` runs."""
    return _case(request)  # type: ignore[no-any-return]


@pytest.fixture
def pc_mutant(request: pytest.FixtureRequest) -> "SimulatedMutant":
    """Return the response that breaks one rule, for which a test with the marker ``pc_mutants`` runs."""
    return _case(request)  # type: ignore[no-any-return]


@pytest.fixture
def pc_shape(request: pytest.FixtureRequest) -> "SimulatedShape":
    """Return the undocumented response for which a test with the marker ``pc_shapes`` runs."""
    return _case(request)  # type: ignore[no-any-return]


def _case(request: pytest.FixtureRequest) -> Any:
    from pytest_pcerrors.plugin._cases import case_of

    return case_of(request, run_of(request.config).policy.contract)
