"""A shown text has no secrets, and lacks nothing else."""

from itertools import product
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_pcerrors.secrets import MASK, Secrets, hide
from pytest_pcerrors.secrets.hiding import Hider

STARTS = list(map("".join, product(ascii_lowercase, digits, ascii_uppercase)))
PAIRS = list(map("".join, product(ascii_letters, digits)))
OPAQUE = st.builds(
    lambda start, pairs: start + "".join(pairs),
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(PAIRS), min_size=5, max_size=18),
)  # drawn in half the time that the same regular expression takes
SURROUNDINGS = {
    # forms in markup, and pairs of name and value in either order
    "input": '<input type="hidden" name="password" id="p" value="SECRET">',
    "value before name": '{"value": "SECRET", "name": "client_secret"}',
    # HTTP authentication (RFC 6750, RFC 7617, RFC 7616)
    "bearer": "Bearer SECRET",
    "bearer in lower case": "sent bearer SECRET to the gateway",
    "bearer in a URL": "?q=Bearer%20SECRET&size=3",
    "bearer in a form": "q=Bearer+SECRET&size=3",
    "bearer on a new line": r'"sent:\nBearer SECRET"',
    "bearer in a header": "Accept: */*\r\nAuthorization: Bearer SECRET\r\nHost: a",
    "basic": "Basic SECRET==",
    "basic in quotes": '"Basic SECRET="',
    "negotiate": "Negotiate SECRET",
    "digest": 'Authorization: Digest username="u", response="SECRET"',
    "shared key": "Authorization: SharedKey account:SECRET",
    "proxy": "Proxy-Authorization: Custom SECRET",
    "header in a dict": "{'Authorization': 'Custom SECRET', 'Host': 'a'}",
    "assigned header": "authorization=Bearer SECRET",
    # tokens
    "token": '{"access_token": "SECRET", "token_type": "Bearer"}',
    "camel case": '{"refreshToken":"SECRET"}',
    "JWT": "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiISECRET.SECRET-_x",
    "JWT without signature": "token eyJ0eXAiOiJKV1QifQ.SECRET.",
    "JWT on a new line": r'"sent:\neyJ0eXAiOiJKV1QifQ.SECRET.SECRET"',
    "JWT in a URL": "q=%22eyJ0eXAiOiJKV1QifQ.SECRET.SECRET",
    "name and value": '{"name": "access_token", "value": "SECRET"}',
    # cookies
    "cookie": "Cookie: theme=dark; session=SECRET; path=/",
    "cookie in quotes": 'Cookie: theme="dark"; session="SECRET"\r\nHost: a',
    "set-cookie": "Set-Cookie: sid=SECRET; Path=/; HttpOnly",
    "cookie in JSON": '{"Set-Cookie": ["theme=dark", "sid=SECRET; Path=/"]}',
    "session id": "ASP.NET_SessionId=SECRET",
    # keys
    "API key": "X-Api-Key: SECRET",
    "subscription key": "Ocp-Apim-Subscription-Key: SECRET",
    "key in words": "the API key: SECRET",
    "key of a storage account": "AccountName=a;AccountKey=SECRET==;EndpointSuffix=core",
    "connection string": '"connectionString": "Server=a;SECRET"',
    "shared access signature": "SharedAccessSignature sr=a&sig=SECRET&se=1",
    "short name": '{"blobSas": "SECRET", "auth": "SECRET"}',
    # JSON
    "password": '{"user": "u", "password": "SECRET", "code": "1000"}',
    "spaces": '{"password"  :  "SECRET"}',
    "quote inside": r'{"password": "a\"SECRET"}',
    "quote that is never closed": '{"password": "SECRET',
    "number": '{"password": SECRET}',
    "nested": '{"credentials": {"user": "u", "key": "SECRET"}}',
    "deeper": '{"credentials": {"users": [{"key": "}"}, {"key": "SECRET"}]}}',
    "list": '{"tokens": ["a]", "SECRET"]}',
    "lists": '{"tokens": [["a"], ["SECRET"]]}',
    "escaped": r'{"description": "{\"password\": \"SECRET\", \"code\": 1}"}',
    "escaped twice": r'"{\"a\": \"{\\\"password\\\": \\\"SECRET\\\"}\"}"',
    "quote inside of escaped": r'"{\"password\": \"a\\\"SECRET\"}"',
    "escaped and cut": r'"{\"password\": \"SECRET',
    "unicode escapes in the name": r'{"\u0070ass\u0077ord": "SECRET"}',
    "unicode escapes for quotes": r'{"description": "{\u0022password\u0022:\u0022SECRET\u0022}"}',
    "unicode escapes for separators": r'"a=1\u0026password\u003DSECRET"',
    "unicode escapes for a backslash": r'"{\u005c\u0022password\u005c\u0022:\u005c\u0022SECRET\u005c\u0022}"',
    # other notations
    "form": "grant_type=password&username=u&password=SECRET&scope=a",
    "form with a plus sign": "username=u&password=SECRET+9",
    "form with brackets": "user[password]=SECRET",
    "encoded form with brackets": "user%5Bpassword%5D=SECRET",
    "encoded form": "q=a%3D1%26client_secret%3DSECRET",
    "form encoded twice": "q=client_secret%253DSECRET",
    "encoded JSON": "q=%7B%22password%22%3A%22SECRET%22%7D",
    "query": "https://api.example/v1?size=3&api_key=SECRET",
    "key of a query": "https://api.example/v1?key=SECRET&size=3",
    "Python": "{'password': b'SECRET'}",
    "Python with a quote": r"{'password': 'it\'s SECRET'}",
    "Ruby": "password => SECRET",
    "HTML": "&quot;password&quot;:&#34;SECRET&#x22;",
    "XML": "<a:Password>SECRET</a:Password>",
    "XML with attributes": '<Password Type="Text">two words SECRET</Password>',
    # URLs
    "user": "https://user:SECRET@api.example/v1",
    "user with an at sign": "https://user:p@SECRET@api.example/v1",
    "user without password": "git+https://SECRET@api.example/v1",
    "user in escaped JSON": r'"https:\/\/user:SECRET@api.example\/v1"',
    "encoded user": "see https%3A%2F%2Fuser%3ASECRET%40api.example%2Fv1 there",
    "user in a query": "?to=https%3A%2F%2Fuser%3ASECRET%40api.example%2Fv1",
    "user at the cut": " " * 4080 + "https://SECRETSECRET@api.example/",
}


