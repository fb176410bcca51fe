"""The look of a value: nothing, a sentence, a word, or opaque."""

import random
import string

import pytest
from sibling_harmless import STAND_INS

from pytest_pcerrors.secrets.values import is_opaque_word, is_placeholder, look_of

ALPHABETS = {
    "base62": string.ascii_letters + string.digits,
    "hexadecimal": "0123456789abcdef",
    "HEXADECIMAL": "0123456789ABCDEF",
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
}
WORDS = """
gpt-4o-mini-2024-07-18 claude-3-5-sonnet-20241022 text-embedding-3-small llama-3.1-8b-instruct SPE_E5 O365_BUSINESS_PREMIUM ENTERPRISEPACK
STANDARDWOFFPACK_STUDENT certificate2024 AADSTS50013 AADSTS7000215 default-token-x7k2q my-java-server-env-vars-c8c4gk6hcf
web-tls-7d4b9c6f8-x2x5z ServicePrincipalCredentials PasswordHashSync client_secret_post RS256 HS512 sha256WithRSAEncryption
us-east-1 eu-west-2b westeurope2 contoso.onmicrosoft.com Windows10Pro Office365 Dynamics365 Microsoft.AzureActiveDirectory
com.android.vending 2026-01-01T00:00:00Z 20260101T000000Z 1.2.3-beta.4 v1.28.5-gke.1200 P1Y2M10DT2H30M PT30M p12-certificate base64url
my-app-secret-v2 prod-db-password-2024 staging_api_key_1 correct-horse-battery-staple iPhone15ProMax Wachtwoordverificatie
clientSecretExpiresAt AuthenticationFailed InvalidAuthenticationTokenTenant MFA_REQUIRED kubernetes.io/service-account-token
nginx-ingress-controller bucket/path/2024/01/report.pdf x509-client-cert 800064 1,234,567.89 1e10 id_rsa.pub HTTP/1.1 e2e-test-token
oauth2-proxy access_token_v2 arm64-v8a x86_64-linux-gnu 192.168.0.1:8080 bob@contoso.com application/json urn:ietf:params:oauth:x
arn:aws:iam::123456789012:role/a crn:v1:bluemix:public:object-storage:global:a/d756617575ff631f32d1a1b2:4f701070-c2ba-480d-b459-25d8081d6d04:: azerbaijan kyrgyzstan Rechtschreibung Donaudampfschifffahrt szczegolowy internationalization
""".split()


@pytest.mark.untraced
@pytest.mark.parametrize(("length", "found"), [(10, 0.90), (16, 0.99), (40, 0.999)])
@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
def test_random_values_are_opaque(alphabet, length, found):
    """More than 90 % of those with ten characters, and more than 99 % from 16 characters on."""
    choice = random.Random(8)
    made = ["".join(choice.choices(alphabet, k=length)) for _ in range(2000)]
    assert sum(look_of(each) == "opaque" for each in made) >= found * len(made)


def test_words_identifiers_and_numbers_are_not_opaque():
    """Names of models, products, versions, algorithms, hosts, dates, and words of other languages."""
    assert [word for word in WORDS if is_opaque_word(word)] == []


def test_placeholders_are_nothing():
    """Placeholders of vcrpy, VCR.rb, Betamax, Polly, Postman, Azure DevOps, GitHub, Terraform, Ansible and people."""
    assert [value for value in STAND_INS if look_of(value) not in ("nothing", "sentence")] == []


@pytest.mark.parametrize(
    ("value", "look"),
    [
        ("summer", "word"),
        ("hunter2", "word"),
        ("Password1", "word"),
        ("test1234", "word"),
        ("my-summer-house", "word"),
        ("12345678", "word"),
        ("is required", "sentence"),
        ("At least 12 characters", "sentence"),
        ("4f701070-c2ba-480d-b459-25d8081d6d04", "opaque"),
        ("'kX7pQz19vLmW'", "opaque"),
        ("the value kX7pQz19vLmW is wrong", "opaque"),
        ("acme_live_kX7pQz19vLmW04ab", "opaque"),
        ("my-service-production-eastus-kX7pQz19vLmW04ab", "opaque"),
        ("/kX7pQz19vLmW04ab/kX7pQz19vLmW04ab", "opaque"),
        ("{kX7pQz19vLmW04ab}", "opaque"),
        ("7fd1a60b01f91b314f59955a4e4d4e80", "opaque"),
        ("9" * 40, "word"),
        ("x" * 5000, "nothing"),
        ("", "nothing"),
        ("/v1/customers", "nothing"),
        ("https://a.example/x", "nothing"),
    ],
)
def test_the_look_of(value, look):
    """The most significant word decides the look of a value."""
    assert look_of(value) == look


@pytest.mark.parametrize(
    "value", ["x" * 5000, "a-" * 5000, "<" * 5000, "Ab1" * 100_000, "env(" * 5000, "*" * 5000, "x7-" * 50_000]
)
def test_hostile_values_are_inspected_too(value):
    """Values of any length are classified."""
    assert look_of(value) in ("nothing", "word", "opaque")
    assert is_placeholder(value) in (True, False)
