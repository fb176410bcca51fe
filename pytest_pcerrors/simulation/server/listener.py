"""The listening socket, a thread for each connection, and an end that leaves neither behind."""

import errno
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import ThreadingHTTPServer
from ipaddress import ip_address
from selectors import EVENT_READ, DefaultSelector
from socketserver import TCPServer
from threading import Event, Lock, Thread, current_thread
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.simulation.server.handler import Handler
from pytest_pcerrors.simulation.server.wire import Wire

_PORTS = range(65536)


class Listener(ThreadingHTTPServer):
    """Accepts connections until it is closed; `choose` is asked, in the connection's thread, for what to send."""

    daemon_threads = True
    request_queue_size = 1024
    allow_reuse_port = False
    timeout = 0

    def __init__(self, host: str, port: int, choose: Callable[[Request], Wire]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._choose = choose
        self.stopping = Event()
        self._failures: list[BaseException] = []
        self._connections: dict[socket.socket, Thread] = {}
        self._abandoned: set[socket.socket] = set()
        self._lock = Lock()
        try:
            super().__init__((host, port), partial(Handler, self))
        except OSError as error:
            raise UsageError(_problem(host, port, error)) from None
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._accepting = Thread(target=self._accept, name="pcerrors", daemon=True)

    def start(self) -> None:
        """Accept connections from now on."""
        self._accepting.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def _accept(self) -> None:
        """Take connections as they come; the voice wakes it for the end, so that nothing has to be polled."""
        with DefaultSelector() as selector:
            selector.register(self.socket, EVENT_READ)
            selector.register(self._wake_receiver, EVENT_READ)
            while not self.stopping.is_set():
                selector.select()
                self.handle_request()

    def server_bind(self) -> None:
        """Bind without asking the name service for the host's name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.port

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the thread of a new connection."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._connections = {each: own for each, own in self._connections.items() if own.is_alive()}
            self._connections[request] = thread
            thread.start()

    def answer(self, request: Request) -> Wire:
        """Ask what to send. What is raised is ours and kept, even a `TimeoutError` or pytest's own; the connection then ends."""
        try:
            return self._choose(request)
        except BaseException as failure:
            self._failures.append(failure)
            raise ConnectionAbortedError from failure

    def abandon(self, connection: socket.socket) -> None:
        """Note a connection that is closed without a farewell."""
        self._abandoned.add(connection)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        if request in self._abandoned:
            self._abandoned.discard(request)
            request.close()
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library's signature
        """Keep a failure of ours, since a thread has nobody to tell it to; a client that left is none."""
        failure = sys.exception()
        if failure is not None and not isinstance(failure, OSError):
            self._failures.append(failure)

    @property
    def is_answering(self) -> bool:
        """Whether the thread that asks is that of a connection, which cannot wait for its own end."""
        return current_thread() in self._connections.values()

    def close(self) -> None:
        """Stop accepting and wake every connection from whatever it waits for; a second time is one too many, and harmless."""
        self.stopping.set()
        self._wake_sender.close()
        self._accepting.join()
        self._wake_receiver.close()
        self.server_close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def join(self) -> list[BaseException]:
        """Wait until all threads have ended, and return the failures."""
        for thread in self._connections.values():
            thread.join()
        return self._failures


def check_address(host: str, port: int, *, allow_remote: bool) -> None:
    """Refuse a port that is none, and an address that others could reach, unless that is wanted.

    >>> check_address("0.0.0.0", 8080, allow_remote=False)
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: "0.0.0.0" is no loopback address, so others could reach the server; allow_remote (--allow-remote) permits it
    """
    if isinstance(port, bool) or not isinstance(port, int) or port not in _PORTS:
        raise UsageError(f"a port is a number from 0 to 65535, 0 being any that is free; this is {port!r}")
    if not isinstance(host, str):
        raise UsageError(f'a host is a text such as "127.0.0.1", this is {host!r}')
    if not allow_remote and not _is_loopback(host):
        raise UsageError(
            f'"{host}" is no loopback address, so others could reach the server; allow_remote (--allow-remote) permits it'
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use; name another, or 0 for any that is free"
    return f"{host} port {port} cannot be listened on: {error.strerror}"
