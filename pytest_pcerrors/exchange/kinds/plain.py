"""Responses as plain data: mappings in our own form or in that of a recording, pairs, and exceptions that carry one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.exchange.kinds.har import from_har, is_har_response
from pytest_pcerrors.exchange.kinds.parts import NOT_KEPT, base64_bytes, body_bytes, header_pairs, status_of
from pytest_pcerrors.exchange.kinds.recorded import from_old_vcrpy, from_vcrpy, request_of_mapping
from pytest_pcerrors.exchange.model import Exchange

_KEYS = ("status", "headers", "body", "body_base64", "reason", "request", "origin")


def from_exchange(exchange: Exchange) -> Exchange:
    """Return the exchange itself."""
    return exchange


def from_pair(pair: Any) -> Exchange:
    """Make an exchange of (status, body); its headers are unknown."""
    if len(pair) != len(("status", "body")):
        raise UsageError(f"a tuple is a response as (status, body); this one has {len(pair)} members")
    status, body = pair
    return Exchange(status_of(status), None, body_bytes(body))


def from_mapping(mapping: Mapping[str, Any], origin: str | None = None) -> Exchange:
    """Make an exchange of a mapping in one of the forms of recordings, or of our own.

    Our own: ``status``, ``headers``, ``body`` (bytes, text or a JSON value) or ``body_base64``, ``reason``, ``request``
    (``method``, ``url``, ``headers``, ``body``), ``origin``. Without ``headers``, the headers are unknown.
    """
    if isinstance(mapping.get("status"), int) and not is_har_response(mapping):
        return _from_own(mapping, origin)
    match mapping:
        case {"request": request, "response": Mapping() as response} if request is not None:
            return _answering(from_mapping(response, origin), request)
        case {"response": response}:
            missing = "request" if response is not None else "response"
            raise UsageError(f"an interaction has a request and a response, this one has no {missing}")
        case {"status": Mapping()}:
            return from_vcrpy(mapping, origin)
        case {"status_code": _, "content": _}:
            return from_old_vcrpy(mapping, origin)
        case _:
            return from_har(mapping, origin) if is_har_response(mapping) else _from_own(mapping, origin)


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
        status_of(mapping["status"]),
        None if headers is None else header_pairs(headers),
        body,
        reason=mapping.get("reason"),
        origin=origin or mapping.get("origin"),
    )
    return exchange if request is None else _answering(exchange, request)


def _answering(exchange: Exchange, request: Any) -> Exchange:
    """Return the exchange with its request; the answer to a HEAD has no body that could have been kept."""
    asked = request_of_mapping(request)
    if asked.method == "HEAD" and exchange.body_problem == NOT_KEPT:
        exchange = replace(exchange, body_problem=None)
    return exchange.with_request(asked)
