"""Every HTTP client is answered by a simulation, without a connection: errors, time-outs, resets, and from many threads."""

import asyncio
import gzip
import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial

import aiohttp
import httplib2
import httpx
import httpx2
import pytest
import requests
import urllib3
from http_clients import CLIENTS, with_every_client
from tornado.httpclient import AsyncHTTPClient, HTTPError

from pytest_pcerrors import check
from pytest_pcerrors.interception.answering import Front
from pytest_pcerrors.simulation import Simulator, ok

URL = "https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout"


@pytest.fixture
def connections(monkeypatch):
    """Count the connections that leave the process; each is refused."""
    opened = []

    def refuse(_, address):
        opened.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lambda *_, **__: refuse(None, "by name"))
    return opened


@pytest.mark.libraries
@pytest.mark.covered
@with_every_client
@pytest.mark.parametrize("url", [URL, URL.replace("https:", "http:")], ids=["https", "http"])
def test_a_documented_error(connections, ask, url):
    """The client gets the status and the body of a conforming response, and sends nothing."""
    with Simulator() as simulator:
        carts = simulator(800064, method="POST", url="*/carts/*" if ask is not CLIENTS["boto3"] else "*")
        status, body = ask(url)
    assert (status, json.loads(body)["code"]) == (409, "800064")
    assert check((status, body)) == []
    assert [each.request.method for each in carts.exchanges] == ["POST"]
    assert b"size" in carts.requests[0].body
    assert connections == []


@with_every_client
def test_what_nothing_simulates_is_refused(connections, ask):
    """The client raises, or hides it: the end of the block raises in any case."""
    simulator = Simulator()
    simulator(429, method="DELETE", required=False)
    with pytest.raises(AssertionError, match=r"nothing simulates POST https?://api"), simulator, suppress(Exception):
        ask(URL)
    assert connections == []
    assert len(simulator.unmatched) == 1


def with_tornado(url, timeout):
    """Send a request with a time-out; tornado counts from the start of the request."""

    async def ask():
        with closing(AsyncHTTPClient(force_instance=True)) as client:
            await client.fetch(url, request_timeout=timeout)

    asyncio.run(ask())


def with_aiohttp(url, timeout):
    """Send a request in a session with a time-out."""

    async def ask():
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            return await response.read()

    return asyncio.run(ask())


def with_aiohttp_request(url, timeout):
    """Send a request that has a time-out of its own."""

    async def ask():
        async with aiohttp.ClientSession() as session, session.get(url, timeout=timeout) as response:
            return await response.read()

    return asyncio.run(ask())


def with_httpx_async(module, url, timeout):
    """Send a request with the asynchronous client."""

    async def ask():
        async with module.AsyncClient(timeout=timeout) as client:
            return await client.get(url)

    return asyncio.run(ask())


def with_http_client(url, timeout):
    """Send a request with the standard library."""
    host, _, path = url.removeprefix("https://").partition("/")
    with closing(http.client.HTTPSConnection(host, timeout=timeout)) as connection:
        connection.request("GET", f"/{path}")
        return connection.getresponse().read()


def with_urllib3(url, timeout):
    """Send a request without retries."""
    return urllib3.PoolManager(timeout=timeout, retries=False).request("GET", url)


def with_httplib2(url, timeout):
    """Send a request with httplib2."""
    with closing(httplib2.Http(timeout=timeout)) as client:
        return client.request(url)


LIMITED = {
    "requests": (lambda url, timeout: requests.get(url, timeout=timeout), requests.ReadTimeout, requests.ConnectionError),
    "requests, two": (lambda url, t: requests.get(url, timeout=(99, t)), requests.ReadTimeout, requests.ConnectionError),
    "httpx": (lambda url, timeout: httpx.get(url, timeout=timeout), httpx.ReadTimeout, httpx.ReadError),
    "httpx.AsyncClient": (partial(with_httpx_async, httpx), httpx.ReadTimeout, httpx.ReadError),
    "httpx2": (lambda url, timeout: httpx2.get(url, timeout=timeout), httpx2.ReadTimeout, httpx2.ReadError),
    "httpx2.AsyncClient": (partial(with_httpx_async, httpx2), httpx2.ReadTimeout, httpx2.ReadError),
    "aiohttp, total": (lambda url, timeout: with_aiohttp(url, aiohttp.ClientTimeout(total=timeout)), TimeoutError, aiohttp.ClientError),
    "aiohttp, read": (
        lambda url, timeout: with_aiohttp(url, aiohttp.ClientTimeout(sock_read=timeout)),
        aiohttp.ServerTimeoutError,
        aiohttp.ClientError,
    ),
    "aiohttp, request": (lambda url, timeout: with_aiohttp_request(url, aiohttp.ClientTimeout(total=timeout)), TimeoutError, aiohttp.ClientError),
    "aiohttp, number": (with_aiohttp_request, TimeoutError, aiohttp.ClientError),
    "urllib3": (with_urllib3, urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ProtocolError),
    "http.client": (with_http_client, TimeoutError, ConnectionResetError),
    "httplib2": (with_httplib2, TimeoutError, ConnectionResetError),
    "tornado": (with_tornado, HTTPError, ConnectionResetError),
}  # fmt: skip
with_limits = pytest.mark.parametrize(("ask", "timed_out", "reset"), LIMITED.values(), ids=LIMITED)


