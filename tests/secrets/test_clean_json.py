"""A text that is proved to have no secret is not read: the edits are the same as when everything is read."""

import json
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.secrets import Secrets
from pytest_pcerrors.secrets import _clean_json as clean_json
from pytest_pcerrors.secrets.hiding import Hider

OPAQUE = "kX7pQz19vLmW04ab"
NAMES = (
    "a", "name", "value", "keyName", "loc", "input", "data", "items", "token", "password", "auth", "credentials",
    "type", "set-cookie",
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
    *NAMES,
)
SCALARS = st.one_of(st.sampled_from(TEXTS), st.sampled_from((0, 1234567, 1.5, True, None)))
MEMBERS = st.sampled_from((*NAMES, OPAQUE, f"ghp_{OPAQUE * 3}"))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(MEMBERS, inner), max_size=4).map(tuple),
    max_leaves=12,
)


def written(value):
    """Return a value as JSON; a tuple is an object, whose names may be repeated."""
    if isinstance(value, tuple):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(each)}" for name, each in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


def searched(text):
    """Return a text with its secrets hidden, and the findings."""
    hider = Hider(Secrets())
    return hider.text(text), hider.found


@given(value=VALUES)
def test_the_edits_are_those_of_a_complete_search(value):
    """Names and values around an object or array can make its values secrets."""
    text = written(value)
    with patch.object(clean_json, "is_clean", lambda *_: False):
        complete = searched(text)
    assert searched(text) == complete


def test_deeply_nested_names_of_secrets_are_not_proved():
    """Each level would check all texts again; everything is read instead, and nothing changes."""
    text = '{"token": ' * 20 + '{"a": "of b"}' + "}" * 20
    hider = Hider(Secrets())
    assert (clean_json.is_clean(text, hider), hider.text(text)) == (False, text)
    assert clean_json.is_clean(text[10 * 15 : -15], hider)


def test_a_name_that_no_value_has_is_proved_harmless():
    """A list of modules or metrics may have the names of secrets; another member of the same object would be the value."""
    named = {"name": "ssh_session", "version": OPAQUE}
    texts = [
        json.dumps(each) for each in ([named], named | {"value": OPAQUE}, {"name": ["auth", "token"], "input": "b"})
    ]
    assert [clean_json.is_clean(text, Hider(Secrets())) for text in texts] == [True, False, False]
