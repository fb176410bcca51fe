"""Edit bodies as text in any content encoding and charset, and in what a recording packs them as; keep every other byte."""

import codecs
import json
from base64 import b64encode
from collections.abc import Callable
from typing import TypeVar

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.har import chunks_of, packed_in_hex
from pytest_pcerrors.exchange.adapters.parts import base64_bytes
from pytest_pcerrors.exchange.encodings import decode, encode
from pytest_pcerrors.text import has_controls

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ANY_UNMARKED = "deflate, br"
"""The encodings without fixed first bytes; without a Content-Encoding header, both are tried."""

Value = TypeVar("Value", str, bytes)
_PASSES = 8

Pack = Callable[[bytes], str]
"""A function that packs the bytes of a body as text."""


def with_text(body: bytes, edit: Callable[[str, bool], str], content_encoding: str | None = None) -> bytes:
    r"""Return a body with its text edited, or the same bytes if nothing changes; `edit` is called with the text, and whether it is binary data.

    >>> [with_text(body, lambda text, is_binary: f"{text}, {is_binary}") for body in (b"caf\xe9", b"caf\xe9\x01")]
    [b'caf\xe9, False', b'caf\xe9\x01, True']
    """
    decoded = decode(body, content_encoding or ANY_UNMARKED)
    plain = decoded.body
    encoding = _encoding(plain)
    text = plain.decode(encoding, _errors(encoding))
    is_binary = has_controls(text) or (encoding == "latin-1" and "\0" in text[:4096])
    new_text = edit(text, is_binary and encoding in ("utf-8", "latin-1"))
    if new_text == text:
        return body
    return encode(new_text.encode(encoding, _errors(encoding)), decoded.encodings)


def problem_of(body: bytes, content_encoding: str | None = None) -> str | None:
    """Return why a body cannot be searched, such as a decoder that is not installed, or None."""
    return decode(body, content_encoding).problem


def _encoding(body: bytes) -> str:
    """Return the first charset that decodes a body without loss; Latin-1 always does."""
    marked = [encoding for mark, encoding in _MARKS if body.startswith(mark)]
    if not marked and body[1:2] == b"\0" != body[:1]:
        marked.append("utf-16-le")
    elif not marked and body[:1] == b"\0" != body[1:2]:
        marked.append("utf-16-be")
    return next((encoding for encoding in (*marked, "utf-8") if _is_encoded(body, encoding)), "latin-1")


def _is_encoded(body: bytes, encoding: str) -> bool:
    """Return whether a body is text in a charset; text in UTF-16 or UTF-32 does not contain NUL."""
    try:
        text = body.decode(encoding, _errors(encoding))
    except UnicodeError:
        return False
    return encoding == "utf-8" or "\0" not in text


def _errors(encoding: str) -> str:
    return "strict" if encoding in ("utf-8", "latin-1") else "surrogatepass"


def unpacked(text: str | bytes, *, is_base64: bool) -> tuple[bytes, Pack] | None:
    r"""Return the bytes of a body packed as base64 or as the chunks of Polly.js, and the function that packs them again; None for a text that is the body itself.

    >>> body, pack = unpacked('["Z28="]', is_base64=True)
    >>> body, pack(b"stop")
    (b'go', '["c3RvcA=="]')
    """
    chunks = chunks_of(text)
    try:
        if is_base64:
            old = b"".join(map(base64_bytes, chunks)) if chunks else base64_bytes(text)
            return old, _as_chunk(_base64) if chunks else _base64
    except UsageError:
        return None
    in_hex = packed_in_hex("".join(chunks)) if chunks else None
    return None if in_hex is None else (in_hex, _as_chunk(bytes.hex))


def _base64(body: bytes) -> str:
    return b64encode(body).decode()


def _as_chunk(pack: Pack) -> Pack:
    return lambda body: json.dumps([pack(body)])


def settled(value: Value, edit: Callable[[Value], Value], mask: Value) -> Value:
    """Edit a value until it no longer changes; a value that still changes after the last pass is replaced by the mask."""
    for _ in range(_PASSES):
        new = edit(value)
        if new == value:
            return value
        value = new
    return mask
