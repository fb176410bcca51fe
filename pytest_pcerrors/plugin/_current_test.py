"""The state of the current test: the responses that its client received, and what it opened and counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.reporting.summary import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.simulation.in_process import Simulator

    Key = tuple[int, bytes]


@dataclass
class ReceivedResponses:
    """The responses from cassettes and from our servers, in the order in which they were received.

    A response that the test has checked itself, with an assertion or `check`, is not judged again. Threads may add responses.
    """

    _responses: "list[tuple[Exchange, bool]]" = field(default_factory=list)
    _origins: "dict[Key, str | None]" = field(default_factory=dict)
    _judged: "Counter[Key]" = field(default_factory=Counter)

    def add(self, exchange: "Exchange") -> None:
        """Add a response from a cassette; its host decides whether it is judged."""
        self._responses.append((exchange, False))
        self._origins[_key(exchange)] = exchange.origin

    def add_served(self, exchange: "Exchange") -> None:
        """Add a response from one of our servers; it is judged whatever its host."""
        self._responses.append((exchange, True))

    def replayed(self) -> "Iterator[Exchange]":
        """Yield the responses from cassettes and of the live service, checked by the test or not."""
        return (exchange for exchange, is_served in self._responses if not is_served)

    def mark_checked(self, exchange: "Exchange") -> None:
        """Mark a response as checked, so that it is not judged again."""
        self._judged[_key(exchange)] += 1

    def located(self, exchange: "Exchange") -> "Exchange":
        """Return an exchange with the origin of the replayed response, so that profiles by path apply to it."""
        if exchange.origin is not None:
            return exchange
        origin = self._origins.get(_key(exchange))
        return exchange if origin is None else exchange.at(origin)

    def judge(self, policy: "Policy") -> "tuple[list[Verdict], list[Exchange]]":
        """Return the verdicts on the responses, and the exchanges that are not judged because of their hosts."""
        judged, verdicts, others = self._judged.copy(), [], []
        for exchange, is_served in self._responses:
            key = _key(exchange)
            if judged[key]:
                judged[key] -= 1
            elif is_served or policy.judges(exchange):
                verdicts.append(policy.judge(exchange))
            else:
                others.append(exchange)
        return verdicts, others


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


def _key(exchange: "Exchange") -> "Key":
    return exchange.status, exchange.body
