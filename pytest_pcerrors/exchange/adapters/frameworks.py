"""Read responses of web frameworks and their test clients: werkzeug and Flask, Django, WebTest, Starlette."""

from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.parts import (
    USE_MAPPING,
    RequestData,
    ResponseData,
    header_pairs,
    read,
    request_of,
)


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
