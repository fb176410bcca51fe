"""At every place and in every spelling of its name, a secret is hidden completely, and nothing else."""

import gzip
import json
import re
import zlib
from urllib.parse import quote, quote_plus

import pytest

from pytest_pcerrors import Exchange
from pytest_pcerrors.redaction import Redaction

SECRET = "kX7pQz19vLmW04ab"
JWT = "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
NAMES = (
    *("client_secret", "access_token", "refresh_token", "id_token", "client_assertion", "password", "api_key"),
    *("x-api-key", "Ocp-Apim-Subscription-Key", "x-functions-key", "connection_string", "code_verifier", "device_code"),
)
KEPT = "Contoso-kept"
NEW_NAMES = (
    *("primaryKey", "secondaryKey", "SAMLResponse", "SAMLRequest", "otp", "jwt", "licenseKey", "secret1", "password2"),
    *("newPassword1", "passwordConfirmation", "password_confirm", "sessionKey"),
)


def spellings(name):
    """Return a name in every case and spelling."""
    first, *rest = re.split("[-_]", name.lower())
    camel = first + "".join(word.title() for word in rest)
    words = (first, *rest)
    return {name, name.upper(), name.lower(), camel, "-".join(word.title() for word in words), "_".join(words).upper()}


def nested(name):
    """Return JSON with the member deeply nested."""
    return json.dumps({"items": [{"inner": {name: [SECRET, {"x": SECRET}]}, "kept": KEPT}]})


PLACES = {
    "JSON": lambda name: json.dumps({name: SECRET, "kept": KEPT}),
    "JSON in a list": nested,
    "JSON, cut off": lambda name: json.dumps({"kept": KEPT, name: SECRET})[:-2],
    "JSON in a string": lambda name: json.dumps({"inner": json.dumps({name: SECRET, "kept": KEPT})}),
    "pair": lambda name: json.dumps([{"name": name, "value": SECRET}, {"name": "kept", "value": KEPT}]),
    "pair, value first": lambda name: json.dumps({"value": SECRET, "name": name, "kept": KEPT}),
    "form": lambda name: f"kept={KEPT}&{name}={SECRET}",
    "form in brackets": lambda name: f"kept={KEPT}&user[{name}]={SECRET}",
    "multipart": lambda name: (
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{SECRET}\r\n'
        f'--b\r\nContent-Disposition: form-data; name="kept"\r\n\r\n{KEPT}\r\n--b--\r\n'
    ),
    "XML": lambda name: f'<a xmlns:b="c"><b:{name}>{SECRET}</b:{name}><kept>{KEPT}</kept></a>',
    "XML with CDATA": lambda name: f"<a><{name}><![CDATA[{SECRET}<]]></{name}>{KEPT}</a>",
    "markup": lambda name: f'<p>{KEPT}</p><input type="hidden" name="{name}" value="{SECRET}">',
    "URL in a text": lambda name: f"see https://a.example/v1?{name}={SECRET}&kept={KEPT} there",
    "inner URL": lambda name: f"https://a.example/?to={quote_plus(f'https://b.example/?{name}={SECRET}&kept={KEPT}')}",
    "header line": lambda name: f"GET / HTTP/1.1\r\n{name}: {SECRET}\r\nHost: {KEPT}",
    "quoted in a text": lambda name: f'{KEPT} got "{name}": "{SECRET}" there',
    "escaped in a text": lambda name: f'{KEPT} got \\"{name}\\": \\"{SECRET}\\" there',
}


@pytest.mark.untraced
@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_left_in_a_body(place):
    """Every spelling of every name at every place: the secret is hidden, the text around it is kept."""
    for spelling in (each for name in NAMES for each in spellings(name)):
        text = PLACES[place](spelling)
        redacted = Redaction().body(text.encode())
        assert SECRET.encode() not in redacted, spelling
        assert KEPT.encode() in redacted
        assert text.encode() not in redacted
        assert redacted == text.replace(SECRET + "<" * ("CDATA" in place), "***").encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_no_secret_is_left_in_any_encoding(encoding):
    """A body keeps its charset and its byte order mark; all other text is kept."""
    text = f'{{"client_secret": "{SECRET}", "name": "Zoë"}}'
    assert Redaction().body(text.encode(encoding)) == text.replace(SECRET, "***").encode(encoding)


