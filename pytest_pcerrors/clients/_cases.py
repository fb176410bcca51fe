"""The cases of a client, each a response: documented errors, errors of another shape, and successes; and what a call makes of one."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from http import HTTPStatus
from json import JSONDecodeError
from typing import NamedTuple

from pytest_pcerrors.clients._calling import Called, Caller
from pytest_pcerrors.clients._client_simulator import CaseSimulator, EndlessRetriesError
from pytest_pcerrors.clients._texts import brief, has_word, is_http_response, texts_in, type_name
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES, seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.success import error_in_success
from pytest_pcerrors.simulation.answers.successes import ok
from pytest_pcerrors.simulation.shapes import SHAPES, shapes_for
from pytest_pcerrors.simulation.synthesis import receivable, synthesize_entry
from pytest_pcerrors.text import counted, cut, nearest, represented

_MARK = b"\xef\xbb\xbf"
_MARKED = "byte-order-mark-200"
"""The shape that is a success."""
_LONGEST_GLOB = 100
__tracebackhide__ = True  # pytest leaves out the frames of this module, so a failing test shows its own line
NOTHING = "-"
_NEVER_GIVES_UP = "never gives up"
_ACCIDENTS = (ArithmeticError, AttributeError, LookupError, NameError, RecursionError, TypeError, UnicodeError)
_SHOWN = (bool, type(None))
"""The types of results that the matrix shows by their value."""
_IDENTIFIERS = ("MS-CorrelationId", "MS-RequestId")
_SHORTEST_CODE = 4
"""A shorter code, such as 400 or 0, is found by accident."""


class Case(NamedTuple):
    """A response that a client gets: its name, the row of the matrix that counts it, whether it is an error, and whether it is judged."""

    name: str
    row: str
    exchange: Exchange
    is_error: bool = True
    is_judged: bool = True

    @property
    def is_marked(self) -> bool:
        """Whether the body begins with a byte order mark."""
        return self.exchange.body.startswith(_MARK)


def errors(contract: Contract, method: str) -> Iterator[Case]:
    """Yield the errors for a client that sends requests with a method: by status, then by shape.

    A response to HEAD has no body, so errors that only a body shows are left out for it; for other methods, those observed with HEAD are.
    """
    is_head = method == "HEAD"
    for entry in sorted(receivable(contract.catalogue), key=lambda entry: entry.rank):
        exchange = synthesize_entry(entry, contract)
        if exchange.status >= HTTPStatus.BAD_REQUEST or not is_head:
            yield Case(f"{entry.status_text}-{entry.code}", f"{entry.status_text} documented", exchange)
    for name, exchange in shapes_for(contract).items():
        is_hidden = exchange.status < HTTPStatus.BAD_REQUEST
        is_of_head = exchange.request is not None and exchange.request.method == "HEAD"
        if name != _MARKED and not (is_hidden if is_head else is_of_head):
            yield Case(name, name, exchange)


def left_over(cases: Iterable[Case], without: Collection[str]) -> list[Case]:
    """Return the cases without those whose name or row fits a glob; a glob that fits none is a `UsageError`."""
    left, globs = list(cases), [without] if isinstance(without, str) else without
    if not isinstance(globs, Collection) or not all(isinstance(glob, str) for glob in globs):
        got = represented(without)
        raise UsageError(f'without: expected names of cases such as "html-502" or "404 documented", got {got}')
    for glob in globs:
        fitting = [each for each in left if fnmatchcase(each.name, glob) or fnmatchcase(each.row, glob)]
        if not fitting:
            known = {name for each in left for name in (each.name, each.row)}
            raise UsageError(f'without: there is no case "{cut(glob, _LONGEST_GLOB)}"; {nearest(glob, known)}')
        left = [each for each in left if each not in fitting]
    if not left:
        raise UsageError("without: these names leave no error to check")
    return left


def successes(contract: Contract, given: object = None) -> Iterator[Case]:
    """Yield the successes of a client; `given` is any response that the client expects.

    Those of Partner Center are without and, if the body is JSON, with a byte order mark, which no other API sends.
    """
    for word, exchange in _expected(contract, given).items():
        name, bare = f"{word}-{exchange.status}", exchange.body.removeprefix(_MARK)
        bodies = {name: bare}
        if contract.is_partner_center and bare.lstrip()[:1] in (b"{", b"["):
            bodies[f"{name} with byte order mark"] = _MARK + bare
        for name, body in bodies.items():
            yield Case(name, name, replace(exchange, body=body), is_error=False, is_judged=given is not None)


def _expected(contract: Contract, given: object) -> dict[str, Exchange]:
    """Return the successes by the first word of their name."""
    if given is not None:
        try:
            exchange = Exchange.of(given)
        except UsageError as error:
            raise UsageError(f"success: {error}; for a body, write ok(body), from pytest_pcerrors.simulation") from None
        if exchange.status not in SUCCESSES:
            raise UsageError(f"success: expected a response with a status from 200 to 299, got {exchange.status}")
        return {"success": exchange}
    if not contract.is_partner_center:
        return {"resource": ok({"id": "7"}), "collection": ok({"items": []})}
    links = {"self": {"uri": "/customers?size=1", "method": "GET", "headers": []}}
    collection = {"totalCount": 0, "items": [], "links": links, "attributes": {"objectType": "Collection"}}
    return {"resource": SHAPES[_MARKED], "collection": ok(collection)}


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
    """Return the outcome of a call that has ended; `is_failure` decides about what it returned."""
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


class Tried(NamedTuple):
    """A case and the outcome of its call; `code`, `id` and `waited` are the facts of the matrix, ``-`` where there is nothing to be seen."""

    case: Case
    outcome: Outcome
    method: str
    code: str
    id: str
    waited: str

    @property
    def is_wrong(self) -> bool:
        """Whether an error looks like a success, or a success that the call expects like a failure."""
        return self.case.is_judged and self.case.is_error != self.outcome.is_failure


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
    asked = seconds_to_wait(received.headers)
    if not waits:
        return NOTHING if asked is None else "no retry"
    if asked is None:
        return "retried"
    return "waited" if min(waits) >= asked else "too short"
