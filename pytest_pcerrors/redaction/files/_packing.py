"""Bodies that a recording holds packed as text: base64, or the chunks of Polly.js."""

import json
from base64 import b64encode
from collections.abc import Callable

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.adapters.har import chunks_of, packed_in_hex
from pytest_pcerrors.exchange.adapters.parts import base64_bytes

Pack = Callable[[bytes], str]


def unpacked(text: str | bytes, *, is_base64: bool) -> tuple[bytes, Pack] | None:
    r"""Return the bytes of a packed body, and the function that packs them again; None for a text that is the body itself.

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
