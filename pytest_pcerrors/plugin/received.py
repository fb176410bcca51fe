"""What the client of one test received, and the verdicts on it when the test has come to its end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict

    Key = tuple[int, bytes]


@dataclass
class ReceivedResponses:
    """The responses that came through cassettes, and from servers of ours, in the order in which they came.

    What a test has judged itself, by an assertion or by `check`, is not judged again. Threads may add to it.
    """

    _responses: "list[tuple[Exchange, bool]]" = field(default_factory=list)
    _origins: "dict[Key, str | None]" = field(default_factory=dict)
    _judged: "Counter[Key]" = field(default_factory=Counter)

    def add(self, exchange: "Exchange") -> None:
        """Take in a response that came through a cassette; its host decides whether it is judged."""
        self._responses.append((exchange, False))
        self._origins[_key(exchange)] = exchange.origin

    def add_served(self, exchange: "Exchange") -> None:
        """Take in a response from a server of ours, which is judged whatever its host is called."""
        self._responses.append((exchange, True))

    def mark_checked(self, exchange: "Exchange") -> None:
        """Remember what the test has judged itself, or what is not to be judged."""
        self._judged[_key(exchange)] += 1

    def located(self, exchange: "Exchange") -> "Exchange":
        """Return an exchange with the origin of what was replayed, so that profiles by path hold for it."""
        if exchange.origin is not None:
            return exchange
        origin = self._origins.get(_key(exchange))
        return exchange if origin is None else exchange.at(origin)

    def judge(self, policy: "Policy") -> "tuple[list[Verdict], list[Exchange]]":
        """Return the verdicts on the responses, and the exchanges with hosts that are not judged."""
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
