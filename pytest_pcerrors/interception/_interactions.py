"""Interactions in vcrpy's form: made from cassette items, converted to exchanges, redacted and decoded."""

import json
from copy import copy
from typing import TYPE_CHECKING, Any

from vcr.request import Request as VcrRequest

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.adapters.mappings import from_vcrpy, recorded_body
from pytest_pcerrors.exchange.adapters.parts import RequestData, body_bytes, header_lists, header_pairs
from pytest_pcerrors.exchange.archives.items import exchange_of_item
from pytest_pcerrors.exchange.encodings import undo
from pytest_pcerrors.exchange.model import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pytest_pcerrors.redaction import Redaction

Response = dict[str, Any]
"""A response in vcrpy's form: ``status`` with ``code`` and ``message``, ``headers`` with lists, ``body`` with ``string``."""


class RecordedRequest(VcrRequest):  # type: ignore[misc]  # vcrpy ships no types
    """A vcrpy request that was loaded from a cassette; `origin` is its place in the file, `recorded_at` the moment in it."""

    origin: str | None = None
    recorded_at: "datetime | None" = None


def interaction_of(item: Any, origin: str) -> tuple[RecordedRequest, Response]:
    """Make an interaction from an item of a cassette; a missing part is an `ArchiveError` at its origin."""
    exchange = exchange_of_item(item, origin)
    request_data, response = exchange.request, item.get("response")
    if request_data is None or response is None:
        raise ArchiveError(origin, "an interaction without a request or a response cannot be replayed")
    body = item["request"].get("body")
    try:
        first_of_each = dict(reversed(list(request_data.headers)))
        request = RecordedRequest(request_data.method, request_data.url, body_of(body), first_of_each)
        _ = request.port  # raises for an invalid port here instead of in the first comparison
    except ValueError as error:
        raise ArchiveError(origin, f"the URL of the request is invalid: {error}") from None
    request.origin, request.recorded_at = origin, exchange.recorded_at
    headers, string = header_pairs(response.get("headers") or ()), recorded_body(response) or b""
    recorded = vcrpy_response(exchange.status, exchange.reason or "", headers, string)
    return request, decoded(recorded) if "content" in response else recorded


def vcrpy_response(status: int, reason: str | None, headers: "Iterable[tuple[str, str]]", body: bytes) -> Response:
    """Return a response in vcrpy's form."""
    return {"status": {"code": status, "message": reason}, "headers": header_lists(headers), "body": {"string": body}}


def of_client(response: Response) -> Response:
    """Return a response that a client has received, with its headers as a mapping; vcrpy passes those of tornado as pairs.

    aiohttp gives bytes that are not UTF-8 as lone surrogates, which no file can have; they are read as ISO-8859-1.
    """
    status = response["status"]
    headers = header_lists((name, _without_surrogates(value)) for name, value in header_pairs(response["headers"]))
    return {**response, "status": {**status, "message": _without_surrogates(status.get("message"))}, "headers": headers}


def _without_surrogates(text: Any) -> Any:
    if not isinstance(text, str) or text.isascii():
        return text
    packed = text.encode("utf-8", "surrogateescape")
    return text if packed.decode("utf-8", "replace") == text else packed.decode("iso-8859-1")


def for_client(response: Response) -> Response:
    """Return a copy of a recorded response whose headers and reason every client can encode; vcrpy takes headers out of it."""
    status = response["status"]
    message = _encodable(status.get("message"))
    return {**response, "status": {**status, "message": message}, "headers": encodable_headers(response["headers"])}


def encodable_headers(headers: "Mapping[str, list[str]]") -> dict[str, list[str]]:
    """Return headers that encode to the bytes that the client received."""
    return {name: [_encodable(value) for value in values] for name, values in headers.items()}


class _HeaderText(str):
    """A text beyond ASCII of a response's head, which encodes to the bytes that the client received, whatever encoding it asks for."""

    __slots__ = ()

    def encode(self, encoding: str = "iso-8859-1", errors: str = "strict") -> bytes:  # noqa: ARG002 - the signature of str
        try:
            return super().encode("iso-8859-1")
        except UnicodeEncodeError:
            return super().encode("utf-8", "surrogateescape")