def test_no_secret_is_left_in_a_compressed_body():
    """A compressed body is compressed again, deterministically; one without secrets keeps its bytes."""
    form = f"token={SECRET}".encode()
    packed, clean = gzip.compress(f'{{"token": "{SECRET}"}}'.encode()), gzip.compress(b"{}")
    redacted = Redaction().body(packed)
    assert gzip.decompress(redacted) == b'{"token": "***"}'
    assert redacted == Redaction().body(packed)
    assert Redaction().body(clean) is clean
    thrice = gzip.compress(gzip.compress(gzip.compress(form)))
    assert gzip.decompress(gzip.decompress(gzip.decompress(Redaction().body(thrice)))) == b"token=***"
    raw = zlib.compress(f'{{"token": "{SECRET}"}}'.encode(), wbits=-15)
    assert zlib.decompress(Redaction().body(raw), wbits=-15) == b'{"token": "***"}'
    exchange = Exchange(200, {}, raw)
    assert Redaction().places(exchange) == ["response body /token"]
    assert Redaction().places(Redaction().exchange(exchange)) == []
    assert Redaction().body(zlib.compress(form)) == zlib.compress(b"token=***")
    assert Redaction().body(b"\x1f\x8b " + form) == b"\x1f\x8b token=***"


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("https://user:pass@a.example/v1", "https://***@a.example/v1"),
        ("//user@a.example/v1", "//user@a.example/v1"),
        ("//abc@a.example/v1", "//***@a.example/v1"),
        ("https://a.example/v1?sig=a%2Fb&se=1", "https://a.example/v1?sig=***&se=1"),
        ("https://a.example/cb#access_token=abc&size=3", "https://a.example/cb#access_token=***&size=3"),
        ("https://a.example/?code=abc&state=1", "https://a.example/?code=***&state=1"),
        ("https://a.example/?code=800064&key=5", "https://a.example/?code=800064&key=5"),
        ("/v1?%61pi_key=abc&token=", "/v1?%61pi_key=***&token="),
        (f"https://a.example/{JWT}/x", "https://a.example/***/x"),
        ("https://a.example/?to=https%3A%2F%2Fb%2F%3Ftoken%3Dabc%26q%3D1", "https://a.example/?to=https%3A%2F%2Fb%2F%3Ftoken%3D***%26q%3D1"),
        (f"/v1?state={quote(json.dumps({'token': 'abc'}))}", f"/v1?state={quote(json.dumps({'token': '***'}), safe='*')}"),
        ("/v1?sig[]=abc&sig[0]=abc&sig%5B%5D=abc", "/v1?sig[]=***&sig[0]=***&sig%5B%5D=***"),
        ("/a%3Fsig%3Dabc%26x%3D1?b", "/a%3Fsig%3D***%26x%3D1?b"),
        ("/a%3Fsig=abc&size=3", "/a%3Fsig=***&size=3"),
        ("https://a.example/?sig%3Dabc", "https://a.example/?sig%3D***"),
        ("/key=abc/a%3Fcode%3D1000", "/key=abc/a%3Fcode%3D1000"),
        ("/a/sig=abc", "/a/sig=***"),
        ("https://u:p%40a.example/@b", "https://***%40a.example/@b"),
        ("https://u:p%40q@a.example/", "https://***@a.example/"),
        ("https://@a.example/?token=", "https://@a.example/?token="),
        ("/v1?to=https://b/?token=abc", "/v1?to=https://b/?token=***"),
        ("/v1?q=Bearer%20abc&size=3", "/v1?q=Bearer%20***&size=3"),
        ("", ""),
    ],
)  # fmt: skip
def test_urls_stay_urls(url, redacted):
    """Only the values of secret parameters are hidden; error codes are kept. Each ``abc`` is an opaque value."""
    assert Redaction().url(url.replace("abc", SECRET)) == redacted.replace("abc", SECRET)


