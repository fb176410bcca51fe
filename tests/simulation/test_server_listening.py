"""Where the server listens, and how it begins and ends."""

import socket

import pytest
import requests

from pytest_pcerrors import UsageError
from pytest_pcerrors.simulation.server import ErrorServer


def test_it_listens_on_loopback(server):
    """On a port of its own, which its URL tells."""
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("localhost", "localhost")])
def test_any_loopback_address_will_do(host, shown):
    """IPv6 stands in brackets."""
    with ErrorServer(host=host) as server:
        assert server.url == f"http://{shown}:{server.port}"
        assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.example.com"])
def test_an_address_that_others_reach_is_refused(host):
    """Unless that is wanted."""
    with pytest.raises(UsageError, match="is no loopback address"):
        ErrorServer(host=host)


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])
def test_every_address_can_be_wanted(host, shown):
    """The URL is one that works here."""
    with ErrorServer(host=host, allow_remote=True) as server:
        assert server.url == f"http://{shown}:{server.port}"
        assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize("port", [-1, 65536, "8080", True, None])
def test_a_port_that_is_none_is_refused(port):
    """With what would be one."""
    with pytest.raises(UsageError, match="a port is a number from 0 to 65535"):
        ErrorServer(port=port)


def test_a_port_in_use_is_told(server):
    """And nothing is left of the try."""
    with pytest.raises(UsageError, match=f"^port {server.port} is in use; name another, or 0"):
        ErrorServer(port=server.port).start()


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_is_not_ours_is_told(host, monkeypatch):
    """As the system says it."""
    with pytest.raises(UsageError, match=f"^{host} port 0 cannot be listened on: "):
        ErrorServer(host=host, allow_remote=True).start()


def test_a_server_begins_again_on_its_port():
    """Also right after connections were closed; rules and log stay."""
    server = ErrorServer()
    server.fail("GET", "/v1", status=503)
    server.start()
    port = server.port
    assert requests.get(server.url + "/v1").status_code == 503
    server.stop()
    again = ErrorServer(port=port)
    with again:
        assert requests.get(again.url + "/v1").status_code == 404
    assert len(server.requests) == 1


def test_a_server_is_started_once(server):
    """A second start is a mistake."""
    with pytest.raises(UsageError, match="has been started already"):
        server.start()


def test_a_server_that_is_stopped_twice_is_stopped(server):
    """And then nobody answers."""
    url = server.url
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url)


def test_a_server_that_does_not_run_has_no_port():
    """It says how it would."""
    with pytest.raises(UsageError, match=r"not running; start\(\) it"):
        _ = ErrorServer().url


def test_no_socket_is_left(server):
    """The port is free as soon as the server has stopped."""
    port = server.port
    server.stop()
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(("127.0.0.1", port))
