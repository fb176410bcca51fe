"""The kind of a name, in every spelling, and names that have none."""

import re

import pytest

from pytest_pcerrors.secrets.names import Kind, kind_of, kind_of_header, squeezed

STRONG = """
password passwd passphrase pwd secret client_secret client_assertion connection_string access_token refresh_token id_token api_key account_key
primary_key subscription_key shared_access_signature session_token csrf_token device_code code_verifier authorization_code saml_response
webhook_secret signing_key encryption_key private_key license_key recovery_code personal_access_token otp totp jwt pass pw oauth_verifier
""".split()
WEAK = "token bearer cookie_jar_token credential credentials assertion auth ticket pin".split()
AMBIGUOUS = "signature sig session session_id client_token".split()
SAY_NOTHING = """
code key name value token_type expires_in max_tokens_left continuation_token next_token page_token sync_token cancellation_token
has_token is_password requires_auth useToken passenger Kansas design compass monkey turkey keyboard author tokenizer passport bypass
password_policy secretName tokenExpiry session_duration apiKeyRequired credentialType passwordLastChanged OAuth2 oauth2 addressId processId wifiSsid
sass node-sass requests.sessions ClientRequestToken
""".split()


def spellings(name):
    """Return a name in every case and spelling."""
    words = re.split("[-_]", name)
    camel = words[0].lower() + "".join(word.title() for word in words[1:])
    return {
        name,
        name.upper(),
        camel,
        "".join(map(str.title, words)),
        "-".join(map(str.title, words)),
        " ".join(words),
        ".".join(words),
    }


@pytest.mark.parametrize("name", STRONG)
def test_names_of_passwords_keys_and_tokens_are_strong(name):
    """In every spelling, at the end of a longer name, also after a digit, in brackets, and numbered."""
    for spelling in spellings(name):
        for each in (
            spelling,
            f"my_{spelling}",
            f"user2{spelling}",
            f"user[{spelling}]",
            f"{spelling}[0]",
            f"{spelling}2",
            f"{spelling}s",
            f" {spelling} ",
        ):
            assert kind_of(each) is Kind.STRONG, each


@pytest.mark.parametrize("name", WEAK)
def test_names_that_say_little_are_weak(name):
    """An opaque value is then a secret, another value is not."""
    for spelling in spellings(name):
        assert kind_of(spelling) is Kind.WEAK or kind_of(spelling) is Kind.STRONG, spelling


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_names_of_sessions_and_signatures_are_ambiguous(name):
    """They are often public; only in a request may they be secrets."""
    for spelling in spellings(name):
        assert kind_of(spelling) is Kind.AMBIGUOUS, spelling


@pytest.mark.parametrize("name", SAY_NOTHING)
def test_other_names_say_nothing(name):
    """Counts, paging tokens, booleans, metadata, and words that contain a short one by chance."""
    assert kind_of(name) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Authorization", Kind.CREDENTIALS),
        ("proxy-authorization", Kind.CREDENTIALS),
        ("Set-Cookie", Kind.CREDENTIALS),
        ("X-Api-Key", Kind.STRONG),
        ("Fastly-Key", Kind.WEAK),
        ("X-MS-Client-Principal", Kind.STRONG),
        ("X-Hub-Signature-256", Kind.WEAK),
        ("X-New-Session", Kind.AMBIGUOUS),
        ("Sec-WebSocket-Key", None),
        ("Idempotency-Key", None),
        ("Cache-Key", None),
        ("Permissions-Policy", Kind.PUBLIC),
        ("x-ratelimit-remaining-tokens", Kind.PUBLIC),
        ("Authentication-Info", Kind.WEAK),
        ("Content-Type", None),
        ("MS-ContinuationToken", None),
    ],
)
def test_names_of_headers(name, kind):
    """Headers have additional names."""
    assert kind_of_header(name) is kind


def test_names_are_compared_without_separators():
    """Case is ignored too."""
    assert squeezed("Client-Secret") == squeezed("client_secret") == squeezed("client secret") == "clientsecret"


def test_long_names_are_names_too():
    """Only the end of a name is significant."""
    assert kind_of("x" * 1_000_000 + "_password") is Kind.STRONG
    assert kind_of("[" * 1_000_000) is None
