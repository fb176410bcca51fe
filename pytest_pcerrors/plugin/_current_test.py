"""The state of the current test."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.plugin._received import ReceivedResponses
from pytest_pcerrors.reporting.summary import Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.rules.violation import Violation
    from pytest_pcerrors.simulation.in_process import Simulator


@dataclass
class CurrentTest:
    """The current test: the responses it received, the cassettes and servers it opened, and the outcome of its call phase."""

    received: ReceivedResponses = field(default_factory=ReceivedResponses)
    cassettes: list[Any] = field(default_factory=list)
    servers: list[Any] = field(default_factory=list)
    simulators: "list[Simulator]" = field(default_factory=list)
    recordings: "list[Verdict]" = field(default_factory=list)
    """The verdicts on the cassettes themselves."""
    failure: BaseException | None = None
    """The exception with which this plugin failed the test after its call phase."""
    tally: Tally = field(default_factory=Tally)
    warned: "Counter[str]" = field(default_factory=Counter)
    """The rules whose violations were raised as warnings, in contrast to those that a test only checked."""
    has_failed: bool = False
    """Whether a report of the test is a failure; an expected failure or a repeated run is not."""
    ran_to_its_end: bool = False
    has_passed: bool = False

    def problems(self) -> list[Exception]:
        """Return what went wrong in the cassettes, servers and simulations of the test: failed recordings, and unmatched requests."""
        of_cassettes = [error for cassette in self.cassettes for error in (*cassette.failures, *cassette.unmatched)]
        return [*of_cassettes, *(error for each in (*self.servers, *self.simulators) for error in each.unmatched)]

    def unused(self) -> Exception | None:
        """Return the error for a simulation that no request has used; None if all were used."""
        return next(filter(None, (each.unused() for each in self.simulators)), None)


class Observer:
    """Something that wants to know what is judged in the current test."""

    def on_verdict(self, verdict: "Verdict") -> None:
        """Note a verdict."""

    def on_warning(self, verdict: "Verdict") -> None:
        """Note that the warnings of a verdict were raised."""

    def on_failure(self, verdict: "Verdict", violations: "Sequence[Violation]") -> None:
        """Note what a failing assertion reported of a verdict."""

    def on_asserted(self, verdict: "Verdict", codes: "Collection[str]") -> None:
        """Note that an assertion with these codes of the response has passed."""

    def on_simulated(self, exchange: "Exchange") -> None:
        """Note a simulated response, in the thread of its client."""
