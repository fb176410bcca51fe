"""Compressed bodies, known by their first bytes: recordings keep the header of bodies that were decoded long ago."""

import zlib

LARGEST_BODY = 64 * 1024 * 1024
"""The longest body that is decompressed, in bytes."""

_ZLIB_STARTS = tuple(bytes([0x78, level]) for level in (0x01, 0x5E, 0x9C, 0xDA))
_GZIP_START = b"\x1f\x8b"
_ANY_WRAPPER = 32 + zlib.MAX_WBITS


def is_compressed(body: bytes) -> bool:
    """Tell whether a body begins as gzip (RFC 1952) or zlib (RFC 1950) data does."""
    return body.startswith(_GZIP_START) or body.startswith(_ZLIB_STARTS)


def decompressed(body: bytes) -> bytes:
    """Return the body decompressed; as it is where it is not compressed, broken, followed by more, or beyond `LARGEST_BODY`.

    >>> import gzip
    >>> decompressed(gzip.compress(b"Forbidden"))
    b'Forbidden'
    >>> decompressed(b"Forbidden")
    b'Forbidden'
    """
    if not is_compressed(body):
        return body
    decoder = zlib.decompressobj(wbits=_ANY_WRAPPER)
    try:
        plain = decoder.decompress(body, LARGEST_BODY + 1)
    except zlib.error:
        return body
    return plain if decoder.eof and not decoder.unused_data and len(plain) <= LARGEST_BODY else body
