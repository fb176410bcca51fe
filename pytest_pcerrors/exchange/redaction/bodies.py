"""Bodies as text and back: compressed or not, in whatever encoding, to the byte."""

import codecs
import gzip
import re
import zlib
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.bodies import LARGEST_BODY, decompressed, is_compressed

if TYPE_CHECKING:
    from collections.abc import Callable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GZIP = b"\x1f\x8b"
_LEVELS = {0x01: 1, 0x5E: 3, 0x9C: 6, 0xDA: 9}
_DEEPEST = 2
_NO_TEXT = re.compile(r"[\0-\x08\x0e-\x1f]")


def with_text(body: bytes, edit: "Callable[[str], str]", depth: int = 0) -> bytes:
    r"""Return a body with its text edited; the very bytes that came where the edit changes nothing.

    >>> with_text(b"caf\xe9", str.upper)
    b'CAF\xc9'
    """
    if depth < _DEEPEST:
        plain = unpacked(body)
        if plain is not body:
            new = with_text(plain, edit, depth + 1)
            return body if new == plain else _compressed(new, body)
    encoding = _encoding(body)
    text = body.decode(encoding, _errors(encoding))
    new_text = edit(text)
    return body if new_text == text else new_text.encode(encoding, _errors(encoding))


def unpacked(body: bytes) -> bytes:
    """Return a body decompressed; as it is where it is not compressed. Raw deflate data is told by being no text."""
    if is_compressed(body):
        return decompressed(body)
    try:
        if not _NO_TEXT.search(body.decode()):
            return body
    except UnicodeError:
        pass
    decoder = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        plain = decoder.decompress(body, LARGEST_BODY + 1)
    except zlib.error:
        return body
    return plain if decoder.eof and not decoder.unused_data and len(plain) <= LARGEST_BODY else body


def _encoding(body: bytes) -> str:
    """Return the first encoding that gives back the body to the byte: Latin-1 always does."""
    marked = [encoding for mark, encoding in _MARKS if body.startswith(mark)]
    if body[1:2] == b"\0" != body[:1]:
        marked.append("utf-16-le")
    elif body[:1] == b"\0" != body[1:2]:
        marked.append("utf-16-be")
    for encoding in (*marked, "utf-8"):
        try:
            body.decode(encoding, _errors(encoding))
        except UnicodeError:
            continue
        return encoding
    return "latin-1"


def _errors(encoding: str) -> str:
    return "strict" if encoding in ("utf-8", "latin-1") else "surrogatepass"


def _compressed(plain: bytes, like: bytes) -> bytes:
    """Compress as another body is; the same plain bytes give the same compressed ones."""
    if like.startswith(_GZIP):
        return gzip.compress(plain, mtime=0)
    if is_compressed(like):
        return zlib.compress(plain, _LEVELS[like[1]])
    return zlib.compress(plain, wbits=-zlib.MAX_WBITS)
