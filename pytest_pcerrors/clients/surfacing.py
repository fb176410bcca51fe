"""`assert_errors_surface`: an error never looks like a success."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.clients._calling import Caller
from pytest_pcerrors.clients._cases import NOTHING, Tried, errors, left_over, successes, tried
from pytest_pcerrors.clients._client_simulator import CaseSimulator
from pytest_pcerrors.clients._waits import waits_recorded
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.policy.check import current
from pytest_pcerrors.reporting.matrix import RowData
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut, listed, represented

__tracebackhide__ = True  # pytest leaves out the frames of this module, so a failing test shows its own line

_MOST_SHOWN = 6
_LONGEST_BODY = 120


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
        raise UsageError(
            f"is_failure: expected a function that takes what the call returns, got {represented(is_failure)}"
        )
    all_tried = _all_tried(call, is_failure, success, without, current().policy.contract)
    matrix = {"rows": [_row(name, group) for name, group in _by_row(all_tried).items()]}
    for each in current().observers:
        each.on_matrix(matrix)
    if wrong := [each for each in all_tried if each.is_wrong]:
        text = _message(all_tried, wrong, has_predicate=is_failure is not None)
        raise ClientViolation(text, list(map(_violation, wrong)))


def _all_tried(
    call: Callable[[], object],
    is_failure: Callable[[object], object] | None,
    success: object,
    without: str | Collection[str],
    contract: Contract,
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


def _by_row(tries: Iterable[Tried]) -> dict[str, list[Tried]]:
    """Return the cases of each row: those of a status of documented errors, or any other single case."""
    rows: dict[str, list[Tried]] = {}
    for each in tries:
        rows.setdefault(each.case.row, []).append(each)
    return rows


def _row(name: str, group: Sequence[Tried]) -> RowData:
    return {
        "case": name,
        "status": group[0].case.exchange.status,
        "cases": len(group),
        "wrong": sum(each.is_wrong for each in group),
        "outcome": _counts(each.outcome.text for each in group),
        "code": _counts(each.code for each in group),
        "id": _counts(each.id for each in group),
        "waited": _counts(each.waited for each in group),
    }


def _counts(facts: Iterable[str]) -> dict[str, int]:
    """Return how often each fact occurs; cases that do not have it are counted only if no case has it."""
    counts = Counter(facts)
    return {fact: count for fact, count in counts.items() if fact != NOTHING or len(counts) == 1}


def _message(all_tried: Sequence[Tried], wrong: Sequence[Tried], *, has_predicate: bool) -> str:
    """Return how many errors look like a success, the first of them, and what to do about it."""
    of_errors = [each for each in wrong if each.case.is_error]
    of_successes = [each for each in wrong if not each.case.is_error]
    rows, sizes = _by_row([*of_successes, *of_errors]), Counter(each.case.row for each in all_tried)
    lines = [f"{_headline(all_tried, of_errors, of_successes)}:"]
    for row, group in list(rows.items())[:_MOST_SHOWN]:
        lines += _described(group, sizes[row])
    if len(rows) > _MOST_SHOWN:
        lines.append(f"  and {listed(list(rows)[_MOST_SHOWN:], most=8)}")
    lines += _fixes(of_errors, of_successes, has_predicate=has_predicate)
    return "\n".join([*lines, "the matrix of all cases is in the summary of the run"])


def _violation(wrong: Tried) -> Violation:
    """Return a case that the client misreads as a violation."""
    wanted, rule = ("a failure", "looks-like-success") if wrong.case.is_error else ("a success", "looks-like-failure")
    return Violation(f"{wrong.case.name}: {wrong.outcome.shown}", "", wanted, wrong.outcome.shown, rule=rule)


def _headline(all_tried: Sequence[Tried], of_errors: Sequence[Tried], of_successes: Sequence[Tried]) -> str:
    errors_in_all = sum(each.case.is_error for each in all_tried)
    parts = (
        (len(of_errors), f"of {errors_in_all} errors", "a success"),
        (len(of_successes), f"of {len(all_tried) - errors_in_all} successes", "a failure"),
    )
    return " and ".join(f"{n} {of} {'looks' if n == 1 else 'look'} like {other}" for n, of, other in parts if n)


def _described(group: Sequence[Tried], size: int) -> Iterator[str]:
    """Yield what the call made of a case, or of the first case of a row, and the response."""
    first = group[0]
    name = first.case.row
    if size > 1:
        how_many = f"all {size}" if len(group) == size else f"{len(group)} of {size}"
        name = f"{how_many} of {name}, such as {first.case.name}"
    exchange = first.case.exchange
    text = exchange.body[: 2 * _LONGEST_BODY].decode("utf-8", "backslashreplace")
    body = cut(safe(" ".join(text.split())), _LONGEST_BODY)
    yield f"  {name}: {first.outcome.shown}"
    yield f"    for {exchange.status}, body: {body or 'empty'}"


def _fixes(of_errors: Sequence[Tried], of_successes: Sequence[Tried], *, has_predicate: bool) -> Iterator[str]:
    in_success = [each for each in of_errors if each.case.exchange.status in SUCCESSES]
    if len(in_success) < len(of_errors):
        yield "  fix: raise an exception for every status from 400 on, whatever the body"
    if any(each.case.row.startswith("error-in-success") for each in in_success):
        yield "  fix: look for errors in the body of a success too, as assert_pc_success does"
    if any(each.case.row.startswith("html") for each in in_success):
        yield "  fix: raise an exception for a success that is not JSON"
    if of_errors and not has_predicate:
        yield "  or, if the result of the call shows the failure: is_failure=lambda result: ..."
    if any(each.case.is_marked for each in of_successes):
        yield '  fix: decode the body of a success as "utf-8-sig": the service begins it with a byte order mark'
    if any(not each.case.is_marked for each in of_successes):
        yield "  fix: return normally for a success"
