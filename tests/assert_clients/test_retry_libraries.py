"""Retries of real libraries, as `assert_retries` sees them: each waits in its own way, and none of the waits takes time."""

import asyncio
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from threading import Event

import aiohttp
import anyio
import boto3
import botocore.config
import httpx
import pytest
import requests
import tenacity
import urllib3
from azure.core import PipelineClient
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest
from requests.adapters import HTTPAdapter
from tenacity.asyncio import AsyncRetrying

from pytest_pcerrors import assert_retries
from pytest_pcerrors.clients import ClientViolation

pytestmark = pytest.mark.untraced
URL = "https://api.partnercenter.microsoft.com/v1/customers"
RETRYABLE = (429, 502, 503, 504)
POLICY = {"status_forcelist": RETRYABLE, "allowed_methods": None}


def after(response):
    """Return the seconds to wait after a response."""
    value = response.headers.get("Retry-After", "1")
    return float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time.time()


def requests_with_retries():
    """Send a request with the retries of urllib3, by requests."""
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=urllib3.Retry(3, **POLICY)))
        session.get(URL, timeout=5)


def with_urllib3(**policy):
    """Send a request with urllib3 alone."""
    urllib3.PoolManager(retries=urllib3.Retry(3, **POLICY, **policy)).request("GET", URL)


def tenacious(waiting, **options):
    """Return the options of tenacity for a careful client."""
    return {
        "stop": tenacity.stop_after_attempt(3),
        "retry": tenacity.retry_if_result(lambda response: response.status_code in RETRYABLE),
        "wait": waiting,
        **options,
    }


def by_header(state):
    """Return the wait of tenacity: that of the header."""
    return after(state.outcome.result())


def with_tenacity(waiting=by_header, **options):
    """Send a request with requests and tenacity."""
    tenacity.Retrying(**tenacious(waiting, **options))(requests.get, URL, timeout=5)


async def with_tenacity_async(waiting=by_header, **options):
    """Send a request with httpx and tenacity."""
    async with httpx.AsyncClient(verify=False) as client:
        await AsyncRetrying(**tenacious(waiting, **options))(client.get, URL)


async def with_aiohttp(wait):
    """Send a request with aiohttp, and a loop."""
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.get(URL) as response:
                if response.status not in RETRYABLE:
                    return
                await wait(after(response))


def with_azure(**options):
    """Send a request with azure-core."""
    policy = RetryPolicy(retry_total=3, retry_on_status_codes=RETRYABLE, **options)
    with PipelineClient(URL, policies=[policy]) as client:
        client.send_request(HttpRequest("GET", URL))


def with_boto():
    """Send a request with botocore, whose retries read no Retry-After."""
    config = botocore.config.Config(retries={"mode": "standard", "max_attempts": 3})
    keys = {"aws_access_key_id": "7", "aws_secret_access_key": "7", "region_name": "us-east-1"}
    boto3.client("sqs", config=config, **keys).list_queues()


CAREFUL = {
    "urllib3": with_urllib3,
    "requests with the retries of urllib3": requests_with_retries,
    "tenacity": with_tenacity,
    "tenacity with an event": lambda: with_tenacity(sleep=tenacity.sleep_using_event(Event())),
    "tenacity, asynchronous": with_tenacity_async,
    "tenacity with anyio": lambda: with_tenacity_async(sleep=anyio.sleep),
    "aiohttp with asyncio.sleep": lambda: with_aiohttp(asyncio.sleep),
    "aiohttp with anyio.sleep": lambda: with_aiohttp(anyio.sleep),
}
HASTY = {
    "urllib3": lambda: with_urllib3(respect_retry_after_header=False, backoff_factor=1),
    "tenacity with an event": lambda: with_tenacity(tenacity.wait_fixed(5), sleep=tenacity.sleep_using_event(Event())),
    "aiohttp": lambda: with_aiohttp(lambda seconds: asyncio.sleep(seconds / 1000)),
}


def rules(call, **options):
    """Return the faults of a client."""
    with pytest.raises(ClientViolation) as raised:
        assert_retries(call, **options)
    return [each.rule for each in raised.value.violations]


@pytest.mark.parametrize("library", CAREFUL)
def test_a_library_that_reads_the_header_passes(library):
    """It waits by itself, and the waits are recorded."""
    began = time.monotonic()
    assert_retries(CAREFUL[library])
    assert time.monotonic() - began < 41


@pytest.mark.parametrize("library", HASTY)
def test_a_library_that_waits_for_its_own_time_does_not(library):
    """The wait that was recorded is too short."""
    assert rules(HASTY[library]) == ["retry-after-seconds-ignored", "retry-after-date-ignored"]


def test_azure_core_retries_statuses_that_must_be_permitted():
    """It adds 408, 500 and others to those of its caller, and reads the header."""

    def call():
        with suppress(HttpResponseError):
            with_azure()

    assert rules(call) == ["error-retried"]
    assert_retries(call, also={408, 500})


def test_botocore_ignores_the_header():
    """It waits for a random time, below a second at first; 429 is only known by a code of its own."""
    assert {"retry-after-seconds-ignored", "retry-after-date-ignored"} <= {*rules(with_boto)}


def test_a_library_that_retries_everything_is_reported():
    """For all statuses, and for the time without end."""
    forever = {"retry": tenacity.retry_if_result(lambda response: not response.ok), "stop": tenacity.stop_never}
    assert rules(lambda: with_tenacity(**forever)) == ["error-retried", "old-token-sent-again", "never-gives-up"]
