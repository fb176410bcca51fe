"""A loopback HTTP/1.1 server with a response for each path, in every form of headers and bodies."""

import gzip
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest


@dataclass(frozen=True)
class Answer:
    """The response of the server to one path, and what every client must find in it; `wire` is the encoded body."""

    path: str
    status: int
    reason: str
    headers: list
    body: bytes
    wire: bytes
    method: str = "GET"


def whole(path, status, reason, headers, body):
    """Respond with a plain body and its length."""
    return Answer(path, status, reason, [*headers, ("Content-Length", str(len(body)))], body, body)


BODY = '{"code": "800064", "description": "The cart of Zoë is being processed", "source": "PartnerFD"}'.encode()
PACKED = gzip.compress(BODY, mtime=0)
EMPTY_PACKED = gzip.compress(b"", mtime=0)
JSON = ("Content-Type", "application/json; charset=utf-8")
TEXT = ("Content-Type", "text/plain; charset=latin-1")
REPEATED = [
    ("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT"),
    ("Set-Cookie", "b=2"),
    ("WWW-Authenticate", 'Bearer error="invalid_token"'),
    ("WWW-Authenticate", "OAuth realm=urn:cpsvc:cpid:1"),
]
CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:9], BODY[9:], b""))


def zipped(path, body, wire):
    """Respond with a compressed body."""
    headers = [JSON, ("Content-Encoding", "gzip"), ("Content-Length", str(len(wire)))]
    return Answer(path, 400, "Bad Request", headers, body, wire)


ANSWERS = [
    whole("/json", 409, "Conflict", [JSON], BODY),
    Answer("/chunked", 409, "Conflict", [JSON, ("Transfer-Encoding", "chunked")], BODY, CHUNKED),
    Answer("/to-the-end", 500, "Internal Server Error", [JSON, ("Connection", "close")], BODY, BODY),
    zipped("/gzip", BODY, PACKED),
    zipped("/empty-gzip", b"", EMPTY_PACKED),
    whole("/repeated-headers", 401, "Unauthorized - MFA required", REPEATED, b""),
    whole("/no-reason", 404, "", [JSON], BODY),
    whole("/empty", 403, "Forbidden", [], b""),
    whole("/latin-1", 400, "Bad Request", [TEXT], "één".encode("latin-1")),
    whole("/text", 403, "Forbidden", [("Content-Type", "text/plain")], b"Customer tagging denied."),
    Answer("/head", 404, "Not Found", [("Content-Length", "0")], b"", b"", "HEAD"),
    Answer("/head-with-length", 404, "Not Found", [JSON, ("Content-Length", "85")], b"", b"", "HEAD"),
]
BY_PATH = {each.path: each for each in ANSWERS}


class Handler(BaseHTTPRequestHandler):
    """Write each response byte for byte."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Respond to the path."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = BY_PATH[self.path.partition("?")[0]]
        fields = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{fields}\r\n"
        self.wfile.write(head.encode("latin-1") + answer.wire)
        self.close_connection = ("Connection", "close") in answer.headers

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names that http.server looks for

    def log_message(self, *args):
        """Print nothing."""


@pytest.fixture(scope="session")
def server():
    """Serve every response; the value is the URL to which a path is added."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()
        thread.join()


@pytest.fixture
def answers():
    """Give all responses of the server."""
    return ANSWERS


@pytest.fixture
def body():
    """Give the body that the server sends as JSON."""
    return BODY
