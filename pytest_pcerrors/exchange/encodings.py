"""Content encodings (RFC 9110, section 8.4): detect, decode and encode.

Recordings often keep the Content-Encoding header of a body that is already decoded, so the first bytes of the body decide. The
header is used only for encodings without fixed first bytes, and only if the body is not text and decodes completely.
"""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

MAX_BODY = 64 * 1024 * 1024
"""The largest decoded body, in bytes."""

_STEP = 1024**2
_WINDOW_LOG = 26


class Codec(NamedTuple):
    """The implementation of an encoding; `decoder` makes an object with ``decompress``, ``eof`` and ``unused_data``."""

    decoder: Callable[[], Any]
    error: type[Exception]
    encode: Callable[[bytes], bytes]


INSTALL = "pip install 'pytest-pcerrors[encodings]'"


class Encoding(NamedTuple):
    """An encoding: its name, its names in ``Content-Encoding``, its possible first bytes, its codec and the required package."""

    name: str
    declared: tuple[str, ...]
    starts: tuple[bytes, ...]
    load: Callable[[], Codec]
    package: str = ""

    @property
    def missing(self) -> str:
        """The message that the package is not installed."""
        return f"compressed with {self.name}, which needs the package {self.package}"

    def fits(self, body: bytes, declared: frozenset[str]) -> bool:
        """Return whether a body has the first bytes of this encoding, or is declared to have it if they are not fixed."""
        return body.startswith(self.starts) if self.starts else not declared.isdisjoint(self.declared)


class _Brotli:
    """A brotli decoder with the interface of zlib's; it decodes in steps, since a few bytes may expand to gigabytes."""

    unused_data = b""

    def __init__(self, module: Any) -> None:
        self._decoder = module.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decoder.is_finished())

    def decompress(self, data: bytes) -> bytearray:
        plain = bytearray()
        while part := self._decoder.process(data, output_buffer_limit=_STEP):
            plain += part
            if self.eof or len(plain) > MAX_BODY:
                break
            data = b""
        return plain


def _zlib(wbits: int) -> Codec:
    return Codec(partial(zlib.decompressobj, wbits), zlib.error, partial(zlib.compress, wbits=wbits))


def _gzip() -> Codec:
    return _zlib(16 + zlib.MAX_WBITS)._replace(encode=partial(gzip.compress, mtime=0))


def _br() -> Codec:
    for name in ("brotli", "brotlicffi"):
        with suppress(ImportError):
            module: Any = import_module(name)
            if hasattr(module.Decompressor, "can_accept_more_data"):
                return Codec(partial(_Brotli, module), module.error, module.compress)
    raise ImportError


