"""`assert_retries`: a careful client passes, and each planted bug is reported by its own name; `test_published_bugs` has the others."""

import asyncio
import functools
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from threading import Thread
from time import sleep

import aiohttp
import httpx
import pytest
import requests
from clients import (
    RETRIED,
    Careful,
    NeverGivesUp,
    NewRequestId,
    OneRequestId,
    ServiceError,
    WaitsMilliseconds,
)
from transports import with_requests

from pytest_pcerrors import UsageError, assert_retries
from pytest_pcerrors.clients import ClientViolation

pytestmark = pytest.mark.usefixtures("few_modules")

URL = "https://api.partnercenter.microsoft.com/v1/customers/7/orders"
LOGIN = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
AS_SECONDS = "Retry-After as seconds, twice"
SESSION = requests.Session()
SESSION.trust_env = False  # the variables of the environment take longer to read than the response


class NeverRetries(Careful):
    """Raises at once."""

    def goes_on(self, number):
        """Stop."""
        return False


class RetriesLikeUrllib(Careful):
    """Retries what many libraries retry."""

    def retries(self, status):
        """Return whether a library retries it."""
        return status in (*RETRIED, 408, 500)


class IgnoresSeconds(Careful):
    """Reads only dates."""

    def seconds(self, response, number):
        """Return a fixed delay for seconds."""
        return 1 if response.headers.get("Retry-After", "1").isdigit() else super().seconds(response, number)


class WaitsALittleOnce(Careful):
    """Waits a fixed time that is long enough for the first error and too short for the second one."""

    def seconds(self, response, number):
        """Return a fixed delay."""
        return 60


class TriesTwelveTimes(Careful):
    """Has a limit that is higher than the default one."""

    def goes_on(self, number):
        """Return whether there is one more try."""
        return number < 12


class RenewsForever(Careful):
    """Gets a new token for each 401."""

    def renews(self, number):
        """Get one."""
        return True


BUGS = {
    RetriesLikeUrllib: {"error-retried"},
    IgnoresSeconds: {"retry-after-seconds-ignored"},
    WaitsALittleOnce: {"retry-after-seconds-ignored", "retry-after-date-ignored"},
    TriesTwelveTimes: {"never-gives-up"},
    RenewsForever: {"unauthorized-retried"},
    NewRequestId: {"request-id-changed"},
    OneRequestId: {"request-id-reused"},
}
TRACED = {RenewsForever, NewRequestId, OneRequestId}
UNTRACED = pytest.mark.untraced


def failure(call, **options):
    """Return the failure of a client."""
    with pytest.raises(ClientViolation) as raised:
        assert_retries(call, **options)
    return raised.value


def calling(client):
    """Return a function that makes one call with a new client."""
    return lambda: with_requests(client().customers())


@pytest.mark.libraries
@pytest.mark.covered
@pytest.mark.parametrize("client", [Careful, NeverRetries])
def test_a_careful_client_passes(client):
    """One that retries as it should, and one that never retries."""
    assert_retries(calling(client))


@pytest.mark.parametrize("client", [each if each in TRACED else pytest.param(each, marks=UNTRACED) for each in BUGS])
def test_a_planted_bug_is_reported_by_its_name(client):
    """And nothing else is."""
    assert {each.rule for each in failure(calling(client)).violations} == BUGS[client]


@UNTRACED
def test_statuses_of_also_may_be_retried():
    """But they have to end, too."""
    assert_retries(calling(RetriesLikeUrllib), also={408, 500})

    class Endless(NeverGivesUp, RetriesLikeUrllib):
        pass

    [found] = failure(calling(Endless), also=[408, 500]).violations
    assert found.rule == "never-gives-up"
    assert "408 Request Timeout, endless" in found.message


@UNTRACED
def test_more_tries_are_permitted_by_max_tries():
    """And fewer are demanded by it."""
    assert_retries(calling(TriesTwelveTimes), max_tries=12)
    assert [each.rule for each in failure(calling(Careful), max_tries=3).violations] == ["never-gives-up"]
    assert_retries(calling(NeverRetries), max_tries=1)


