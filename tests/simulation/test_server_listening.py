"""Where the server listens, and how it begins and ends."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, active_count

import pytest
import requests

from pytest_pcerrors import UsageError
from pytest_pcerrors.simulation.server import ErrorServer


def test_it_listens_on_loopback(server):
    """On a free port, which is in its URL."""
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("localhost", "localhost")])
def test_any_loopback_address_will_do(host, shown):
    """IPv6 addresses are written in brackets."""
    with ErrorServer(host=host) as server:
        assert server.url == f"http://{shown}:{server.port}"
        assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.example.com"])
def test_an_address_that_others_reach_is_refused(host):
    """Unless that is wanted."""
    with pytest.raises(UsageError, match="is not a loopback address"):
        ErrorServer(host=host)


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])
def test_every_address_can_be_wanted(host, shown):
    """The URL is one that works here."""
    with ErrorServer(host=host, allow_remote=True) as server:
        assert server.url == f"http://{shown}:{server.port}"
        assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize("host", [None, 2130706433, b"127.0.0.1"])
def test_a_host_that_is_invalid_is_refused(host):
    """Whether others may reach the server or not."""
    for allowed in (True, False):
        with pytest.raises(UsageError, match=r'expected a host such as "127\.0\.0\.1", got '):
            ErrorServer(host=host, allow_remote=allowed)


@pytest.mark.parametrize("contract", ["contract.json", 0, {}])
def test_a_contract_that_is_invalid_is_refused(contract):
    """Before anything listens."""
    with pytest.raises(UsageError, match="expected a Contract, got "):
        ErrorServer(contract)


@pytest.mark.parametrize("port", [-1, 65536, "8080", True, None, pytest.param(10**5000, id="huge")])
def test_a_port_that_is_invalid_is_refused(port):
    """With what would be one."""
    with pytest.raises(UsageError, match="expected a port from 0 to 65535"):
        ErrorServer(port=port)


def test_a_port_in_use_is_told(server):
    """And nothing keeps running."""
    with pytest.raises(UsageError, match=f"^port {server.port} is in use; give another port, or 0"):
        ErrorServer(port=server.port).start()


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_is_not_ours_is_told(host, monkeypatch):
    """With the error of the operating system."""
    with pytest.raises(UsageError, match=f"^cannot listen on {host} port 0: "):
        ErrorServer(host=host, allow_remote=True).start()


def test_a_server_begins_again_on_its_port():
    """Also right after connections were closed; rules and log stay."""
    server = ErrorServer()
    server.fail("GET", "/v1", status=503)
    server.start()
    port = server.port
    with requests.Session() as session:  # so that the server closes the connection first
        assert session.get(server.url + "/v1").status_code == 503
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
    """And then nobody answers where it was."""
    port = server.port
    server.stop()
    server.stop()
    assert (server.port, server.url) == (port, f"http://127.0.0.1:{port}")
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url)


def test_a_server_that_does_not_run_has_no_port():
    """It says how it would."""
    with pytest.raises(UsageError, match=r"not running; start\(\) it"):
        _ = ErrorServer().url


def test_a_server_can_be_stopped_before_it_runs():
    """There is nothing to end, and it has no port yet."""
    server = ErrorServer()
    server.stop()
    with pytest.raises(UsageError, match="not running"):
        _ = server.port


def test_a_stopped_server_can_begin_again(server):
    """Its address is that of the last start."""
    server.stop()
    server.start()
    assert requests.get(server.url).status_code == 200


@pytest.mark.parametrize("hook", ["on_request", "on_answer"])
def test_a_hook_can_stop_the_server(server, hook):
    """Its client gets no answer, nor does anybody after it; from outside the end is waited for as ever."""
    before = active_count() - 1
    setattr(server, hook, lambda _: server.stop())
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url)
    server.stop()
    assert active_count() == before


def test_hooks_of_two_connections_can_stop_the_server_at_once(server):
    """Neither waits for the other."""
    both = Barrier(2, timeout=5)

    def stop(_):
        both.wait()
        server.stop()

    def ask(_):
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url, timeout=5)

    server.on_request = stop
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, range(2)))
    server.stop()