@with_limits
def test_a_delay_beyond_the_timeout_of_the_client(connections, ask, timed_out, reset):
    """The client raises its own error at once; with a delay that it accepts it gets the answer at once, too."""
    with Simulator() as simulator:
        simulator(ok({"items": []}), delay=3600, times=1)
        simulator(ok({"items": []}), delay=3600)
        with pytest.raises(timed_out):
            ask(URL, 30)
        ask(URL, 7200)
    assert connections == []


@with_limits
def test_a_connection_that_is_reset(connections, ask, timed_out, reset):
    """The client raises what it raises for a real reset."""
    with Simulator() as simulator:
        lost = simulator("reset")
        with pytest.raises(reset):
            ask(URL, 30)
    assert lost.requests
    assert lost.exchanges == []
    assert connections == []


def test_a_delay_for_a_client_that_waits_forever(connections):
    """It gets the answer: nothing can time out."""
    with Simulator() as simulator:
        simulator(503, delay=3600)
        assert requests.get(URL).status_code == 503
        assert with_aiohttp(URL, aiohttp.ClientTimeout(total=0)) is not None
    assert connections == []


def test_nothing_escapes_from_threads(connections):
    """Eight threads, 160 requests of one session and of new ones, sequences and used-up simulations: no connection, and each is counted once."""
    with Simulator() as simulator, requests.Session() as session:
        scarce = simulator(429, times=40, url="*/shared")
        many = simulator(800064)

        def ask(number):
            client = session if number % 2 else requests
            return client.get(
                f"https://host{number}.example/{'shared' if number % 4 else number}", timeout=5
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(ask, range(160)))
    assert connections == []
    assert statuses.count(429) == len(scarce.requests) == 40
    assert statuses.count(409) == len(many.requests) == 120


def test_nothing_escapes_from_tasks(connections):
    """Tasks of one loop, and of loops in other threads."""

    async def ask_all():
        async with httpx.AsyncClient() as client, aiohttp.ClientSession() as session:
            received = await asyncio.gather(*(client.get(f"{URL}/{number}") for number in range(20)))
            others = await asyncio.gather(*(session.get(f"{URL}/{number}") for number in range(20)))
            return [*(each.status_code for each in received), *(each.status for each in others)]

    with Simulator() as simulator:
        simulator("gateway-404")
        statuses = asyncio.run(ask_all())
        thread = threading.Thread(target=lambda: statuses.extend(asyncio.run(ask_all())))
        thread.start()
        thread.join()
    assert statuses == [404] * 80
    assert connections == []


def test_a_session_from_before_the_block(service):
    """Connections that were opened before are not used in the block, and those of the block are not used after it."""
    with requests.Session() as session:
        assert session.get(f"{service.url}/v1", timeout=5).json()["code"] == "1"
        with Simulator() as simulator:
            simulator(800064)
            assert session.get(f"{service.url}/v1", timeout=5).json()["code"] == "800064"
        assert session.get(f"{service.url}/v1", timeout=5).json()["code"] == "2"


def test_what_is_passed_through_reaches_the_service(service):
    """With every other request simulated or refused."""
    with Simulator() as simulator:
        simulator(800064, url="*/carts")
        simulator.pass_through(f"{service.url}/login*")
        assert requests.post(f"{service.url}/login?a=b", timeout=5).json()["code"] == "1"
        assert httpx.post(f"{service.url}/login").json()["code"] == "2"
        assert requests.get(f"{service.url}/carts", timeout=5).status_code == 409
        with pytest.raises(AssertionError, match="nothing simulates GET"):
            requests.get(f"{service.url}/others", timeout=5)
        simulator.unmatched.clear()
    assert service.asked == ["POST /login?a=b", "POST /login"]


