"""Redaction is idempotent and exact, for sentences, settings and whole exchanges."""

import gzip
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_pcerrors import Exchange, Request, UsageError
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.settings import RedactSetting

JWT = "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
PIECES = (
    '"', "'", "\\", "{", "}", "[", "]", ":", ",", "=", "&", "?", "#", ";", "<", ">", "%3D", "%26", "***", "*", "\n",
    "token", "client_secret", "code", "name", "value", "Bearer ", "Basic ", "eyJaaaaaaa", "https://", "a@b", "0", "é",
    '"password": "', "&quot;", "<token>", "<![CDATA[", '\\"', "\\u0061", "--b\r\n", "Cookie: ", "\ufeff", "abc7Q~", "x",
    "&lt;token&gt;", "<key>", "</token>", "password: |\n  ", "\n", " ", "keyName", "[[", "%3Fsig%3D", "%40", "//u",
    "Host: ", "Authorization: ", "password == ", "claims=", "-----BEGIN PRIVATE KEY-----MIIEowIBAAKC",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40)
ODD = Redaction(names=("pin",), patterns=(r"\*", r"(?<=\*)\w", "x?", r"id(?P<secret>\w)?"), tenant_ids=True)
SENTENCES = (
    *("Bearer authentication is required", "Invalid token: expired", "The access token has expired", "Bearer token"),
    *(
        "Basic authentication.",
        "Bearer OAuth2 token",
        "the password is wrong",
        "token: missing",
        "Cart 7 is being processed",
    ),
    *(
        "AADSTS50013: Assertion failed signature validation",
        "Invalid token: AADSTS50013: expired",
        "client_secret is required",
    ),
    *('Bearer error="invalid_token", error_description="The token has expired"', "a, b: c = d", "mail a@b.example //"),
    *(
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        "Kansas: 4, design: 5",
    ),
    *(
        "Unauthorized - MFA required",
        "Zo\\u00eb \\u0026 &#39;",
        "",
        "https://api.example:8080/v1?size=3",
        "token: [expired]",
    ),
    *("Authorization: Access denied", "authorization: not authorized to perform this action, contact admin"),
    *("Cookie: disabled", "Authorization: Bearer token is missing", "Authorization: Bearer missing"),
    *("Authorization: failed for customer 7", "See below\nAuthorization: Access denied\nTry again"),
    *("Password: Required", "client_secret: required", "ClientSecret: must be provided", "Signature: mismatch"),
    *("password == confirmPassword", "Secret: N/A", "ConnectionString: is not valid", "invalid password[0]: required"),
    *("password: |\nis required", "password: |\n\n", "-----BEGIN PRIVATE KEY----- is missing in the file"),
    'Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsieHAiOnt9fX0="',
)


@given(text=TEXTS)
@example(text="id*x")
@pytest.mark.parametrize("redaction", [Redaction(), ODD], ids=["plain", "odd patterns"])
def test_redacting_twice_is_redacting_once(redaction, text):
    """Any URL, body, text or header is redacted without an exception, and a second time without a change."""
    for function in (redaction.url, redaction.text, lambda each: redaction.header("Set-Cookie", each)):
        assert function(function(text)) == function(text)
    body = redaction.body(text.encode("utf-8", "surrogatepass"))
    assert redaction.body(body) == body


@given(body=st.binary(max_size=60))
def test_any_bytes_are_a_body(body):
    """A body may be binary; most are unchanged."""
    assert Redaction().body(Redaction().body(body)) == Redaction().body(body)


CLEAN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text('abcé "\\/{}[]<>:\n', max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdé", max_size=5), inner, max_size=3),
)


