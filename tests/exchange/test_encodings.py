"""Encoded bodies are detected by their first bytes, or else by their header, and decoded up to a limit."""

import gzip
import sys
import zlib
from functools import partial
from itertools import product
from types import SimpleNamespace

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.exchange import encodings
from pytest_pcerrors.exchange.encodings import ENCODINGS, INSTALL, Decoded, decode, encode, encoding_of, undo

BODY = b'{"code": "800064", "description": "The cart is being processed"}'
HEADER = {"gzip": "gzip", "deflate": "deflate", "zstd": "zstd", "br": "br", "raw deflate": "deflate"}
NAMES = [each.name for each in ENCODINGS]
SHOWN = [each.name for each in ENCODINGS if each.starts]
STACKS = [(), *((each,) for each in NAMES), *product(NAMES, NAMES)]
PACKAGES = {"br": ("brotli", "brotlicffi"), "zstd": ("compression.zstd", "zstandard")}


def header(stack):
    """Return the header for a stack of encodings, whose outermost is the last one applied."""
    return ", ".join(HEADER[each] for each in reversed(stack))


@pytest.mark.libraries
@pytest.mark.covered
@pytest.mark.parametrize("body", [BODY, b"", bytes(range(256)), "één €".encode("utf-16")])
def test_what_is_encoded_is_decoded(body):
    """A body is decoded from any two encodings, and equal bodies are encoded to equal bytes."""
    for stack in STACKS:
        encoded = encode(body, stack)
        assert encode(body, stack) == encoded
        assert decode(encoded, header(stack)) == Decoded(body, stack)


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("value", [None, "", "identity", "br", "GZIP", "deflate", "utf-8", "compress"])
def test_first_bytes_take_priority_over_the_header(name, value):
    """A body with the first bytes of an encoding is decoded with any header."""
    assert decode(encode(BODY, (name,)), value) == Decoded(BODY, (name,))


@pytest.mark.parametrize("name", sorted(set(NAMES).difference(SHOWN)))
def test_what_cannot_be_seen_has_to_be_declared(name):
    """A body without fixed first bytes is decoded only if the header declares the encoding."""
    encoded = encode(BODY, (name,))
    assert decode(encoded) == Decoded(encoded)
    assert decode(encoded, f" {HEADER[name].upper()} ").body == BODY


@pytest.mark.parametrize("body", [b"", b" ", BODY, b"x^2 is undefined", b"\x1f", b"caf\xe9", "é".encode("utf-16")])
@pytest.mark.parametrize("value", [*HEADER.values(), "gzip, br"])
def test_a_body_that_was_decoded_long_ago_stays(body, value):
    """Text is unchanged with any header, and so are bytes that cannot be decoded completely."""
    assert decode(body, value) == Decoded(body)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda data: data + b"behind it"],
    ids=["one byte less", "half", "something after"],
)
def test_what_is_not_whole_stays(name, damage):
    """A body that cannot be decoded completely is returned unchanged."""
    broken = damage(encode(BODY, (name,)))
    assert decode(broken, HEADER[name]) == Decoded(broken)


@pytest.mark.parametrize("start", [b"\x1f\x8b is no gzip", b"x\x9c is no zlib", b"\x28\xb5\x2f\xfd is no zstd"])
def test_a_beginning_alone_is_not_an_encoding(start):
    """Data that only begins like an encoding is returned unchanged, and still named."""
    assert decode(start) == Decoded(start)
    assert encoding_of(start) in SHOWN


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_several_members_are_one_body(name):
    """Data of several members or frames is joined, as their formats have it (RFC 1952, RFC 8878)."""
    assert decode(encode(b"one ", (name,)) + encode(b"two", (name,))) == Decoded(b"one two", (name,))


@pytest.mark.parametrize("level", range(10))
def test_every_level_of_zlib_is_known(level):
    """Each level of compression begins in its own way."""
    assert decode(zlib.compress(BODY, level)).body == BODY


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("limit", "is_short"), [(len(BODY), True), (len(BODY) - 1, False)])
def test_the_bound_is_exact(name, limit, is_short, monkeypatch):
    """A body at the limit is decoded; with one byte more it is a problem and stays encoded."""
    monkeypatch.setattr(encodings, "MAX_BODY", limit)
    encoded = encode(BODY, (name,))
    expected = Decoded(BODY, (name,)) if is_short else Decoded(encoded, (), "more than 64 MiB when decompressed")
    assert decode(encoded, HEADER[name]) == expected


def test_a_body_compressed_without_end_is_a_problem():
    """At most eight nested encodings are decoded; a body with more is unknown."""
    assert decode(encode(BODY, ("gzip",) * 8)).body == BODY
    assert decode(encode(BODY, ("gzip",) * 9)).problem == "compressed more than 8 times"