def test_inner_simulations_come_first():
    """Each block answers what it matches; the outer block answers the rest."""
    with Simulator() as outer, Simulator() as inner:
        outer(800064)
        inner(429, url="*/carts", times=1)
        statuses = [
            requests.get(f"https://host/{path}", timeout=5).status_code for path in ("carts", "carts", "orders")
        ]
    assert statuses == [429, 409, 409]


def test_redirects_are_simulated_too():
    """Client aiohttp follows them inside of vcrpy, requests by itself."""
    with Simulator() as simulator:
        simulator(ok(), url="*/b")
        simulator({"status": 302, "headers": {"Location": "https://host/b"}, "body": b""}, url="*/a")
        assert requests.get("https://host/a", timeout=5).url == "https://host/b"
        assert with_aiohttp("https://host/a", aiohttp.ClientTimeout(total=5)) == b"null"


def test_a_relative_url_of_aiohttp():
    """It is matched and noted with the base of its session."""

    async def ask():
        session = aiohttp.ClientSession(base_url="https://host.example/v1/")
        async with session, session.get("customers", params={"size": "5"}) as response:
            return str(response.url)

    with Simulator() as simulator:
        simulation = simulator(ok({"items": []}), url="https://host.example/v1/*")
        assert asyncio.run(ask()) == "https://host.example/v1/customers?size=5"
    assert simulation.requests[0].url == "https://host.example/v1/customers?size=5"


def test_an_aiohttp_without_its_private_attribute(monkeypatch):
    """Requests are answered, with the URL as it was given."""
    monkeypatch.setattr(aiohttp.ClientSession, "_base_url", property(lambda _: None, lambda *_: None), raising=False)
    with Simulator() as simulator:
        simulator(ok())
        assert with_aiohttp(URL, aiohttp.ClientTimeout(total=5)) == b"null"


@pytest.mark.parametrize("module", [requests, httpx, httpx2], ids=lambda module: module.__name__)
def test_a_compressed_response(module):
    """Its body arrives as it was before, whatever the client decodes."""
    body = b'{"items": []}'
    packed = gzip.compress(body)
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}
    with Simulator() as simulator:
        simulator({"status": 200, "headers": headers, "body": packed})
        response = module.get(URL, timeout=5)
    assert response.content == body
    assert response.headers["Content-Length"] == str(len(body))


def test_the_redirects_of_a_cassette_are_those_of_vcrpy(tape, service):
    """Asked for by aiohttp."""
    with tape("once"):
        requests.get(f"{service.url}/v1", timeout=5)
    with tape("none") as cassette:
        request = cassette.data[0][0]
        assert Front(cassette).find_requests_with_most_matches(request)[0][0] is request
        requests.get(f"{service.url}/v1", timeout=5)


@pytest.mark.parametrize("mode", ["none", "once"])
def test_beside_a_cassette(tape, service, mode):
    """The simulation comes first, then the cassette; nothing simulated is recorded."""
    url = service.url
    with tape("once"):
        requests.get(f"{url}/v1/orders", timeout=5)
    with tape(mode) as cassette:
        for _ in ("inside", "again"):
            with Simulator() as simulator:
                simulator(800064, url="*/carts", times=1)
                assert requests.get(f"{url}/v1/carts", timeout=5).status_code == 409
        assert requests.get(f"{url}/v1/orders", timeout=5).json()["code"] == "1"
    assert len(cassette) == 1
    with Simulator() as simulator, tape("none"):
        simulator(800064, url="*/carts", times=1)
        assert requests.get(f"{url}/v1/carts", timeout=5).status_code == 409
        assert requests.get(f"{url}/v1/orders", timeout=5).json()["code"] == "1"
    assert service.asked == ["GET /v1/orders"]


def test_what_neither_a_simulation_nor_a_cassette_answers(tape, service):
    """The message of the cassette lists what is simulated."""
    with tape("once"):
        requests.get(f"{service.url}/v1/orders", timeout=5)
    with tape("none"), Simulator() as simulator:
        simulator(800064, url="*/carts", required=False)
        with pytest.raises(Exception, match=r"no recording answers GET (.*\n)*  simulated: \* \*/carts -> 409 800064"):
            requests.get(f"{service.url}/v1/customers", timeout=5)
