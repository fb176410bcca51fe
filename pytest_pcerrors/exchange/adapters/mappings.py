"""Read responses given as plain data: pairs, mappings in our own form, and interactions of vcrpy, of current and older versions."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.har import content_bytes, from_har, is_har_response
from pytest_pcerrors.exchange.adapters.parts import (
    NOT_KEPT,
    RequestData,
    ResponseData,
    base64_bytes,
    body_bytes,
    header_pairs,
    json_bytes,
    recording_time,
    request_of,
    status_of,
)
from pytest_pcerrors.exchange.http import WITHOUT_BODY
from pytest_pcerrors.text import nearest

OWN_KEYS = ("status", "headers", "body", "body_base64", "reason", "request", "origin", "recorded_at")
"""The keys of a response in our own form."""

GIVE_STATUS = 'a body by itself needs its status: {"status": 404, "body": ...}'

_OTHER_NAMES = frozenset(("json", "text", "data"))
"""What clients call a body."""

_OF_WRAPPED = frozenset(("string", "base64_string", "encoding"))
"""The keys of a body as recorders write it, also beside a status that is a number."""


def from_pair(pair: Any) -> ResponseData:
    """Read a pair (status, body); the headers are unknown."""
    if len(pair) != len(("status", "body")):
        raise UsageError(
            f"expected a tuple (status, body), got one of length {len(pair)}; for headers use a mapping with status, headers, body"
        )
    status, body = pair
    return ResponseData(status_of(status), None, body_bytes(body))


def from_mapping(mapping: Mapping[str, Any], origin: str | None = None) -> ResponseData:
    """Read a mapping in the form of a recording or in our own form.

    Our own form: ``status``, ``headers``, ``body`` (bytes, text or a JSON value) or ``body_base64``, ``reason``, ``request``
    (``method``, ``url``, ``headers``, ``body``), ``origin``, ``recorded_at``. Without ``headers``, the headers are unknown.
    """
    if isinstance(mapping.get("status"), int) and not is_har_response(mapping):
        return _from_own(mapping, origin)
    match mapping:
        case {"request": request, "response": Mapping() as response} if request is not None:
            answer = from_mapping(response, origin).answering(_request_of_mapping(request))
            return answer._replace(recorded_at=recording_time(mapping) or answer.recorded_at)
        case {"response": response}:
            missing = "request" if isinstance(response, Mapping) else "response"
            raise UsageError(f"an interaction has a request and a response; this one has no {missing}")
        case {"status": Mapping()}:
            return from_vcrpy(mapping, origin)
        case {"status_code": status, "content": content}:  # httpx with vcrpy before version 6
            headers = header_pairs(mapping.get("headers") or ())
            return ResponseData(status_of(status), headers, body_bytes(content), origin=origin)
        case _:
            return from_har(mapping, origin) if is_har_response(mapping) else _from_own(mapping, origin)


def _from_own(mapping: Mapping[str, Any], origin: str | None) -> ResponseData:
    for key in mapping:
        if key not in OWN_KEYS:
            meant = 'did you mean "body"?' if key in _OTHER_NAMES else nearest(str(key), OWN_KEYS)
            alone = "" if "body" in mapping or "status" in mapping else f"; {GIVE_STATUS}"
            raise UsageError(f'a response as a mapping has no key "{key}"; {meant}{alone}')
    if "status" not in mapping:
        raise UsageError('the response has no "status"; a recording may be cut off here')
    encoded, body = mapping.get("body_base64"), mapping.get("body")
    if encoded is None and isinstance(body, Mapping) and _is_wrapped(body) and _OF_WRAPPED.issuperset(body):
        body = _unwrapped(body)
    headers = mapping.get("headers")
    request = mapping.get("request")
    return ResponseData(
        status_of(mapping["status"]),
        None if headers is None else header_pairs(headers),
        body_bytes(body) if encoded is None else base64_bytes(encoded),
        None if request is None else _request_of_mapping(request),
        mapping.get("reason"),
        origin or mapping.get("origin"),
        recorded_at=recording_time(mapping),
    )


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


def recorded_body(response: Mapping[str, Any]) -> bytes | None:
    """Return the body of a recorded response with its content encodings; None if the recording does not have it.

    An empty mapping is the body of a response that aiohttp could not read; vcrpy replays it as empty.
    ``parsed_body`` is written by serializers that keep JSON readable.
    """
    if response.get("parsed_body") is not None:
        return json_bytes(response["parsed_body"], _plain)
    if "body" not in response:
        return body_bytes(response["content"]) if "content" in response else None
    body = response["body"]
    if not isinstance(body, Mapping):
        return body_bytes(body)
    if body and not _is_wrapped(body):
        raise UsageError('expected a recorded body with "string" or "base64_string", got neither')
    return _unwrapped(body)


def _request_of_mapping(request: Any) -> RequestData:
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
        return json_bytes(request["parsed_body"], _plain)
    body = request.get("body")
    if isinstance(body, bytes | str):
        return body_bytes(body)
    if body is None:
        posted = request.get("postData")
        return content_bytes(posted) if isinstance(posted, Mapping) else b""
    if isinstance(body, Mapping) and _is_wrapped(body):
        with suppress(UsageError):  # vcrpy replays it like any other mapping
            return _unwrapped(body)
    return json_bytes(body, _plain) if isinstance(body, Mapping | list | tuple) else b""


def _is_wrapped(body: Mapping[str, Any]) -> bool:
    return "string" in body or "base64_string" in body


def _unwrapped(body: Mapping[str, Any]) -> bytes:
    return base64_bytes(body["base64_string"]) if "base64_string" in body else body_bytes(body.get("string"))


def _plain(value: Any) -> Any:
    """Return bytes in a JSON value as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    raise TypeError(f"{type(value).__name__} is not a JSON value")
