"""The HTTP server: the listening socket with a thread for each connection, which reads requests, gets their answers, and writes them."""

import errno
import re
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from selectors import EVENT_READ, DefaultSelector
from socketserver import ThreadingTCPServer
from string import punctuation
from threading import Event, Lock, Thread, current_thread
from typing import Any
from urllib.parse import quote, urlsplit

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import is_loopback
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.answer import Faults, as_bytes, reply_to
from pytest_pcerrors.simulation.answers.factory import envelope
from pytest_pcerrors.simulation.server._request_bodies import BodyError, read_body
from pytest_pcerrors.text import cut, represented

_RESETTING = struct.pack("ii", 1, 0)
_DRAINED_BYTES = 64 * 1024
_DRAINED_SECONDS = 1
_LONGEST_MESSAGE = 400
_PORTS = range(65536)


class Handler(BaseHTTPRequestHandler):
    """Passes every request of a connection to the listener, whatever the method."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Listener"

    def __getattr__(self, name: str) -> Any:
        """Handle every method in the same way; the standard library looks for an attribute such as ``do_GET``."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def parse_request(self) -> bool:
        """Reject a request of HTTP/0.9, which has no headers to wait for."""
        words = self.raw_requestline.split()
        if len(words) == len(("GET", "/")) or words[2:] == [b"HTTP/0.9"]:
            self.send_error(505, "HTTP/0.9 is not supported")
            return False
        return super().parse_request()

    def _answer(self) -> None:
        try:
            urlsplit(self.path)
            body = read_body(self.rfile, self.headers)
        except BodyError as error:
            self.send_error(error.status, str(error))
        except ValueError:
            self.send_error(400, "the target of the request is not a valid URL")
        else:
            options = re.split(r"[\s,]+", (self.headers.get("Connection") or "").lower())
            self.close_connection |= self.request_version == "HTTP/1.0" or "close" in options
            target = quote(self.path.encode("latin-1"), safe=punctuation)
            self._send(*self.server.answer(Request(self.command, target, self.headers.items(), body)))

    def _send(self, reply: Exchange, faults: Faults) -> None:
        cut, is_reset = faults.get("cut"), bool(faults.get("reset"))
        is_stopped = self.server.stopping.wait(faults.get("delay", 0))
        self.close_connection = self.close_connection or is_stopped or is_reset or cut is not None
        if is_reset and not is_stopped:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETTING)
            self.connection.close()  # so that nothing shuts it down, which would be an orderly end
        elif not is_stopped:
            chunked = faults.get("chunked", False)
            self.wfile.write(as_bytes(reply, chunked=chunked, cut=cut, closes=self.close_connection))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the signature of the standard library
        """Reject an invalid request, and close the connection, since the start of the next request is unknown."""
        refusal = envelope(code, cut(message or "this is not a valid HTTP request", _LONGEST_MESSAGE)).exchange
        self.close_connection = True
        self._send(reply_to(Request("GET", "/"), refusal), {})
        with suppress(OSError):  # closing the connection before the rest of the request is read would lose the response
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_DRAINED_SECONDS)
            while self.connection.recv(_DRAINED_BYTES):
                pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the standard library
        """Print nothing: requests are logged in a list, and `on_request` may print them."""


class Listener(ThreadingTCPServer):
    """Accepts connections until it is closed; `choose` returns the reply to a request, in the thread of its connection."""

    daemon_threads = True
    request_queue_size = 1024
    allow_reuse_address = True
    timeout = 0

    def __init__(self, host: str, port: int, choose: Callable[[Request], tuple[Exchange, Faults]]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._choose = choose
        self.stopping = Event()
        self._failures: list[BaseException] = []
        self._connections: dict[socket.socket, Thread] = {}
        self._lock = Lock()
        try:
            super().__init__((host, port), Handler)
        except OSError as error:
            raise UsageError(_problem(host, port, error)) from None
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._accepting = Thread(target=self._accept, name="pcerrors", daemon=True)

    def start(self) -> None:
        """Start to accept connections."""
        self._accepting.start()

    @property
    def port(self) -> int:
        """The port of the listening socket."""
        return int(self.server_address[1])

    def _accept(self) -> None:
        """Accept connections until the listener stops; a socket pair wakes it up then, so that it need not poll."""
        with DefaultSelector() as selector:
            selector.register(self.socket, EVENT_READ)
            selector.register(self._wake_receiver, EVENT_READ)
            while not self.stopping.is_set():
                selector.select()
                self.handle_request()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the thread of a new connection."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._connections = {each: own for each, own in self._connections.items() if own.is_alive()}
            self._connections[request] = thread
            thread.start()

    def answer(self, request: Request) -> tuple[Exchange, Faults]:
        """Return the reply to a request, and its faults. Any exception, even one of pytest, is kept for `join` and ends the connection."""
        try:
            return self._choose(request)
        except BaseException as failure:
            self._failures.append(failure)
            raise ConnectionAbortedError from failure

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library's signature
        """Keep an exception of a connection thread for `join`, unless it is an `OSError` of a closed connection."""
        failure = sys.exception()
        if failure is not None and not isinstance(failure, OSError):
            self._failures.append(failure)

    @property
    def is_answering(self) -> bool:
        """Whether the current thread is that of a connection, which cannot wait for its own end."""
        return current_thread() in self._connections.values()

    def close(self) -> None:
        """Stop accepting, and wake up all waiting connections. It may be called more than once."""
        self.stopping.set()
        self._wake_sender.close()
        self._accepting.join()
        self._wake_receiver.close()
        self.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def join(self) -> list[BaseException]:
        """Wait until all threads have ended, and return their exceptions."""
        for thread in self._connections.values():
            thread.join()
        return self._failures


def check_address(host: str, port: int, *, allow_remote: bool) -> None:
    """Raise a `UsageError` for an invalid port, and for an address that others can reach, unless `allow_remote` is set."""
    if type(port) is not int or port not in _PORTS:
        raise UsageError(f"expected a port from 0 to 65535 (0: any free port), got {represented(port)}")
    if not isinstance(host, str):
        raise UsageError(f'expected a host such as "127.0.0.1", got {represented(host)}')
    if not allow_remote and not is_loopback(host):
        raise UsageError(
            f'"{host}" is not a loopback address, so others could reach the server; allow_remote (--allow-remote) permits it'
        )


def _problem(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use; give another port, or 0 for any free port"
    return f"cannot listen on {host} port {port}: {error.strerror}"
