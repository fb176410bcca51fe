"""Which objects are responses, and the error for other objects."""

import asyncio
import subprocess
import sys

import aiohttp
import httpx
import pytest
import requests
import urllib3

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.table import ADAPTERS
from pytest_pcerrors.exchange.model import Exchange


class Order:
    """A class of the user."""

    status_code = 404


def answered(kind=requests.Response):
    """Make a response with the interface of requests."""
    response = kind()
    response.status_code = 404
    return response


@pytest.mark.parametrize(
    ("thing", "named"),
    [
        (42, "an int"),
        (None, "None"),
        (Order(), "an Order"),
        (Exchange, "a type"),
        (requests.Response, "a type"),
    ],
)
def test_what_is_not_a_response_is_misuse(thing, named):
    """The error has the name of the type and lists all kinds of response."""
    with pytest.raises(UsageError) as caught:
        Exchange.of(thing)
    first, second = str(caught.value).splitlines()
    assert first == f"{named} is not a response"
    assert all(adapter.kind in second for adapter in ADAPTERS)


@pytest.mark.parametrize(("body", "named"), [("404", "a str"), (b"", "a bytes"), ([404, ""], "a list")])
def test_a_body_by_itself_is_misuse(body, named):
    """The error shows how to give a body with its status."""
    with pytest.raises(UsageError) as caught:
        Exchange.of(body)
    fix = 'a body by itself needs its status: {"status": 404, "body": ...}'
    assert str(caught.value).splitlines()[0] == f"{named} is not a response; {fix}"


def test_an_exchange_is_itself():
    """The exchange of an exchange is the same object, not a copy."""
    exchange = Exchange(404, None, b"")
    assert Exchange.of(exchange) is exchange


def test_a_class_derived_from_a_response_is_one():
    """A subclass of a response class is read like its base."""

    class Loud(requests.Response):
        pass

    assert Exchange.of(answered(Loud)).status == 404


@pytest.mark.parametrize(
    ("module", "original"),
    [
        ("niquests.models", answered()),
        ("httpx2", httpx.Response(404)),
        ("urllib3.response", urllib3.HTTPResponse(b"", status=404)),
    ],
    ids=["niquests", "httpx2", "urllib3 before 2"],
)
def test_forks_and_forerunners_are_known_by_their_names(module, original):
    """A class with the same interface but no common base is recognized by package and name."""
    attributes = {"__module__": module, "__getattr__": lambda _, name: getattr(original, name)}
    twin = type(type(original).__name__, (), attributes)
    assert Exchange.of(twin()) == Exchange.of(original)


def test_a_class_of_the_same_name_in_another_package_is_none():
    """A kind is recognized by package and name, not by the name alone."""
    twin = type("Response", (), {"__module__": "requestsish.models"})
    with pytest.raises(UsageError, match="a Response is not a response"):
        Exchange.of(twin())


@pytest.mark.parametrize("kind", ["coroutine", "Future", "_BaseRequestContextManager"])
def test_a_response_that_is_not_awaited_is_misuse(kind):
    """The advice is to await it, whatever the client returns in its place."""

    async def get():
        return 404, b""

    async def forgotten():
        waiting = {
            "coroutine": get,
            "Future": asyncio.get_running_loop().create_future,
            "_BaseRequestContextManager": lambda: aiohttp.client._BaseRequestContextManager(get()),
        }[kind]()
        try:
            Exchange.of(waiting)
        finally:
            getattr(waiting, "close", lambda: None)()

    with pytest.raises(UsageError) as caught:
        asyncio.run(forgotten())
    assert str(caught.value).startswith(f"this is not a response, but the {kind} of one; await it: ")


def test_a_response_of_another_part_of_azure_is_none():
    """As that of a function app, which a server returns."""
    twin = type("HttpResponse", (), {"__module__": "azure.functions._http"})
    with pytest.raises(UsageError, match="a HttpResponse is not a response"):
        Exchange.of(twin())


def test_no_client_library_is_imported_to_find_out():
    """Recognizing a response imports no client or framework."""
    program = """
import sys
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
Exchange.of((404, b""))
try:
    Exchange.of(42)
except UsageError:
    pass
print([name for name in ("requests", "httpx", "aiohttp", "urllib3", "http.client", "werkzeug", "django", "webob", "azure",
                         "starlette", "vcr", "_pytest") if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
