"""The log of the server, and its callbacks."""

from contextlib import suppress

import pytest
import requests

from pytest_pcerrors.simulation.server import ErrorServer


def test_the_log_has_what_was_received(server):
    """Method, path, query, headers, body and the answer."""
    server.fail("POST", "/v1/**", 800064)
    requests.post(server.url + "/v1/carts?size=2&size=3&x=", json={"id": 1}, headers={"X-Mine": "1"})
    [received] = server.requests
    assert (received.method, received.path, received.target) == ("POST", "/v1/carts", "/v1/carts?size=2&size=3&x=")
    assert received.query == {"size": ["2", "3"], "x": [""]}
    assert (received.headers.get("x-mine"), received.body) == ("1", b'{"id": 1}')
    assert (received.status, received.answer) == (409, "409 800064")


def test_the_log_keeps_the_order_and_the_time(server):
    """The difference of two times is what a client waited."""
    for path in ("/a", "/b", "/c"):
        requests.get(server.url + path)
    assert [each.path for each in server.requests] == ["/a", "/b", "/c"]
    first, *_, last = (each.time for each in server.requests)
    assert 0 < last - first < 5


def test_the_log_says_what_was_answered(server):
    """Faults too; a reset has no status."""
    server.sequence(429, "cut", "reset", delay=0.01)
    for _ in range(3):
        with suppress(requests.RequestException):
            requests.get(server.url)
    assert [each.answer for each in server.requests] == [
        "gateway-429, delay 0.01",
        "200 ok, cut 10, delay 0.01",
        "connection reset",
    ]
    assert [each.status for each in server.requests] == [429, 200, None]


def test_the_log_says_that_no_rule_matches(server):
    """And the response says which there are."""
    server.fail("POST", "/v1/carts", 800064, times=1)
    requests.post(server.url + "/v1/carts")
    came = requests.post(server.url + "/v1/carts?token=abcdef")
    assert server.requests[-1].answer == "404, no rule matches"
    assert came.headers["X-PC-Hint"] == "no rule matches POST /v1/carts; rules are: POST /v1/carts (used up)"


def test_requests_are_counted_by_place(server):
    """With the same patterns as rules."""
    for path in ("/v1/a", "/v1/b", "/v2/a"):
        requests.get(server.url + path)
    assert len(server.requests_to("GET", "/v1/*")) == 2
    assert len(server.requests_to("*", "/**/a")) == 2
    assert server.requests_to("POST", "/**") == []


def test_clear_starts_again(server):
    """Neither rules nor requests are left."""
    server.shape("gateway-429")
    assert requests.get(server.url + "/v1").status_code == 429
    server.clear()
    assert server.requests == []
    assert requests.get(server.url + "/v1").status_code == 404


def test_the_log_shows_no_secrets(server):
    """In a failure's text neither the query's nor the headers'."""
    requests.get(server.url + "/v1?sig=hunter2", headers={"Authorization": "Bearer hunter2"})
    assert repr(server.requests) == "[<GET /v1?sig=*** -> 404, no rule matches>]"


def test_whole_answers_are_reported_with_their_requests():
    """As exchanges, before they are sent; not those that are cut or reset."""
    reported = []
    with ErrorServer(on_answer=reported.append) as server:
        server.sequence(429, "cut", "reset", 800064)
        for _ in range(4):
            with suppress(requests.RequestException):
                requests.post(server.url + "/v1?a=b", data=b"x")
        came = requests.head(server.url + "/v1")
    assert [each.status for each in reported] == [429, 409, 409]
    assert (reported[0].request.method, reported[0].request.url, reported[0].request.body) == (
        "POST",
        f"{server_url(reported)}/v1?a=b",
        b"x",
    )
    assert dict(reported[2].headers) == dict(came.headers)
    assert (reported[1].body[:1], reported[2].body) == (b"{", b"")


def server_url(reported):
    """Return where the server was, which the requests say."""
    return reported[0].request.url.partition("/v1")[0]


def test_every_request_is_told():
    """Whatever it is answered."""
    reported = []
    with ErrorServer(on_request=reported.append) as server:
        requests.get(server.url + "/v1")
        assert reported == server.requests


@pytest.mark.parametrize("hook", ["on_request", "on_answer"])
@pytest.mark.parametrize(
    "raised",
    [LookupError, OSError, TimeoutError, ConnectionResetError, BrokenPipeError, pytest.fail.Exception, SystemExit],
)
def test_what_a_hook_raises_comes_out_at_the_end(hook, raised):
    """Whatever it is, a client's connection error too; the client sees its connection end, the test sees why, once."""

    def fails(_):
        raise raised("no such thing")

    server = ErrorServer(**{hook: fails})
    server.start()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)
    with pytest.raises(raised, match="no such thing"):
        server.stop()
    server.stop()


def test_what_a_hook_raises_after_it_stopped_the_server_comes_out_too():
    """When it is stopped from outside."""

    def stops_and_fails(_):
        server.stop()
        raise TimeoutError("no such thing")

    server = ErrorServer(on_request=stops_and_fails)
    server.start()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)
    with pytest.raises(TimeoutError, match="no such thing"):
        server.stop()


def test_a_failure_of_the_server_itself_comes_out_too(monkeypatch):
    """Otherwise an exception in a thread would be lost."""

    def fails(*_):
        raise LookupError("no such thing")

    monkeypatch.setattr("pytest_pcerrors.simulation.server._listener.read_body", fails)
    server = ErrorServer()
    server.start()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)
    with pytest.raises(LookupError, match="no such thing"):
        server.stop()
