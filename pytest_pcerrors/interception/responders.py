"""Responders: code that answers the requests of HTTP clients, and those of them that are active in the process."""

from typing import NamedTuple, Protocol

from pytest_pcerrors.exchange.model import Exchange, Request


class Reply(NamedTuple):
    """A reply to a request: an exchange that the client gets after `delay` seconds, or with `reset` a connection reset."""

    exchange: Exchange
    delay: float = 0.0
    reset: bool = False


class Responder(Protocol):
    """Replies to the requests that it matches."""

    def matches(self, method: str, url: str) -> bool:
        """Return whether the responder replies to a request. A client may ask several times for one request."""

    def reply(self, request: Request) -> Reply:
        """Return the reply to a request and count it; raise for a request that another thread has used up."""

    def refusal(self, method: str, url: str) -> Exception | None:
        """Return the error for a request that nothing answers; None if the request may be sent."""

    def described(self) -> list[str]:
        """Return what is simulated, for messages."""


responders: list[Responder] = []
"""The responders of the process, from the outermost block to the innermost one, which is asked first."""


def simulated_lines() -> list[str]:
    """Return what is simulated, for the message of a request that neither a responder nor a cassette answers."""
    return [line for responder in reversed(responders) for line in responder.described()]
