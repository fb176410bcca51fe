"""The assertion `assert_retries`: a client retries what may be retried, waits as long as it is asked to, and gives up."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.clients._calling import Caller
from pytest_pcerrors.clients._client_simulator import RetrySimulator
from pytest_pcerrors.clients._scenarios import NEVER, Scenario, Try, named, reused_request_id, scenarios, table
from pytest_pcerrors.clients._texts import raised
from pytest_pcerrors.clients._waits import waits_recorded
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.check import current
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted, listed, represented

__tracebackhide__ = True  # pytest leaves out the frames of this module, so a failing test shows its own line

_STATUSES = range(400, 600)


def assert_retries(call: Callable[[], object], *, also: Collection[int] = (), max_tries: int = 10) -> None:
    """Assert that a client retries as the service wants it to.

    `call` takes no argument and makes one request with the client, which vcrpy can intercept; it may be asynchronous, and all calls run in
    one event loop. It is called some twenty times, and its requests are answered in this process with errors, one after
    another. What it returns or raises is not judged. It is checked that the client

    - retries no error that stays: only 429, 502, 503, 504 and the statuses of `also` may be retried, and a 401 once with a new token;
    - waits at least as long as ``Retry-After`` says, in seconds or as an HTTP date;
    - gives up after `max_tries` tries at most;
    - sends the same ``MS-RequestId`` in all tries of a call, and another one in the next call, if it sends one (Partner Center only).

    A client that never retries passes. Requests for tokens are answered with a new token each, and are no tries. No wait takes time:
    `time.sleep`, `asyncio.sleep` and `threading.Event.wait` are recorded, and the clocks moved forward by each wait.

    Raises `ClientViolation`, an `AssertionError`, with every fault at once. Raises `UsageError` if a call sends no request, for an
    invalid argument, and without time-machine, which the extra ``clients`` installs.

    >>> import requests
    >>> from pytest_pcerrors import assert_retries
    >>> assert_retries(lambda: requests.get("https://api.partnercenter.microsoft.com/v1/customers"))
    """
    _check_arguments(also, max_tries)
    contract = current().policy.contract
    runs = _runs(call, scenarios(contract, also, max_tries))
    faults = _faults(runs, has_ids=contract.is_partner_center)
    if faults:
        raise _failure(faults)


class _Fault(NamedTuple):
    """A violation, the tries that show it, and the names of all scenarios that have it."""

    found: Violation
    tries: list[Try]
    scenarios: list[str]


def _check_arguments(also: object, max_tries: object) -> None:
    statuses = also if isinstance(also, Collection) else [None]
    for status in statuses:
        if isinstance(status, bool) or not isinstance(status, int) or status not in _STATUSES:
            raise UsageError(f"also: expected a collection of statuses, such as {{408, 500}}, got {represented(also)}")
        if status in NEVER:
            raise UsageError(f"also: {named(status)} is an error that stays, so a client must not retry it")
    if isinstance(max_tries, bool) or not isinstance(max_tries, int) or max_tries < 1:
        raise UsageError(f"max_tries: expected a number from 1, got {represented(max_tries)}")


def _runs(call: Callable[[], object], planned: Iterable[Scenario]) -> list[tuple[Scenario, list[Try]]]:
    """Call the client once in each scenario, and return its tries in each; a call without a request is a `UsageError`."""
    runs = []
    with waits_recorded() as waits:
        simulator = RetrySimulator(waits)
        with simulator.opened("assert_retries"), Caller(call) as caller:
            for scenario in planned:
                simulator.begin(scenario.answers, scenario.most)
                error = caller.call().error
                if not simulator.tries:
                    reason = f"it raised {raised(error)}" if isinstance(error, Exception) else "it ended without one"
                    raise UsageError(
                        f"the call sent no request ({scenario.name}): {reason}; call= makes one request with the client each time"
                    ) from error
                runs.append((scenario, simulator.tries))
    return runs


def _faults(runs: Sequence[tuple[Scenario, list[Try]]], *, has_ids: bool) -> list[_Fault]:
    """Return the faults of all runs, each once; `has_ids` is whether the API identifies requests."""
    found: dict[str, _Fault] = {}
    ids: dict[str, str] = {}
    for scenario, tries in runs:
        own = {each.request_id for each in tries if has_ids and each.request_id}
        reused = [reused_request_id(ids[each]) for each in own if each in ids and "request-id-reused" not in found][:1]
        ids.update(dict.fromkeys(own, scenario.name))
        judged = [violation for judge in scenario.judges for violation in judge(tries)]
        for each in [*judged, *reused]:
            found.setdefault(each.rule, _Fault(each, tries, [])).scenarios.append(scenario.name)
    return list(found.values())


def _failure(faults: Sequence[_Fault]) -> ClientViolation:
    violations = [_violation(fault) for fault in faults]
    lines = [line for fault, violation in zip(faults, violations, strict=True) for line in _lines(fault, violation)]
    text = "\n".join([f"the client does not retry as it should, in {counted(len(faults), 'way')}:", *lines])
    return ClientViolation(text, violations)


def _violation(fault: _Fault) -> Violation:
    name, *others = fault.scenarios
    more = f"; the same with {listed(others, most=12)}" if others else ""
    return replace(fault.found, message=f"{name}: {fault.found.message}{more}")


def _lines(fault: _Fault, violation: Violation) -> Iterator[str]:
    request = fault.tries[0].request
    yield f"  {violation.rule}  {violation.message}"
    yield f"    {safe(f'{request.method} {request.url}')}"
    yield from (f"      {line}" for line in table(fault.tries))
    yield f"    expected {violation.expected}"
    yield f"    fix: {violation.hint}"
