"""The look at the bytes of a file, which decides whether it is parsed for secrets, misses nothing that the search would find."""

import json
import re
from base64 import b64encode
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction._documents import Document
from pytest_pcerrors.redaction.raw import may_hold
from pytest_pcerrors.secrets import Secrets

OPAQUE = "kX7pQz19vLmW04ab"
NAMES = (
    "Authorization", "X-OAuth-Scopes", "x-api-key", "Set-Cookie", "access_token", "x-ms-authorization-auxiliary", "pin",
    "token", "Fastly-Key", "sessions", "signature", "soasis", "completion_tokens", "x-ratelimit-limit-tokens",
)  # fmt: skip
VALUES = (
    "Bearer ***", "<ACCESS_TOKEN>", "[FILTERED]", "null", "true", "no pass today", "Basic dTpw", "summer", "12345",
    "1234567", "a basic word", "a, token, b", "[]", OPAQUE, f"Bearer {OPAQUE}", f"sid={OPAQUE}",
    f"data:image/png;base64,{OPAQUE}",
)  # fmt: skip
BARE = ("null", "true", "12345", "[]")
LINES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(("", "\n  - ", "\n- ")), st.sampled_from(VALUES)),
    min_size=1,
    max_size=4,
)
TEXTS = LINES.map(lambda lines: "\n".join(f"{name}:{sign or ' '}{value}" for name, sign, value in lines))


def indented(text, by=8):
    """Return the lines of a text with blanks before them."""
    return "".join(f"{' ' * by}{line}\n" for line in text.split("\n"))


def escaped(text):
    """Return a text with some of its characters as escapes."""
    return "".join(f"\\u{ord(each):04x}" if each in "aeotAT_-=" else each for each in text)


def quoted(text, quote="'"):
    """Return a text in quotes, folded where its lines end."""
    inside = text.replace("'", "''") if quote == "'" else escaped(text)
    return f"{quote}{inside}{quote}".replace("\n", "\n          ").replace("\\n", "\n\n")


def binary_item(line):
    """Return a line with a name as a list with one value in base64."""
    name, _, value = line.partition(":")
    return f"\n      {name or 'x'}:\n      - !!binary |\n        {b64encode(value.strip().encode()).decode()}"


def members(text):
    """Return lines of names and values as compact JSON."""
    pairs = (line.partition(":")[::2] for line in text.split("\n"))
    written = ",".join(
        f'"{name}":{value.strip() if value.strip() in BARE else json.dumps(value.strip())}' for name, value in pairs
    )
    return f"{{{written}}}"


WRITTEN = {
    "headers": lambda text: f"\n{indented(text)}",
    "block": lambda text: f" |\n{indented(text)}",
    "folded block": lambda text: f" >-\n{indented(text)}",
    "single quotes": lambda text: f" {quoted(text)}\n",
    "single quotes after a blank line": lambda text: f" {quoted(chr(10) + chr(10) + text)}\n",
    "double quotes": lambda text: f" {quoted(text, chr(34))}\n",
    "double quotes after an escape": lambda text: f' "a\\n\n{indented(text)}"\n',
    "continued": lambda text: f' "a\\\n{indented(text)}"\n',
    "flow": lambda text: f" {{{', '.join(text.split(chr(10)))}}}\n",
    "JSON": lambda text: f" {json.dumps(dict([text.partition(':')[::2]]))}\n",
    "JSON in quotes": lambda text: f" {quoted(members(text))}\n",
    "JSON in a block": lambda text: f" |\n{indented(members(text))}",
    "JSON in JSON": lambda text: f" {json.dumps(json.dumps(dict([text.partition(': ')[::2]])))}\n",
    "binary": lambda text: f" !!binary {b64encode(text.encode()).decode()}\n",
    "binary items": lambda text: "".join(map(binary_item, text.split("\n"))) + "\n",
    "anchor": lambda text: f" &a {quoted(text)}\n    reason: *a\n",
    "comment": lambda text: "".join(f" # {line}\n" for line in text.split("\n")),
}


def is_missed(data, name):
    """Return whether the look at the bytes finds nothing to search for, and the search finds something."""
    if may_hold(data, Secrets()):
        return False
    try:
        with patch.object(Secrets, "may_be_in", lambda *_, **__: True):
            return bool(Document.of(data, name, Redaction()).locations())
    except ArchiveError:
        return False


@pytest.mark.untraced
@pytest.mark.parametrize("part", ["headers", "body", "url"])
@pytest.mark.parametrize("written", WRITTEN)
@settings(max_examples=8)
@given(text=TEXTS)
def test_a_cassette_with_a_secret_is_never_passed_over(written, part, text):
    """Placeholders beside secrets, in each way that YAML writes text."""
    start = (
        "interactions:\n- request:\n    method: GET\n"
        if part != "body"
        else "interactions:\n- response:\n    status: 200\n"
    )
    data = f"{start}    {part}:{WRITTEN[written](text)}    other: 1\n"
    assert not is_missed(data.encode(), "a.yaml")


