"""Every HTTP client records into a cassette and is answered from it: the same bytes, and no second request to the server."""

import asyncio
import http.client
from contextlib import closing

import aiohttp
import httplib2
import httpx
import httpx2
import pytest
import requests
import urllib3
from http_clients import with_every_client
from tapes import HOST, interaction
from yarl import URL


@pytest.mark.libraries
@pytest.mark.covered
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
    """It has its brackets in the cassette and in messages; what is not recorded never goes out."""
    url = f"{service_of_ipv6.url}/v1/carts"
    with tape("once"):
        recorded = ask(url)
    assert url in (tmp_path / "tape.yaml").read_text("utf-8")
    with tape() as cassette:
        assert ask(url) == recorded
        with pytest.raises(Exception, match=r"no recording answers POST http://\[::1\]:\d+/v1/others"):
            ask(f"{service_of_ipv6.url}/v1/others")
    assert (len(service_of_ipv6.asked), len(cassette.unmatched)) == (1, 1)


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


async def with_small_letters(url):
    """Return what aiohttp receives for a method in small letters, which it sends in capitals."""
    async with aiohttp.ClientSession() as session, session.request("get", url) as response:
        return await response.read()


def test_a_method_in_small_letters_is_replayed(service, tape):
    """A recording has capitals when it is read, whatever the client wrote."""
    with tape("once"):
        recorded = [asyncio.run(with_small_letters(service.url)), urllib3.request("get", service.url).data]
    with tape():
        assert [asyncio.run(with_small_letters(service.url)), urllib3.request("get", service.url).data] == recorded
    assert len(service.asked) == len(recorded)


async def with_base_url(base_url, path):
    """Return what aiohttp receives for a path that is relative to the base of its session."""
    async with aiohttp.ClientSession(base_url) as session, session.get(path) as response:
        return str(response.url), await response.read()


def test_a_relative_url_of_aiohttp_is_recorded_as_it_is_sent(service, tape, tmp_path, received):
    """So its host is known; a request that bypasses the cassette, here to /ours, is known by its host too."""
    path = URL("/v1/%7Ecarts?size=5", encoded=True)
    with tape("once"):
        recorded = asyncio.run(with_base_url(service.url, path))
        asyncio.run(with_base_url(service.url, "/ours"))
    assert (tmp_path / "tape.yaml").read_text("utf-8").count(f"uri: {service.url}{path}\n") == 1
    with tape():
        assert asyncio.run(with_base_url(service.url, path))[1] == recorded[1]
    assert [each.request.url for each in received] == [f"{service.url}{path}"] * 2
    assert service.asked == [f"GET {path}", "GET /ours"]


def test_a_redirect_of_a_relative_url_of_aiohttp_is_followed(write, tape):
    """It leads from one absolute URL to the next."""
    redirect = interaction("/old", status=302)
    redirect["response"]["headers"] = {"Location": ["/v1/new"]}
    write(redirect, interaction("/v1/new", answer=b"new"))
    with tape():
        assert asyncio.run(with_base_url(HOST, "/old")) == (f"{HOST}/v1/new", b"new")


def test_a_relative_url_that_vcrpy_has_recorded_is_replayed(write, tape):
    """A cassette of vcrpy has URLs as the client wrote them."""
    write(interaction("/v1/customers", host="", answer=b"old"))
    with tape() as cassette:
        assert asyncio.run(with_base_url(HOST, "/v1/customers")) == ("/v1/customers", b"old")
        with pytest.raises(Exception, match=f"no recording answers GET {HOST}/v1/customers\n"):
            asyncio.run(with_base_url(HOST, "/v1/customers"))
    assert cassette.unplayed() == []