@pytest.mark.untraced
@pytest.mark.parametrize("text", SURROUNDINGS.values(), ids=SURROUNDINGS.keys())
@settings(max_examples=8)
@given(secret=OPAQUE)
def test_no_secret_survives(text, secret):
    """A secret is hidden anywhere, and the text shows the mask."""
    shown = hide(text.replace("SECRET", secret))
    assert secret not in shown
    assert MASK in shown


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "800064", "description": "Another request is processing cart 3", "data": [], "source": "PartnerFD"}',
        '{"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."}',
        'Bearer error="invalid_token", error_description="The token has expired"',
        "Bearer authorization_uri=https://login.example/, resource_id=a",
        "OAuth realm=urn:cpsvc:cpid:{some cid}",
        "The Bearer token is missing.",
        "Send a bearer token.",
        '"Basic authentication"',
        "Kansas: 4, design: 5, bypass: yes, surveyJournal, keyJournalEntry",
        '{"tokenType": "Bearer", "expiresIn": 3600}',
        "https://api.example:8080/v1/customers?size=3&mail=a@b.example#top",
        "https://api.example/v1 or mail a@b.example",
        "see https://api.example:8080",
        r"Zo\u00eb \u0026 \u0022Co\u0022 &amp; &quot;Co&quot; &#39;",
        "9240230a-0000-4000-8000-000000000000",
        "Authorization: <ACCESS_TOKEN>\nX-Scopes: kX7pQz19vLmW04ab",
        "x-api-key: <TOKEN>\r\nkX7pQz19vLmW04ab",
        "a/PINkX7pQz19vLmW04abkX7pQz19vLmW04ab",
        "",
    ],
)
def test_a_text_without_secrets_is_unchanged(text):
    """A text without a secret is shown unchanged."""
    assert hide(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("secrets subscription-key zpgkqwnvbtrlxmcj", "secrets subscription-key ***"),
        ("username=u&password=x7K+9q&a=b", "username=u&password=***&a=b"),
        ('{"password": "a", "code": "1000"}', '{"password": "***", "code": "1000"}'),
        ('{"keyName": "a", "value": "aB3dE5gH7"}', '{"keyName": "a", "value": "***"}'),
        (
            '["-----BEGIN PRIVATE KEY-----", "a", "-----END PRIVATE KEY-----", "b"]',
            '["-----BEGIN PRIVATE KEY-----", "***", "-----END PRIVATE KEY-----", "b"]',
        ),
        ("client secrets 'kX7pQz19vLmW04abc' expired", "client secrets '***' expired"),
        ("the password=hunter2( failed", "the password=*** failed"),
        ('{"password": "Passw0rd#####"}', '{"password": "***"}'),
        (r"see \"token\": {\"id\": \"aB3dE5gH7\"}", r"see \"token\": {\"id\": \"***\"}"),
        ('see "password": {"new": "aB3dE5gH7", "old": "b"}', 'see "password": {"new": "***", "old": "b"}'),
        ('see "tokens": ["aB3dE5gH7", {"password": "a"}]', 'see "tokens": ["***", {"password": "***"}]'),
        ('see "passwords": ["hunter2", "aB3dE5gH7"]', 'see "passwords": ["***", "***"]'),
        ('passwords = ["hunter2","letmein"]', 'passwords = ["***","***"]'),
        ("a: b\npasswords: ['hunter2', 'letmein']\n", "a: b\npasswords: ['***', '***']\n"),
        ("ALTER USER a WITH PASSWORD 'aB3$dE5&gH7'", "ALTER USER a WITH PASSWORD '***'"),
        ("passwords = {'hunter2', 'aB3dE5gH7'}", "passwords = {'***', '***'}"),
        (
            'see "token": {"id": "aB3dE5gH7", "password": "[%61%42%33%64%45%35%67%48%37, b]"}',
            'see "token": {"id": "***", "password": "***"}',
        ),
        ('see "token": {"id": "%61%42%33%64%45%35%67%48%37"}', 'see "token": ***'),
        ("see token={aB3dE5gH7,b} there", "see token=*** there"),
        ('{"tokens": ["aB3dE5gH7", "b"], "code": "1000"}', '{"tokens": ["***", "b"], "code": "1000"}'),
        ('{"credentials": {"a": "aB3dE5gH7"}, "code": "1000"}', '{"credentials": {"a": "***"}, "code": "1000"}'),
        (r'"{\"password\": \"a\", \"code\": 1}"', r'"{\"password\": \"***\", \"code\": 1}"'),
        ("see https://a:b@api.example/v1 there", "see https://***@api.example/v1 there"),
        ("a=1&password=b&c=2", "a=1&password=***&c=2"),
        ("a=say+token%3DaB3dE5gH7+now&b", "a=say+token%3D***+now&b"),
        ("a=say%20token%3DaB3dE5gH7%20now&b", "a=say%20token%3D***%20now&b"),
        ("sign in with password=Pass(word1 failed", "sign in with password=*** failed"),
        ("Cookie: a=1; b=2\r\nHost: a", "Cookie: a=***; b=***\r\nHost: a"),
        ("https://a:b@api.example/v1?sig=c&d=e", "https://***@api.example/v1?sig=***&d=e"),
        ('"Authorization: denied", "code": "1000"', '"Authorization: denied", "code": "1000"'),
        ('"Authorization: Basic dTpw", "code": "1000"', '"Authorization: Basic ***", "code": "1000"'),
        ("q=Bearer%20aB3dE5gH&size=3", "q=Bearer%20***&size=3"),
        ("?to=https%3A%2F%2Fa%3Ab%40api.example%2Fv1", "?to=https%3A%2F%2F***%40api.example%2Fv1"),
        ("<Password>a</Password>", "<Password>***</Password>"),
        (
            r'"{\u0022password\u0022:\u0022a\u0022,\u0022code\u0022:1}"',
            r'"{\u0022password\u0022:\u0022***\u0022,\u0022code\u0022:1}"',
        ),
    ],
)
def test_what_is_beside_a_secret_is_shown(text, shown):
    """Only the secret is hidden, and reported: its name and the text after it are readable."""
    hider = Hider(Secrets())
    assert hide(text) == hider.document(text) == shown
    assert bool(hider.found) == (text != shown)