@given(value=CLEAN, indent=st.none() | st.just(2), is_ascii=st.booleans())
def test_what_holds_no_secret_is_unchanged(value, indent, is_ascii):
    """White space, escapes and order are kept."""
    body = json.dumps({"token_type": "Bearer", "x": value}, indent=indent, ensure_ascii=is_ascii).encode()
    assert Redaction().body(body) == body
    assert Redaction(tenant_ids=True, names=("pin",)).body(body) == body


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences_about_secrets_stay(text):
    """Recordings are kept for their error descriptions."""
    assert Redaction().text(text) == text
    assert Redaction().body(json.dumps({"description": text}).encode()) == json.dumps({"description": text}).encode()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (f"signed in with {JWT}.", "signed in with ***"),
        ("Bearer kX7pQz19vLmW", "Bearer ***"),
        ("Bearer abcdefgh", None),
        ("Bearer abcdefgh7q", "Bearer ***"),
        ("sent Basic dTpw there", "sent Basic *** there"),
        ("the secret xyz8Q~abcdefghijklmnopqrstuvwxyz0123456", "the secret ***"),
        ("refreshed by 0.AXEAabcdefghijklmnopqrstuv.wxyz", "refreshed by ***"),
        ("password: hunter2", "password: ***"),
        ("try api key: kX7pQz19vLmW, then", "try api key: ***, then"),
        ("the token: kX7pQz19vLmW04", "the token: ***"),
        ("the client_secret: a1c", "the client_secret: ***"),
        (r"sent\nAuthorization: Bearer abc\nHost: a", r"sent\nAuthorization: Bearer ***\nHost: a"),
        (r"password=\"a\\\"b\" c", r"password=\"***\" c"),
        (r"password=\"abc", r"password=\"***"),
        ("password='' c", "password='' c"),
        ("password='it c", "password='it c".replace("'it", "'***")),
        ("tokens=[kX7pQz19vLmW, b] c", "tokens=[***, b] c"),
        ("tokens=[a, b] c", None),
        ("password=&quot;a&amp;b&quot; c", "password=&quot;***&quot; c"),
        ("cb?code=kX7pQz19vLmW&x=1", "cb?code=***&x=1"),
        ("cb?code=EUR&x=1", None),
        ("Authorization: Custom kX7pQz19vLmW", "Authorization: ***"),
        ("Cookie: sid=abc; a=b", "Cookie: sid=***; a=***"),
        ("Host: a\nAuthorization: secretive", "Host: a\nAuthorization: ***"),
        ("Authorization: secretive\r\nX-Id: a", "Authorization: ***\r\nX-Id: a"),
        (r"GET / HTTP/1.1\r\nCookie: secretive", r"GET / HTTP/1.1\r\nCookie: ***"),
        ("a\n--> password: it, password == p4ssword", "a\n--> password: it, password == ***"),
        ('ClientSecret: "abc"', 'ClientSecret: "***"'),
        ("signed in with eyJ0eXAiOiJKV1Qi== there", None),
        (f"claims={JWT}", "claims=***"),
        ("db:\n  password: |\n    kX7pQz19\n\n    vLmW04ab\n  user: c", "db:\n  password: |\n    ***\n  user: c"),
        ("- password: >-\r\n    a\r\n- b", "- password: >-\r\n    ***\r\n- b"),
        ("- name: DB_PASSWORD\n  value: 'abc' \n- name: a\n  value: b", "- name: DB_PASSWORD\n  value: '***' \n- name: a\n  value: b"),
        ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\nb", "a\n***\nb"),
        (r"-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA", "***"),
        ("cb?code=1000&x=1", None),
        ("password=", None),
        ("user%26password%3Dabc%26x", "user%26password%3D***%26x"),
    ],
)  # fmt: skip
def test_secrets_in_sentences_go(text, redacted):
    """Pairs of name and value, header lines, and tokens of known formats are hidden."""
    assert Redaction().text(text) == (text if redacted is None else redacted)


def test_texts_inside_texts_are_searched_to_a_depth():
    """JSON in strings of JSON; deeper texts are searched for names and values."""
    text = '{"client_secret": "kX7pQz19vLmW"}'
    for _ in range(9):
        text = json.dumps({"x": text})
        assert "kX7pQz19vLmW" not in Redaction().body(text.encode()).decode()


def test_settings_add_names_and_patterns():
    """Names are compared without case, hyphens and underscores; a group of a pattern is the secret."""
    redaction = Redaction.of_settings(RedactSetting(names=("Pin-Code",), patterns=(r"ID-\d+", r"cust(?P<secret>\d+)")))
    body = b'{"pin_code": "1", "PinCode": 2, "text": "ID-17 cust99", "n": 1}'
    assert redaction.body(body) == b'{"pin_code": "***", "PinCode": 0, "text": "*** cust***", "n": 1}'
    assert Redaction(patterns=("17",)).body(b'{"n": 17, "m": 0}') == b'{"n": 0, "m": 0}'
    assert Redaction(names=("client ref",)).body(
        b'{"client ref": "a", "clientRef": 1, "x": "Client ref: kX7pQz19"}'
    ) == (b'{"client ref": "***", "clientRef": 0, "x": "Client ref: ***"}')
    assert redaction.body(b"user[pincode]=1&pincode[0]=2") == b"user[pincode]=***&pincode[0]=***"
    assert redaction.url("/v1?pincode=1") == "/v1?pincode=***"
    assert hash(redaction) == hash(Redaction(redaction.names, redaction.patterns))