@pytest.mark.parametrize(
    ("name", "value", "redacted"),
    [
        ("Authorization", "Bearer abc", "Bearer ***"),
        ("AUTHORIZATION", 'Digest username="u", response="x"', "Digest ***"),
        ("Proxy-Authorization", "abc def", "***"),
        ("Authorization", "Bearer", "Bearer"),
        ("Authorization", "", ""),
        ("Cookie", "sid=abc; theme=dark", "sid=***; theme=***"),
        ("cookie", 'a="x;y"; b=; c;', "a=***; b=;***;"),
        ("Cookie", "a=1; ", "a=***; "),
        ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=***; Path=/; HttpOnly"),
        ("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; x=y, b=2", "a=***; Expires=Wed, 21 Oct 2037 07:28:00 GMT; x=***, b=***"),
        ("X-Api-Key", "abc", "***"),
        ("x-functions-key", "abc", "***"),
        ("Location", "https://a.example/cb?code=abc", "https://a.example/cb?code=***"),
        ("X-Trace", f"signed by {JWT}", "signed by ***"),
        ("WWW-Authenticate", "Negotiate YIIabc012def", "Negotiate ***"),
        ("WWW-Authenticate", 'Bearer realm="", error="invalid_token"', 'Bearer realm="", error="invalid_token"'),
        ("WWW-Authenticate", "OAuth realm=urn:cpsvc:cpid:1", "OAuth realm=urn:cpsvc:cpid:1"),
        ("MS-ContinuationToken", "abc", "abc"),
        ("Location", "//u:p@a.example", "//***@a.example"),
        ("WWW-Authenticate", f'Bearer claims="{JWT[:18]}=", x="y"', f'Bearer claims="{JWT[:18]}=", x="y"'),
        *((name, "abc", "***") for name in ("X-Token-2", "X-MS-Client-Principal", "X-Session", "X-Hub-Signature-256")),
        ("MS-CorrelationId", "9240230a-0000-4000-8000-000000000000", "9240230a-0000-4000-8000-000000000000"),
    ],
)  # fmt: skip
def test_headers_keep_their_shape(name, value, redacted):
    """Schemes of credentials, names of cookies and their attributes are kept. Each ``abc`` is an opaque value."""
    assert Redaction().headers([(name, value.replace("abc", SECRET))]) == [(name, redacted.replace("abc", SECRET))]


