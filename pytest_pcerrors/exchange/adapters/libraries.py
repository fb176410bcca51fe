"""Read responses of libraries: of HTTP clients, of azure-core, which Microsoft's SDKs use, and of web frameworks with their test clients."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.parts import (
    USE_MAPPING,
    RequestData,
    ResponseData,
    header_pairs,
    read,
    request_of,
)
from pytest_pcerrors.exchange.http import WITHOUT_BODY

_KEPT_BODIES: "WeakKeyDictionary[object, bytes]" = WeakKeyDictionary()
"""Bodies that can be read only once, kept for the next read of the same response."""


def from_requests(response: Any) -> ResponseData:
    """Read a `requests.Response`, or a response with the same interface."""
    if getattr(response, "_content", None) is False:
        _refuse_spent(getattr(response, "raw", None), "requests")
    body = read(response, lambda: response.content, USE_MAPPING)
    request = request_of(getattr(response, "request", None))
    return ResponseData(response.status_code, _separate_headers(response), body, request, response.reason)


def from_httpx(response: Any) -> ResponseData:
    """Read an `httpx.Response` of a sync client, or of an async client once its body has been read."""
    body = read(
        response, response.read, "call `response.read()` or `await response.aread()` while the response is open"
    )
    request = None
    with suppress(RuntimeError):  # httpx raises it if a response has no request
        sent = response.request
        request = RequestData(sent.method, str(sent.url), sent.headers.raw, _sent_body(sent))
    return ResponseData(response.status_code, response.headers.raw, body, request, response.reason_phrase)


def from_aiohttp(response: Any) -> ResponseData:
    """Read an `aiohttp.ClientResponse` whose body has been read."""
    body = response._body  # noqa: SLF001 - the only access to a body that aiohttp has read without awaiting
    if body is None:
        raise UsageError("the body of this aiohttp response has not been read; call `await response.read()` first")
    request = RequestData(response.method, str(response.url), response.request_info.headers.items())
    return ResponseData(response.status, response.headers.items(), body, request, response.reason)


def from_urllib3(response: Any) -> ResponseData:
    """Read a `urllib3.BaseHTTPResponse`."""
    _refuse_spent(response, "urllib3")
    body = read(response, lambda: response.data, USE_MAPPING)
    url = _absolute(response.geturl(), getattr(response, "_pool", None))
    method = getattr(getattr(response, "_original_response", None), "_method", None)
    return ResponseData(
        response.status, header_pairs(response.headers), body, _known_request(method, url), response.reason
    )


def from_http_client(response: Any) -> ResponseData:
    """Read an `http.client.HTTPResponse`; its body is read once and kept."""
    request = _known_request(getattr(response, "_method", None), getattr(response, "url", None))
    return ResponseData(response.status, response.getheaders(), _read_once(response), request, response.reason)


def from_urllib_error(error: Any) -> ResponseData:
    """Read a `urllib.error.HTTPError`; its body is read once and kept."""
    body = _read_once(error.fp) if error.fp is not None else b""
    headers = header_pairs(error.headers) if error.headers is not None else None
    request = _known_request(getattr(error.fp, "_method", None), error.filename)
    return ResponseData(error.code, headers, body, request, error.msg)


def _from_azure(body: Callable[[Any], Any], advice: str, response: Any) -> ResponseData:
    """Read a response of azure-core; the one of its transport keeps repeated headers separate, those of azure-core are joined."""
    original = getattr(response, "internal_response", None)
    headers = _separate_headers(original if hasattr(original, "headers") else response)
    content = read(response, lambda: body(response), advice)
    return ResponseData(response.status_code, headers, content, request_of(response.request), response.reason)


from_azure = partial(_from_azure, lambda each: each.read(), "call `response.read()` while the response is open")
"""Read an `azure.core.rest.HttpResponse`; a stream that is not read yet is read."""

from_azure_async = partial(_from_azure, lambda each: each.content, "call `await response.read()` first")
"""Read an `azure.core.rest.AsyncHttpResponse` whose body has been read."""

from_azure_transport = partial(
    _from_azure, lambda each: each.body(), "call `await response.load_body()` first if it is asynchronous"
)
"""Read a response of azure-core's older interface, in `azure.core.pipeline.transport`."""


def _separate_headers(response: Any) -> list[tuple[str, str]]:
    """Return the headers as received: requests joins repeated headers, its urllib3 response keeps them separate."""
    original: Any = getattr(getattr(response, "raw", None), "headers", None)
    joined = header_pairs(response.headers)
    if not hasattr(original, "getlist"):
        return joined
    pairs: list[tuple[str, str]] = []
    for name, value in joined:
        values = original.getlist(name)
        is_joined = len(values) > 1 and ", ".join(values) == value
        pairs += [(name, each) for each in values] if is_joined else [(name, value)]
    return pairs


