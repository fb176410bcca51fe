"""`assert_errors_surface`: an error never looks like a success."""

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.clients._calling import Caller
from pytest_pcerrors.clients._cases import errors, left_over, successes
from pytest_pcerrors.clients._matrix import matrix_of, message, misread, violation_of
from pytest_pcerrors.clients._trying import CaseSimulator, Tried, tried
from pytest_pcerrors.clients._waits import waits_recorded
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.context import current

if TYPE_CHECKING:
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
    if is_failure is not None and not callable(is_failure):
        raise UsageError(f"is_failure: expected a function that takes what the call returns, got {is_failure!r}")
    contract = current().policy.contract
    all_tried = _all_tried(call, is_failure, success, without, contract)
    wrong = misread(all_tried, knows_success=success is not None)
    current().on_matrix(matrix_of(all_tried, wrong))
    if wrong:
        text = message(all_tried, wrong, has_predicate=is_failure is not None)
        raise ClientViolation(text, list(map(violation_of, wrong)))


def _all_tried(
    call: Callable[[], object],
    is_failure: Callable[[object], object] | None,
    success: object,
    without: str | Collection[str],
    contract: "Contract",
) -> list[Tried]:
    """Make a call for every case: the successes, which show the method of the client, then the errors."""
    of_success = list(successes(contract, success))
    with waits_recorded(is_exact=False) as waits:
        simulator = CaseSimulator(waits, contract)
        with simulator.opened(), Caller(call) as caller:
            made = partial(tried, caller=caller, simulator=simulator, is_failure=is_failure, contract=contract)
            all_tried = list(map(made, of_success))
            all_tried += map(made, left_over(errors(contract, all_tried[0].method), without))
    return all_tried
