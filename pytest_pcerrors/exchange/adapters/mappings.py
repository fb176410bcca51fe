"""Read responses given as plain data: mappings in our own form or in that of a recording, and pairs."""

from collections.abc import Mapping
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.data import ResponseData
from pytest_pcerrors.exchange.adapters.har import from_har, is_har_response
from pytest_pcerrors.exchange.adapters.interactions import from_old_vcrpy, from_vcrpy, request_of_mapping
from pytest_pcerrors.exchange.adapters.parts import (
    base64_bytes,
    body_bytes,
    header_pairs,
    recording_time,
    status_of,
)
from pytest_pcerrors.text import nearest

OWN_KEYS = ("status", "headers", "body", "body_base64", "reason", "request", "origin", "recorded_at")
"""The keys of a response in our own form."""


def from_pair(pair: Any) -> ResponseData:
    """Read a pair (status, body); the headers are unknown."""
    if len(pair) != len(("status", "body")):
        raise UsageError(f"expected a tuple (status, body), got one with {len(pair)} members")
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
            answer = from_mapping(response, origin).answering(request_of_mapping(request))
            return answer._replace(recorded_at=recording_time(mapping) or answer.recorded_at)
        case {"response": response}:
            missing = "request" if response is not None else "response"
            raise UsageError(f"an interaction has a request and a response; this one has no {missing}")
        case {"status": Mapping()}:
            return from_vcrpy(mapping, origin)
        case {"status_code": _, "content": _}:
            return from_old_vcrpy(mapping, origin)
        case _:
            return from_har(mapping, origin) if is_har_response(mapping) else _from_own(mapping, origin)


def _from_own(mapping: Mapping[str, Any], origin: str | None) -> ResponseData:
    for key in mapping:
        if key not in OWN_KEYS:
            raise UsageError(f'a response as a mapping has no key "{key}"; {nearest(str(key), OWN_KEYS)}')
    if "status" not in mapping:
        raise UsageError('the response has no "status"; a recording may be cut off here')
    encoded = mapping.get("body_base64")
    body = base64_bytes(encoded) if encoded is not None else body_bytes(mapping.get("body"))
    headers = mapping.get("headers")
    request = mapping.get("request")
    response = ResponseData(
        status_of(mapping["status"]),
        None if headers is None else header_pairs(headers),
        body,
        reason=mapping.get("reason"),
        origin=origin or mapping.get("origin"),
        recorded_at=recording_time(mapping),
    )
    return response if request is None else response.answering(request_of_mapping(request))