def test_a_pattern_that_is_none_is_misuse():
    """The message has the pattern."""
    with pytest.raises(UsageError, match=r"'\(' is not a regular expression"):
        Redaction(patterns=("(",))


def test_a_value_that_never_settles_is_hidden_whole():
    """A pattern that changes the text in each pass hides all of it."""
    assert Redaction(patterns=(r"(?<=\*)\w", "^a")).text("abcdefghijklmnop") == "***"


def test_tenants_get_pseudonyms():
    """The same GUID in any notation has the same pseudonym; the nil GUID is kept."""
    redaction = Redaction(tenant_ids=True)
    guid = "4F701070-c2ba-480d-b459-25d8081d6d04"
    [one, two, three] = redaction.text(f"{guid} {guid.lower()} {guid.replace('-', '')}").split()
    assert one == two == f"{three[:8]}-{three[8:12]}-{three[12:16]}-{three[16:20]}-{three[20:]}" != guid
    assert redaction.text(one) == one
    assert redaction.url(f"/v1/{guid}?x=%2F{three}") == f"/v1/{one}?x=%2F{three}"
    assert redaction.text("00000000-0000-0000-0000-000000000000") == "00000000-0000-0000-0000-000000000000"
    assert redaction.headers([("MS-RequestId", guid)]) == [("MS-RequestId", one)]


def test_an_exchange_is_redacted_on_both_sides():
    """Request and response; a correct Content-Length is updated, another one is kept."""
    body = b"client_secret=abcdef"
    request = Request("POST", "https://a.example/?sig=a", {"Content-Length": "20", "Authorization": "Bearer a"}, body)
    exchange = Exchange(
        200, {"Content-Length": "7", "Set-Cookie": "a=b"}, b'{"password": "a"}', request, f"OK {JWT}", "a:1"
    )
    redacted = Redaction().exchange(exchange)
    assert redacted.request == Request(
        "POST",
        "https://a.example/?sig=***",
        {"Content-Length": "17", "Authorization": "Bearer ***"},
        b"client_secret=***",
    )
    assert (redacted.reason, redacted.origin, redacted.body) == ("OK ***", "a:1", b'{"password": "***"}')
    assert list(redacted.headers) == [("Content-Length", "7"), ("Set-Cookie", "a=***")]
    assert Redaction().exchange(redacted) is redacted
    assert Redaction().places(redacted) == []


def test_an_exchange_without_secrets_is_the_same_object():
    """Both after the fast check and after the full search."""
    for body in (b"{}", b"a design", gzip.compress(b"{}")):
        exchange = Exchange(200, None, b"", Request("POST", "/v1", {}, body))
        assert Redaction().exchange(exchange) is exchange


def test_places_name_where_a_secret_is_and_not_its_value():
    """Headers and parameters by name, members by JSON Pointer."""
    request = Request(
        "POST", "https://u:p@a.example/?sig=a", {"Cookie": "a=b"}, b"--b\r\nX: name=a\r\n\r\ntoken=kX7pQz19vLmW"
    )
    body = json.dumps({"a": [{}, {"token": JWT}], JWT: {"password": "y"}}).encode()
    assert Redaction().places(Exchange(200, {JWT: "a"}, body, request, JWT)) == [
        "request URL, user",
        "request URL, parameter sig",
        "request header Cookie",
        "request body",
        "reason phrase",
        "response header ***",
        "response body /a/1/token",
        "response body /***",
        "response body /***/password",
    ]
    form = b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nabc\r\n--b--\r\n'
    assert [each.place for each in Redaction().searched_body(form).found] == ["parameter password"]
    assert Redaction().places(Exchange(200, None, b"", Request("GET", f"/v1/{JWT}"))) == ["request URL"]
    assert Redaction().places(Exchange(200, None, b"", Request("GET", "/v1?a=b"))) == []
    deep = json.dumps({"a": JWT}).encode().replace(b'"eyJ', b'{"b":' * 30 + b'"eyJ')
    [found] = Redaction().searched_body(deep[:-1] + b"}" * 31).found
    assert found.place.endswith("/b/...")


def test_what_is_found_says_how_certain_it_is():
    """An opaque value of a secret's name is a secret; a word may be one; a body that cannot be decoded is named."""
    body = b'{"a_token": "kX7pQz19vLmW", "password": "summer", "token": "summer"}'
    assert [(each.place, each.certainty) for each in Redaction().found(Exchange(200, {}, body))] == [
        ("response body /a_token", "secret"),
        ("response body /password", "suspected"),
    ]
