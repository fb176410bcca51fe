"""The simulator that answers the client of an assertion, and counts its requests."""

from typing import TYPE_CHECKING

from pytest_pcerrors.clients._tokens import TokenService
from pytest_pcerrors.interception.responders import Reply
from pytest_pcerrors.simulation.answers.successes import ok
from pytest_pcerrors.simulation.in_process import Simulator

if TYPE_CHECKING:
    from pytest_pcerrors.clients._waits import Waits
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Request

MOST_REQUESTS = 25
"""A client that sends more of them for one call does not give up."""


class EndlessRetryError(BaseException):
    """Stops a client that does not give up. It is not an `Exception`, because such a client may catch all of these."""


class CountingSimulator(Simulator):
    """Answers token requests itself, and stops a client after `MOST_REQUESTS` others in one case."""

    def __init__(self, contract: "Contract", waits: "Waits") -> None:
        super().__init__(contract)
        self._waits = waits
        self._waited = 0.0
        self._tokens = TokenService()
        self.requests: list[tuple[str, float]] = []
        """The method of each request of the case, and the seconds that the client had waited before it."""
        self.tokens = 0
        """The number of token requests of the case."""
        self.is_stopped = False

    def begin(self) -> None:
        """Begin another case."""
        self.requests, self.tokens, self.is_stopped = [], 0, False

    def reply(self, request: "Request") -> Reply:
        """Return the reply to a request, or stop the client."""
        self._waits.participants.add()
        if self._tokens.answers(request):
            self.tokens += 1
            return Reply(self._tokens.answer(request))
        if self.is_stopped:  # the client continues after any exception, so it gets a success
            return Reply(ok())
        if len(self.requests) >= MOST_REQUESTS:
            self.is_stopped = True
            raise EndlessRetryError(f"stopped after {MOST_REQUESTS} requests")
        self._waited += self._waits.take()
        self.requests.append((request.method, self._waited))
        return super().reply(request)
