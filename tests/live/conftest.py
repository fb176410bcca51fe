"""Loopback services that keep the requests they receive."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest


class Service:
    """A server that gives its answers one by one, and 200 when they run out; an answer is a status and headers."""

    def __init__(self):
        self.answers = []
        self.asked = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()

    def header(self, name):
        """Return a header of each received request."""
        return [headers.get(name) for _, _, headers, _ in self.asked]

    def paths(self):
        """Return the path of each received request."""
        return [path for _, path, _, _ in self.asked]

    def _handler(service):  # noqa: N805 the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet

            def answer(self):
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                service.asked.append((self.command, self.path, self.headers, body))
                status, headers = service.answers.pop(0) if service.answers else (200, {})
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = answer  # noqa: N815 the names of http.server

            def log_message(self, *args):
                """Print nothing."""

        return Handler


@pytest.fixture(scope="session")
def _services():
    services = Service(), Service()
    yield services
    for each in services:
        each.close()


@pytest.fixture
def service(_services):
    """Start the service that the session is bound to."""
    return _fresh(_services[0])


@pytest.fixture
def other(_services):
    """Start a service of another origin: the port differs."""
    return _fresh(_services[1])


def _fresh(service):
    service.answers, service.asked = [], []
    return service
