"""Responses of HTTP clients, from a live server and from cassettes: the exchange is the same for every client."""

import asyncio
import http.client
import io
import urllib.error
import urllib.request
from contextlib import contextmanager, nullcontext
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
import requests
import urllib3
import vcr
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import AioHttpTransport, RequestsTransport
from azure.core.pipeline.transport import HttpRequest as OlderAzureRequest
from azure.core.rest import HttpRequest as AzureRequest
from azure.core.rest import HttpResponse as AzureResponse

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Request


@contextmanager
def with_requests(method, url, **options):
    """Ask with a session of requests."""
    with requests.Session() as session, session.request(method, url, timeout=5, **options) as response:
        yield response


@contextmanager
def with_httpx(method, url, *, is_read=True, **sent):
    """Ask with a client of httpx, which reads the body or leaves it on the wire."""
    with httpx.Client(verify=False) as client, client.stream(method, url, **sent) as response:
        if is_read:
            response.read()
        yield response


@contextmanager
def with_urllib3(method, url, **options):
    """Ask with a pool of urllib3."""
    with urllib3.PoolManager(retries=False) as pool:
        response = pool.request(method, url, **options)
        yield response
        response.close()


@contextmanager
def with_http_client(method, url):
    """Ask with http.client."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request(method, parts.path)
    with connection.getresponse() as response:
        yield response
    connection.close()


@contextmanager
def with_urllib(method, url):
    """Ask with urllib.request, which raises every error response."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=5)
    with caught.value as error:
        yield error


@contextmanager
def with_urllib_lenient(method, url):
    """Ask with an opener of urllib.request that raises no error responses."""
    opener = urllib.request.OpenerDirector()
    opener.add_handler(urllib.request.HTTPHandler())
    with opener.open(urllib.request.Request(url, method=method), timeout=5) as response:
        yield response


@contextmanager
def with_azure(method, url, kind=AzureRequest, *, stream=False, **sent):
    """Ask with the transport of azure-core, in its current interface or the older one."""
    with RequestsTransport() as transport:
        yield transport.send(kind(method, url, **sent), stream=stream)


def finished(ask):
    """Return how an asynchronous client asks, and what it returns when its connection is closed."""
    return lambda method, url, **sent: nullcontext(asyncio.run(ask(method, url, **sent)))


@finished
async def with_httpx_async(method, url):
    """Ask with an async client of httpx."""
    async with httpx.AsyncClient(verify=False) as client:
        return await client.request(method, url)


@finished
async def with_httpx_async_stream(method, url):
    """Ask with an async client of httpx and read its stream to the end."""
    async with httpx.AsyncClient(verify=False) as client, client.stream(method, url) as response:
        await response.aread()
        return response


@finished
async def with_aiohttp(method, url, **sent):
    """Ask with a session of aiohttp and read the body."""
    async with aiohttp.ClientSession() as session, session.request(method, url, **sent) as response:
        await response.read()
        return response


@finished
async def with_azure_async(method, url):
    """Ask with the asynchronous transport of azure-core, which reads the body."""
    async with AioHttpTransport() as transport:
        return await transport.send(AzureRequest(method, url))


CLIENTS = {
    "azure": with_azure,
    "azure_stream": partial(with_azure, stream=True),
    "azure_async": with_azure_async,
    "azure_pipeline": partial(with_azure, kind=OlderAzureRequest),
    "requests": with_requests,
    "requests_stream": partial(with_requests, stream=True),
    "httpx": with_httpx,
    "httpx_stream": partial(with_httpx, is_read=False),
    "httpx_async": with_httpx_async,
    "httpx_async_stream": with_httpx_async_stream,
    "aiohttp": with_aiohttp,
    "urllib3": with_urllib3,
    "urllib3_stream": partial(with_urllib3, preload_content=False),
    "http_client": with_http_client,
    "urllib": with_urllib,
    "urllib_lenient": with_urllib_lenient,
}


def clients(*names):
    """Run a test with clients: those with these names, or all."""
    return pytest.mark.parametrize("client", [CLIENTS[each] for each in names or CLIENTS], ids=names or list(CLIENTS))


each_client = clients()


@pytest.mark.libraries
@pytest.mark.covered
@each_client
def test_one_answer_is_one_exchange_for_every_client(client, server, answers):
    """Status, reason phrase, headers (repeated ones separate) and decoded body are those of the server."""
    for answer in answers:
        with client(answer.method, server + answer.path) as response:
            exchange, again = Exchange.of(response), Exchange.of(response)
        received = exchange.status, exchange.reason, list(exchange.headers), exchange.body
        assert received == (answer.status, answer.reason, answer.headers, answer.body), answer.path
        assert again == exchange, answer.path  # a body that can be read only once is kept


