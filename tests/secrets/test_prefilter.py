"""The prefilter misses nothing that the full search would hide."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sibling_harmless import values
from sibling_secrets import secrets
from test_hiding import SURROUNDINGS

from pytest_pcerrors.secrets import Secrets
from pytest_pcerrors.secrets.hiding import Hider
from pytest_pcerrors.secrets.names import PARAMETERS, SHORT_WORDS, WORDS

OPAQUE = "kX7pQz19vLmW04ab"
SIGNS = (
    '"', "'", "\\", "{", "}", "[", "]", ":", ",", "=", "&", "?", "/", "//", "@", "%40", "%3D", "<", ">", "</", " ",
    "\n", "- ", "\\n", "--b\r\n",
)  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(
        [
            *SIGNS,
            *WORDS,
            *SHORT_WORDS,
            *PARAMETERS,
            OPAQUE,
            "a",
            "https:",
            "Bearer",
            "Basic",
            "name",
            "value",
            "eyJ",
            "dTpw",
            "LS0t",
            "thought",
            "thoughtSignature",
            "thought_signature",
        ]
    ),
    max_size=12,
).map("".join)


class Thorough(Secrets):
    """A prefilter that always requires the full search."""

    def may_be_in(self, text):
        """Return True."""
        return True


def changes(text):
    """Return whether the full search changes a text, as a body, as a URL, or as the value of a header."""
    looks = (
        lambda hider: hider.document(text),
        lambda hider: hider.url(text),
        lambda hider: hider.header("X-Other", text),
    )
    return any(look(Hider(Thorough())) != text for look in looks)


def test_all_texts_of_the_other_tests_that_would_change_are_found():
    """Secrets of every kind at every place."""
    cases = [value for part, _, value, _ in secrets() if part != "header" and isinstance(value, str)]
    cases += [value for part, _, value in values() if part != "header"]
    cases += [each.replace("SECRET", OPAQUE) for each in SURROUNDINGS.values()]
    missed = [each for each in cases if not Secrets().may_be_in(each) and changes(each)]
    assert missed == []


@pytest.mark.untraced
@given(text=TEXTS, is_json=st.booleans())
def test_any_text_that_would_change_is_found(text, is_json):
    """Words of secrets between punctuation, and opaque values."""
    text = json.dumps({"x": text}) if is_json else text
    if not Secrets().may_be_in(text):
        assert not changes(text)


PACKED = b64encode(json.dumps({"after": OPAQUE, "password": OPAQUE}).encode()).decode()
NAMES = ("token", "tokens", "total_tokens", "password", "api_key", "type", "name", "value", "cookie", "assertions", "a")
VALUES = st.sampled_from(
    [
        "12", "1234567", "null", '"summer"', '"api_keys"', '"my token"', f'"{OPAQUE}"', f'"token {OPAQUE}"',
        f'"{PACKED}"', '"<TOKEN>"', '"Basic dTpw"', '"basic"', '"Bearer of"', "[]", "{}", '["bearer"]',
        f'["a", "{OPAQUE}"]', f'"/api_keys/{OPAQUE}/a"',
    ]
)  # fmt: skip
MEMBERS = st.recursive(
    st.tuples(st.sampled_from(NAMES), VALUES).map(lambda pair: f'"{pair[0]}": {pair[1]}'),
    lambda inner: st.tuples(
        st.sampled_from(NAMES),
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from(("{%s}", "[{%s}]", "[{%s}, 1]")),
    ).map(lambda each: f'"{each[0]}": {each[2] % ", ".join(each[1])}'),
    max_leaves=6,
)


@pytest.mark.untraced
@given(members=st.lists(MEMBERS, min_size=1, max_size=3), depth=st.integers(0, 2), end=st.integers(0, 12))
def test_json_that_would_change_is_found(members, depth, end):
    """Counts, harmless values, lists, objects and base64 below names of secrets, in JSON in JSON, complete or cut."""
    text = f"{{{', '.join(members)}}}"
    for _ in range(depth):
        text = json.dumps({"text": text})
    text = text[: -end or None]
    if not Secrets().may_be_in(text):
        assert not changes(text)


WORDS_AROUND = st.sampled_from(
    [
        *(
            "a", "of", "thought", "signature", "token", "tokens", "key", "Secret-Key", "basic", "Bearer", "syntax", "pin", "password", "error",
            "realm=",
        ),
        *(
            ",", ".", ":", "=", "=()", "/", "/keys/", "name:", "value:", "dTpw", OPAQUE, f"_{OPAQUE}", f"/{OPAQUE}",
            PACKED, "\n",
        ),
    ]
)  # fmt: skip


@pytest.mark.untraced
@given(words=st.lists(st.tuples(WORDS_AROUND, st.sampled_from(("", " ", " ", "\n", "  "))), max_size=9))
def test_a_sentence_that_would_change_is_found(words):
    """Lists of words, schemes, paths, longer names, and words after names."""
    text = "".join(word + space for word, space in words)
    if not Secrets().may_be_in(text):
        assert not changes(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"usage": {"total_tokens": 490490, "tokens": [], "token": "my token"}, "type": "a", "auth": "none"}',
        "scored by token overlap of two",
        "otp-credentials=(),payment=()",
        f'{{"after": "{b64encode(b"{}" * 20).decode()}"}}',
        f"{OPAQUE}pwd{OPAQUE}eyJ{OPAQUE}EAAA{OPAQUE * 4}",
    ],
)
def test_what_is_in_most_recordings_is_not_inspected(text):
    """Names of counts, words in sentences, and random letters."""
    assert not Secrets().may_be_in(text)


def test_names_of_a_project_are_found():
    """In every spelling."""
    own = Secrets(names=frozenset({"pincode"}))
    assert all(own.may_be_in(each) for each in ("PIN-code", "pin_code=1", b'{"Pin Code": 1}', "pin.code"))
    assert not own.may_be_in("a pinch of code")
    assert not Secrets().may_be_in("pincode")


def test_ordinary_texts_are_not_inspected():
    """The prefilter saves the search of ordinary texts."""
    ordinary = (
        '{"code": "800064", "description": "Another request is processing cart 3", "data": [], "source": "PartnerFD"}'
    )
    assert not Secrets().may_be_in(ordinary)
    assert not Secrets().may_be_in(ordinary.encode())


@pytest.mark.parametrize(
    "text",
    [
        f'{{"pass\\u0077ord": "{OPAQUE}"}}', f"https:\\/\\/host\\/x?password={OPAQUE}", f"%70assword={OPAQUE}",
        f"{{&quot;password&quot;: &quot;{OPAQUE}&quot;}}", f"&#112;assword={OPAQUE}", f"&#x70;assword={OPAQUE}",
        f"%{'25' * 20}70assword={OPAQUE}", f"&{'#38;' * 20}#112;assword={OPAQUE}",
    ],
)  # fmt: skip
def test_an_escaped_secret_is_worth_a_closer_look(text):
    """Also where escapes are nested too deeply to be resolved."""
    assert Secrets().may_be_in(text)


@pytest.mark.parametrize("text", ["https:\\/\\/host\\/orders", "100%25 of &quot;cats&quot;", "caf\\u00e9"])
def test_escapes_alone_are_not(text):
    """They are resolved, and the text has no secret."""
    assert not Secrets().may_be_in(text)
