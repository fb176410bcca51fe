"""Compressed bodies are known by their first bytes, whatever the headers say."""

import gzip
import zlib

import pytest

from pytest_pcerrors.exchange import bodies
from pytest_pcerrors.exchange.model import Exchange

BODY = b'{"code": "800064"}'


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(BODY), *(zlib.compress(BODY, level) for level in (1, 5, 6, 9)), zlib.compress(BODY, 0)],
    ids=["gzip", "zlib 1", "zlib 5", "zlib 6", "zlib 9", "zlib 0"],
)
@pytest.mark.parametrize("headers", [None, {}, {"Content-Encoding": "gzip"}], ids=["unknown", "none", "gzip"])
def test_compressed_bodies_are_decompressed(packed, headers):
    """A body that begins as gzip or zlib is decompressed, with and without the header."""
    assert Exchange(409, headers, packed).body == BODY


@pytest.mark.parametrize("body", [b"", BODY, b"x^2 is undefined", b"\x1f", b"Forbidden"])
def test_other_bodies_stay_as_they_are(body):
    """A body that was decoded long ago keeps its bytes, although the header still says gzip."""
    assert Exchange(409, {"Content-Encoding": "gzip"}, body).body == body


@pytest.mark.parametrize(
    "broken",
    [
        gzip.compress(BODY)[:-9],
        gzip.compress(BODY)[:-8] + bytes(8),
        gzip.compress(BODY) + b"behind it",
        b"\x1f\x8b is no gzip",
        zlib.compress(BODY)[:-1],
        b"x\x9c is no zlib",
    ],
    ids=["cut gzip", "checksum", "something behind", "no gzip", "cut zlib", "no zlib"],
)
def test_broken_bodies_stay_as_they_are(broken):
    """What cannot be decompressed to its end is judged as it came."""
    assert Exchange(409, None, broken).body == broken


@pytest.mark.parametrize(("limit", "is_plain"), [(len(BODY), True), (len(BODY) - 1, False)])
def test_a_bomb_is_not_decompressed(limit, is_plain, monkeypatch):
    """A body that would grow beyond the limit stays compressed; one that just fits does not."""
    monkeypatch.setattr(bodies, "LARGEST_BODY", limit)
    packed = gzip.compress(BODY)
    assert Exchange(409, None, packed).body == (BODY if is_plain else packed)


def test_a_bomb_is_given_up_early(monkeypatch):
    """A body a thousand times longer than it looks is not held in memory."""
    monkeypatch.setattr(bodies, "LARGEST_BODY", 1000)
    packed = gzip.compress(bytes(50_000_000), compresslevel=1)
    assert Exchange(409, None, packed).body == packed
