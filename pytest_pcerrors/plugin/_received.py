"""The responses that the client of a test received, and the verdicts on them at the end of the test."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict

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


def _key(exchange: "Exchange") -> "Key":
    return exchange.status, exchange.body
