"""Bodies as they were before the server encoded them: only then they can be searched for secrets, and read in a diff."""

from io import BytesIO
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from pytest_pcerrors.interception.interactions import Response


def decoded(response: "Response") -> "Response":
    """Return a response without its content encoding (RFC 9110, section 8.4), as urllib3 decodes it.

    An encoding that urllib3 does not know here is a `UsageError`: what cannot be searched for secrets is not recorded.

    >>> import gzip
    >>> body = {"string": gzip.compress(b"Forbidden")}
    >>> decoded({"headers": {"Content-Encoding": ["gzip"]}, "body": body, "status": {"code": 403}})["body"]
    {'string': b'Forbidden'}
    """
    encodings = [name for name in response["headers"] if name.lower() == "content-encoding"]
    body = response["body"].get("string")
    if not encodings or not body:
        return response
    encoding = ", ".join(response["headers"][encodings[0]])
    plain = body if encoding.strip().lower() in ("", "identity") else _decoded(body, encoding)
    headers = {name: values for name, values in response["headers"].items() if name not in encodings}
    lengths = {name: [str(len(plain))] for name in headers if name.lower() == "content-length"}
    return {**response, "headers": headers | lengths, "body": {**response["body"], "string": plain}}


def _decoded(body: bytes, encoding: str) -> bytes:
    import urllib3

    try:
        plain = urllib3.HTTPResponse(BytesIO(body), {"content-encoding": encoding}, 200).data
    except urllib3.exceptions.DecodeError:
        return body  # the client has already decoded it, or it was never encoded
    if plain == body and not _is_text(body):
        raise UsageError(
            f"a body in the content encoding {encoding!r} cannot be searched for secrets, so it is not recorded; "
            "install what decodes it (brotli, zstandard), or let the client ask for gzip"
        )
    return plain


def _is_text(body: bytes) -> bool:
    """Tell whether a body can be searched as it is, whatever its encoding is called."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
