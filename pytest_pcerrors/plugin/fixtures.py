"""The fixtures."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.interception.cassette import IndexedCassette
    from pytest_pcerrors.live.session import ServiceSession
    from pytest_pcerrors.simulation.server import ErrorServer


@pytest.fixture(scope="session")
def pc_contract(request: pytest.FixtureRequest) -> "Contract":
    """The contract of this run: the shipped one, or what ``--pc-contract`` or the settings name."""
    from pytest_pcerrors.plugin.run import Run

    return Run.of(request.config).policy.contract


@pytest.fixture
def pc_vcr_config() -> dict[str, Any]:
    """The settings of vcrpy for ``pc_cassette``; override it to give some."""
    return {}


@pytest.fixture
def pc_cassette(request: pytest.FixtureRequest) -> "Iterator[IndexedCassette]":
    """The cassette of this test: every HTTP client is answered by it, or recorded into it."""
    from pytest_pcerrors.plugin.outcomes import misuse_without_traceback
    from pytest_pcerrors.plugin.run import Run

    with misuse_without_traceback(), Run.of(request.config).recorder.cassette(request) as cassette:
        yield cassette


@pytest.fixture
def pc_session(request: pytest.FixtureRequest, pc_cassette: "IndexedCassette") -> "Iterator[ServiceSession]":
    """A `requests.Session` bound to the service, or to this test's ``pc_server``."""
    from pytest_pcerrors.plugin.outcomes import misuse_without_traceback
    from pytest_pcerrors.plugin.run import Run

    with misuse_without_traceback(), Run.of(request.config).services.session(request, pc_cassette) as session:
        yield session


@pytest.fixture
def pc_server(request: pytest.FixtureRequest) -> "Iterator[ErrorServer]":
    """An HTTP server on loopback that answers any documented error and every observed shape."""
    from pytest_pcerrors.plugin.outcomes import misuse_without_traceback
    from pytest_pcerrors.plugin.run import Run

    with misuse_without_traceback(), Run.of(request.config).services.server() as server:
        yield server
