"""The simulations of tests: what answers their HTTP clients without a server."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_pcerrors.plugin._receiving import Receiving
    from pytest_pcerrors.plugin._services import Services
    from pytest_pcerrors.simulation.in_process import Simulator


@contextmanager
def simulator_of(
    request: "pytest.FixtureRequest", receiving: "Receiving", services: "Services"
) -> "Iterator[Simulator]":
    """Answer the HTTP clients of a test; what the client hides, and a simulation without a request, fails the test."""
    from pytest_pcerrors.simulation.in_process import Simulator

    simulator = Simulator(bypasses=services.handle)
    receiving.test.simulators.append(simulator)
    with simulator.opened(request.node.nodeid, receiving.late.add):
        yield simulator