@each_client
@pytest.mark.parametrize(("method", "path"), [("GET", "/json"), ("HEAD", "/head")])
def test_the_request_is_known(client, server, method, path):
    """Method and URL are those of the request; http.client keeps no URL, but a HEAD is still recognized."""
    with client(method, server + path) as response:
        request = Exchange.of(response).request
    if client is not with_http_client:
        assert (request.method, request.url) == (method, server + path)
    elif method == "HEAD":
        assert (request.method, request.url) == ("HEAD", "")
    else:
        assert request is None


@clients("azure", "requests", "httpx", "aiohttp")
def test_request_headers_are_known(client, server):
    """Clients that keep the headers of the request return them."""
    with client("POST", f"{server}/json", headers={"MS-RequestId": "1"}) as response:
        assert Exchange.of(response).request.headers.get("ms-requestid") == "1"


@clients("requests", "httpx")
@pytest.mark.parametrize(
    ("sent", "kept"), [({"data": {"a": "1"}}, b"a=1"), ({"json": [1]}, b"[1]")], ids=["form", "json"]
)
def test_request_bodies_are_known(client, sent, kept, server):
    """Clients that keep the body of the request return it as bytes."""
    with client("POST", f"{server}/json", **sent) as response:
        assert Exchange.of(response).request.body == kept


@clients("azure", "azure_pipeline")
def test_an_error_of_azure_carries_its_response(client, server, answers):
    """As an exception, as Microsoft's clients raise it."""
    for answer in answers:
        with client(answer.method, server + answer.path) as response:
            assert Exchange.of(HttpResponseError(response=response)) == Exchange.of(response), answer.path


@pytest.mark.parametrize("sent", [{"json": [1]}, {"content": b"[1]"}], ids=["json", "bytes"])
def test_a_request_body_of_azure_is_known(sent, server):
    """Unless it is a form, which azure-core keeps as it was given."""
    with with_azure("POST", f"{server}/json", **sent) as response:
        assert Exchange.of(response).request.body == b"[1]"


def test_a_request_body_that_was_a_stream_is_unknown(server):
    """A request body that httpx sent from a generator is unknown."""
    with with_httpx("POST", f"{server}/json", content=iter([b"{}"]), headers={"Content-Length": "2"}) as response:
        assert Exchange.of(response).request.body == b""


@finished
async def unread_httpx(method, url):
    """Leave a stream of an async httpx client unread."""
    async with httpx.AsyncClient(verify=False) as client, client.stream(method, url) as response:
        return response


@finished
async def unread_aiohttp(method, url):
    """Leave a response of aiohttp unread."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response


@finished
async def unread_azure(method, url, kind=AzureRequest):
    """Leave a response of azure-core's asynchronous transport unread."""
    async with AioHttpTransport() as transport:
        return await transport.send(kind(method, url), stream=True)


AS_STREAM, CLOSED = "read as a stream, or closed before it was read; pass", "read or closed before the check; pass"
OPEN = "while the response is open"
SPENT = {
    "requests, consumed": (CLIENTS["requests_stream"], lambda response: list(response.iter_content(8)), AS_STREAM),
    "requests, begun": (CLIENTS["requests_stream"], lambda response: next(response.iter_content(8)), AS_STREAM),
    "requests, read below": (CLIENTS["requests_stream"], lambda response: response.raw.read(), AS_STREAM),
    "requests, closed": (CLIENTS["requests_stream"], requests.Response.close, AS_STREAM),
    "httpx, consumed": (CLIENTS["httpx_stream"], lambda response: list(response.iter_raw()), OPEN),
    "httpx, closed": (CLIENTS["httpx_stream"], httpx.Response.close, OPEN),
    "httpx, asynchronous": (unread_httpx, None, "await response.aread"),
    "aiohttp": (unread_aiohttp, None, "await response.read"),
    "azure, consumed": (CLIENTS["azure_stream"], lambda response: list(response.iter_raw()), OPEN),
    "azure, asynchronous": (unread_azure, None, "await response.read"),
    "azure, older": (partial(unread_azure, kind=OlderAzureRequest), None, "await response.load_body"),
    "urllib3, begun": (CLIENTS["urllib3_stream"], lambda response: response.read(8), AS_STREAM),
    "urllib3, closed": (CLIENTS["urllib3_stream"], lambda response: response.close(), AS_STREAM),
    "http.client, read": (with_http_client, lambda response: response.read(), CLOSED),
    "http.client, begun": (with_http_client, lambda response: response.read(8), CLOSED),
    "urllib, read": (with_urllib, lambda error: error.read(), CLOSED),
}


