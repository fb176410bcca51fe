"""``pcerrors serve``: it prints its URL, serves until it is stopped, and ends without output."""

import signal
import socket

import pytest
import requests


@pytest.fixture
def serving(process):
    """Start the command with these arguments on a free port; return the process and the URL that it prints."""

    def start(*arguments):
        running = process("serve", "--port", "0", *arguments)
        return running, running.stdout.readline().decode().rstrip("\n")

    return start


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 0), ("SIGINT", 130)])
def test_it_serves_until_it_is_stopped(serving, name, status):
    """The first line is the URL; a connection that is still open holds up nothing, and nothing more is printed."""
    running, url = serving("--quiet")
    with requests.Session() as session:
        assert session.get(f"{url}/errors/800064").json()["code"] == "800064"
        running.send_signal(signal.Signals[name])
        out, err = running.communicate(timeout=60)
        assert (out, err.strip(), running.returncode) == (b"", b"", status)


def test_it_logs_a_line_a_request(serving):
    """After a hint, to standard error, without queries, which may hold secrets, and with control characters escaped."""
    running, url = serving()
    requests.get(f"{url}/v1/customers?code=hunter2&hunter2", headers={"X-PC-Error": "409/800064"})
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
        connection.sendall(b"GET http://me:hunter2@api.example/v1?sig=hunter2 HTTP/1.1\r\n\r\n")
        connection.sendall(b"GET /\x1b[31m HTTP/1.1\r\nConnection: close\r\n\r\n")
        while connection.recv(1024):
            pass
    running.terminate()
    _, log = running.communicate(timeout=60)
    assert log.decode().splitlines() == [
        f"every error and shape, with its URL: {url}/ (Ctrl-C ends the server)",
        "GET /v1/customers -> 409 800064",
        "GET /v1 -> 404, no rule matches",
        "GET /\\x1b[31m -> 404, no rule matches",
    ]


def test_it_serves_another_contract(serving, contract_file):
    """In the envelope that its members say."""
    _, url = serving("--contract", str(contract_file), "--quiet")
    assert requests.get(f"{url}/errors/busyAndWillBe").json() == {
        "error": {"code": "busyAndWillBe", "message": "Not now"}
    }
    assert "Acme" in requests.get(url).text


def test_a_log_that_nobody_reads_is_no_problem(serving):
    """Clients are answered all the same."""
    running, url = serving()
    running.stderr.close()
    for _ in range(3):
        assert requests.get(f"{url}/shapes/gateway-429").status_code == 429
    running.stderr = None


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--port", "65536"], "expected a port from 0 to 65535"),
        (["--host", "0.0.0.0"], '"0.0.0.0" is not a loopback address, so others could reach the server'),
        (["--host", "nowhere.invalid", "--allow-remote"], "cannot listen on nowhere.invalid port 8080"),
        (["--contract", "missing.json"], "missing.json: cannot be read"),
    ],
)
def test_misuse_is_reported_in_one_line(pcerrors, arguments, problem):
    """With exit code 2."""
    ended = pcerrors("serve", *arguments)
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert problem in ended.err


def test_a_port_in_use_is_told(pcerrors, serving):
    """It names the way out."""
    _, url = serving()
    port = url.rpartition(":")[2]
    assert (
        pcerrors("serve", "--port", port).err
        == f"pcerrors: port {port} is in use; give another port, or 0 for any free port\n"
    )
