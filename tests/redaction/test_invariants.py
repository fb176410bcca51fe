"""Redaction never breaks JSON, changes types or the length of binary data, removes other text, or takes too long."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.redaction import Redaction

OPAQUE = "kX7pQz19vLmW04ab"
JWT = "eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
NAMES = st.sampled_from(
    [
        "password", "token", "access_token", "tokens", "name", "value", "key", "credentials", "Authorization", "Cookie",
        "code", "x", "loc",
    ]
)  # fmt: skip
TEXTS = st.sampled_from(
    (
        OPAQUE, JWT, "summer", "", "a b", f"Bearer {OPAQUE}", f"token={OPAQUE}", f"https://u:{OPAQUE}@h/?sig={OPAQUE}",
        "null", "true", "12", "token: null", "password=true&token=5", "a=1; b=2", "\\", '"', "é\u2028",
        "<token>a</token>", "***", "password", "{", "[1",
    )
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES, inner, max_size=4)
        | inner.map(json.dumps)
        | inner.map(lambda value: json.dumps(value, indent=1))
    ),
    max_leaves=12,
)


def shape(value):
    """Return the type of each value, including JSON inside strings."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return ["text", shape(json.loads(value))]
        except ValueError:
            return str
    return float if type(value) is int else type(value)


@given(value=VALUES, indent=st.none() | st.just(2), is_ascii=st.booleans())
def test_json_stays_json(value, indent, is_ascii):
    """It has the same shape, with numbers where numbers were, also in nested JSON texts."""
    body = json.dumps({"x": value}, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    redacted = json.loads(Redaction().body(body))
    assert shape(redacted) == shape({"x": value})
    assert OPAQUE not in json.dumps([redacted[each] for each in redacted if each == "password"])


@pytest.mark.untraced
@given(value=VALUES, cut=st.integers(1, 40))
def test_redacting_twice_is_redacting_once(value, cut):
    """Bodies, complete and truncated, texts, URLs and headers."""
    redaction = Redaction()
    text = json.dumps({"x": value})
    for each in (text, text[:-cut], f"see {text}"):
        once = redaction.body(each.encode())
        assert redaction.body(once) == once
        for function in (
            redaction.text,
            redaction.url,
            lambda of: redaction.header("Set-Cookie", of),
            lambda of: redaction.header("X-A", of),
        ):
            assert function(function(each)) == function(each)


BEFORE_TEXT = {
    "JWT": JWT,
    "pair": f"password={OPAQUE}",
    "quoted": f'password="{OPAQUE}"',
    "header": f"Authorization: Bearer {OPAQUE}\r\n",
    "cookie": f"Cookie: a={OPAQUE}\r\n",
    "URL": f"https://u:{OPAQUE}@a.example/?token={OPAQUE}",
    "element": f"<password>{OPAQUE}</password>",
    "attribute": f'<a password="{OPAQUE}">',
    "escaped": f'{{\\"password\\": \\"{OPAQUE}\\"}}',
    "JSON": f'{{"password": "{OPAQUE}"}}',
    "list": f"tokens:\n  - {OPAQUE}\n",
    "block": f"password: |\n  {OPAQUE}\n",
    "key": f"-----BEGIN PRIVATE KEY-----\n{OPAQUE * 4}\n-----END PRIVATE KEY-----",
    "key without an end": f"-----BEGIN PRIVATE KEY-----\n{OPAQUE * 4}\n",
    "announced": f"the token '{OPAQUE}'",
    "vendor": f"ghp_{OPAQUE * 3}",
    "bearer": f"Bearer {OPAQUE}",
    "encoded": f"q=password%3D{OPAQUE}",
    "form": f"a=1&password={OPAQUE}",
}
AFTER = "\nThe order has 3 lines; see https://a.example/orders?size=3 (page 2).\n"


@pytest.mark.parametrize("text", BEFORE_TEXT.values(), ids=BEFORE_TEXT.keys())
def test_nothing_after_a_secret_is_swallowed(text):
    """The text before and after a secret is unchanged."""
    redacted = Redaction().text(AFTER + text + AFTER)
    assert redacted.startswith(AFTER)
    assert redacted.endswith(AFTER)
    assert OPAQUE not in redacted


@given(before=st.binary(min_size=30, max_size=60), after=st.binary(max_size=60))
def test_binary_data_keeps_its_length(before, after):
    """A token of a known format is overwritten; names are not searched."""
    data = b"\x89PNG\r\n\x1a\n\0\0" + before + b" " + JWT.encode() + b" " + after + b"\0\xff password=summer"
    redacted = Redaction().body(data)
    assert len(redacted) == len(data)
    assert JWT.encode() not in redacted
    assert redacted.replace(b"*" * len(JWT), JWT.encode()) == data


def test_the_fields_beside_a_file_are_searched():
    """In a multipart form, a binary file stays as it is, except for tokens of a known format; each other part is text."""
    image = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20 + b" password=summer "
    parts = ((b"client_secret", OPAQUE), (b"json", f'{{"password": "{OPAQUE}"}}'), (b"file", None))
    form = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (name, image + JWT.encode() if value is None else value.encode())
        for name, value in parts
    )
    shown = form.replace(OPAQUE.encode(), b"***").replace(JWT.encode(), b"*" * len(JWT))
    assert Redaction().body(form + b"--b--") == shown + b"--b--"


UNITS = (
    '"', "\\", "://", "<", "{", "[", "token:", 'token:\\"', "Bearer ", '{"a":{"token":"x",', '{"a":', "a=b&",
    "\nCookie: a=b;", "<token ", "<token1>", "&lt;token&gt;", "password: |\n  a\n", "- name: token\n  value: a\n",
    "content-disposition:", "--b\nContent-Disposition: form-data;\n name=token\n\na\n", '{"name":"token","value":',
    '[["token",', "token[", "tokens:\n  - a\n", "-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKC",
    "-----BEGIN PRIVATE KEY-----MIIEowIBAAKCAQEA -----", "Authorization: a b c ", "/a%3Fsig%3D", "%25", "?u=%25253A",
    "https%3A%2F%2Fu%3Ap%40", "://u:p@", "https:\\/\\/u@", "eyJ-", "eyJhbGciOiJIUzI1NiJ9.", "ewog", "AKIA", "pat.",
    "sk-", "0.A", "Q~", ":AA", "_v1_", "hooks.slack.com/", "kX7pQz19vLmW04ab", "$", "${", "env(", "token is is ",
    '{"password":', "password=[a ", "password={{", "password=os.getenv(", "password==", "Bearer=", "\\tAuthorization: a",
    "<password><![CDATA[</password>", "<password><a>", "+AST",
)  # fmt: skip


@pytest.mark.untraced
@pytest.mark.parametrize("unit", UNITS)
def test_hostile_bodies_take_time_in_proportion(unit):
    """Eight times the body takes far less than sixty-four times as long."""
    took = []
    for size in (2_500, 20_000):
        body = (unit * (size // len(unit))).encode()
        start = time.process_time()
        Redaction().body(body)
        took.append(time.process_time() - start)
    assert took[1] < 30 * took[0] + 0.025
