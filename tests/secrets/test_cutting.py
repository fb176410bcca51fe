"""A shown text may be cut off anywhere: no part of a secret is left at the end."""

import json
from base64 import b64encode

import pytest

from pytest_pcerrors.secrets import hide

OPAQUE = "kX7pQz19vLmW04ab9Tz3"
SECRETS = {
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
    "PEM": "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEAkX7pQz19vLmW04ab\nMIIEowIBAAKCAQEA\n-----END PRIVATE KEY-----",
    "GitHub": "ghp_" + OPAQUE * 2,
    "Entra": "abc8Q~" + OPAQUE + "wxyzw",
    "Stripe": "sk_live_" + OPAQUE,
    "opaque": OPAQUE,
}
PLACES = {
    "member": lambda secret: json.dumps({"code": "1", "access_token": secret, "x": 1}),
    "member of an inner text": lambda secret: json.dumps({"text": json.dumps({"password": secret, "x": 1}), "y": 1}),
    "parameter": lambda secret: f"https://a.example/v1?size=3&access_token={secret}&x=1",
    "user": lambda secret: f"https://user:{secret}@a.example/v1",
    "escaped user": lambda secret: f"https:\\/\\/user:{secret}@a.example\\/v1",
    "header": lambda secret: f"Host: a\r\nAuthorization: Bearer {secret}\r\nX-Id: 7",
    "form": lambda secret: f"grant_type=password&client_secret={secret}&x=1",
    "element": lambda secret: f"<a><Password>{secret}</Password></a>",
    "pair": lambda secret: json.dumps([{"name": "token", "value": secret}, {"name": "a", "value": "b"}]),
    "quoted": lambda secret: f"the token '{secret}' has expired",
}
KNOWN_BY_LOOKS = {
    "sentence": lambda secret: f"signed in with {secret} today",
    "text of JSON": lambda secret: json.dumps({"text": f"with {secret}", "x": 1}),
    "alone": lambda secret: f"{secret} ",
}
SHOWN = 3
"""How much of a secret may be shown: fewer letters say nothing."""


@pytest.mark.untraced
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_is_cut_anywhere_is_hidden(place, secret):
    """From its first letters to the end of the text around it."""
    check(PLACES[place], SECRETS[secret])


@pytest.mark.parametrize("place", KNOWN_BY_LOOKS)
@pytest.mark.parametrize("secret", ["JWT", "PEM", "GitHub", "Entra", "Stripe"])
def test_a_token_that_is_cut_anywhere_is_hidden(place, secret):
    """A token of a known format needs no name."""
    check(KNOWN_BY_LOOKS[place], SECRETS[secret])


def check(place, secret):
    """Cut a text at each place."""
    text, lines = place(secret), [line for line in secret.splitlines() if not line.startswith("-----")]
    ends = range(len(text) + 1)
    assert [end for end in ends if any(line[: SHOWN + 1] in hide(text, longest=end) for line in lines)] == []


@pytest.mark.parametrize(
    "text",
    [
        f"{SECRETS['JWT']}{'kX7p' * 10_000}",
        f'{{"a": "{SECRETS["JWT"]}{"kX7p" * 10_000}", "b": 1}}',
        f"-----BEGIN PRIVATE KEY-----\n{'kX7pQz19vLmW04ab' * 3_000}\n-----END PRIVATE KEY-----",
        f'{{"password": "{"kX7p" * 10_000}", "b": 1}}',
        f'{{"a": "{{\\"password\\": \\"{"kX7p" * 10_000}\\"}}"}}',
        f"a=1&password={'kX7p' * 10_000}&b=2",
        f"<a><Password>{'kX7p' * 10_000}</Password></a>",
        f"Host: a\r\nAuthorization: Bearer {'kX7p' * 10_000}\r\nX-Id: 7",
        f"client_secret={'kX7p' * 10_000}&b=2",
        f"https://{'kX7p' * 10_000}@a.example/",
        f'{{"a": "https://u:{"kX7p" * 10_000}@a.example/"}}',
    ],
)
def test_the_beginning_of_a_very_long_secret_is_hidden(text):
    """Its end is far after the shown part."""
    for longest in (60, 200, 4096):
        assert "kX7pkX7p" not in hide(text, longest=longest)


@pytest.mark.parametrize("longest", range(60, 64))
def test_the_beginning_of_a_long_document_in_base64_is_hidden(longest):
    """What is searched of it may end inside a character."""
    packed = b64encode(json.dumps({"password": OPAQUE, "text": "Zo\xeb " * 2000}, ensure_ascii=False).encode()).decode()
    assert hide(f"state {packed} x", longest=longest) == "state ***"


def test_what_is_cut_off_is_not_shown():
    """At most this many characters are shown, and all of a short text."""
    assert hide("a" * 10_000, longest=4096) == "a" * 4096
    assert hide("ab", longest=2) == "ab"
    assert hide("a" * 10_000) == "a" * 10_000
