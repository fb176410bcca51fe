"""Every HTTP client records into a cassette and is answered from it: the same bytes, and no second request to the server."""

import asyncio
import http.client
import urllib.request
from contextlib import closing
from functools import partial
from urllib.error import HTTPError
from urllib.parse import urlsplit

import aiohttp
import boto3
import httplib2
import httpx
import httpx2
import pytest
import requests
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError
from tornado.httpclient import AsyncHTTPClient


def with_requests(url):
    """Ask with requests."""
    response = requests.post(url, json={"size": 3}, timeout=5)
    return response.status_code, response.content


def with_httpx(module, url):
    """Ask with httpx, or its fork."""
    response = module.post(url, json={"size": 3})
    return response.status_code, response.content


def with_httpx_async(module, url):
    """Ask with the asynchronous client of httpx, or of its fork."""

    async def ask():
        async with module.AsyncClient() as client:
            response = await client.post(url, json={"size": 3})
            return response.status_code, response.content

    return asyncio.run(ask())


def with_aiohttp(url):
    """Ask with aiohttp."""

    async def ask():
        async with aiohttp.ClientSession() as session, session.post(url, json={"size": 3}) as response:
            return response.status, await response.read()

    return asyncio.run(ask())


def with_urllib3(url):
    """Ask with urllib3."""
    with urllib3.PoolManager() as pool:
        response = pool.request("POST", url, json={"size": 3})
        return response.status, response.data


def with_http_client(url):
    """Ask with http_client."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    with closing(connection):
        connection.request("POST", urlsplit(url).path, b'{"size": 3}', {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()


def with_urllib(url):
    """Ask with urllib."""
    asked = urllib.request.Request(url, b'{"size": 3}', {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(asked)
    with caught.value as response:
        return response.status, response.read()


def with_httplib2(url):
    """Ask with httplib2."""
    with closing(httplib2.Http()) as client:
        response, content = client.request(url, "POST", b'{"size": 3}', {"Content-Type": "application/json"})
        return response.status, content


def with_tornado(url):
    """Ask with tornado, which decodes gzip and calls back."""

    async def ask():
        request = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": b'{"size": 3}'}
        with closing(AsyncHTTPClient(force_instance=True)) as client:
            response = await client.fetch(url, **request, raise_error=False)
        if response.code == 599:  # what tornado makes of an exception
            response.rethrow()
        return response.code, response.body

    return asyncio.run(asyncio.wait_for(ask(), 30))


def with_boto3(url):
    """Ask with boto3, whose errors do not have the body; an event of it has."""
    bodies = []
    client = boto3.client(
        "lambda",
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="id",
        aws_secret_access_key="key",
        config=Config(retries={"max_attempts": 0}),
    )
    client.meta.events.register("response-received.lambda", lambda response_dict, **_: bodies.append(response_dict))
    with closing(client), pytest.raises(ClientError):
        client.invoke(FunctionName="cart", Payload=b'{"size": 3}')
    return bodies[0]["status_code"], bodies[0]["body"]


CLIENTS = {
    "requests": with_requests,
    "httpx": partial(with_httpx, httpx),
    "httpx.AsyncClient": partial(with_httpx_async, httpx),
    "httpx2": partial(with_httpx, httpx2),
    "httpx2.AsyncClient": partial(with_httpx_async, httpx2),
    "aiohttp": with_aiohttp,
    "urllib3": with_urllib3,
    "http.client": with_http_client,
    "urllib.request": with_urllib,
    "httplib2": with_httplib2,
    "tornado": with_tornado,
    "boto3": with_boto3,
}
"""A function for each client that the documentation names."""

with_every_client = pytest.mark.parametrize("ask", CLIENTS.values(), ids=CLIENTS)


@with_every_client
def test_what_is_recorded_is_replayed(service, tape, received, ask):
    """The first block sends the request to the server, the second does not; both report the response."""
    url = f"{service.url}/v1/carts"
    with tape("once"):
        recorded = ask(url)
    with tape():
        replayed = ask(url)
    assert replayed == recorded == (409, b'{"code": "1", "description": "Busy", "source": "test"}')
    [asked] = service.asked
    assert asked.startswith("POST /v1/carts")
    assert [(each.status, each.body) for each in received] == [recorded, recorded]
    assert received[0].request.body.replace(b" ", b"") == b'{"size":3}'


@with_every_client
def test_what_is_not_recorded_never_goes_out(service, tape, ask):
    """The client's call fails with what is missing."""
    with tape() as cassette, pytest.raises(Exception, match="no recording answers POST"):
        ask(f"{service.url}/v1/carts")
    assert service.asked == []
    assert len(cassette.unmatched) == 1


