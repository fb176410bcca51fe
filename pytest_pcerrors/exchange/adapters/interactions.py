"""Read interactions of vcrpy cassettes, of current and older versions, and requests of any kind of recording."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.data import NOT_KEPT, RequestData, ResponseData
from pytest_pcerrors.exchange.adapters.har import content_bytes
from pytest_pcerrors.exchange.adapters.parts import (
    base64_bytes,
    body_bytes,
    header_pairs,
    request_of,
    status_of,
)
from pytest_pcerrors.exchange.http import WITHOUT_BODY


def from_vcrpy(response: Mapping[str, Any], origin: str | None) -> ResponseData:
    """Read a vcrpy response."""
    status = status_of(response["status"].get("code"))
    body = recorded_body(response)
    return ResponseData(
        status,
        header_pairs(response.get("headers") or ()),
        body or b"",
        reason=response["status"].get("message"),
        origin=origin,
        body_problem=NOT_KEPT if body is None and status not in WITHOUT_BODY else None,
    )


def from_old_vcrpy(response: Mapping[str, Any], origin: str | None) -> ResponseData:
    """Read an httpx response as vcrpy wrote it before version 6."""
    headers = header_pairs(response.get("headers") or ())
    return ResponseData(status_of(response["status_code"]), headers, body_bytes(response["content"]), origin=origin)


def recorded_body(response: Mapping[str, Any]) -> bytes | None:
    """Return the body of a recorded response with its content encodings; None if the recording does not have it.

    An empty mapping is the body of a response that aiohttp could not read; vcrpy replays it as empty.
    ``parsed_body`` is written by serializers that keep JSON readable.

    >>> recorded_body({"body": {"string": "Gone"}}), recorded_body({"body": {}}), recorded_body({})
    (b'Gone', b'', None)
    >>> recorded_body({"parsed_body": {"code": 2001}})
    b'{"code": 2001}'
    """
    if response.get("parsed_body") is not None:
        return _json(response["parsed_body"])
    if "body" not in response:
        return body_bytes(response["content"]) if "content" in response else None
    body = response["body"]
    if not isinstance(body, Mapping):
        return body_bytes(body)
    if body and not _is_wrapped(body):
        raise UsageError('expected a recorded body with "string" or "base64_string", got neither')
    return _unwrapped(body)


def request_of_mapping(request: Any) -> RequestData:
    """Read a request: an object with method and url, or a mapping in our own form, of vcrpy or of HAR."""
    if not isinstance(request, dict | Mapping):
        if sent := request_of(request):
            return sent
        raise UsageError(f"expected a request as a mapping with method and url, got {type(request).__name__}")
    url = request.get("url", request.get("uri"))
    if not isinstance(url, str):
        raise UsageError('expected a request with a "url" (or "uri") that is a string')
    method = request.get("method") or "GET"
    if not isinstance(method, str):
        raise UsageError(f"expected the method of a request as a string, got {type(method).__name__}")
    headers = header_pairs(request.get("headers") or ())
    return RequestData(method, url, headers, _sent_body(request))


def _sent_body(request: Mapping[str, Any]) -> bytes:
    """Return the body of a request where known; a structured body, as recorded for aiohttp, as JSON."""
    if request.get("parsed_body") is not None:
        return _json(request["parsed_body"])
    body = request.get("body")
    if isinstance(body, bytes | str):
        return body_bytes(body)
    if body is None:
        posted = request.get("postData")
        return content_bytes(posted) if isinstance(posted, Mapping) else b""
    if isinstance(body, Mapping) and _is_wrapped(body):
        with suppress(UsageError):  # vcrpy replays it like any other mapping
            return _unwrapped(body)
    return _json(body) if isinstance(body, Mapping | list | tuple) else b""


def _is_wrapped(body: Mapping[str, Any]) -> bool:
    return "string" in body or "base64_string" in body


def _unwrapped(body: Mapping[str, Any]) -> bytes:
    return base64_bytes(body["base64_string"]) if "base64_string" in body else body_bytes(body.get("string"))


def _json(value: Any) -> bytes:
    """Return a value as JSON; bytes in it become strings."""
    try:
        return json.dumps(value, default=_plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"the body cannot be written as JSON: {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    raise TypeError(f"{type(value).__name__} is not a JSON value")