@pytest.mark.parametrize(
    "unit",
    [
        "a", " ", "\\", '"', "://", "%3A%2F%2F", "<token ", "<a:", "eyJaaaaaa.", "Bearer ", "Basic a=", "token",
        "token ", "token\\", 'token\\"', r"token:\"", r'token:\"\\"', 'token","', "token:{", 'token:["', 'token="',
        'cookie:a"b"', r"\u0070ass", "&quot;",
    ],
)  # fmt: skip
def test_hostile_texts_are_hidden_too(unit):
    """A megabyte of the beginnings of secrets, with and without spaces, is searched and cut."""
    for text in (unit * (1_000_000 // len(unit)), f"{unit} " * (1_000_000 // len(unit)), unit * 500 + " " * 1_000_000):
        assert len(hide(text, longest=4096)) < 3 * 4096


@pytest.mark.parametrize(
    "text",
    [
        "password=SECRET.",
        "tokens=[of a, password=SECRET]",
        '{"tokens": [1, {"password": ["SECRET"',
        "tokens: |\n  a\n  password: |\n    SECRET\n",
        "\\tCookie: a\\tCookie: b=SECRET\\n",
        "<tokens>of <token>SECRET</token></tokens>",
    ],
)
def test_a_long_value_is_judged_by_its_beginning_and_hidden_to_its_end(text):
    """Also inside of another value that is not a secret by its own beginning."""
    long = "kX7pQz19vLmW04ab" * 1000
    for each in (text, text.replace("of a", "of " * 2000), f'{{"tokens": {text}'):
        assert "kX7p" not in hide(each.replace("SECRET", long))


def test_key_and_code_are_hidden_in_an_inner_url_if_they_are_opaque():
    """The inner URL is percent-encoded."""
    url = "/x?u=https%3A%2F%2Fh%2Fy%3Fcode%3DaB3dE5gH7%26key%3Dname&n=1"
    assert hide(url) == "/x?u=https%3A%2F%2Fh%2Fy%3Fcode%3D***%26key%3Dname&n=1"


def test_an_authorization_code_is_hidden_in_a_url_and_an_error_code_is_not():
    """An OAuth code is a secret, an error code is not."""
    text = 'https://host/v1?code=0.AXoA7x&state=1 and ?code=800064 and {"code": "800064"}'
    assert hide(text) == 'https://host/v1?code=***&state=1 and ?code=800064 and {"code": "800064"}'


@pytest.mark.parametrize("cased", [str.upper, str.lower, str.swapcase])
@pytest.mark.parametrize("before", ["Bearer", "token", "secret", "password", "session"])
def test_a_word_before_a_secret_is_found_in_any_case(before, cased):
    """Also where the text or a line begins with it."""
    for around in ("", "invalid ", "sent:\n"):
        assert hide(f"{around}{cased(before)} kX7pQz19vLmW04ab") == f"{around}{cased(before)} {MASK}"


@pytest.mark.parametrize(
    "text", ["\u017fecret {}", "account \u212aey {}", r"sent:\Nbearer {}", r"SENT:\NBEARER {}", "%0aBEARER {}"]
)
def test_other_cases_of_letters_and_of_escapes_before_a_secret(text):
    """The long s and the Kelvin sign are letters, and an escape in capitals is one."""
    assert hide(f"no token: {text.format('kX7pQz19vLmW04ab')}") == f"no token: {text.format(MASK)}"