async def city_of_aiohttp(url):
    """Return the header with aiohttp."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.headers["X-City"]


def city_of_httplib2(url):
    """Return the header with httplib2."""
    with closing(httplib2.Http()) as client:
        return client.request(url)[0]["x-city"]


HEADS = {
    "requests": lambda url: requests.get(url, timeout=5).headers["X-City"],
    "httpx": lambda url: httpx.get(url).headers["X-City"],
    "httpx2": lambda url: httpx2.get(url).headers["X-City"],
    "aiohttp": lambda url: asyncio.run(city_of_aiohttp(url)),
    "urllib3": lambda url: urllib3.request("GET", url).headers["X-City"],
    "httplib2": city_of_httplib2,
}


@with_every_client
def test_an_address_of_ipv6_is_a_host(service_of_ipv6, tape, tmp_path, ask):
    """It has its brackets in the cassette and in messages."""
    url = f"{service_of_ipv6.url}/v1/carts"
    with tape("once"):
        recorded = ask(url)
    assert url in (tmp_path / "tape.yaml").read_text("utf-8")
    with tape():
        assert ask(url) == recorded
        with pytest.raises(Exception, match=r"no recording answers POST http://\[::1\]:\d+/v1/others"):
            ask(f"{service_of_ipv6.url}/v1/others")
    assert len(service_of_ipv6.asked) == 1


@pytest.mark.parametrize("value", ["Z\xfcrich", "Z\u00c3\u00bcrich"], ids=["ISO-8859-1", "UTF-8"])
@pytest.mark.parametrize("name", ["requests", "httpx", "httpx2", "aiohttp", "urllib3", "httplib2"])
def test_a_header_beyond_ascii_is_replayed_as_it_was(service, tape, name, value):
    """Each client reads it in its own way, and the same in replay."""
    service.headers = {"X-City": value}
    with tape("once"):
        recorded = HEADS[name](service.url)
    with tape():
        replayed = HEADS[name](service.url)
    is_text = recorded.encode("utf-8", "replace").decode() == recorded  # aiohttp may give lone surrogates instead
    assert replayed == (recorded if is_text else value)
    assert len(service.asked) == 1


def test_a_header_in_any_script_is_replayed(tape, write):
    """Another tool has written it."""
    response = {
        "status": {"code": 409, "message": "Zu spät"},
        "headers": {"X-City": ["\u6771\u4eac"]},
        "body": {"string": ""},
    }
    write({"request": {"method": "GET", "uri": "http://host/", "headers": {}, "body": None}, "response": response})
    with tape(allow_playback_repeats=True):
        assert httpx.get("http://host/").headers["X-City"] == "\u6771\u4eac"
        assert requests.get("http://host/", timeout=5).reason == "Zu spät"


@with_every_client
def test_a_failure_of_the_recording_is_not_the_clients(service, tape, tmp_path, ask):
    """A hook of the user that raises; the client receives the response, and nothing is written."""

    def forgetful(response):
        return response["status"]["cod"]

    with tape("once", before_record_response=forgetful) as cassette:
        assert ask(f"{service.url}/v1/carts")[0] == 409
    assert [repr(each) for each in cassette.failures] == ["KeyError('cod')"]
    assert not (tmp_path / "tape.yaml").exists()


@pytest.mark.parametrize("base", [http.client.HTTPConnection, http.client.HTTPSConnection])
def test_a_client_with_a_connection_of_its_own_can_make_it(tape, base):
    """Its constructor calls that of the base by the name in `http.client`, where the patched class is."""

    class Own(base):
        def __init__(self, host):
            getattr(http.client, base.__name__).__init__(self, host)

    with tape():
        connection = Own("127.0.0.1:9")
    assert (type(connection), connection.host, connection.port) == (Own, "127.0.0.1", 9)


def test_a_redirect_is_replayed_step_by_step(service, tape):
    """Each step is an interaction of its own."""
    service.status, service.headers = 302, {"Location": "/elsewhere"}
    session = requests.Session()
    with tape("once"):
        first = session.get(f"{service.url}/v1", allow_redirects=False)
        service.status, service.headers = 404, {}
        session.get(f"{service.url}/elsewhere")
    with tape() as cassette:
        replayed = session.get(f"{service.url}/v1")
    assert (first.status_code, replayed.status_code) == (302, 404)
    assert cassette.all_played
    assert len(service.asked) == 2


def test_in_process_transports_pass_through(tape):
    """A request that never uses the network is neither recorded nor replayed."""
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    application = FastAPI()
    application.add_api_route("/v1", lambda: {"ok": True})

    def wsgi(environment, start):
        start("404 Not Found", [])
        return [b"gone"]

    async def asgi():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://app") as client:
            return (await client.get("/v1")).status_code

    def mock(request):
        return httpx.Response(418)

    with tape() as cassette:
        assert TestClient(application).get("/v1").status_code == 200
        assert asyncio.run(asgi()) == 200
        with httpx.Client(transport=httpx.WSGITransport(wsgi), base_url="http://app") as client:
            assert client.get("/v1").status_code == 404
        with httpx.Client(transport=httpx.MockTransport(mock)) as client:
            assert client.get("http://app/v1").status_code == 418
    assert len(cassette) == 0


def test_a_head_request_is_replayed_without_a_body(service, tape):
    """A HEAD that is answered 404 means that a domain is free."""
    service.status = 404
    with tape("once"):
        requests.head(service.url, timeout=5)
    with tape():
        assert requests.head(service.url, timeout=5).status_code == 404
