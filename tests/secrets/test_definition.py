"""The certainty of a value by its name and its look, and what is hidden anywhere."""

import re

import pytest

from pytest_pcerrors.secrets import MASK, Secrets
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.values import is_basic

OPAQUE = "kX7pQz19vLmW04ab"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
OWN = Secrets(names=frozenset({"pin"}), patterns=(re.compile(r"ID-(?P<secret>\d+)"),))


@pytest.mark.parametrize(
    ("name", "value", "certainty"),
    [
        ("password", OPAQUE, "secret"),
        ("password", "summer", "suspected"),
        ("password", "12345678", "suspected"),
        ("password", "12345", None),
        ("password", "is required", None),
        ("password", f"the value {OPAQUE} is wrong", "secret"),
        ("password", "<PASSWORD>", None),
        ("password", MASK, None),
        ("password", "", None),
        ("token", OPAQUE, "secret"),
        ("token", "summer", None),
        ("signature", OPAQUE, "suspected"),
        ("signature", "summer", None),
        ("code", OPAQUE, None),
        ("x", OPAQUE, None),
        ("pin", "summer", "secret"),
        ("user[pin][0]", "1", "secret"),
        ("pin", "null", "secret"),
        ("pin", MASK, None),
        ("pin", "", None),
    ],
)
def test_name_and_looks_decide(name, value, certainty):
    """An opaque value of a secret's name is a secret, a word may be one, and any value of a project's own name is one."""
    assert OWN.certainty(name, value) == certainty


@pytest.mark.parametrize(
    ("name", "number", "certainty"),
    [
        ("password", "123456", "suspected"),
        ("password", "12345", None),
        ("password", "-1.5e3", None),
        ("access_token", "123456", None),
        ("max_tokens", "4096", None),
        ("pin", "1", "secret"),
        (Kind.STRONG, "123456", "suspected"),
        (None, "123456", None),
    ],
)
def test_numbers_are_rarely_secrets(name, number, certainty):
    """Numbers of tokens are not secrets."""
    assert OWN.certainty_of_number(name, number) == certainty


@pytest.mark.parametrize(
    ("name", "kind"),
    [("code", Kind.WEAK), ("key", Kind.WEAK), ("signature", Kind.WEAK), ("sig", Kind.STRONG), ("x", None)],
)
def test_parameters_have_names_of_their_own(name, kind):
    """Parameters of URLs and forms have additional names."""
    assert Secrets().kind_of_parameter(name) is kind


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"sent Bearer {OPAQUE} there", "sent Bearer *** there"),
        (f"bearer%20{OPAQUE}", "bearer%20***"),
        (f"Bearer+{OPAQUE}&a=1", "Bearer+***&a=1"),
        ("Basic dTpw", "Basic ***"),
        ("Basic dTpw==", "Basic ***"),
        (f"NTLM {OPAQUE}=", "NTLM ***"),
        ("Bearer abcdefg1", "Bearer ***"),
        ("Bearer abcdefg1 of shares", None),
        ("Basic Support", None),
        ("Visual+Basic+6+Plugin", None),
        ("Visual%20Basic%206%20Plugin", None),
        ("Authorization=Basic+dTpw+now", "Authorization=Basic+***+now"),
        ("Bearer realm=abc", None),
        ('Bearer realm="abc", error="x"', None),
        (f"'Bearer {OPAQUE}='", "'Bearer ***'"),
        ('Bearer oauth2_version="2"', None),
        ("Basic +bULAAEquRLiuTpkQxwk7k6NRO0= there", "Basic *** there"),
        ("Negotiate with care", None),
        (f"with {JWT}", "with ***"),
        ("ID-123", "ID-***"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_wherever_it_is(text, shown):
    """After an authentication scheme, as a token, or by a project's own pattern."""
    assert OWN.without_tokens(text) == (text if shown is None else shown)


def test_a_name_with_a_secret_in_it_is_shown_without():
    """Names are cached up to a limit."""
    secrets = Secrets()
    assert secrets.shown_name(JWT) == MASK
    assert all(secrets.shown_name(f"name{number}") == f"name{number}" for number in range(5000))
    assert secrets.shown_name("name1") == "name1"


def test_basic_credentials_are_user_and_password():
    """Other base64 is not hidden."""
    assert [is_basic(each) for each in ("dTpw", "dQ==", "Support", "////")] == [True, False, False, False]


def test_how_much_a_name_says_reads_well():
    """The repr of a kind is short in failing tests."""
    assert repr(Kind.WEAK) == "Kind.WEAK"
