"""A careful client passes every check; each published bug is found by exactly the check that the docs name for it."""

import asyncio
import inspect

import clients
import pytest
from transports import TRANSPORTS

from pytest_pcerrors import Contract, assert_errors_surface, assert_preserved, assert_retries
from pytest_pcerrors.policy.check import Context, within
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.simulation import SHAPES, Simulator, ok

pytestmark = pytest.mark.usefixtures("few_modules")


def call_of(client, transport):
    """Return the function that makes one request with a client."""
    if inspect.iscoroutinefunction(transport):

        async def call():
            return await transport(client().customers())

    else:

        def call():
            return transport(client().customers())

    return call


def outcome_of(call):
    """Return what a call raises, or what it returns."""
    try:
        return asyncio.run(call()) if inspect.iscoroutinefunction(call) else call()
    except Exception as error:  # noqa: BLE001 - each client has its own
        return error


def keeps_facts(call):
    """Check what the client keeps of a documented error."""
    with Simulator() as simulator:
        busy = simulator(800064, url="*/customers", headers={"Retry-After": "0"})
        simulator(ok({"access_token": "one"}), url="*/token", required=False)
        caught = outcome_of(call)
    assert_preserved(
        caught,
        busy.exchanges[-1],
        code="code",
        description="description",
        correlation_id="correlation_id",
        retry_after="retry_after",
    )


SHIPPED = Contract.default()
FIRST_OF_EACH = {entry.status: entry.row for entry in reversed(tuple(SHIPPED.catalogue)) if entry.status < 410}
OTHERS = [name for name in SHAPES if name.endswith(("-400", "-403", "-500"))]
SMALL = Contract.of_document({**SHIPPED.document(), "entries": list(FIRST_OF_EACH.values())})


def surfaces(call):
    """Check that errors look like errors."""
    with within(Context(Policy(SMALL))):
        assert_errors_surface(call, success=ok({"totalCount": 0, "items": []}), without=OTHERS)


CHECKS = {
    "assert_preserved": keeps_facts,
    "assert_retries": assert_retries,
    "assert_errors_surface": surfaces,
}
FOUND_BY = {
    clients.Careful: set(),
    clients.LosesCode: {"assert_preserved"},
    clients.NeverGivesUp: {"assert_retries"},
    clients.IgnoresRetryAfter: {"assert_retries"},
    clients.WaitsMilliseconds: {"assert_retries"},
    clients.IgnoresDates: {"assert_retries"},
    clients.SendsOldToken: {"assert_retries"},
    clients.RetriesConflicts: {"assert_retries"},
    clients.NewRequestId: {"assert_retries"},
    clients.OneRequestId: {"assert_retries"},
    clients.ReturnsNone: {"assert_errors_surface"},
    clients.TrustsStatus: {"assert_errors_surface"},
    clients.ReturnsPages: {"assert_errors_surface"},
    clients.Naive: {"assert_preserved", "assert_errors_surface"},
}
RULES = {
    clients.NeverGivesUp: {"never-gives-up"},
    clients.SendsOldToken: {"old-token-sent-again"},
    clients.RetriesConflicts: {"error-retried"},
    clients.NewRequestId: {"request-id-changed"},
    clients.OneRequestId: {"request-id-reused"},
    clients.IgnoresDates: {"retry-after-date-ignored"},
    clients.IgnoresRetryAfter: {"retry-after-seconds-ignored", "retry-after-date-ignored"},
    clients.WaitsMilliseconds: {"retry-after-seconds-ignored", "retry-after-date-ignored"},
}


CASES = [
    (client, transport)
    for number, client in enumerate(FOUND_BY)
    for turn, transport in enumerate(TRANSPORTS)
    if client is clients.Careful or turn == number % len(TRANSPORTS)
]
"""The careful client with every HTTP client; each bug with one of them, in turn, since it is in the logic that they share."""


@pytest.mark.untraced
@pytest.mark.parametrize(("client", "transport"), CASES, ids=[f"{client.__name__}-{name}" for client, name in CASES])
def test_who_finds_which_bug(client, transport):
    """By the checks of the documentation, whatever the HTTP client is."""
    call = call_of(client, TRANSPORTS[transport])
    failed = {name: error for name, check in CHECKS.items() if (error := failure_of(check, call))}
    assert set(failed) == FOUND_BY[client]
    if client in RULES:
        assert {each.rule for each in failed["assert_retries"].violations} == RULES[client]


def failure_of(check, call):
    """Return the failure of a check, or None."""
    try:
        check(call)
    except AssertionError as error:
        return error
    return None
