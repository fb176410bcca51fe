"""Sources of pages: a file, or a server, here on the loopback interface."""

import errno
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pytest_pcerrors import Contract, UsageError
from pytest_pcerrors.contract.sources import fetching
from pytest_pcerrors.contract.sources.fetching import document_of

PAGE = "| Status | HTTP | Code | Text |\n|---|---|---|---|\n| Bad | 400 | 2001 | Zoë |\n"
HTML = "<html><table><tr><td>Bad</td><td>400</td><td>2001</td><td>Zoë</td></tr></table></html>"


class Handler(BaseHTTPRequestHandler):
    """Respond according to the path."""

    def do_GET(self):
        """Send the response of the path."""
        status, headers, body = ANSWERS[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in body:
            self.wfile.write(piece)
            self.wfile.flush()
            self.server.slow.wait(0.02 if len(body) > 1 else 0)

    def log_message(self, *arguments):
        """Print nothing."""


class Server(ThreadingHTTPServer):
    """A server whose clients may disconnect."""

    slow = threading.Event()

    def handle_error(self, request, client_address):
        """Print nothing."""


ANSWERS = {
    "/page.md": (200, {"Content-Type": "text/markdown; charset=utf-8"}, [PAGE.encode()]),
    "/page": (200, {"Content-Type": "text/html"}, [HTML.encode()]),
    "/plain": (200, {}, [PAGE.encode()]),
    "/moved": (302, {"Location": "/page.md"}, []),
    "/round": (302, {"Location": "/round"}, []),
    "/missing": (404, {}, []),
    "/picture": (200, {"Content-Type": "image/png"}, [b"x"]),
    "/drip": (200, {"Content-Type": "text/html"}, [b"x"] * 100),
    "/short": (200, {"Content-Type": "text/html", "Content-Length": "100"}, [b"x"]),
    "/silent": (200, {"Content-Type": "text/html", "Content-Length": "100"}, [b"x"] * 2),
}


@pytest.fixture(scope="module")
def server():
    """Give the address of a server."""
    with Server(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.slow.set()
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.mark.parametrize("path", ["/page.md", "/page", "/plain", "/moved"])
def test_a_page_is_fetched(server, path):
    """HTML or Markdown, also after a redirect."""
    assert document_of(server + path).document["entries"][0]["code"] == "2001"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/round", "Exceeded 5 redirects"),
        ("/missing", "the server responded 404 Not Found"),
        ("/picture", "is image/png; expected a page"),
        ("/short", "cannot be fetched: "),
    ],
)
def test_what_is_not_a_page_is_refused(server, path, message):
    """The error begins with the URL and reports what was received."""
    with pytest.raises(UsageError) as caught:
        document_of(server + path)
    assert str(caught.value).startswith(server + path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("limit", "path", "message"),
    [
        (("MAX_DATA", 10), "/page", "has more than 10 bytes"),
        (("_SECONDS_IN_ALL", 0.1), "/drip", "did not arrive within 0.1 seconds"),
        (("_SECONDS_TO_READ", 0.001), "/silent", "cannot be fetched: "),
    ],
)
def test_a_page_that_does_not_end_is_given_up(server, monkeypatch, limit, path, message):
    """Size and time are limited, even if a server keeps sending a little."""
    monkeypatch.setattr(fetching, *limit)
    with pytest.raises(UsageError, match=message):
        document_of(server + path)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/page", "http://[", "HTTPS://"])
def test_where_no_server_responds(url):
    """No server, or an invalid address."""
    with pytest.raises(UsageError, match="cannot be fetched: "):
        document_of(url)


@pytest.mark.parametrize("data", [PAGE.encode(), PAGE.encode("utf-8-sig"), PAGE.encode("utf-16")])
def test_a_file_is_read_whatever_its_byte_order_mark(tmp_path, data):
    """UTF-8, or UTF-16 with a byte order mark."""
    (tmp_path / "page.md").write_bytes(data)
    assert document_of(str(tmp_path / "page.md")).document["entries"][0]["descriptions"][0] == "Zoë"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("latin.md", "not UTF-8 at byte"),
        (".", os.strerror(errno.EISDIR)),
        ("none.md", os.strerror(errno.ENOENT)),
        ("empty.md", "no table"),
    ],
)
def test_a_file_that_is_not_a_page(tmp_path, name, message):
    """The error begins with the path."""
    (tmp_path / "latin.md").write_bytes(PAGE.encode("latin-1"))
    (tmp_path / "empty.md").write_bytes(b"")
    path = str(tmp_path / name)
    with pytest.raises(UsageError) as caught:
        document_of(path)
    assert str(caught.value).startswith(path)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["shipped", "ours.json", "ours.contract", "page.md"])
def test_a_contract_comes_from_any_source(tmp_path, monkeypatch, name):
    """The shipped contract, a contract file with any name, or a page."""
    monkeypatch.chdir(tmp_path)
    Contract.default().save("ours.json")
    Contract.default().save("ours.contract")
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    assert len(document_of(name).document["entries"]) == (1 if name == "page.md" else 163)


def test_a_missing_source_is_reported():
    """A source that does not exist is reported as missing."""
    with pytest.raises(UsageError, match=r"none\.md: cannot be read"):
        document_of("none.md")
