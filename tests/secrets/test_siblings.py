"""Secrets and harmless values at every place: nearly all secrets are hidden, no harmless value is changed."""

import base64
import gzip
import zlib

import brotli
import pytest
import zstandard
from sibling_harmless import values
from sibling_secrets import secrets

from pytest_pcerrors.redaction import Redaction

HIDDEN = 0.97
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1")
UNPACKERS = (
    gzip.decompress,
    lambda data: gzip.decompress(gzip.decompress(data)),
    zlib.decompress,
    lambda data: zlib.decompress(data, wbits=-15),
    brotli.decompress,
    zstandard.decompress,
    lambda data: base64.b64decode(b"".join(data.split()) + b"=="),
    lambda data: base64.urlsafe_b64decode(data + b"=="),
)


def hidden(part, name, value):
    """Return a part of an exchange with its secrets hidden."""
    if part == "url":
        return Redaction().url(value)
    if part == "header":
        return Redaction().header(name, value)
    return Redaction().body(value if isinstance(value, bytes) else value.encode())


def readings(value):
    """Yield every text that a value can be decoded to."""
    if isinstance(value, str):
        yield value
        return
    forms = [value]
    for unpack in UNPACKERS:
        try:
            forms.append(unpack(value))
        except (ValueError, OSError, EOFError, zlib.error, brotli.error, zstandard.ZstdError):
            continue
    yield from (form.decode(encoding, "replace") for form in forms for encoding in ENCODINGS)


@pytest.mark.parametrize("seed", range(3))
def test_secrets_are_hidden(seed):
    """Neither a secret nor most of one is left."""
    cases = list(secrets(seed))
    missed = [
        (part, name, value)
        for part, name, value, secret in cases
        if any(secret[:18] in text for text in readings(hidden(part, name, value)))
    ]
    assert len(cases) > 500
    assert len(missed) <= (1 - HIDDEN) * len(cases), "\n".join(map(str, missed))


def test_harmless_values_stay():
    """They are unchanged."""
    cases = list(values())
    changed = [
        (part, name, value)
        for part, name, value in cases
        if hidden(part, name, value) != (value.encode() if part == "body" else value)
    ]
    assert len(cases) > 500
    assert not changed, "\n".join(str(each)[:300] for each in changed)