@pytest.mark.parametrize(
    ("case", "path"), [*((case, path) for case in SPENT for path in ("/json", "/chunked")), ("http.client, read", "/to-the-end")]
)  # fmt: skip
def test_a_body_that_is_gone_is_never_taken_for_an_empty_one(case, path, server):
    """If the body was consumed, partly read, closed or not read, a usage error has the reason and the fix."""
    client, spend, advice = SPENT[case]
    with client("GET", server + path) as response:
        if spend:
            spend(response)
        with pytest.raises(UsageError, match=advice):
            Exchange.of(response)


def test_an_async_stream_of_httpx_can_be_inspected_once_it_is_read(server, body):
    """Inside its event loop, an httpx response can be checked after `aread` was awaited."""

    async def ask():
        async with httpx.AsyncClient(verify=False) as client, client.stream("GET", f"{server}/json") as response:
            with pytest.raises(UsageError, match=r"await response\.aread"):
                Exchange.of(response)
            await response.aread()
            return Exchange.of(response)

    assert asyncio.run(ask()).body == body


def test_requests_keeps_what_was_preloaded_after_it_was_closed(server, body):
    """Closing a response whose body was read has no effect."""
    with with_requests("GET", f"{server}/json") as response:
        response.close()
        assert Exchange.of(response).body == body


def test_a_made_up_requests_response_has_no_request():
    """A response made in a test has its status, headers (even empty ones) and body, and no request."""
    response = requests.Response()
    response.status_code = 404
    response.headers["X-Empty"] = ""
    assert Exchange.of(response) == Exchange(404, {"X-Empty": ""}, b"")


@pytest.mark.parametrize(
    ("body", "kept"), [(None, b""), ("é", b"\xc3\xa9"), (io.BytesIO(b"{}"), b"")], ids=["none", "text", "file"]
)
def test_a_request_that_was_never_prepared_is_known_as_far_as_it_goes(body, kept):
    """The URL is known even without method and headers; a body that is a file is unknown."""
    response = requests.Response()
    response.status_code = 404
    response.request = requests.PreparedRequest()
    response.request.url, response.request.body = "http://api.example/v1", body
    assert Exchange.of(response).request == Request("GET", "http://api.example/v1", body=kept)


def test_a_header_that_a_hook_of_requests_changed_is_the_changed_one(server):
    """Repeated headers are taken from urllib3 only if requests still has the same value."""
    with with_requests("GET", f"{server}/repeated-headers") as response:
        response.headers["Set-Cookie"] = "hidden"
        headers = Exchange.of(response).headers
    assert (headers.all("Set-Cookie"), len(headers.all("WWW-Authenticate"))) == (["hidden"], 2)


def test_a_requests_response_without_status_is_not_a_response():
    """A bare `requests.Response()` has no status to check."""
    with pytest.raises(UsageError, match="None is not an HTTP status"):
        Exchange.of(requests.Response())


def test_a_made_up_httpx_response_has_no_request():
    """An `httpx.Response` that no client made has no request."""
    exchange = Exchange.of(httpx.Response(404, text="Nothing"))
    assert (exchange.status, exchange.body, exchange.request) == (404, b"Nothing", None)


@pytest.mark.parametrize(
    ("url", "pool", "absolute"),
    [
        ("/v1", urllib3.HTTPConnectionPool("api.example"), "http://api.example/v1"),
        ("/v1", urllib3.HTTPSConnectionPool("api.example", 443), "https://api.example/v1"),
        ("/v1", urllib3.HTTPSConnectionPool("api.example", 8443), "https://api.example:8443/v1"),
        ("http://api.example/v1", urllib3.HTTPConnectionPool("proxy.example"), "http://api.example/v1"),
        ("/v1", None, "/v1"),
    ],
    ids=["http", "https", "port", "proxy", "no pool"],
)
def test_urllib3_paths_become_urls(url, pool, absolute):
    """The path that urllib3 keeps is completed with the scheme, host and non-default port of its pool."""
    response = urllib3.HTTPResponse(b"", status=404, request_url=url, pool=pool)
    assert Exchange.of(response).request.url == absolute


@pytest.mark.parametrize("pool", [None, urllib3.HTTPConnectionPool("api.example")], ids=["no pool", "pool"])
def test_a_made_up_urllib3_response_has_no_request(pool):
    """A urllib3 response without URL has no request."""
    exchange = Exchange.of(urllib3.HTTPResponse(io.BytesIO(b"Gone"), status=404, pool=pool, preload_content=False))
    assert (exchange.body, exchange.request) == (b"Gone", None)


class Pipe(io.BytesIO):
    """A file that cannot be rewound."""

    def seekable(self):
        """Return False."""
        return False


