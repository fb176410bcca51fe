"""The time-outs of HTTP clients, and the errors that each client raises for a time-out or a connection reset."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from importlib import import_module
from typing import Any, NamedTuple
from unittest import mock

from vcr.stubs import VCRConnection


class ClientLimits(NamedTuple):
    """The time in seconds that a client waits for an answer, None without a limit, and the errors that it raises.

    `base_url` is a `yarl.URL`, and only of a client that passes URLs to vcrpy that are relative to it.
    """

    timeout: float | None = None
    timed_out: Callable[[], Exception] = partial(TimeoutError, "timed out")
    reset: Callable[[], Exception] = partial(ConnectionResetError, "connection reset by peer")
    base_url: Any = None


_current: ContextVar[ClientLimits | None] = ContextVar("pytest_pcerrors_client_limits", default=None)


def client_limits() -> ClientLimits:
    """Return the limits of the client that sends the current request."""
    return _current.get() or ClientLimits()


@contextmanager
def limits_of_connections() -> Iterator[None]:
    """Know the limits of clients that use `http.client`, such as requests, urllib3 and httplib2, in a block."""
    getresponse = VCRConnection.getresponse

    def limited(connection: Any, *arguments: Any, **options: Any) -> Any:
        with _within(ClientLimits(_seconds(connection.real_connection.timeout))):
            return getresponse(connection, *arguments, **options)

    with mock.patch.object(VCRConnection, "getresponse", limited):
        yield


def limits_of(patched: Any, replacement: Any) -> Any:
    """Return the replacement of a client's method that knows the limits of the client; anything else is returned as it is."""
    find = _FINDERS.get(getattr(patched, "__name__", ""))
    if find is None:
        return replacement
    if patched.__name__ in _SYNCHRONOUS:

        @wraps(replacement)
        def limited(client: Any, *arguments: Any, **options: Any) -> Any:
            with _within(find(client, *arguments, **options)):
                return replacement(client, *arguments, **options)

        return limited

    @wraps(replacement)
    async def limited_later(client: Any, *arguments: Any, **options: Any) -> Any:
        with _within(find(client, *arguments, **options)):
            return await replacement(client, *arguments, **options)

    return limited_later


@contextmanager
def _within(limits: ClientLimits) -> Iterator[None]:
    token = _current.set(limits)
    try:
        yield
    finally:
        _current.reset(token)


def _of_httpx(_: Any, request: Any) -> ClientLimits:
    """Return the limits of httpx, or of its fork: the read time-out of the request."""
    module = import_module(type(request).__module__.partition(".")[0])
    read = request.extensions.get("timeout", {}).get("read")
    return ClientLimits(
        read,
        partial(module.ReadTimeout, "timed out", request=request),
        partial(module.ReadError, "connection reset by peer", request=request),
    )


def _of_aiohttp(session: Any, *_: Any, timeout: Any = None, **__: Any) -> ClientLimits:
    """Return the limits of aiohttp: the shorter one of the total time-out and that of reading."""
    import aiohttp

    base_url = getattr(session, "_base_url", None)  # it is private, so it may be missing one day
    chosen = timeout if isinstance(timeout, aiohttp.ClientTimeout) else session.timeout
    total, read = (_seconds(each) for each in (chosen.total, chosen.sock_read))
    if isinstance(timeout, int | float):
        total = _seconds(timeout)
    reset = partial(aiohttp.ClientOSError, 104, "connection reset by peer")
    if read is not None and (total is None or read < total):
        return ClientLimits(read, partial(aiohttp.ServerTimeoutError, "timed out"), reset, base_url)
    return ClientLimits(total, TimeoutError, reset, base_url)


def _of_tornado(_: Any, request: Any, *__: Any) -> ClientLimits:
    """Return the limits of tornado."""
    error = import_module("tornado.simple_httpclient").HTTPTimeoutError
    return ClientLimits(_seconds(request.request_timeout), partial(error, "timed out"))


_FINDERS: dict[str, Callable[..., ClientLimits]] = {
    "HTTPTransport": _of_httpx,
    "AsyncHTTPTransport": _of_httpx,
    "ClientSession": _of_aiohttp,
    "SimpleAsyncHTTPClient": _of_tornado,
}
"""How the limits of a client are found, by the name of the class whose method is replaced."""
_SYNCHRONOUS = frozenset({"HTTPTransport", "SimpleAsyncHTTPClient"})


def _seconds(timeout: Any) -> float | None:
    """Return a time-out in seconds; None for no time-out. The default of `http.client` is that of sockets; aiohttp has 0 for none."""
    if not isinstance(timeout, int | float):
        return None if timeout is None else socket.getdefaulttimeout()
    return float(timeout) or None