def _known_request(method: str | None, url: str | None) -> RequestData | None:
    """Return the request as far as it is known; a HEAD is returned even without a URL, since it explains an empty body."""
    return RequestData(method or "GET", url or "") if url or method == "HEAD" else None


def _absolute(url: str | None, pool: Any) -> str | None:
    """Return an absolute URL: urllib3 may keep only the path, the connection pool has the rest."""
    if pool is None or not url or not url.startswith("/"):
        return url
    port = "" if pool.port in (None, pool.ConnectionCls.default_port) else f":{pool.port}"
    return f"{pool.scheme}://{pool.host}{port}{url}"


def _sent_body(request: Any) -> bytes:
    try:
        return bytes(request.content)
    except RuntimeError:  # httpx.RequestNotRead: the request was a stream
        return b""


def _refuse_spent(response: Any, client: str) -> None:
    """Raise a `UsageError` if a urllib3 response no longer has its whole body."""
    if getattr(response, "_body", b"") is not None or getattr(response, "_fp", None) is None:
        return
    if response.tell() > 0 or (response.isclosed() and response.length_remaining != 0):
        how = "read as a stream, or closed before it was read"
        raise UsageError(f"the body of this {client} response was {how}; {USE_MAPPING}")


def _read_once(response: Any) -> bytes:
    if response not in _KEPT_BODIES:
        _KEPT_BODIES[response] = read(response, lambda: _whole_body(response), USE_MAPPING)
    return _KEPT_BODIES[response]


def _whole_body(response: Any) -> Any:
    if not response.seekable():
        if _was_read(response):
            raise UsageError(f"the body of this response was read or closed before the check; {USE_MAPPING}")
        return response.read()
    position = response.tell()
    response.seek(0)
    body = response.read()
    response.seek(position)
    return body


def _was_read(response: Any) -> bool:
    """Return whether an `http.client.HTTPResponse` was closed, or read completely or partly."""
    if not hasattr(response, "isclosed"):
        return False
    declared = response.getheader("Content-Length")
    if declared == "0" or response.status in WITHOUT_BODY or getattr(response, "_method", None) == "HEAD":
        return False
    remaining = response.length
    is_partly_read = isinstance(response.chunk_left, int) or (remaining is not None and remaining < int(declared))
    return is_partly_read or bool(response.isclosed())


def from_werkzeug(response: Any) -> ResponseData:
    """Read a response of werkzeug, Flask, or their test clients."""
    body = read(response, response.get_data, USE_MAPPING)
    request = request_of(getattr(response, "request", None))
    return ResponseData(response.status_code, header_pairs(response.headers), body, request, _phrase(response.status))


def from_django(response: Any) -> ResponseData:
    """Read a Django response of a view or of the test client; a streamed body is read once and put back."""
    if response.streaming and response.is_async:
        raise UsageError(f"this Django response streams asynchronously; join its parts and {USE_MAPPING}")
    if response.streaming:
        body = read(response, lambda: b"".join(response.streaming_content), USE_MAPPING)
        response.streaming_content = [body]
    else:
        body = read(response, lambda: response.content, "call `response.render()` first if it is a template")
    cookies = [("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values()]
    return ResponseData(
        response.status_code,
        [*header_pairs(response.headers), *cookies],
        body,
        _django_request(getattr(response, "wsgi_request", None) or getattr(response, "asgi_request", None)),
        response.reason_phrase,
    )


def from_webob(response: Any) -> ResponseData:
    """Read a WebOb response, such as one of WebTest."""
    body = read(response, lambda: response.body, USE_MAPPING)
    return ResponseData(
        response.status_int,
        header_pairs(response.headerlist),
        body,
        request_of(getattr(response, "request", None)),
        _phrase(response.status),
    )


def from_starlette(response: Any) -> ResponseData:
    """Read a Starlette or FastAPI response object; their test client returns httpx responses."""
    body = getattr(response, "body", None)
    if body is None:
        raise UsageError(
            "this Starlette response is a stream; request it with the test client and pass the response of the client"
        )
    return ResponseData(response.status_code, header_pairs(response.raw_headers), bytes(body))


def _django_request(request: Any) -> RequestData | None:
    if request is None:
        return None
    host = request._get_raw_host()  # noqa: SLF001 - get_host() raises for hosts that are not in ALLOWED_HOSTS
    return RequestData(
        request.method, f"{request.scheme}://{host}{request.get_full_path()}", header_pairs(request.headers)
    )


def _phrase(status_line: str) -> str:
    return status_line.partition(" ")[2]