@given(lines=LINES, indent=st.sampled_from((None, 1)), depth=st.integers(0, 2), broken=st.booleans())
def test_a_json_cassette_with_a_secret_is_never_passed_over(lines, indent, depth, broken):
    """Headers as lists and as texts, bodies in JSON in JSON, and bodies that end within it."""
    headers = {name: [value] if sign else value for name, sign, value in lines}
    body = json.dumps(headers)
    for _ in range(depth):
        body = json.dumps(body if not broken else body[: len(body) * 2 // 3])
    item = {
        "request": {"method": "GET", "uri": "/", "headers": headers},
        "response": {"status": 200, "body": {"string": body}},
    }
    assert not is_missed(json.dumps({"interactions": [item]}, indent=indent).encode(), "a.json")


@pytest.mark.parametrize(
    "written",
    [
        'Body: \'{"cache_key":"total","auth":"oidc","tokens":[],"total_tokens":490}\'\n      a: b\n',
        "Host:\n      - oauth.example\n      a: b\n",
        "Authorization:\n      - Bearer ***\n      Accept:\n      - a/b\n",
        "authorization: <REDACTED>\n      accept: a/b\n",
        "X-Accepted-OAuth-Scopes:\n      - linodes:read_only\n      a: b\n",
        "path:\n      - /v1/patience/de-us/task-1?code2=%22EUR%22\n      a: b\n",
        "a: the order did not pass the check of risk&#39;s\n      b: b\n",
        f"accept:\n      - !!binary |\n        {b64encode(b'a/b').decode()}\n      a: b\n",
        f"thoughtSignature: {OPAQUE}/{OPAQUE}=\n      thought_signatures:\n      - {OPAQUE}\n",
        "text: LS0tLQ== 381\n      a: b\n",
        'WWW-Authenticate:\n      - Bearer error="invalid_token"\n      a: b\n',
        "image: data:image/png;base64,iVBORw0KGgo=\n      a: b\n",
    ],
)
def test_redacted_headers_and_ordinary_words_need_no_closer_look(written):
    """They are in most recordings."""
    assert not may_hold(f"interactions:\n- request:\n    headers:\n      {written}".encode(), Secrets())


@pytest.mark.parametrize(
    "written",
    [
        "Authorization:\n- Bearer ***\n- Bearer kX7pQz19vLmW04ab\n",
        "a: '\n\nauthorization: ***\nb: kX7pQz19vLmW04ab'\n",
        "a: >\n  authorization: ***\n  b: kX7pQz19vLmW04ab\n",
        '"authorization": "***"\n',
        "a:\n- !!binary |\n  abcde\n",
        "image: data:image/png;base64,iVBORw0KGgo=\nencoding: base64\n",
        f"a: {'long ' * 5000}\nauthorization: {OPAQUE}\nb: {'long ' * 5000}\n",
        f"a:\n- !!binary |\n  {b64encode(OPAQUE.join(('Bearer ', '')).encode()).decode()}\n",
        f"thought_signature_key: {OPAQUE}\n",
        "body:\n  raw_gzip: H4sIAAAA\n",
        'content: {"encoding": "Base64"}\n',
        'text: "[\\"1f8b0800\\", \\"ab\\"]"\n',
        'text: [\n  "789c"]\n',
        "authorization: kX7pQz19vLmW04ab\nb: c\n",
        f"a: {'%25' * 9}{'&#37;' * 9}&#38;#38;#38;#38;#38;#38;#38;#38;#38;\n",
    ],
)
def test_a_placeholder_that_may_be_beside_a_secret_needs_a_closer_look(written):
    """Also a text that is escaped again and again."""
    assert may_hold(f"interactions: []\n{written}".encode(), Secrets())


@pytest.mark.parametrize(
    ("secrets", "written"),
    [
        (Secrets(patterns=(re.compile("one two"),)), "a: one\n  two\n"),
        (Secrets(names=frozenset({"pincode"})), "pin\n  code: 1\n"),
        (Secrets(), "a: <b token=&quot;x7Kq02pLm&quot;>\n"),
    ],
)
def test_patterns_and_names_of_a_project_are_found_over_the_end_of_a_line(secrets, written):
    """YAML makes a space of it; and quotes of markup are quotes."""
    assert may_hold(written.encode(), secrets)
    assert not may_hold(b"a: one\nb: &quot;two&quot;\n", secrets)
