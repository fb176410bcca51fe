"""The look at many lines at once misses no line in which the closer look at one line, or the search itself, would find something."""

import json
from bisect import bisect_right
from itertools import accumulate
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.redaction import Redaction, raw
from pytest_pcerrors.redaction._documents import Document
from pytest_pcerrors.redaction.raw import LineSearch, may_hold
from pytest_pcerrors.secrets import Secrets

OPAQUE = "kX7pQz19vLmW04ab"
NAMES = st.sampled_from(
    [
        "Authorization", "X-OAuth-Scopes", "x-api-key", "Set-Cookie", "access_token", "name", "pass", "keyName",
        "x-ms-authorization-auxiliary", "a b token",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    [
        "Bearer ***", "<ACCESS_TOKEN>", "[FILTERED]", "***", "", "token", "Bearer", f"Bearer {OPAQUE}", OPAQUE,
        f"https://host/?sig={OPAQUE}", "sk-***", 'a "quote"', "eyJ",
    ]
)  # fmt: skip
VALUES = st.recursive(
    TEXTS | st.none() | st.integers(0, 9) | TEXTS.map(lambda text: [text]),
    lambda each: (
        st.lists(each, max_size=2)
        | st.dictionaries(NAMES, each, max_size=3)
        | st.dictionaries(NAMES, each, max_size=2).map(json.dumps)
    ),
    max_leaves=8,
)
CUTS = st.sampled_from(['"', "{", ",", ":", " ", "token", "\\"])


@st.composite
def lines(draw):
    """Make a line: mostly an object, sometimes with a part of it cut out."""
    text = json.dumps(draw(st.dictionaries(NAMES, VALUES, max_size=4)))
    if draw(st.integers(0, 3)) == 0:
        sign = draw(CUTS)
        text = text.replace(sign, "", 1) if draw(st.booleans()) else text.partition(sign)[0] + sign
    return text


def unsuspected(data, secrets):
    """Return the lines that need no search."""
    each = data.split(b"\n")
    ends = list(accumulate(len(line) + 1 for line in each))
    search = LineSearch(secrets)
    with patch.object(raw, "_COMMON", 1):  # so that the second search has learned the harmless members of the first
        positions, _ = [search.positions(data) for _ in range(2)][1]
    suspected = {bisect_right(ends, at) for at in positions}
    return [line for index, line in enumerate(each) if index not in suspected]


def is_changed(line):
    """Return whether the search of a line finds something."""
    try:
        with patch.object(Secrets, "may_be_in", lambda *_: True):
            return bool(Document.of(line, "a.ndjson", Redaction()).locations())
    except ArchiveError:
        return False


@pytest.mark.untraced
@given(st.lists(lines(), min_size=1, max_size=4))
def test_no_line_with_a_secret_is_missed(texts):
    """Placeholders beside secrets, in objects and lists, in JSON in JSON, and in lines that are cut off."""
    data = "\n".join(texts).encode()
    for line in unsuspected(data, Secrets()):
        assert not is_changed(line)
        assert not may_hold(line, Secrets()) or not line.startswith((b"{", b"["))


@pytest.mark.parametrize(
    ("line", "is_suspected"),
    [
        ('{"Authorization": "Bearer ***"}', False),
        ('{"Authorization": ["Bearer ***"], "cookie": "<COOKIE>"}', False),
        ('{"x-ms-authorization-auxiliary" : "***" }', False),
        (f'{{"Authorization": "Bearer ***", "token": "{OPAQUE}"}}', True),
        ('{"Authorization": ["Bearer ***", "a"]}', True),
        ('{"name": "token", "value": "***"}', True),
        ('"Authorization": "Bearer ***"', True),
        ('{"Authorization":\n"Bearer ***"}', True),
        ('{"token": "eyJ"}', True),
        ('{"bodyFileName": "a.json"}', True),
        ('{"text": ["1f8b0800"]}', True),
        (f'{{"x": "{"a" * 90}token": "***"}}', False),
        (f'{{"{"a" * 120}token": "***"}}', True),
        ('Authorization": "Bearer ***"', True),
    ],
)
def test_a_member_with_a_placeholder_needs_no_closer_look(line, is_suspected):
    """A list with one item is as good; its name must be complete, on the same line, and not long."""
    assert bool(LineSearch(Secrets()).positions(line.encode())[0]) == is_suspected


@pytest.mark.parametrize("secret", ["", f', "token": "{OPAQUE}"'])
def test_a_member_that_many_lines_have_is_learned(secret):
    """Lines with it need no closer look, and a secret beside it is found as before."""
    line = f'{{"Authorization": "Bearer ***", "x": 1{secret}}}\n'.encode()
    search = LineSearch(Secrets())
    assert [len(search.positions(line * 20)[0]) for _ in range(3)] == [20 if secret else 0] * 3


def test_a_carriage_return_in_a_line_leaves_no_doubt():
    """It ends a line for some readers, so every line is searched."""
    assert LineSearch(Secrets()).positions(b'{"a": "b"}\r{"a": "b"}\n') is None