@pytest.mark.parametrize(
    ("body", "redacted"),
    [
        ('{"token": 500000, "password": 500000, "secret": 0}', '{"token": 500000, "password": 0, "secret": 0}'),
        ('{"token": true, "password": null, "secret": ""}', None),
        ('{"token":"abc","token":"abc"}', '{"token":"***","token":"***"}'),
        ('\ufeff{"token": "abc", "x": NaN}', '\ufeff{"token": "***", "x": NaN}'),
        ('{"code": "abc", "key": "x"}', None),
        ('{"value": [{"name": "token", "value": "abc"}]}', '{"value": [{"name": "token", "value": "***"}]}'),
        ('{"name": "token", "value": {"x": "abc"}}', '{"name": "token", "value": {"x": "***"}}'),
        ('{"value": ["abc", {"b": 1}], "key": "token"}', '{"value": ["***", {"b": 1}], "key": "token"}'),
        ('{"Set-Cookie": ["sid=a; Path=/"]}', '{"Set-Cookie": ["sid=***; Path=/"]}'),
        ('{"a": {"Authorization": "Bearer abc"}}', '{"a": {"Authorization": "Bearer ***"}}'),
        (f'{{"{JWT}": 1, "x": "{JWT}é"}}', '{"***": 1, "x": "***é"}'),
        (rf'{{"x": "{JWT} \u00e9 é"}}', '{"x": "*** \\u00e9 é"}'.replace("\\u00e9", "é")),
        (rf'{{"x": "{JWT} \u00e9"}}', r'{"x": "*** \u00e9"}'),
        (r'{"token": "abc\x"}', '{"token": "***"}'),
        (rf'{{"x": "\x {JWT}"}}', '{"x": "\\\\x ***"}'),
        ("{'token': 'abc', x: 1}", "{'token': '***', x: 1}"),
        ("{'a': 'it\\'s', b'token': b'abc'}", "{'a': 'it\\'s', b'token': b'***'}"),
        ("{'Authorization': 'Basic abcdef1=', 'a': 'b c'}", "{'Authorization': 'Basic ***', 'a': 'b c'}"),
        ("{it's: 1, token: abc}", "{it's: 1, token: ***}"),
        ('{"token": abc}]', '{"token": ***}]'),
        ('"client_secret": "abc"', '"client_secret": "***"'),
        ("[1] token: expired", None),
        ('{"error": "invalid_token", "error_description": "Invalid token: expired"}', None),
        ("<password></password><token>  </token>", None),
        ("<password>abc", "<password>***"),
        ("<password><![CDATA[abc", "<password><![CDATA[***"),
        ("<password><![CDATA[<a>abc</a>]]></password>", "<password><![CDATA[<a>***</a>]]></password>"),
        ('<a name="token">abc</a>', '<a name="token">***</a>'),
        ('<a key="token" value="<token>abc">x</a>', '<a key="token" value="<token>***</a>'),
        ("<password>abc<b>c</b><!-- d --></password>e", "<password>***</password>e"),
        ("<password><a>summer</a></password>", None),
        ("<password><a>summer</a><b>abc</b></password>", "<password><a>summer</a><b>***</b></password>"),
        ("<a:token b='c'/><token d='e' /><b>f</b>", None),
        ('<s name="password"><value>abc</value></s><value>d</value>', '<s name="password"><value>***</value></s><value>d</value>'),
        ("<item><key>password</key><string>abc</string></item>", "<item><key>password</key><string>***</string></item>"),
        ("<key>password</key><x>abc</x><key>a</key><value>b</value>", None),
        ("<password><![CDATA[a]]>b</password>", "<password>***</password>"),
        ("<password><![CDATA[abc]]>", "<password><![CDATA[***]]>"),
        ("&lt;password&gt;abc&lt;b&gt;c&lt;/b&gt;&lt;/password&gt;", "&lt;password&gt;***&lt;/password&gt;"),
        ("&lt;password&gt;abc", "&lt;password&gt;***"),
        *((f'{{"{name}": "abc"}}', f'{{"{name}": "***"}}') for name in NEW_NAMES),
        *((f'{{"{name}": "yes"}}', None) for name in ("hasToken", "has_token", "isPassword", "requiresAuth", "oAuth2x")),
        ('{"tokens": 5, "password": 99999}', None),
        ('{"keys": [{"keyName": "key1", "value": "abc"}]}', '{"keys": [{"keyName": "key1", "value": "***"}]}'),
        ('{"value": {"x": "abc", "y": {"z": "abc"}}, "name": "token"}', '{"value": {"x": "***", "y": {"z": "***"}}, "name": "token"}'),
        ('{"value": {"value": "abc", "k": "token"}, "name": "token"}', '{"value": {"value": "***", "k": "token"}, "name": "token"}'),
        ('{"v": "abc", "k": "token"}', '{"v": "***", "k": "token"}'),
        ('{"name": "password", "content": "a"}', '{"name": "password", "content": "***"}'),
        ('[["password", "a"], ["x", "b"]]', '[["password", "***"], ["x", "b"]]'),
        ('{"x": [["password", ["a"]]], "required": ["password", "b"]}', '{"x": [["password", ["***"]]], "required": ["password", "b"]}'),
        ('[["password", "a", "b"], ["a", "password"]]', None),
        (
            "\r\n--b\r\nContent-Disposition: form-data; name=pass\r\n\r\nabc\r\n--b--",
            "\r\n--b\r\nContent-Disposition: form-data; name=pass\r\n\r\n***\r\n--b--",
        ),
        ("x\n--b\nContent-Disposition: form-data;\n name=pass\n\na--bc\n--b--", "x\n--b\nContent-Disposition: form-data;\n name=pass\n\n***\n--b--"),
        (
            "--b \r\nContent-Disposition: form-data; name=pass\r\n\r\na\r\n--b --",
            "--b \r\nContent-Disposition: form-data; name=pass\r\n\r\n***\r\n--b --",
        ),
        ("--b\r\nno part\r\n--b--", None),
        ("AccountName=a;AccountKey=abc==;EndpointSuffix=b", "AccountName=a;AccountKey=***;EndpointSuffix=b"),
        (" client_secret=abc\n", " client_secret=***\n"),
    ],
)  # fmt: skip
def test_bodies_stay_what_they_are(body, redacted):
    """Only a secret value changes; a number becomes 0; empty values are kept. Each ``abc`` is an opaque value."""
    body, redacted = (each and each.replace("abc", SECRET) for each in (body, redacted))
    assert Redaction().body(body.encode()).decode() == (body if redacted is None else redacted)
