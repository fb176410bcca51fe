"""The simulators that answer a client under test: its requests for tokens, and a bounded number of others in a call."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import RLock
from urllib.parse import parse_qs, urlencode, urlsplit

from pytest_pcerrors.clients._scenarios import Planned, Try
from pytest_pcerrors.clients._waits import Waits
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.interception.responders import Reply
from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.simulation.answers.answer import reply_to
from pytest_pcerrors.simulation.answers.successes import ok, success_by_path
from pytest_pcerrors.simulation.answers.tokens import Tokens, is_token_request
from pytest_pcerrors.simulation.simulator import Simulator

_HOSTS = "login."
_DISCOVERY = "/.well-known/openid-configuration"
_OF_PARTNER_CENTER = "/generatetoken"
_MOST_REQUESTS = 25
"""A client that sends more of them for one call does not give up."""


class TokenService:
    """Answers the requests for tokens, and those for the addresses that libraries for tokens read first."""

    def __init__(self) -> None:
        self._tokens = Tokens()

    def answers(self, request: Request) -> bool:
        """Return whether a request is for a token (RFC 6749, section 4), or is sent to a host such as ``login.microsoftonline.com``."""
        is_form = request.method == "POST" and "grant_type" in parse_qs(_form(request))
        path = urlsplit(request.url).path.lower()
        is_known = is_token_request(request) or path == _OF_PARTNER_CENTER or path.endswith(_DISCOVERY)
        return is_known or is_form or (request.host or "").startswith(_HOSTS)

    def answer(self, request: Request) -> Exchange:
        """Return the answer: a new token, or the addresses of this service."""
        if request.method == "POST":
            form = Request(request.method, request.url, request.headers, _form(request).encode())
            return self._tokens.respond(form).exchange
        tenant = request.url.partition(_DISCOVERY)[0].removesuffix("/v2.0")
        oauth = f"{tenant}/oauth2/v2.0"
        return ok(
            {
                "issuer": f"{tenant}/v2.0",
                "authorization_endpoint": f"{oauth}/authorize",
                "token_endpoint": f"{oauth}/token",
                "device_authorization_endpoint": f"{oauth}/devicecode",
            }
        )


def _form(request: Request) -> str:
    """Return the form that a request sends; vcrpy shows the form of some clients as a JSON object."""
    text = request.body.decode("utf-8", "replace")
    with suppress(JsonError):
        value = parse(text)
        return urlencode(value) if isinstance(value, dict) else text
    return text


class EndlessRetriesError(BaseException):
    """Ends a call with too many requests. It is not an `Exception`, because clients that do not give up may catch all of these."""


class ClientSimulator(Simulator, ABC):
    """Answers every request of a client: those for tokens with new tokens, the counted ones by `reply_to_counted`, others with a success.

    A call with more than `most` counted requests is ended; a client that continues after that error gets successes.
    """

    def __init__(self, waits: Waits, contract: Contract | None = None) -> None:
        super().__init__(contract)
        self._waits = waits
        self._tokens = TokenService()
        self._turn = RLock()
        self.begin_call(1)

    def begin_call(self, most: int) -> None:
        """Begin another call."""
        self._most = most
        self.count = 0
        """The number of counted requests of the call."""
        self.tokens = 0
        """The number of its requests for tokens."""
        self.is_stopped = False
        self._waits.take()

    def matches(self, method: str, url: str) -> bool:  # noqa: ARG002 - as of a `Simulator`
        """Return True: every request is answered."""
        return True

    def reply(self, request: Request) -> Reply:
        """Return the reply to a request, or end the call."""
        with self._turn:
            self._waits.participants.add()
            if self._tokens.answers(request):
                self.tokens += 1
                return Reply(reply_to(request, self._tokens.answer(request)))
            if self.is_stopped or not self.is_counted(request):
                success = success_by_path(200, request, self._factory.contract, byte_order_mark=False)
                return Reply(reply_to(request, success))
            if self.count == self._most:
                self.is_stopped = True
                raise EndlessRetriesError(f"more than {self._most} requests in one call")
            self.count += 1
            return self.reply_to_counted(request, self._waits.take())

    def is_counted(self, request: Request) -> bool:  # noqa: ARG002 - subclasses decide
        """Return whether a request that is not for a token counts."""
        return True

    @abstractmethod
    def reply_to_counted(self, request: Request, waited: float) -> Reply:
        """Return the reply to a counted request, before which the client has waited for some seconds."""


class CaseSimulator(ClientSimulator):
    """Answers every request of a case, and records its method and the seconds that the client had waited before it."""

    requests: list[tuple[str, float]]
    """The requests of the case."""

    def begin(self) -> None:
        """Begin another case."""
        self.begin_call(_MOST_REQUESTS)
        self.requests = []

    def reply_to_counted(self, request: Request, waited: float) -> Reply:
        """Return the response of the case."""
        self.requests.append((request.method, waited))
        return Simulator.reply(self, request)


class RetrySimulator(ClientSimulator):
    """Answers the tries of a call with planned answers.

    The tries of a call are its first request that is not for a token, and those with the same method and URL.
    """

    tries: list[Try]
    """The tries of the call."""

    def begin(self, answers: Sequence[Planned], most: int) -> None:
        """Plan the answers to the next call, of which the last one repeats; a call with more than `most` tries is ended."""
        self.begin_call(most)
        self.tries = []
        self._answers = answers

    def is_counted(self, request: Request) -> bool:
        """Return whether a request is a try."""
        first = self.tries[0].request if self.tries else request
        return (request.method, request.url) == (first.method, first.url)

    def reply_to_counted(self, request: Request, waited: float) -> Reply:
        """Return the next planned answer, and record the try."""
        now = datetime.now(UTC)
        answer = self._answers[min(len(self.tries), len(self._answers) - 1)]
        with self(answer.what, retry_after=answer.header()):
            reply = Simulator.reply(self, request)
        self.tries.append(Try(request, reply.exchange, waited if self.tries else 0.0, now))
        return reply
