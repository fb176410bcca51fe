"""Responses as plain data: mappings, pairs, vcrpy interactions, HAR entries, and exceptions that carry a response."""

from collections.abc import Mapping
from typing import Any

from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.exchange.kinds.parts import base64_bytes, body_bytes, header_pairs
from pytest_pcerrors.exchange.model import Exchange, Request

_KEYS = ("status", "headers", "body", "body_base64", "reason", "request", "origin")


def from_exchange(exchange: Exchange) -> Exchange:
    """Return the exchange itself."""
    return exchange


def from_pair(pair: Any) -> Exchange:
    """Make an exchange of (status, body); its headers are unknown."""
    if len(pair) != len(("status", "body")):
        raise UsageError(f"a tuple is a response as (status, body); this one has {len(pair)} members")
    status, body = pair
    return Exchange(_status(status), None, body_bytes(body))


def from_mapping(mapping: Mapping[str, Any], origin: str | None = None) -> Exchange:
    """Make an exchange of a mapping in one of the forms of recordings, or of our own.

    Our own: ``status``, ``headers``, ``body`` (bytes, text or a JSON value) or ``body_base64``, ``reason``, ``request``
    (``method``, ``url``, ``headers``, ``body``), ``origin``. Without ``headers``, the headers are unknown.
    """
    if isinstance(mapping.get("status"), int) and "content" not in mapping:
        return _from_own(mapping, origin)
    match mapping:
        case {"request": Mapping() as request, "response": Mapping() as response}:
            exchange = from_mapping(response, origin)
            return _with_request(exchange, request)
        case {"status": Mapping()}:
            return _from_vcrpy(mapping, origin)
        case {"status": _, "content": Mapping()}:
            return _from_har(mapping, origin)
        case {"status_code": _, "content": _}:
            return _from_old_vcrpy(mapping, origin)
        case _:
            return _from_own(mapping, origin)


def from_exception(error: Any) -> Exchange:
    """Make an exchange of the response that an exception carries as ``.response``."""
    from pytest_pcerrors.exchange.adapters import exchange_of

    response = getattr(error, "response", None)
    if response is None:
        raise UsageError(f"this {type(error).__name__} carries no response; hand over the response itself")
    return exchange_of(response)


def from_exception_info(info: Any) -> Exchange:
    """Make an exchange of what `pytest.raises` caught."""
    from pytest_pcerrors.exchange.adapters import exchange_of

    try:
        caught = info.value
    except AssertionError:
        raise UsageError("pytest.raises has caught nothing yet; look at it behind its `with` block") from None
    return exchange_of(caught)


def _from_own(mapping: Mapping[str, Any], origin: str | None) -> Exchange:
    for key in mapping:
        if key not in _KEYS:
            raise UsageError(f'a response as a mapping has no key "{key}"; {nearest(str(key), _KEYS)}')
    if "status" not in mapping:
        raise UsageError('the response has no "status"; a recording may be cut off here')
    encoded = mapping.get("body_base64")
    body = base64_bytes(encoded) if encoded is not None else body_bytes(mapping.get("body"))
    headers = mapping.get("headers")
    request = mapping.get("request")
    exchange = Exchange(
        _status(mapping["status"]),
        None if headers is None else header_pairs(headers),
        body,
        reason=mapping.get("reason"),
        origin=origin or mapping.get("origin"),
    )
    return exchange if request is None else _with_request(exchange, request)


def _from_vcrpy(response: Mapping[str, Any], origin: str | None) -> Exchange:
    status, body = response["status"], response.get("body")
    if isinstance(body, Mapping):
        if "base64_string" in body:
            body = base64_bytes(body["base64_string"])
        elif "string" in body:
            body = body["string"]
        else:
            raise UsageError('a recorded body has a "string" or a "base64_string"; this one has neither')
    return Exchange(
        _status(status.get("code")),
        header_pairs(response.get("headers") or ()),
        body_bytes(body),
        reason=status.get("message"),
        origin=origin,
    )


def _from_old_vcrpy(response: Mapping[str, Any], origin: str | None) -> Exchange:
    """Make an exchange of the form that vcrpy gave httpx responses before version 6."""
    headers = header_pairs(response.get("headers") or ())
    return Exchange(_status(response["status_code"]), headers, body_bytes(response["content"]), origin=origin)


def _from_har(response: Mapping[str, Any], origin: str | None) -> Exchange:
    content = response["content"]
    text = content.get("text")
    return Exchange(
        _status(response["status"]),
        header_pairs(response.get("headers") or ()),
        base64_bytes(text) if text is not None and content.get("encoding") == "base64" else body_bytes(text),
        reason=response.get("statusText") or None,
        origin=origin,
    )


def _with_request(exchange: Exchange, request: Any) -> Exchange:
    if isinstance(request, Request):
        known = request
    elif isinstance(request, Mapping):
        url = request.get("url", request.get("uri"))
        if not isinstance(url, str):
            raise UsageError('a request has a "url" (or "uri") that is text')
        posted = request.get("postData")
        body = request.get("body", posted.get("text") if isinstance(posted, Mapping) else None)
        known = Request(
            request.get("method") or "GET",
            url,
            header_pairs(request.get("headers") or ()),
            body_bytes(body) if isinstance(body, bytes | str) else b"",
        )
    else:
        raise UsageError(f"a request is a mapping with method and url, this is {type(request).__name__}")
    return Exchange(exchange.status, exchange.headers, exchange.body, known, exchange.reason, exchange.origin)


def _status(status: Any) -> int:
    if isinstance(status, str) and len(status) == len("409") and status.isascii() and status.isdigit():
        return int(status)
    if isinstance(status, bool) or not isinstance(status, int):
        raise UsageError(f"a status is a number such as 409, this is {type(status).__name__}")
    return status