def _zstd() -> Codec:
    try:
        std: Any = import_module("compression.zstd")
    except ImportError:
        module: Any = import_module("zstandard")
        decompressor = module.ZstdDecompressor(max_window_size=1 << _WINDOW_LOG)
        return Codec(decompressor.decompressobj, module.ZstdError, module.ZstdCompressor().compress)
    options = {std.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return Codec(partial(std.ZstdDecompressor, options=options), std.ZstdError, std.compress)


ZSTD = Encoding("zstd", ("zstd",), (b"\x28\xb5\x2f\xfd",), _zstd, "zstandard")

ENCODINGS = (
    Encoding("gzip", ("gzip", "x-gzip"), (b"\x1f\x8b",), _gzip),
    Encoding(
        "deflate", ("deflate",), tuple(bytes([0x78, each]) for each in (0x01, 0x5E, 0x9C, 0xDA)), partial(_zlib, 15)
    ),
    ZSTD,
    Encoding("br", ("br",), (), _br, "brotli 1.2 or later"),
    Encoding("raw deflate", ("deflate",), (), partial(_zlib, -15)),
)
"""The supported encodings, those with fixed first bytes before the others."""

FIRST_BYTES = tuple(start for each in ENCODINGS for start in each.starts)
"""The first bytes that indicate an encoding."""

TOO_LONG = f"more than {MAX_BODY // 1024**2} MiB when decompressed"
"""The problem of a body that is larger than `MAX_BODY` when decoded."""

_UNSUPPORTED = "encoded as {}, which is not supported"
_UNREADABLE = frozenset({"aes128gcm", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip"})
"""The other content codings of IANA's registry."""
_MAX_LAYERS = 8
_PIECE = 1024  # zstd expands it to at most 32 MiB
_NO_TEXT = bytes([*range(0x09), *range(0x0E, 0x20)])
_EMPTY_IN_BROTLI = b";"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Decoded(NamedTuple):
    """A decoded body, the names of its encodings (the outermost first), and the problem that stopped decoding, or None.

    With a `problem`, the body is decoded as far as possible.
    """

    body: bytes
    encodings: tuple[str, ...] = ()
    problem: str | None = None


def decode(body: bytes, content_encoding: str | None = None) -> Decoded:
    """Decode a body; return it unchanged if it has no encoding, is invalid, or has other data after it.

    Nested encodings are all decoded, so decoding the result again changes nothing.
    `content_encoding` is the value of the header; several are joined by commas.
    """
    if not content_encoding and not body.startswith(FIRST_BYTES):
        return Decoded(body)
    declared = frozenset(each.strip().lower() for each in (content_encoding or "").split(","))
    names: tuple[str, ...] = ()
    while True:
        layer = outermost(body, declared)
        if layer.problem or not layer.encodings:
            return Decoded(body, names, layer.problem)
        if len(names) == _MAX_LAYERS:
            return Decoded(body, names, f"compressed more than {_MAX_LAYERS} times")
        body, names = layer.body, names + layer.encodings


def undo(body: bytes, content_encoding: str) -> Decoded:
    """Decode a body by the encodings that its header declares, and no others; a body that is already decoded is returned as it is."""
    names: tuple[str, ...] = ()
    for coding in reversed([each.strip().lower() for each in content_encoding.split(",")]):
        known = [each for each in ENCODINGS if coding in each.declared]
        if not known and coding not in {"", "identity"} and not _is_text(body):
            return Decoded(body, names, _UNSUPPORTED.format(coding))
        layer = outermost(body, frozenset({coding}), known)
        if layer.problem:
            return Decoded(body, names, layer.problem)
        body, names = layer.body, names + layer.encodings
    return Decoded(body, names)


def encode(body: bytes, encodings: tuple[str, ...]) -> bytes:
    """Encode a body, with the outermost encoding given first; equal bodies give equal bytes."""
    known = {each.name: each for each in ENCODINGS}
    for name in reversed(encodings):
        body = known[name].load().encode(body)
    return body


def encoding_of(body: bytes) -> str | None:
    """Return the name of the encoding that the first bytes of a body indicate, or None."""
    return next((each.name for each in ENCODINGS if each.starts and body.startswith(each.starts)), None)


def outermost(body: bytes, declared: frozenset[str], among: Iterable[Encoding] | None = None) -> Decoded:
    """Decode the outermost encoding; a missing package or a too large body is a problem only if no other encoding fits."""
    problem = None
    for encoding in ENCODINGS if among is None else among:
        if not encoding.fits(body, declared) or (not encoding.starts and _is_text(body)):
            continue
        try:
            plain = _decoded(encoding.load(), body)
        except ImportError:
            problem = f"{encoding.missing}: {INSTALL}"
            continue
        if plain is not None and len(plain) <= MAX_BODY:
            return Decoded(bytes(plain), (encoding.name,))
        problem = problem if plain is None else TOO_LONG
    unreadable = ", ".join(sorted(declared & _UNREADABLE))
    if unreadable and not problem and not _is_text(body) and encoding_of(body) is None:
        problem = _UNSUPPORTED.format(unreadable)
    return Decoded(body, (), problem)


def _is_text(body: bytes) -> bool:
    """Return whether a body is text: UTF-8 without control characters, or UTF-16 with a byte order mark."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.startswith(_UTF_16)
    return body != _EMPTY_IN_BROTLI and len(body.translate(None, _NO_TEXT)) == len(body)


def _decoded(codec: Codec, body: bytes) -> bytearray | None:
    """Decode a body in chunks, with all its members, and never much more than `MAX_BODY` of it; None if it is invalid or incomplete."""
    plain, position = bytearray(), 0
    decoder = codec.decoder()
    try:
        while position < len(body) and len(plain) <= MAX_BODY:
            if decoder.eof:
                decoder = codec.decoder()
            piece = body[position : position + _PIECE]
            plain += decoder.decompress(piece)
            position += len(piece) - len(decoder.unused_data)
    except codec.error:
        return None
    return plain if decoder.eof or len(plain) > MAX_BODY else None