def test_a_failure_shows_the_tries():
    """What was answered when, what was expected, and the fix; the statuses with the same fault are listed."""
    text = str(failure(calling(WaitsMilliseconds)))
    assert text.splitlines()[:8] == [
        "the client does not retry as it should, in 2 ways:",
        f"  retry-after-seconds-ignored  429 with {AS_SECONDS}: waited 0.041 s before the next try; the same with 503 with {AS_SECONDS}",
        "    GET https://api.partnercenter.microsoft.com/v1/customers",
        "      try 1  at 0 s                      429 Too Many Requests, Retry-After: 41",
        "      try 2  at 0.041 s  waited 0.041 s  429 Too Many Requests, Retry-After: 67",
        "      try 3  at 0.108 s  waited 0.067 s  200 OK",
        "    expected a wait of 41 s",
        "    fix: the wait is in seconds, and was taken as milliseconds",
    ]


@pytest.mark.covered
def test_long_tables_are_cut():
    """The first tries and the last one are shown."""
    text = str(failure(calling(NeverGivesUp)))
    assert [line.split("  ")[3].strip() for line in text.splitlines() if line.startswith("      ")] == [
        "try 1",
        "try 2",
        "try 3",
        "...",
        "try 11",
    ]


def test_secrets_in_a_url_are_masked():
    """As in other failures."""
    token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2lnbmF0dXJl"

    def call():
        while SESSION.get(URL, params={"access_token": token}, timeout=5).status_code != 200:
            time.sleep(100)

    assert token not in str(failure(call))


@pytest.mark.covered
def test_a_retry_without_a_token_is_the_old_one():
    """A 401 again without Authorization cannot succeed."""

    def call():
        for _ in range(2):
            if SESSION.get(URL, timeout=5).status_code != 401:
                return

    [found] = failure(call).violations
    assert (found.rule, "without a token" in found.message) == ("old-token-sent-again", True)


@UNTRACED
def test_a_deadline_ends_a_client():
    """The clock moves with the waits: sixty seconds are over after two tries."""

    def call(clock):
        deadline = clock() + 60
        while SESSION.get(URL, timeout=5).status_code in RETRIED and clock() < deadline:
            sleep(100)

    for clock in (lambda: time.time(), lambda: time.monotonic(), lambda: time.perf_counter()):  # noqa: PLW0108 - looked up late
        assert_retries(functools.partial(call, clock))


async def careful(get, wait=asyncio.sleep):
    """Send a request with an asynchronous client, carefully."""
    for _ in range(3):
        status, headers = await get()
        if status not in RETRIED:
            return
        value = headers.get("Retry-After", "1")
        await wait(float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time.time())


async def with_httpx():
    """Return the status and the headers of a response of httpx."""
    async with httpx.AsyncClient(verify=False) as client:  # a context for TLS takes longer than the rest
        response = await client.get(URL)
    return response.status_code, response.headers


async def with_aiohttp():
    """Return the status and the headers of a response of aiohttp."""
    async with aiohttp.ClientSession() as session, session.get(URL) as response:
        return response.status, response.headers


async def hastily(_seconds):
    """Wait too short."""
    await asyncio.sleep(1)


@UNTRACED
@pytest.mark.parametrize("get", [with_httpx, with_aiohttp])
def test_a_client_may_be_asynchronous(get):
    """An async function, and a function that returns something to await."""
    assert_retries(lambda: careful(get))
    assert_retries(functools.partial(careful, get))
    found = failure(lambda: careful(get, hastily)).violations
    assert [each.rule for each in found] == ["retry-after-seconds-ignored", "retry-after-date-ignored"]


@pytest.mark.covered
@pytest.mark.parametrize("get", [with_httpx, with_aiohttp])
def test_an_asynchronous_client_without_end_is_stopped(get):
    """Also in a task group, which wraps what ends it."""

    async def endless():
        while (await get())[0] in RETRIED:  # noqa: ASYNC110 - a wait between tries
            await asyncio.sleep(100)

    async def grouped():
        async with asyncio.TaskGroup() as group:
            group.create_task(endless())

    assert [each.rule for each in failure(endless).violations] == ["never-gives-up"]
    assert [each.rule for each in failure(grouped).violations] == ["never-gives-up"]


@pytest.mark.covered
def test_a_client_that_catches_everything_is_ended_by_a_success():
    """Also one that retries after what is no `Exception`."""

    def call():
        while True:
            with suppress(BaseException):
                if SESSION.get(URL, timeout=5).status_code not in RETRIED:
                    return
            time.sleep(100)

    assert [each.rule for each in failure(call).violations] == ["never-gives-up"]


