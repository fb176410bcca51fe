"""A call of a client in one case: its outcome, and what it makes of the response."""

from collections.abc import Callable
from json import JSONDecodeError
from typing import NamedTuple

from pytest_pcerrors.clients._calling import Called, Caller
from pytest_pcerrors.clients._cases import Case
from pytest_pcerrors.clients._client_simulator import ClientSimulator, EndlessRetriesError
from pytest_pcerrors.clients._texts import brief, has_word, is_http_response, texts_in, type_name
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES, seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.interception.responders import Reply
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.success import error_in_success
from pytest_pcerrors.text import counted

__tracebackhide__ = True
"""Pytest leaves out the frames of this module, so a failing test shows its own line."""

NOTHING = "-"

_MOST_REQUESTS = 25
"""A client that sends more of them for one call does not give up."""
_NEVER_GIVES_UP = "never gives up"
_ACCIDENTS = (ArithmeticError, AttributeError, LookupError, NameError, RecursionError, TypeError, UnicodeError)
_SHOWN = (bool, type(None))
"""The types of results that the matrix shows by their value."""
_IDENTIFIERS = ("MS-CorrelationId", "MS-RequestId")
_SHORTEST_CODE = 4
"""A shorter code, such as 400 or 0, is found by accident."""


class Outcome(NamedTuple):
    """The outcome of a call, for the matrix: what it raised or returned, and whether that shows that the call has failed."""

    text: str
    value: object
    is_failure: bool

    @property
    def shown(self) -> str:
        """What the call raised or returned, for a message, without secrets."""
        if issubclass(type(self.value), BaseException):
            return f"{self.text}: {brief(self.value)}"
        return f"returned {brief(self.value)}"


def outcome_of(called: Called, is_failure: Callable[[object], object] | None) -> Outcome:
    """Return the outcome of a call that has ended; `is_failure` decides about what it returned.

    >>> outcome_of(Called(error=ZeroDivisionError()), None).text
    'crashed ZeroDivisionError'
    """
    error, value = called.error, called.value
    if isinstance(error, EndlessRetriesError):
        return Outcome(_NEVER_GIVES_UP, error, is_failure=True)
    if error is not None:
        verb = "crashed" if _is_accident(error) else "raised"
        return Outcome(f"{verb} {type_name(error)}", error, is_failure=True)
    shown = brief(value) if type(value) in _SHOWN else type_name(value)
    if is_failure is None or not is_failure(value):
        return Outcome(f"returned {shown}", value, is_failure=False)
    return Outcome(f"failed: returned {shown}", value, is_failure=True)


def _is_accident(error: BaseException) -> bool:
    """Return whether Python itself has raised an error because the client did not expect the response."""
    is_of_python = type(error).__module__ == "builtins"
    return (is_of_python and isinstance(error, _ACCIDENTS)) or isinstance(error, JSONDecodeError)


class CaseSimulator(ClientSimulator):
    """Answers every request of a case, and notes its method and the seconds that the client had waited before it."""

    requests: list[tuple[str, float]]
    """The requests of the case."""

    def begin(self) -> None:
        """Begin another case."""
        self.begin_call(_MOST_REQUESTS)
        self.requests = []

    def reply_to_counted(self, request: Request, waited: float) -> Reply:
        """Return the response of the case."""
        self.requests.append((request.method, waited))
        return self.simulated(request)


class Tried(NamedTuple):
    """A case and the outcome of its call; `code`, `id` and `waited` are the facts of the matrix, ``-`` where there is nothing to be seen."""

    case: Case
    outcome: Outcome
    method: str
    code: str
    id: str
    waited: str


def tried(
    case: Case,
    caller: Caller,
    simulator: CaseSimulator,
    is_failure: Callable[[object], object] | None,
    contract: Contract,
) -> Tried:
    """Make a call that gets the response of a case; a call that sends no request is a `UsageError`."""
    simulator.begin()
    with simulator(case.exchange, required=False) as simulation:
        try:
            outcome = outcome_of(caller.call(), is_failure)
        except Exception as error:
            error.add_note(f"in the case {case.name}")
            raise
    if not simulation.exchanges:
        raise UsageError(
            f"case {case.name}: the call sent no request to the service ({outcome.shown})\n"
            f"it sent {counted(simulator.tokens, 'token request')}; every call has to send a request that vcrpy can intercept, "
            "so a client with a cache has to be made in the call"
        )
    if simulator.is_stopped:
        outcome = outcome._replace(text=_NEVER_GIVES_UP, is_failure=True)
    received = simulation.exchanges[-1]
    code, kept_id = _kept(case, received, outcome, contract)
    [(method, _), *retries] = simulator.requests
    return Tried(case, outcome, method, code, kept_id, _waited(received, [waited for _, waited in retries]))


def _kept(case: Case, received: Exchange, outcome: Outcome, contract: Contract) -> tuple[str, str]:
    """Return what the client has kept of the code, and of the identifiers of the response."""
    identifiers = [value for name in _IDENTIFIERS if (value := received.header(name))]
    code = _code(received, contract) if case.is_error else ""
    has_code, has_id = len(code) >= _SHORTEST_CODE, case.is_error and bool(identifiers)
    if is_http_response(outcome.value):
        return "response" if has_code else NOTHING, "response" if has_id else NOTHING
    texts = texts_in(outcome.value)
    words = {True: "kept", False: "lost"}
    return (
        words[has_word(texts, code)] if has_code else NOTHING,
        words[any(has_word(texts, each) for each in identifiers)] if has_id else NOTHING,
    )


def _code(received: Exchange, contract: Contract) -> str:
    """Return the code of an error, also of one in a success; empty if there is no code."""
    parsed = read(received, contract)
    if parsed.code or received.status not in SUCCESSES:
        return parsed.code or ""
    return next((found.actual for found in error_in_success(parsed)), "")


def _waited(received: Exchange, waits: list[float]) -> str:
    """Return whether the client waited as long as the response asks before each retry."""
    asked = seconds_to_wait(received)
    if not waits:
        return NOTHING if asked is None else "no retry"
    if asked is None:
        return "retried"
    return "waited" if min(waits) >= asked else "too short"