@pytest.mark.parametrize(("name", "needed"), [("br", "brotli 1.2 or later"), ("zstd", "zstandard")])
def test_a_missing_package_is_a_problem(name, needed, monkeypatch):
    """The required package is named; the outer encodings are decoded."""
    encoded = encode(BODY, (name,))
    for package in PACKAGES[name]:
        monkeypatch.setitem(sys.modules, package, None)
    decoded = decode(gzip.compress(encoded), HEADER[name])
    assert decoded == (encoded, ("gzip",), f"compressed with {name}, which needs the package {needed}: {INSTALL}")
    assert decode(BODY, HEADER[name]) == Decoded(BODY)


def test_a_brotli_without_a_bound_is_not_used(monkeypatch):
    """A brotli that cannot limit its output is not used, and the other package is tried."""
    encoded = encode(BODY, ("br",))
    monkeypatch.setitem(sys.modules, "brotli", SimpleNamespace(Decompressor=object))
    monkeypatch.setitem(sys.modules, "brotlicffi", None)
    assert decode(encoded, "br").problem
    monkeypatch.setitem(sys.modules, "brotlicffi", brotli)
    assert decode(encoded, "br").body == BODY


@pytest.mark.parametrize("value", ["compress", "gzip, aes128gcm", "DCZ"])
def test_an_encoding_that_is_not_read_is_a_problem(value):
    """A binary body with an unsupported encoding is unknown."""
    assert decode(b"\x1f\x9d\x90", value).problem == f"encoded as {value.split()[-1].lower()}, which is not supported"
    assert decode(BODY, value) == Decoded(BODY)


def test_zstd_of_the_standard_library_is_used_where_there_is_one(monkeypatch):
    """From Python 3.14 on no package is needed for zstd."""
    encoded = encode(BODY, ("zstd",))
    asked = []

    def decompressor(options):
        asked.append(options)
        return zstandard.ZstdDecompressor().decompressobj()

    std = SimpleNamespace(
        ZstdDecompressor=decompressor,
        ZstdError=zstandard.ZstdError,
        DecompressionParameter=SimpleNamespace(window_log_max="window"),
        compress=zstandard.ZstdCompressor().compress,
    )
    monkeypatch.setitem(sys.modules, "compression.zstd", std)
    assert decode(encoded) == Decoded(BODY, ("zstd",))
    assert asked == [{"window": 26}]
    assert encode(BODY, ("zstd",)) == encoded


@pytest.mark.parametrize("name", NAMES)
def test_a_few_bytes_may_stand_for_many(name):
    """A body that compresses well is decoded completely."""
    body = bytes(5_000_000)
    assert decode(encode(body, (name,)), HEADER[name]).body == body


BOMBS = {
    "gzip": partial(gzip.compress, compresslevel=1),
    "br": partial(brotli.compress, quality=1),
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_given_up_early(name, monkeypatch):
    """A body that expands a thousandfold is not decoded to its end."""
    monkeypatch.setattr(encodings, "MAX_BODY", 1000)
    packed = BOMBS[name](bytes(20_000_000))
    assert decode(packed, name) == (packed, (), encodings.TOO_LONG)


@given(st.binary(), st.lists(st.sampled_from(NAMES), max_size=3), st.sampled_from([None, *HEADER.values(), "gzip, br"]))
def test_decoding_again_changes_nothing(body, stack, value):
    """With any bytes and any header, a decoded body has nothing left to decode."""
    decoded = decode(encode(body, tuple(stack)), value)
    assert decode(decoded.body, value) == (decoded.body, (), decoded.problem)


@pytest.mark.libraries
@pytest.mark.covered
@pytest.mark.parametrize("inner", NAMES)
def test_only_declared_encodings_are_undone(inner):
    """A body that is a compressed file itself stays compressed."""
    file = encode(BODY, (inner,))
    for stack in filter(None, STACKS):
        assert undo(encode(file, stack), header(stack)) == Decoded(file, stack)


@pytest.mark.parametrize("value", ["", "identity", "utf-8", "gzip", "gzip, br", "compress"])
def test_a_text_is_in_no_encoding(value):
    """Its client has decoded it, or its server declares what is not one."""
    assert undo(BODY, value) == Decoded(BODY)


@pytest.mark.parametrize("value", ["x-own", "gzip, compress", "compress, gzip"])
def test_an_unknown_encoding_is_a_problem(value):
    """The body may be anything."""
    assert (
        undo(b"\xff\x00", value).problem
        == f"encoded as {'x-own' if value == 'x-own' else 'compress'}, which is not supported"
    )


@pytest.mark.parametrize("name", PACKAGES)
def test_a_missing_package_is_a_problem_of_its_encoding(monkeypatch, name):
    """The problem names the command that installs it."""
    for package in PACKAGES[name]:
        monkeypatch.setitem(sys.modules, package, None)
    assert INSTALL in undo(b"\x28\xb5\x2f\xfd\xff", name).problem
