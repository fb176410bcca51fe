"""Read responses of azure-core, which the clients of Microsoft's SDKs return."""

from typing import Any

from pytest_pcerrors.exchange.adapters.clients import separate_headers
from pytest_pcerrors.exchange.adapters.data import ResponseData
from pytest_pcerrors.exchange.adapters.parts import read, request_of


def from_azure(response: Any) -> ResponseData:
    """Read an `azure.core.rest.HttpResponse`; a stream that is not read yet is read."""
    return _response(response, read(response, response.read, "call `response.read()` while the response is open"))


def from_azure_async(response: Any) -> ResponseData:
    """Read an `azure.core.rest.AsyncHttpResponse` whose body has been read."""
    return _response(response, read(response, lambda: response.content, "call `await response.read()` first"))


def from_azure_transport(response: Any) -> ResponseData:
    """Read a response of azure-core's older interface, in `azure.core.pipeline.transport`."""
    advice = "call `await response.load_body()` first if it is asynchronous"
    return _response(response, read(response, response.body, advice))


def _response(response: Any, body: bytes) -> ResponseData:
    """Return a response; the one of its transport keeps repeated headers separate, those of azure-core are joined."""
    original = getattr(response, "internal_response", None)
    headers = separate_headers(original if hasattr(original, "headers") else response)
    return ResponseData(response.status_code, headers, body, request_of(response.request), response.reason)