@UNTRACED
def test_a_client_may_work_in_a_thread():
    """Its waits are recorded as well."""

    def quiet():
        with suppress(ServiceError):
            calling(WaitsMilliseconds)()

    def in_thread():
        thread = Thread(target=quiet)
        thread.start()
        thread.join()

    assert {each.rule for each in failure(in_thread).violations} == {
        "retry-after-seconds-ignored",
        "retry-after-date-ignored",
    }


def test_other_requests_of_a_call_are_no_tries():
    """They are answered with a success, and so are the addresses of the token service."""
    answers = []

    def call():
        discovery = SESSION.get(
            "https://login.microsoftonline.com/contoso/v2.0/.well-known/openid-configuration", timeout=5
        )
        response = SESSION.get(URL, timeout=5)
        other = SESSION.delete("https://api.partnercenter.microsoft.com/v1/carts/7", timeout=5)
        answers.append((discovery.json()["token_endpoint"], response.status_code, other.status_code))

    assert_retries(call)
    assert {(address, status) for address, _, status in answers} == {(LOGIN, 200)}
    assert {401, 409, 429} < {status for _, status, _ in answers}


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: None, "it ended without one"),
        (lambda: 1 / 0, "it raised ZeroDivisionError: division by zero"),
        (lambda argument: None, "it raised TypeError: "),
    ],
)
def test_a_call_without_a_request_is_misuse(call, reason):
    """Otherwise it would pass."""
    with pytest.raises(UsageError, match=r"^the call sent no request \(400 Bad Request\): ") as raised:
        assert_retries(call)
    assert reason in str(raised.value)


def test_an_exception_of_an_asynchronous_call_has_no_context_of_ours():
    """Nothing but what the client raised is the cause of the misuse."""

    async def call():
        raise KeyError("token")

    with pytest.raises(UsageError) as raised:
        assert_retries(call)
    assert (raised.value.__cause__.args, raised.value.__cause__.__context__) == (("token",), None)


@pytest.mark.parametrize(
    ("call", "options"),
    [
        (None, {}),
        (calling(Careful), {"also": 408}),
        (calling(Careful), {"also": "408"}),
        (calling(Careful), {"also": ["408"]}),
        (calling(Careful), {"also": [True]}),
        (calling(Careful), {"also": [200]}),
        (calling(Careful), {"also": [408, 409]}),
        (calling(Careful), {"max_tries": 0}),
        (calling(Careful), {"max_tries": True}),
        (calling(Careful), {"max_tries": "3"}),
    ],
)
def test_invalid_arguments_are_misuse(call, options):
    """What is not a function, statuses that no error has or that never may be retried, and invalid numbers."""
    with pytest.raises(UsageError):
        assert_retries(call, **options)


@pytest.mark.covered
@pytest.mark.parametrize("kind", [UsageError, KeyboardInterrupt, pytest.skip.Exception])
def test_interrupts_and_misuse_inside_of_a_call_are_raised(kind):
    """They are not of the client."""

    def call():
        SESSION.get(URL, timeout=5)
        raise kind("stop")

    with pytest.raises(kind, match="stop"):
        assert_retries(call)
    assert type(time.sleep).__name__ == "builtin_function_or_method"


def test_an_interrupt_in_a_task_group_is_raised():
    """Beside what the assertion raised itself."""

    async def call():
        async with asyncio.TaskGroup() as group:
            group.create_task(interrupt())

    async def interrupt():
        pytest.skip("now")

    with pytest.raises(BaseExceptionGroup) as raised:
        assert_retries(call)
    assert raised.group_contains(pytest.skip.Exception)


def test_it_works_in_an_asynchronous_test():
    """The calls run in an event loop of another thread; a future of the test's own loop could not end meanwhile."""

    async def test():
        assert_retries(lambda: careful(with_httpx))
        with pytest.raises(ClientViolation, match="retry-after-seconds-ignored"):
            assert_retries(lambda: careful(with_httpx, hastily))

    async def test_of_a_future():
        assert_retries(asyncio.get_running_loop().create_future)

    asyncio.run(test())
    with pytest.raises(UsageError, match="a future of an event loop"):
        asyncio.run(test_of_a_future())
