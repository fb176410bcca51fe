"""Base64 (RFC 4648) with a strict alphabet and any padding, the same on every version of Python."""

from base64 import b64decode


def base64_decoded(text: str | bytes) -> bytes:
    """Return the bytes of a text in base64; white space and padding are ignored. Raise `ValueError` if it is not base64.

    >>> base64_decoded("dTpw"), base64_decoded("dTpw=="), base64_decoded("d TpwYQ")
    (b'u:p', b'u:p', b'u:pa')
    """
    data = text.encode() if isinstance(text, str) else text
    letters = data.translate(None, b" \t\r\n").rstrip(b"=")
    return b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
