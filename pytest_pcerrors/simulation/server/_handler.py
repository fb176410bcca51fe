"""The handler of a connection: it reads requests, gets their answers, and writes them."""

import socket
import struct
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.simulation.answers.answer import envelope
from pytest_pcerrors.simulation.answers.wire import End, Wire, wire_of
from pytest_pcerrors.simulation.server._request_bodies import BodyError, read_body

if TYPE_CHECKING:
    from threading import Event

_RESETTING = struct.pack("ii", 1, 0)
_DRAINED_BYTES = 64 * 1024
_DRAINED_SECONDS = 1


class Responder(Protocol):
    """Answers the requests of a connection; when `stopping` is set, the connection stops waiting."""

    stopping: "Event"

    def answer(self, request: Request) -> Wire:
        """Return the response to a request; a `ConnectionError` ends the connection."""

    def abandon(self, connection: socket.socket) -> None:
        """Mark a connection that is closed without a shutdown."""


class Handler(BaseHTTPRequestHandler):
    """Passes every request to a responder, whatever the method."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, responder: Responder, *connection: Any) -> None:
        self._responder = responder
        super().__init__(*connection)

    def __getattr__(self, name: str) -> Any:
        """Handle every method in the same way; the standard library looks for an attribute such as ``do_GET``."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        try:
            urlsplit(self.path)
            body = read_body(self.rfile, self.headers)
        except BodyError as error:
            self.send_error(error.status, str(error))
        except ValueError:
            self.send_error(400, "the target of the request is not a valid URL")
        else:
            if self.request_version == "HTTP/1.0":
                self.close_connection = True
            self._send(self._responder.answer(Request(self.command, self.path, self.headers.items(), body)))

    def _send(self, wire: Wire) -> None:
        if self._responder.stopping.wait(wire.wait):
            self.close_connection = True
            return
        if wire.end is End.RESET:
            self._responder.abandon(self.connection)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETTING)
        else:
            closing = self.close_connection and wire.end is End.KEEP
            self.wfile.write((wire._replace(end=End.CLOSE) if closing else wire).sent())
        self.close_connection = self.close_connection or wire.end is not End.KEEP

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the signature of the standard library
        """Reject an invalid request, and close the connection, since the start of the next request is unknown."""
        refusal = wire_of(envelope(code, message or "this is not a valid HTTP request").exchange)
        self.close_connection = True
        self._send(refusal)
        self._drain()

    def _drain(self) -> None:
        """Read the rest of the request, since closing the connection earlier would reset it and lose the response."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_DRAINED_SECONDS)
            while self.connection.recv(_DRAINED_BYTES):
                pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the standard library
        """Print nothing: requests are logged in a list, and `on_request` may print them."""
