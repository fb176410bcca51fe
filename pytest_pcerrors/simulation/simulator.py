"""The simulator: it answers the requests of every HTTP client of the process."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import RLock
from typing import Self, Unpack

from pytest_pcerrors.contract.catalogue import Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.interception.answering import answering
from pytest_pcerrors.interception.responders import Reply
from pytest_pcerrors.policy.check import current
from pytest_pcerrors.simulation.answers.answer import Answer, Faults, in_sequence, reply_to
from pytest_pcerrors.simulation.answers.factory import AnswerFactory
from pytest_pcerrors.simulation.answers.rules import ResponseRule, UrlPattern
from pytest_pcerrors.simulation.answers.successes import ok
from pytest_pcerrors.simulation.simulations import (
    NotSimulatedError,
    Options,
    Simulation,
    UnusedSimulationError,
    check_options,
)
from pytest_pcerrors.text import represented, text_of


class Simulator:
    """Answers the requests of HTTP clients in this process while it is open; nothing is sent over the network.

    Calling it adds a simulation. A request gets the answer of the first one that matches and is not used up. A request that none
    matches is refused with a `NotSimulatedError`, unless `pass_through` permits it. Use it in a ``with`` statement: its end raises
    refusals that the client has hidden, and an `UnusedSimulationError`.

    >>> import requests
    >>> with Simulator() as simulator:
    ...     carts = simulator(800064, method="POST", url="*/checkout")
    ...     response = requests.post("https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout", timeout=5)
    >>> response.status_code, response.json()["code"], len(carts.requests)
    (409, '800064', 1)
    """

    ok = staticmethod(ok)

    def __init__(self, contract: Contract | None = None, *, bypasses: Callable[[str], bool] = lambda _: False) -> None:
        context = current()
        self._factory = AnswerFactory(contract or context.policy.contract)
        self._observers = context.observers
        self._bypasses = bypasses
        self._passing: list[UrlPattern] = []
        self._simulations: list[Simulation] = []
        self._sent: list[tuple[str, str]] = []
        self._lock = RLock()
        self._stack = ExitStack()
        self.unmatched: list[NotSimulatedError] = []
        """The refusals so far."""

    def __call__(self, what: object, **options: Unpack[Options]) -> Simulation:
        """Answer requests with an error, a shape, or any response. A list is a sequence.

        `what` is a code (800064), a status (429), a name ("gateway-404", "409/800064", "ok", "reset"), an `Entry`, a mutant, or a response
        that `check` takes, such as ``(status, body)`` or an `Exchange`. Invalid arguments are a `UsageError`.
        """
        __tracebackhide__ = True
        try:
            rule = self._rule(what, options)
        except UsageError as error:
            raise error.with_traceback(None)  # noqa: B904 - so that a failure shows the line of the test
        simulation = Simulation(rule, required=options.get("required", True), end=self._remove)
        with self._lock:
            self._simulations.append(simulation)
        return simulation

    def pass_through(self, url: str, method: str = "*") -> None:
        """Let requests that nothing simulates be sent, if their URL matches a glob."""
        with self._lock:
            self._passing.append(UrlPattern(method, url))

    def _rule(self, what: object, options: Options) -> ResponseRule:
        check_options(options)
        members = what if isinstance(what, list) else [what]
        delay = Faults(delay=options["delay"]) if "delay" in options else Faults()
        answers = in_sequence((self._answer(each, options) for each in members), options.get("retry_after"), delay)
        headers = options.get("headers") or {}
        answers = [each.changed(lambda exchange: exchange.with_headers(headers)) for each in answers]
        pattern = UrlPattern(options.get("method", "*"), options.get("url", "*"))
        return ResponseRule(pattern, answers, options.get("times"))

    def _answer(self, what: object, options: Options) -> Answer:
        """Return the answer for a code or a name, an entry, something that has a name and an exchange, or a response."""
        status = options.get("status")
        if status is not None:
            if isinstance(what, int | str) and text_of(what) in self._factory.contract.catalogue:
                return self._factory.error(what, status)
            self._answer(what, {})  # which may be unknown
            raise UsageError(f"status= is for a code; {represented(what)} has its own")
        if isinstance(what, Entry):
            return self._factory.error(what.code, what.status)
        if isinstance(what, int | str):
            answer = self._factory.by_name(what)
            if "cut" in answer.faults:
                raise UsageError("cut: a fault of a connection, which pc_server sends; nothing is sent here")
            return answer
        exchange = Exchange.of(getattr(what, "exchange", what))
        return Answer(exchange, str(what) if hasattr(what, "exchange") else f"{exchange.status} response")

    def matches(self, method: str, url: str) -> bool:
        """Return whether a simulation answers this request."""
        return not self._bypasses(url) and any(each.rule.matches(method, url) for each in self._simulations)

    def reply(self, request: Request) -> Reply:
        """Return the answer to a request of a client."""
        with self._lock:
            self._sent.append((request.method, request.url))
            matching = (each for each in self._simulations if each.rule.matches(request.method, request.url))
            simulation = next(matching, None)
            if simulation is None:  # another thread has used it up
                raise self._refused(request.method, request.url)
            simulation.requests.append(request)
            answer = simulation.rule.take()
        answer = answer.to(request)
        received = reply_to(request, answer.exchange)
        is_reset = bool(answer.faults.get("reset"))
        if not is_reset:
            simulation.exchanges.append(received)
            for each in self._observers:
                each.on_simulated(received)
        return Reply(received, answer.faults.get("delay", 0.0), reset=is_reset)

    def refusal(self, method: str, url: str) -> NotSimulatedError | None:
        """Return the error for a request that nothing simulates; None if it may be sent."""
        if self._bypasses(url) or any(each.matches(method, url) for each in self._passing):
            return None
        return self._refused(method, url)

    def described(self) -> list[str]:
        """Return each simulation: its pattern and its answers."""
        return list(map(str, self._simulations))

    def unused(self) -> UnusedSimulationError | None:
        """Return the error for the first simulation that is required and answered no request; None if all are used."""
        found = next((each for each in self._simulations if each.is_unused), None)
        return None if found is None else UnusedSimulationError(found, self._sent)

    def opened(self, test: str = "a test") -> AbstractContextManager[None]:
        """Answer requests in a block of a test, and check nothing at its end."""
        return answering(self, test)

    def __enter__(self) -> Self:
        self._stack.enter_context(self.opened())
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._stack.close()
        problems = [*self.unmatched, *filter(None, [self.unused()])]
        if error is None and problems:
            raise problems[0]
        if error is not None and self.unmatched and error not in self.unmatched:
            error.add_note(str(self.unmatched[0]))

    def _refused(self, method: str, url: str) -> NotSimulatedError:
        error = NotSimulatedError(method, url, self.described())
        with self._lock:
            self._sent.append((method, url))
            self.unmatched.append(error)
        return error

    def _remove(self, simulation: Simulation) -> None:
        with self._lock:
            self._simulations.remove(simulation)


@contextmanager
def simulate(what: object, *, pass_through: str = "", **options: Unpack[Options]) -> Iterator[Simulation]:
    """Answer the requests of HTTP clients in a block; the arguments are those of `Simulator`.

    Requests that do not match are refused, except those whose URL matches the glob `pass_through`.

    >>> import httpx
    >>> with simulate([429, "ok"], retry_after=7) as simulation:
    ...     received = [httpx.get("https://api.partnercenter.microsoft.com/v1/customers") for _ in range(2)]
    >>> [each.status_code for each in received], received[0].headers["Retry-After"]
    ([429, 200], '7')
    """
    with Simulator() as simulator:
        if pass_through:
            simulator.pass_through(pass_through)
        yield simulator(what, **options)
