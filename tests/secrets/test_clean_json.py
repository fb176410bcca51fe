"""Objects that are proved to have no secret are not read: the edits are the same as when everything is read."""

import json
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_pcerrors.secrets import Secrets, json_text
from pytest_pcerrors.secrets._clean_json import Proof
from pytest_pcerrors.secrets.hiding import Hider

OPAQUE = "kX7pQz19vLmW04ab"
BEGIN = "-----BEGIN PRIVATE KEY-----"
LINE = "MIIEvQIBADANBgkqhkiG"
NAMES = (
    "a", "name", "value", "keyName", "loc", "input", "data", "items", "token", "password", "auth", "credentials",
    "type", "set-cookie", "kty", "d", "--token",
)  # fmt: skip
TEXTS = (
    "",
    "b",
    "summer",
    "<TOKEN>",
    OPAQUE,
    f"password={OPAQUE}",
    f"Bearer {OPAQUE}",
    f"https://h/?sig={OPAQUE}",
    BEGIN,
    LINE,
    *NAMES,
)
CLEAN = ({"a": "b"}, {"a": [{}, {"value": OPAQUE}]}, {"a": LINE})
SCALARS = st.one_of(st.sampled_from(TEXTS), st.sampled_from((0, 1234567, 1.5, True, None)))
MEMBERS = st.sampled_from((*NAMES, OPAQUE, f"ghp_{OPAQUE * 3}"))
VALUES = st.recursive(
    SCALARS | st.sampled_from(CLEAN),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(MEMBERS, inner), max_size=4).map(tuple),
    max_leaves=12,
)


def written(value):
    """Return a value as JSON; a tuple is an object, whose names may be repeated."""
    if isinstance(value, tuple):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(each)}" for name, each in value) + "}"
    if isinstance(value, dict):
        return written(tuple(value.items()))
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


def searched(text, secrets):
    """Return a text with its secrets hidden, and the findings."""
    hider = Hider(secrets)
    return hider.text(text), hider.found


def clean_objects(text):
    """Return the objects of a text that are one token, since they are proved clean."""
    proof = Proof(text, Hider(Secrets()))
    return [lexeme for _, lexeme in json_text._tokens(text, proof) if lexeme[0] == "{" != lexeme]


@given(
    value=VALUES,
    names=st.sampled_from(((), ("a",))),
    cut=st.integers(0, 9),
    rest=st.sampled_from(("", ' {"a": {"token": 1}}', " {}}{", ", 1")),
)
@example([{"a": BEGIN}, {"a": LINE}], (), 0, "")
@example([["token", {"a": {"a": OPAQUE}}]], (), 0, "")
@example({"name": "token", "value": [{"a": OPAQUE}]}, (), 0, "")
@example({"a": {"b": {"c": "d"}}, "token": OPAQUE}, ("a",), 0, "")
def test_the_edits_are_those_of_a_complete_search(value, names, cut, rest):
    """Names and values around an object or array can make its values secrets, also in truncated JSON and in several values."""
    text = written(value)
    text = text[: len(text) - cut] + rest
    secrets = Secrets(frozenset(names))
    with patch.object(Proof, "_parse", lambda *_: False):
        complete = searched(text, secrets)
    assert searched(text, secrets) == complete


def test_only_the_objects_around_a_secret_are_read():
    """Empty objects, repeated ones, several values, and those before invalid JSON are found at their places."""
    clean = ['{"a": [{}, {"b": "}{"}]}', '{"id": "e"}', '{"f": {}}']
    text = f'{clean[0]}\n{{"list": [{clean[1]}, {{"a": {clean[2]}, "token": "{OPAQUE}"}}, {clean[1]}]}} {clean[0]} {clean[1]}, {{"g": 1}}'
    first, second, third = clean
    assert clean_objects(text) == [first, second, third, second, first, second]


def test_deeply_nested_names_of_secrets_are_not_proved():
    """Each level would check all texts again; everything is read instead, and nothing changes."""
    text = '{"token": ' * 20 + '{"a": "of b"}' + "}" * 20
    hider = Hider(Secrets())
    assert (Proof(text, hider).is_clean, hider.text(text)) == (False, text)
    assert Proof(text[10 * 15 : -15], hider).is_clean


@pytest.mark.parametrize(
    ("document", "is_clean"),
    [
        ([{"name": "ssh_session", "version": OPAQUE}], True),
        ({"name": "ssh_session", "version": OPAQUE, "value": OPAQUE}, False),
        ({"name": ["auth", "token"], "input": "b"}, False),
    ],
    ids=["a name alone", "a name and a value", "names in a list"],
)
def test_a_name_that_no_value_has_is_proved_harmless(document, is_clean):
    """A list of modules or metrics may have the names of secrets; another member of the same object would be the value."""
    assert Proof(json.dumps(document), Hider(Secrets())).is_clean is is_clean


def test_a_text_is_searched_once():
    """A text with a secret in nested JSON is searched by the proof, and not again when its replacement is written."""
    text = json.dumps({"token": OPAQUE})
    for _ in range(5):
        text = json.dumps({"a": text})
    with patch.object(Hider, "inner", autospec=True, side_effect=Hider.inner) as inner:
        assert OPAQUE not in Hider(Secrets()).text(text)
    assert inner.call_count < 20
