"""The responses that a marked test is run for, one after the other."""

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.simulation.in_process._simulation import Options, Simulation
    from pytest_pcerrors.simulation.in_process._simulator import Simulator
    from pytest_pcerrors.simulation.mutation import Mutant


class SimulatedResponse:
    """A response, with its `name`, that a test simulates when it wants to."""

    def __init__(self, name: str, exchange: "Exchange", simulator: "Callable[[], Simulator]") -> None:
        self.name = name
        self.exchange = exchange
        self.status = exchange.status
        """The HTTP status."""
        self._simulator = simulator

    def simulate(self, **options: "Unpack[Options]") -> "Simulation":
        """Answer the requests of HTTP clients with it; the options are those of `Simulator`."""
        __tracebackhide__ = True
        return self._simulator()(self, **options)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class SimulatedEntry(SimulatedResponse):
    """A documented error, with a conforming response."""

    def __init__(self, entry: "Entry", exchange: "Exchange", simulator: "Callable[[], Simulator]") -> None:
        super().__init__(f"{entry.status_text}-{entry.code}", exchange, simulator)
        self.entry = entry
        self.code = entry.code
        """The error code."""
        self.description = entry.description
        """The first description template; the response has its placeholders filled in."""


class SimulatedMutant(SimulatedResponse):
    """A response that breaks exactly one rule, in one of several ways."""

    def __init__(self, mutant: "Mutant", simulator: "Callable[[], Simulator]") -> None:
        super().__init__(str(mutant), mutant.exchange, simulator)
        self.mutant = mutant
        self.rule = mutant.rule
        """The name of the rule that the response breaks."""
        self.variant = mutant.variant
        """A short word for the way in which it breaks the rule; empty if there is one way only."""
        self.entry = mutant.entry
        """The documented error that was changed; None if the response was not one."""


class SimulatedShape(SimulatedResponse):
    """An undocumented response that the real service sends, or that a client may receive from a gateway."""