def _encodable(text: Any) -> Any:
    return _HeaderText(text) if isinstance(text, str) and not text.isascii() else text


def exchange_of_interaction(request: VcrRequest, response: Response, origin: str | None) -> Exchange:
    """Return an interaction as an exchange; an invalid recording is an `ArchiveError` at its origin."""
    sent = RequestData(request.method, request.uri, header_pairs(request.headers), body_of(request.body) or b"")
    try:
        answer = from_vcrpy(response, origin).answering(sent)
        return Exchange.of_data(answer._replace(recorded_at=getattr(request, "recorded_at", None)))
    except UsageError as error:
        raise ArchiveError(origin or "the response", str(error)) from None


def body_of(body: Any) -> bytes | None:
    """Return the body of a request as bytes, whatever form the client used; `None` if there is no body or no bytes."""
    if body is None or isinstance(body, bytes):
        return body
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, dict | list):
        return _json(body)
    if isinstance(body, str | bytes | bytearray | memoryview):
        return body_bytes(body)
    if hasattr(body, "__iter__"):
        return b"".join(body_bytes(each) for each in body if isinstance(each, str | bytes | bytearray))
    return None


def redacted_request(request: VcrRequest, redaction: "Redaction") -> VcrRequest:
    """Return a copy of a request without its secrets; its body is bytes."""
    hidden = copy(request)
    body = body_of(request.body)
    hidden._was_file = hidden._was_iter = False  # noqa: SLF001 - the body is bytes from now on
    hidden.uri = redaction.url(request.uri)
    hidden.headers = dict(redaction.headers((_text(name), _text(value)) for name, value in request.headers.items()))
    hidden.body = body if body is None else redaction.body(body)
    return hidden


def comparable(request: VcrRequest, redaction: "Redaction") -> VcrRequest:
    """Return a request for comparisons, with a placeholder for every credential.

    A recording does not contain credentials, and the run that replays it has different ones. A request without any is
    returned as it is.
    """
    body = request.body if isinstance(request.body, bytes) else b""
    texts = [request.uri, *map(str, request.headers.values())]
    matching = redaction.for_matching()
    if not (matching.secrets.may_be_in("\n".join(texts)) or matching.secrets.may_be_in(body)):
        return request
    return redacted_request(request, matching)


def redacted_response(response: Response, redaction: "Redaction") -> Response:
    """Return a copy of a response without its secrets; a correct Content-Length is updated."""
    plain = body_bytes(response["body"].get("string"))
    body = redaction.body(plain)
    headers = [
        (name, str(len(body)) if name.lower() == "content-length" and value == str(len(plain)) else value)
        for name, value in redaction.headers(header_pairs(response["headers"]))
    ]
    status = response["status"]
    message = status.get("message")
    return vcrpy_response(status["code"], redaction.text(message) if message else message, headers, body)


def decoded(response: Response) -> Response:
    """Return a response without its content encoding (RFC 9110, section 8.4).

    An encoding that cannot be decoded is a `UsageError`: a body that cannot be searched for secrets is not recorded.
    """
    pairs, body = header_pairs(response["headers"]), response["body"].get("string")
    encoding = ", ".join(value for name, value in pairs if name.lower() == "content-encoding")
    if not encoding or not body:
        return response
    lengths = [value for name, value in pairs if name.lower() == "content-length"]
    plain = _undone(body, encoding) if lengths in ([], [str(len(body))]) else body  # else its client has decoded it
    kept = [
        (name, str(len(plain)) if name.lower() == "content-length" else value)
        for name, value in pairs
        if name.lower() != "content-encoding"
    ]
    return {**response, "headers": header_lists(kept), "body": {**response["body"], "string": plain}}


def _undone(body: bytes, encoding: str) -> bytes:
    plain, _, problem = undo(body, encoding)
    if problem:
        raise UsageError(
            f"a body in the content encoding {encoding!r} cannot be searched for secrets, so it is not recorded: {problem}"
        )
    return plain


def _text(value: Any) -> str:
    """Return the name or the value of a header as text; clients may use bytes."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _json(body: Any) -> bytes | None:
    try:
        return json.dumps(body).encode()
    except (TypeError, ValueError, RecursionError):
        return None
