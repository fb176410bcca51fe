"""Base64 (RFC 4648) with one of its two alphabets and any padding, the same on every version of Python."""

from base64 import b64decode

_FROM_URLS = bytes.maketrans(b"-_", b"+/")


def base64_decoded(text: str | bytes) -> bytes:
    """Return the bytes of a text in base64; white space and padding are ignored. Raise `ValueError` if it is not base64."""
    data = text.encode() if isinstance(text, str) else text
    letters = data.translate(_FROM_URLS, b" \t\r\n").rstrip(b"=")
    return b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