@pytest.mark.parametrize("file", [io.BytesIO, Pipe])
def test_an_http_error_over_any_file_can_be_inspected_twice(file):
    """The body of an `HTTPError` is rewound if possible, else read once and kept."""
    error = urllib.error.HTTPError("http://api.example/v1", 404, "Not Found", http.client.HTTPMessage(), file(b"Gone"))
    with error:
        assert [Exchange.of(error).body, Exchange.of(error).body] == [b"Gone", b"Gone"]


def test_looking_at_a_file_leaves_its_position():
    """The position of a file that can be rewound is restored."""
    file = io.BytesIO(b"Gone")
    file.read(1)
    with urllib.error.HTTPError("http://api.example/v1", 404, "Not Found", http.client.HTTPMessage(), file) as error:
        assert (Exchange.of(error).body, error.read()) == (b"Gone", b"one")


def test_a_closed_file_is_a_body_that_cannot_be_read():
    """The message has the reason of the file and the advice."""
    error = urllib.error.HTTPError("http://api.example/v1", 404, "Gone", http.client.HTTPMessage(), io.BytesIO())
    error.close()
    with pytest.raises(UsageError, match=r"cannot be read \(ValueError: .*closed file.*pass"):
        Exchange.of(error)


def test_an_http_error_may_have_nothing_but_its_status():
    """An `HTTPError` made in a test has an empty body, unknown headers and no request."""
    error = urllib.error.HTTPError(None, 404, "Not Found", None, None)
    assert Exchange.of(error) == Exchange(404, None, b"", reason="Not Found")
    error.fp = None  # so Python 3.11.0 leaves it
    assert Exchange.of(error) == Exchange(404, None, b"", reason="Not Found")


@pytest.mark.parametrize(("method", "path"), [("GET", "/empty"), ("HEAD", "/head-with-length")])
def test_a_body_that_never_was_cannot_be_lost(method, path, server):
    """A response of http.client with a declared length of zero may have been read before."""
    with with_http_client(method, server + path) as response:
        response.read()
        assert Exchange.of(response).body == b""


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_body_was_never_read(status):
    """After 204 and 304 there is no body to lose."""

    class Socket:
        def makefile(self, mode):
            return io.BytesIO(f"HTTP/1.1 {status} Fine\r\nContent-Length: 5\r\n\r\n".encode())

    with http.client.HTTPResponse(Socket()) as response:
        response.begin()
        response.read()
        assert Exchange.of(response).body == b""


CASSETTE = """
version: 1
interactions:
- request: {method: GET, uri: "http://api.example/v1/carts", body: null, headers: {}}
  response:
    status: {code: 409, message: Conflict}
    headers:
      Content-Type: [application/json]
      Set-Cookie: [a=1, b=2]
    body: {string: '{"code": "800064"}'}
"""
REPLAYED = [each for each in CLIENTS if "azure" not in each and each not in {"httpx_async_stream", "urllib_lenient"}]


@pytest.fixture
def replay(tmp_path):
    """Replay one recorded interaction to any client."""
    cassette = tmp_path / "carts.yaml"
    cassette.write_text(CASSETTE)
    with vcr.use_cassette(cassette, record_mode="none"):
        yield


@clients(*REPLAYED)
def test_a_replayed_answer_is_as_good_as_a_live_one(client, replay):
    """A response replayed by vcrpy has status, reason, separate repeated headers and body, at every read."""
    with client("GET", "http://api.example/v1/carts") as response:
        exchange, again = Exchange.of(response), Exchange.of(response)
    assert exchange == again
    assert (exchange.status, exchange.reason, exchange.body) == (409, "Conflict", b'{"code": "800064"}')
    assert exchange.headers.all("set-cookie") == ["a=1", "b=2"]


@clients(*(each for each in REPLAYED if each != "http_client"))
def test_a_replayed_answer_knows_its_request(client, replay):
    """A response replayed by vcrpy has its request."""
    with client("GET", "http://api.example/v1/carts") as response:
        request = Exchange.of(response).request
    assert request == Request("GET", "http://api.example/v1/carts", request.headers)


class OwnAzureResponse(AzureResponse):
    """A response of a transport of the user's, with nothing of another library below it."""

    status_code, reason, headers = 409, "Conflict", {"MS-RequestId": "1"}
    request = AzureRequest("GET", "https://api.example/v1")

    def read(self):
        """Return the body."""
        return b"{}"


def test_a_response_of_an_own_transport_of_azure_is_read(monkeypatch):
    """By what the interface of azure-core promises."""
    monkeypatch.setattr(OwnAzureResponse, "__abstractmethods__", frozenset())
    exchange = Exchange.of(OwnAzureResponse())
    assert (exchange.status, exchange.reason, exchange.body) == (409, "Conflict", b"{}")
    assert (list(exchange.headers), exchange.request.url) == ([("MS-RequestId", "1")], "https://api.example/v1")
