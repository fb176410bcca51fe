"""A real server that numbers its answers, and cassettes opened as the plugin opens them."""

import gc
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from warnings import catch_warnings

import pytest
import yaml

from pytest_pcerrors.interception.opening import open_cassette
from pytest_pcerrors.interception.options import CassetteOptions
from pytest_pcerrors.policy.check import Context, Observer, current, within
from pytest_pcerrors.redaction import Redaction


@pytest.fixture(autouse=True)
def closed_connections(request):
    """Close the connections of vcrpy that botocore does not give back, which would otherwise happen in some later test."""
    yield
    if "boto3" in request.node.name:
        with catch_warnings(action="ignore", category=ResourceWarning):
            gc.collect()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        body = json.dumps({"code": str(len(self.server.asked)), "description": "Busy", "source": "test"}).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | self.server.headers
        self.send_response(self.server.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.encode(body) if self.command != "HEAD" else b"")

    do_POST = do_HEAD = do_GET  # noqa: N815 - names of the standard library

    def log_message(self, *arguments):
        """Print nothing."""


class _ServerOfIpv6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@pytest.fixture
def service():
    """Run a server on loopback: `.url`, `.asked`, `.status`, `.headers`, `.encode`."""
    yield from _running(ThreadingHTTPServer(("127.0.0.1", 0), _Handler))


@pytest.fixture
def service_of_ipv6():
    """Run the same server on the IPv6 address of loopback."""
    yield from _running(_ServerOfIpv6(("::1", 0), _Handler))


def _running(server):
    server.daemon_threads = True
    server.asked, server.status, server.headers, server.encode = [], 409, {}, lambda body: body
    host, port = server.server_address[:2]
    server.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def received():
    """Keep the exchanges that a cassette has reported."""
    return []


@pytest.fixture
def late():
    """Keep the requests that a cassette has refused because their tests have ended, with these tests."""
    found = []

    class Late(Observer):
        def on_late(self, test, request):
            found.append((test, request))

    context = Context(current().policy)
    context.observers.append(Late())
    with within(context):
        yield found


@pytest.fixture
def tape(tmp_path, received, late):
    """Open ``tape.yaml`` in a mode, with vcrpy's settings."""

    def tape(mode="none", *, name="tape.yaml", redaction=None, is_kept=True, continues=False, test="test_y", **config):
        return open_cassette(
            CassetteOptions(
                path=tmp_path / name,
                name=name,
                mode=mode,
                command="pytest test_x.py::test_y",
                config=config,
                redaction=redaction or Redaction(),
                on_response=received.append,
                test=test,
                bypasses=lambda url: "/ours" in url,
                is_kept=is_kept,
                continues=continues,
            )
        )

    return tape


@pytest.fixture
def write(tmp_path):
    """Write interactions into ``tape.yaml``."""

    def write(*interactions, **others):
        file = tmp_path / "tape.yaml"
        file.write_text(yaml.safe_dump({"interactions": list(interactions), "version": 1} | others), "utf-8")
        return file

    return write
