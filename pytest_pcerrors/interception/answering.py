"""Requests of any HTTP client answered by code instead of a recording; nothing is sent over the network."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from vcr.patch import CassettePatcherBuilder

from pytest_pcerrors.exchange.adapters.parts import header_pairs
from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.interception._client_limits import client_limits, limits_of, limits_of_connections
from pytest_pcerrors.interception._interactions import body_of, for_client, vcrpy_response
from pytest_pcerrors.interception._patches import hiding_secrets, patches_kept, waits_skipped
from pytest_pcerrors.interception.responders import Responder, responders
from pytest_pcerrors.interception.threads import StartedThreads, ended_here
from pytest_pcerrors.interception.unmatched import described

if TYPE_CHECKING:
    from vcr.request import Request as VcrRequest

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.interception._interactions import Response
    from pytest_pcerrors.interception.cassette import IndexedCassette

_IN_PROCESS = frozenset({"WSGITransport", "ASGITransport", "MockTransport"})
_OF_TRANSFER = frozenset({"content-encoding", "transfer-encoding"})

_LIBRARIES = {
    "boto3": "botocore.awsrequest",
    "httplib2": "httplib2",
    "tornado": "tornado.simple_httpclient",
    "aiohttp": "aiohttp.client",
    "httpx": "httpx",
    "httpx2": "httpx2",
}
"""The modules of clients by the names of vcrpy's patches; vcrpy has loaded those that are installed."""
_installed: "list[Front]" = []


class Front:
    """What the stubs of vcrpy see as their cassette: the responders first, then the cassette, if there is one."""

    custom_patches: tuple[Any, ...] = ()

    def __init__(self, cassette: "IndexedCassette | None" = None) -> None:
        self._cassette = cassette
        self._path = "" if cassette is None else cassette._path  # noqa: SLF001 - vcrpy names classes after it
        self.skip_patchers: list[str] = [name for name, library in _LIBRARIES.items() if library not in sys.modules]
        """The clients that are not patched; vcrpy would look for each that is not installed again and again."""
        if cassette is not None:
            self.custom_patches = cassette.custom_patches
            self.skip_patchers += getattr(cassette, "skip_patchers", ())

    def can_play_response_for(self, request: "VcrRequest") -> bool:
        """Return whether a responder or a recording answers a request; this is the first method that vcrpy calls for it.

        A URL of aiohttp that is relative to the base of its session is made absolute, unless vcrpy itself has recorded it as it is. The
        method is in capitals, as clients send it and as recordings are read.
        """
        __tracebackhide__ = True
        request.method = request.method.upper()
        base_url = client_limits().base_url
        if base_url and not self._has_recorded(request):
            request.uri = str(base_url.join(type(base_url)(request.uri, encoded=True)))
        if responders and _responder_for(request) is not None:
            return True
        return self._has_recorded(request)

    def _has_recorded(self, request: "VcrRequest") -> bool:
        __tracebackhide__ = True
        return self._cassette is not None and self._cassette.can_play_response_for(request)

    def play_response(self, request: "VcrRequest") -> "Response":
        """Return the answer to a request, or raise the error that the client raises itself for a fault."""
        __tracebackhide__ = True
        responder = _responder_for(request) if responders else None
        if responder is not None:
            reply, limits = responder.reply(_plain(request)), client_limits()
            if reply.reset:
                raise limits.reset()
            if limits.timeout is not None and reply.delay > limits.timeout:
                raise limits.timed_out()
            return _response(reply.exchange, request.method)
        assert self._cassette is not None  # noqa: S101 - else `can_play_response_for` was false
        return self._cassette.play_response(request)

    @property
    def write_protected(self) -> bool:
        """Whether a request without an answer may be refused; `filter_request` decides."""
        return self._cassette is None or self._cassette.write_protected

    def filter_request(self, request: "VcrRequest") -> Any:
        """Return None for a request that may be sent without being recorded; raise for one that may not be sent."""
        __tracebackhide__ = True
        if self._cassette is not None:
            return self._cassette.filter_request(request)
        for responder in reversed(responders):
            if error := responder.refusal(request.method, request.uri):
                raise error
        return None

    def append(self, request: "VcrRequest", response: "Response") -> None:
        """Record a response, if there is a cassette."""
        if self._cassette is not None:
            self._cassette.append(request, response)

    def find_requests_with_most_matches(self, request: "VcrRequest") -> list[Any]:
        """Return the recorded requests that are most similar to that of a redirect."""
        if self._cassette is None:
            return [(request, [], [])]
        return list(self._cassette.find_requests_with_most_matches(request)) or [(request, [], [])]


@contextmanager
def answering(responder: Responder, test: str) -> Iterator[None]:
    """Let a responder reply to the requests of every HTTP client in a block of a test, before any cassette."""
    with ExitStack() as stack:
        stack.enter_context(StartedThreads(test).followed())
        if not _installed:
            stack.enter_context(installed(Front(), skips_waits=True))
        responders.append(responder)
        stack.callback(responders.remove, responder)
        yield


@contextmanager
def installed(front: Front, *, skips_waits: bool) -> Iterator[None]:
    """Patch every HTTP client to ask `front` in a block; with `skips_waits`, retries of urllib3 do not wait."""
    with ExitStack() as stack:
        stack.enter_context(patches_kept())
        stack.enter_context(limits_of_connections())
        if skips_waits:
            stack.enter_context(waits_skipped())
        for patcher in _Patchers(front).build():
            stack.enter_context(patcher)
        stack.enter_context(hiding_secrets())
        _installed.append(front)
        stack.callback(_installed.remove, front)
        yield


class _Patchers(CassettePatcherBuilder):  # type: ignore[misc]  # vcrpy ships no types
    """vcrpy's patches without those of in-process transports, whose requests are never sent over the network."""

    def _build_patcher(self, obj: Any, patched_attribute: str, replacement_class: Any) -> Any:
        if getattr(obj, "__name__", "") in _IN_PROCESS:
            return None
        return super()._build_patcher(obj, patched_attribute, limits_of(obj, replacement_class))


def _responder_for(request: "VcrRequest") -> Responder | None:
    """Return the responder that replies to a request; raise if the test of the thread that sends it has ended."""
    __tracebackhide__ = True
    if ended := ended_here():
        raise ended.refusal(described(request))
    return next((each for each in reversed(responders) if each.matches(request.method, request.uri)), None)


def _plain(request: "VcrRequest") -> Request:
    return Request(request.method, request.uri, header_pairs(request.headers), body_of(request.body) or b"")


def _response(exchange: "Exchange", method: str) -> "Response":
    """Return an exchange in vcrpy's form; its body has no content encoding, and the length that its header says."""
    length = "" if method == "HEAD" else str(len(exchange.body))
    headers = [
        (name, length or value) if name.lower() == "content-length" else (name, value)
        for name, value in exchange.headers or ()
        if name.lower() not in _OF_TRANSFER
    ]
    return for_client(vcrpy_response(exchange.status, exchange.reason or "", headers, exchange.body))
