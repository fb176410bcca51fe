"""The supported content encodings: how each is recognised, and its codec, which is loaded when it is needed."""

import gzip
import zlib
from collections.abc import Callable
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
        return f"compressed with {self.name}, which needs the package {self.package}: pip install pytest-pcerrors[encodings]"

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
