"""Read responses of HAR 1.2, as browsers, proxies and recorders write it."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.parts import (
    NOT_KEPT,
    ResponseData,
    base64_bytes,
    body_bytes,
    header_pairs,
    status_of,
)
from pytest_pcerrors.exchange.encodings import encoding_of
from pytest_pcerrors.exchange.http import WITHOUT_BODY, Headers
from pytest_pcerrors.text import late_pattern

_OF_RESPONSES = frozenset({"content", "statusText", "httpVersion", "redirectURL", "bodySize"})
_LENGTH = late_pattern(r"-1|\d{1,18}", re.ASCII)
_PLAIN = (None, "", "utf-8", "utf8")


def is_har_response(response: Any) -> bool:
    """Return whether a mapping is a HAR response."""
    return (
        (type(response) is dict or isinstance(response, Mapping))
        and not _OF_RESPONSES.isdisjoint(response)
        and "status_code" not in response
        and not isinstance(response.get("status"), Mapping)
    )


def has_no_response(entry: Any, *, is_har: bool = False) -> bool:
    """Return whether a parsed entry is a request without a response: the response or its status is missing, or 0 or less."""
    if not isinstance(entry, dict):
        return False
    response = entry.get("response")
    if not (is_har or "startedDateTime" in entry or (response and is_har_response(response))):
        return False
    if not isinstance(response, Mapping):
        return response is None
    status = response.get("status")
    return status is None or str(status) in ("0", "000") or (type(status) is int and status < 0)


def from_har(response: Mapping[str, Any], origin: str | None) -> ResponseData:
    """Read a HAR response."""
    status, headers = status_of(response.get("status")), Headers(header_pairs(response.get("headers") or ()))
    content = response.get("content")
    if content is not None and not isinstance(content, Mapping):
        found = type(content).__name__
        raise UsageError(f'expected "content" as a mapping, as HAR has it, got {found}; without HAR, call it "body"')
    body = b"" if content is None else content_bytes(content, is_encoded=headers.get("Content-Encoding") is not None)
    is_kept = bool(body) or status in WITHOUT_BODY or _was_empty(response, content, headers)
    return ResponseData(
        status,
        headers,
        body,
        reason=response.get("statusText") or None,
        origin=origin,
        body_problem=None if is_kept else NOT_KEPT,
    )


def content_bytes(content: Mapping[str, Any], *, is_encoded: bool = False) -> bytes:
    """Return the bytes of a ``content`` or ``postData``; a text declared as base64 that is not base64 is used unchanged.

    Polly.js writes an encoded body as a JSON array of chunks, in base64 or, before version 5, in hexadecimal.
    """
    text, encoding = content.get("text"), content.get("encoding")
    chunks = chunks_of(text) if is_encoded or isinstance(text, list) else None
    if isinstance(encoding, str):
        encoding = encoding.strip().lower()
    if encoding == "base64":
        return b"".join(map(base64_bytes, chunks)) if chunks else _base64_or_text(text, content.get("size"))
    if encoding not in _PLAIN:
        raise UsageError(f'unknown encoding "{encoding}" of the body; expected base64 or none')
    if chunks and (packed := packed_in_hex("".join(chunks))):
        return packed
    return "".join(chunks).encode() if isinstance(text, list) and chunks else body_bytes(text)


def _was_empty(response: Mapping[str, Any], content: Mapping[str, Any] | None, headers: Headers) -> bool:
    """Return whether a response without a text had no body, judged by its lengths; -1 is an unknown length."""
    if content is not None and "_file" in content:
        return False
    size = -1 if content is None else _length(content.get("size"))
    lengths = (size, _length(response.get("bodySize")), _length(headers.get("Content-Length")))
    known = [each for each in lengths if each is not None and each >= 0]
    return not any(known) if known else size != -1


def _length(value: Any) -> float | None:
    """Return a length, which may be written as text; None if it is missing or invalid."""
    if isinstance(value, str):
        return int(value) if _LENGTH.fullmatch(value) else None
    return value if isinstance(value, int | float) else None


def chunks_of(text: Any) -> list[str] | None:
    """Return the strings of an array, or of a text that is a JSON array of strings; else None."""
    if isinstance(text, str) and text.startswith("["):
        try:
            text = json.loads(text)
        except (ValueError, RecursionError):
            return None
    return text if isinstance(text, list) and all(isinstance(each, str) for each in text) else None


def packed_in_hex(text: str) -> bytes | None:
    """Return the bytes of a compressed body in hexadecimal; else None."""
    try:
        packed = bytes.fromhex(text)
    except ValueError:
        return None
    return packed if encoding_of(packed) else None


def _base64_or_text(text: Any, size: Any) -> bytes:
    """Decode base64, with or without padding; a text that is not base64, or as long as the body, is the body itself."""
    if isinstance(text, str) and size != len(text.encode("utf-8", "surrogatepass")):
        with suppress(UsageError):
            return base64_bytes(text)
    return body_bytes(text)
