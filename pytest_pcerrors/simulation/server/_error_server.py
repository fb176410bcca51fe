"""The server for tests: methods to set its rules, and a log of requests."""

from collections.abc import Callable
from pathlib import Path
from typing import Self, Unpack

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.answer import Answer, Faults, in_sequence, reply_to
from pytest_pcerrors.simulation.answers.factory import AnswerFactory
from pytest_pcerrors.simulation.answers.rules import RequestPattern, ResponseRule
from pytest_pcerrors.simulation.answers.tokens import LIFETIME
from pytest_pcerrors.simulation.server._answer_choice import AnswerChoice, NoMatchingRuleError, RandomFaults
from pytest_pcerrors.simulation.server._api import Api, is_api_request
from pytest_pcerrors.simulation.server._listener import Listener, check_address
from pytest_pcerrors.simulation.server._request_log import Received
from pytest_pcerrors.text import represented

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
_UNNAMED = 500


class ErrorServer:
    """An HTTP/1.1 server on loopback that sends the answers of a test, and logs the requests that it receives.

    `on_request` is called with every request, and `on_answer` with the `Exchange` of every answer that is sent completely, except for the
    404 that a request without a rule gets. Both are called before the answer is sent, in the thread of its connection. `stop`, which ends
    a `with` statement, raises their exceptions. `retry_after` is the Retry-After header of every 429 and 503. With `byte_order_mark`, the
    successes of paths such as ``/v1/customers`` begin with one, as those of the service do. Invalid arguments are a `UsageError`.

    >>> from urllib.request import urlopen
    >>> with ErrorServer() as server:
    ...     server.respond("GET", "/v1/customers", (200, b'{"items": []}'))
    ...     body = urlopen(f"{server.url}/v1/customers?size=20").read()
    >>> body, server.requests
    (b'{"items": []}', [<GET /v1/customers?size=20 -> 200>])
    """

    def __init__(  # noqa: PLR0913 - one argument for each option
        self,
        contract: Contract | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_remote: bool = False,
        retry_after: int | str | None = None,
        byte_order_mark: bool = False,
        on_answer: Callable[[Exchange], object] | None = None,
        on_request: Callable[[Received], object] | None = None,
    ) -> None:
        check_address(host, port, allow_remote=allow_remote)
        if contract is not None and not isinstance(contract, Contract):
            raise UsageError(f"expected a Contract, got {represented(contract)}")
        self.on_answer: Callable[[Exchange], object] | None = on_answer
        self.on_request: Callable[[Received], object] | None = on_request
        self._host, self._port = host, port
        self._factory = AnswerFactory(
            contract or Contract.default(), retry_after=retry_after, byte_order_mark=byte_order_mark
        )
        self._choice = AnswerChoice(self._factory)
        self._api = Api(self._choice, is_open=allow_remote)
        self._listener: Listener | None = None
        self._bound: int | None = None

    def start(self) -> None:
        """Start to listen; an address that cannot be used is a `UsageError`."""
        if self._listener is not None:
            raise UsageError("the server has been started already")
        self._listener = Listener(self._host, self._port, self._answer)
        self._bound = self._listener.port
        self._listener.start()

    def stop(self) -> None:
        """Close all connections and end all threads; raise what a callback raised.

        A callback may also stop the server: its client gets no answer, and the next call outside of a callback waits for the threads.
        """
        listener = self._listener
        if listener is None:
            return
        listener.close()
        if not listener.is_answering:
            self._listener = None
            for failure in listener.join():
                raise failure

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port of the server, also after it was stopped."""
        if self._bound is None:
            raise UsageError("the server is not running; start() it, or use it in a `with` statement")
        return self._bound

    @property
    def url(self) -> str:
        """The base URL, such as ``http://127.0.0.1:40123``, also after the server was stopped."""
        host = _ANYWHERE.get(self._host, self._host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def requests(self) -> list[Received]:
        """The requests so far, in the order in which they were received completely; of very many, the latest."""
        with self._choice.lock:
            return self._choice.log.requests

    @property
    def dropped(self) -> int:
        """The number of requests that are no longer in `requests`, which has at most 10,000 and 64 MiB."""
        with self._choice.lock:
            return self._choice.log.dropped

    @property
    def unmatched(self) -> list[NoMatchingRuleError]:
        """An exception for each request that no rule matched, and that did not request an answer itself; `clear` keeps them."""
        with self._choice.lock:
            return list(self._choice.unmatched)

    def requests_to(self, method: str, path: str) -> list[Received]:
        """Return the requests with this method whose path matches this pattern."""
        pattern = RequestPattern(method, path)
        return [each for each in self.requests if pattern.matches(each.method, each.path)]

    def clear(self) -> None:
        """Remove all logged requests, and all rules except those of a file, which start again."""
        with self._choice.lock:
            self._choice.clear()
            self._choice.log.clear()

    def fail(  # noqa: PLR0913 - three ways to name an answer
        self,
        method: str,
        path: str,
        code: int | str | None = None,
        *,
        status: int | None = None,
        shape: str | None = None,
        times: int | None = None,
        retry_after: int | str | None = None,
        **faults: Unpack[Faults],
    ) -> None:
        """Answer with a documented error by its code, with a plausible answer for a status, or with a shape.

        The default is a 500. A code that is documented with several statuses also needs a status.
        """
        if shape is not None and (code, status) != (None, None):
            raise UsageError("give a shape, or a code and its status, not both")
        if shape is not None:
            answer = self._factory.shape(shape)
        elif code is not None:
            answer = self._factory.error(code, status)
        else:
            answer = self._factory.status(_UNNAMED if status is None else status)
        self._add(method, path, [answer.overridden(retry_after, faults)], times)

    def shape(
        self,
        name: str,
        *,
        method: str = "*",
        path: str = "/**",
        times: int | None = None,
        retry_after: int | str | None = None,
        **faults: Unpack[Faults],
    ) -> None:
        """Answer with a shape, for all requests unless a method or path is given."""
        self.fail(method, path, shape=name, times=times, retry_after=retry_after, **faults)

    def respond(
        self, method: str, path: str, response: object, *, times: int | None = None, **faults: Unpack[Faults]
    ) -> None:
        """Answer with any response that `check` takes, such as ``(status, body)`` or an `Exchange`."""
        exchange = Exchange.of(response)
        self._add(method, path, [Answer(exchange, str(exchange.status), faults)], times)

    def sequence(
        self,
        *members: int | str,
        method: str = "*",
        path: str = "/**",
        retry_after: int | str | None = None,
        **faults: Unpack[Faults],
    ) -> None:
        """Answer with each member in turn; the last one repeats.

        A number from 100 to 599 is a status, any other number is a code. A text is "ok", "reset", "cut", the name of a shape, a
        code, or "status/code". `retry_after` applies to the errors.
        """
        answers = in_sequence(map(self._factory.by_name, members), retry_after, faults)
        self._add(method, path, answers, None)

    def read_rules(self, path: str | Path, *, on_problem: Callable[[str], object] | None = None) -> None:
        """Set the rules of a TOML file, after all others; a file that cannot be used is a `UsageError`.

        With `on_problem`, the file is read again when it has changed. A new version that cannot be used changes nothing, and
        `on_problem` is called with its problem, once, in the thread of a connection.
        """
        self._choice.read_rules(Path(path), on_problem)

    def issue_tokens(self, lifetime: int = LIFETIME, *, required: bool = False) -> None:
        """Set the lifetime in seconds of the tokens of ``POST /{tenant}/oauth2/v2.0/token`` (and without ``v2.0``).

        Once a token was issued, a request with an expired token, or with one from elsewhere, is answered with the shape empty-401. If a
        token is `required`, so is a request without one, from the start.
        """
        self._factory.tokens.set(lifetime, required=required)

    def fail_at_random(self, rate: float, seed: int | None = None) -> int:
        """Answer requests that no rule matches with a random error, with this probability, and the others with a success; return the seed.

        The same seed gives the same answers to a client that sends one request after the other.
        """
        self._choice.faults = faults = RandomFaults(rate, seed, self._factory)
        return faults.seed

    def _add(self, method: str, path: str, answers: list[Answer], times: int | None) -> None:
        document: dict[str, object] = {"method": method, "path": path, "answer": list(map(str, answers))}
        document |= {} if times is None else {"times": times}
        rule = ResponseRule(RequestPattern(method, path), answers, times, document=document)
        with self._choice.lock:
            self._choice.rules.append(rule)

    def _answer(self, request: Request) -> tuple[Exchange, Faults]:
        """Return the reply to a request, and its faults; a request to the API is not logged."""
        url = f"{self.url}{request.url}" if request.url.startswith("/") else request.url
        whole = Request(request.method, url, request.headers, request.body)
        if is_api_request(whole):
            return reply_to(whole, self._api.answer(whole)), {}
        answer, received = self._choice.answer(whole, request.url)
        reply = reply_to(whole, answer.exchange)
        if self.on_request is not None:
            self.on_request(received)
        if self.on_answer is not None and answer.is_whole and answer.is_wanted:
            self.on_answer(reply)
        return reply, answer.faults
