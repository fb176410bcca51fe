"""Responses of HTTP clients: requests, httpx, aiohttp, urllib3, http.client, urllib."""

from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.data import RequestData, ResponseData
from pytest_pcerrors.exchange.adapters.parts import HAND_OVER, header_pairs, read, request_of

_KEPT_BODIES: "WeakKeyDictionary[object, bytes]" = WeakKeyDictionary()
"""Bodies that could be read only once, for a second look at the same response."""

_WITHOUT_BODY = (204, 304)


def from_requests(response: Any) -> ResponseData:
    """Read a `requests.Response`, or of a response with its shape."""
    if getattr(response, "_content", None) is False and _is_spent(getattr(response, "raw", None)):
        raise UsageError(f"the body of this requests response was read as a stream, or closed unread; {HAND_OVER}")
    body = read(response, lambda: response.content, HAND_OVER)
    request = request_of(getattr(response, "request", None))
    return ResponseData(response.status_code, _kept_apart(response), body, request, response.reason)


def from_httpx(response: Any) -> ResponseData:
    """Read an `httpx.Response`, of a sync or an async client (its body then already read)."""
    body = read(
        response, response.read, "call `response.read()` or `await response.aread()` while the response is open"
    )
    request = None
    with suppress(RuntimeError):  # httpx raises it where a response has no request
        sent = response.request
        request = RequestData(sent.method, str(sent.url), sent.headers.raw, _sent_body(sent))
    return ResponseData(response.status_code, response.headers.raw, body, request, response.reason_phrase)


def from_aiohttp(response: Any) -> ResponseData:
    """Read an `aiohttp.ClientResponse` whose body has been read."""
    body = response._body  # noqa: SLF001 - aiohttp keeps a read body there and has no other way to it without awaiting
    if body is None:
        raise UsageError("the body of this aiohttp response has not been read; call `await response.read()` first")
    request = RequestData(response.method, str(response.url), response.request_info.headers.items())
    return ResponseData(response.status, response.headers.items(), body, request, response.reason)


def from_urllib3(response: Any) -> ResponseData:
    """Read a `urllib3.BaseHTTPResponse`."""
    if _is_spent(response):
        raise UsageError(f"the body of this urllib3 response was read as a stream, or closed unread; {HAND_OVER}")
    body = read(response, lambda: response.data, HAND_OVER)
    url = _absolute(response.geturl(), getattr(response, "_pool", None))
    method = getattr(getattr(response, "_original_response", None), "_method", None)
    return ResponseData(response.status, header_pairs(response.headers), body, _asked(method, url), response.reason)


def from_http_client(response: Any) -> ResponseData:
    """Read an `http.client.HTTPResponse`; its body is read once and kept."""
    request = _asked(getattr(response, "_method", None), getattr(response, "url", None))
    return ResponseData(response.status, response.getheaders(), _read_once(response), request, response.reason)


def from_urllib_error(error: Any) -> ResponseData:
    """Read a `urllib.error.HTTPError`; its body is read once and kept."""
    body = _read_once(error.fp) if error.fp is not None else b""
    headers = header_pairs(error.headers) if error.headers is not None else None
    request = _asked(getattr(error.fp, "_method", None), error.filename)
    return ResponseData(error.code, headers, body, request, error.msg)


def _kept_apart(response: Any) -> list[tuple[str, str]]:
    """Return the headers as received: requests joins repeated ones, the urllib3 response below it keeps them apart."""
    below: Any = getattr(getattr(response, "raw", None), "headers", None)
    pairs: list[tuple[str, str]] = []
    for name, value in header_pairs(response.headers):
        apart = below.getlist(name) if hasattr(below, "getlist") else []
        pairs += [(name, each) for each in apart] if apart and ", ".join(apart) == value else [(name, value)]
    return pairs


def _asked(method: str | None, url: str | None) -> RequestData | None:
    """Return the request as far as it is known; of a HEAD that is worth knowing without its URL: it explains an empty body."""
    return RequestData(method or "GET", url or "") if url or method == "HEAD" else None


def _absolute(url: str | None, pool: Any) -> str | None:
    """Complete the path that urllib3 keeps as URL with what the connection pool knows."""
    if pool is None or not url or not url.startswith("/"):
        return url
    port = "" if pool.port in (None, pool.ConnectionCls.default_port) else f":{pool.port}"
    return f"{pool.scheme}://{pool.host}{port}{url}"


def _sent_body(request: Any) -> bytes:
    try:
        return bytes(request.content)
    except RuntimeError:  # httpx.RequestNotRead: the request was a stream
        return b""


def _is_spent(response: Any) -> bool:
    """Tell whether a urllib3 response no longer has its whole body: it was read as a stream, or closed before it was read."""
    if getattr(response, "_body", b"") is not None or getattr(response, "_fp", None) is None:
        return False
    return bool(response.tell() > 0 or (response.isclosed() and response.length_remaining != 0))


def _read_once(response: Any) -> bytes:
    if response not in _KEPT_BODIES:
        _KEPT_BODIES[response] = read(response, lambda: _whole_body(response), HAND_OVER)
    return _KEPT_BODIES[response]


def _whole_body(response: Any) -> Any:
    if not response.seekable():
        if _was_read(response):
            raise UsageError(f"the body of this response was read or closed before the check; {HAND_OVER}")
        return response.read()
    position = response.tell()
    response.seek(0)
    body = response.read()
    response.seek(position)
    return body


def _was_read(response: Any) -> bool:
    """Tell whether an `http.client.HTTPResponse` was read, wholly or in part, or closed."""
    if not hasattr(response, "isclosed"):
        return False
    announced = response.getheader("Content-Length")
    if announced == "0" or response.status in _WITHOUT_BODY or getattr(response, "_method", None) == "HEAD":
        return False
    left = response.length
    in_part = isinstance(response.chunk_left, int) or (left is not None and left < int(announced))
    return in_part or bool(response.isclosed())
