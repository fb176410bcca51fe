"""`assert_errors_surface`: an error never looks like a success."""

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pytest_pcerrors.clients._calling import Caller
from pytest_pcerrors.clients._cases import errors, left_over, successes
from pytest_pcerrors.clients._matrix import matrix_of, misread
from pytest_pcerrors.clients._message import message, violation_of
from pytest_pcerrors.clients._trying import CaseSimulator, Tried, tried
from pytest_pcerrors.clients._waits import waits_recorded
from pytest_pcerrors.clients.violation import ClientViolation
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.context import current

if TYPE_CHECKING:
    from pytest_pcerrors.clients._cases import Case
    from pytest_pcerrors.contract.model import Contract

__tracebackhide__ = True


def assert_errors_surface(
    call: Callable[[], object],
    *,
    is_failure: Callable[..., object] | None = None,
    success: object = None,
    without: str | Collection[str] = (),
) -> None:
    """Assert that a client shows every error to its caller: each documented one, each shape, and errors in successes.

    `call` takes no argument and makes one request with the client; it may be asynchronous. It is run once for each error, which is
    simulated: nothing is sent over the network, and nothing waits. It shows the error if it raises any exception, or if `is_failure` is
    true for what it returns. `success` is a response that the call expects, such as ``ok({"items": []})``; it must not look like a
    failure, with and without a byte order mark. Without it, a client that always raises passes. `without` has the names of errors that
    this call cannot receive, or globs for them, such as ``error-in-success-*``.

    Raises `ClientViolation`, an `AssertionError`, with what the client returned for which errors. What it makes of all of them is in the
    summary of the run and in its reports. Raises `UsageError` if the call sends no request.

    >>> import requests
    >>> from pytest_pcerrors import assert_errors_surface
    >>> def customer():
    ...     response = requests.get("https://api.partnercenter.microsoft.com/v1/customers/7", timeout=5)
    ...     return response.json() if response.ok else None
    >>> try:
    ...     assert_errors_surface(customer)
    ... except AssertionError as error:
    ...     print(str(error).splitlines()[0])
    195 of 201 errors look like a success:
    """
    _check_functions(call, is_failure)
    contract = current().policy.contract
    expected = list(successes(contract, success))
    all_tried = _all_tried(
        call, is_failure, expected, lambda method: left_over(errors(contract, method), without), contract
    )
    wrong = misread(all_tried, knows_success=success is not None)
    current().on_matrix(matrix_of(all_tried, wrong))
    if wrong:
        text = message(all_tried, wrong, has_predicate=is_failure is not None)
        raise ClientViolation(text, list(map(violation_of, wrong)))


def _check_functions(call: object, is_failure: object) -> None:
    if not callable(call):
        raise UsageError(f"expected a function without arguments that makes one request, got {call!r}")
    if is_failure is not None and not callable(is_failure):
        raise UsageError(f"is_failure: expected a function that takes what the call returns, got {is_failure!r}")


def _all_tried(
    call: Callable[[], object],
    is_failure: Callable[[object], object] | None,
    of_success: "Sequence[Case]",
    of_errors: "Callable[[str], Sequence[Case]]",
    contract: "Contract",
) -> list[Tried]:
    """Make a call for every case: the successes, which show the method of the client, then the errors."""
    with ExitStack() as stack:
        waits = stack.enter_context(waits_recorded(is_exact=False))
        simulator = CaseSimulator(waits, contract)
        stack.enter_context(simulator.opened())
        caller = stack.enter_context(Caller(call))

        def tries(cases: "Sequence[Case]") -> list[Tried]:
            return [tried(case, caller, simulator, is_failure, contract) for case in cases]

        good = tries(of_success)
        return [*good, *tries(of_errors(good[0].method))]
