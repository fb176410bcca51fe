"""Recordings are redacted in place: only the scalars with a secret change, in every format."""

import base64
import gzip
import json
import textwrap
from io import BytesIO

import pytest
import yaml

from pytest_pcerrors import UsageError
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import read_stream
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.rewriting import rewritten

PACKED = gzip.compress(b'{"token": "kX7pQz19"}', mtime=0)


def encoded(data):
    """Return base64 as text."""
    return base64.b64encode(data).decode()


CASSETTE = textwrap.dedent(f"""\
    # a comment: Zoë \U0001f600
    interactions:
    - request:
        body: client_secret=kX7pQz # trailing
        headers: &all
          Authorization: [Bearer kX7pQz19]
          X: &x 'Zoë token=kX7pQz19'
          Content-Length: ['20']
        method: POST
        uri: https://login.example/t?sig=kX7pQz19
      response:
        body:
          string: |
            {{"access_token": "kX7pQz19",
             "n": "Zoë\t"}}

        headers: {{Set-Cookie: ["sid=kX7pQz19; Path=/"], X-Api-Key: *x, X-Other: *x}}
        status: {{code: 200, message: OK}}
    - request: {{method: GET, uri: 'https://a/b', body: !!binary "{encoded(b'{"token": "kX7pQz19"}')}", headers: *all}}
      response: {{status: {{code: 200, message: OK}}, headers: {{Content-Length: [{len(PACKED)}]}}, body: {{base64_string: "{encoded(PACKED)}"}}}}
    recorded_with: {{password: kX7pQz19, other: [1, 2]}}
    version: 1
    """)


def document(kind):
    """Return recordings in JSON, by form."""
    headers = [{"name": "Authorization", "value": "Bearer kX7pQz19"}, {"name": "Accept", "value": "*/*"}]
    har_request = {
        "method": "POST",
        "url": "https://a/?sig=kX7pQz19",
        "headers": headers,
        "queryString": [{"name": "sig", "value": "kX7pQz19"}, {"name": "code", "value": "1000"}, {"name": "x"}],
        "cookies": [{"name": "sid", "value": "kX7pQz19"}],
        "postData": {"text": "password=kX7pQz19", "params": [{"name": "password", "value": "kX7pQz19"}]},
        "_extra": {"token": "kX7pQz19"},
    }
    har_response = {
        "status": 200,
        "statusText": "OK",
        "headers": [],
        "cookies": [],
        "content": {"text": encoded(b'{"token": "kX7pQz19"}'), "encoding": "base64", "size": 16},
        "redirectURL": "https://a/?token=kX7pQz19",
    }
    vcr = {
        "request": {
            "method": "GET",
            "uri": "https://u:p@a/",
            "headers": {"Cookie": "a=b"},
            "body": {"string": "token=kX7pQz19"},
        },
        "response": {
            "status": {"code": 200, "message": "Bearer kX7pQzgh"},
            "headers": [["X-Key", "a"], ["X", ["token=kX7pQz19"]]],
            "body": {"string": '{"token": "kX7pQz19"}'},
        },
    }
    own = {
        "status": 401,
        "headers": {"Content-Length": 21, "X-Api-Key": "kX7pQz19"},
        "body": '{"token": "kX7pQz19"}',
        "reason": "No",
        "request": {"url": "/v1?sig=kX7pQz19"},
    }
    value = {"status": 400, "body": {"token": 500000, "list": [{"password": "kX7pQz19"}, None, True]}, "origin": "a:1"}
    packed = {
        "status": 400,
        "body_base64": encoded(b'{"token": "kX7pQz19"}'),
        "request": {"url": "/", "body": {"base64_string": "?"}},
    }
    old = {
        "request": {"uri": "/", "postData": {"text": "a"}},
        "response": {"status_code": 200, "content": "token=kX7pQz19"},
    }
    return {
        "a.har": json.dumps({"log": {"version": "1.2", "creator": {"password": "x"}, "entries": [
            {"time": 5, "request": har_request, "response": har_response}]}}, indent=1),
        "a.json": json.dumps({"version": 1, "interactions": [vcr, old]}),
        "a.ndjson": "\n".join(map(json.dumps, (own, value, packed))) + "\n\n",
    }[kind]  # fmt: skip


FILES = {"a.yaml": CASSETTE, **{name: document(name) for name in ("a.har", "a.json", "a.ndjson")}}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_holds_what_redacting_each_exchange_gives(name, is_packed):
    """A redacted file passes the rule, is stable, and equals the redaction of each exchange."""
    data = FILES[name].encode()
    data, name = (gzip.compress(data), f"{name}.gz") if is_packed else (data, name)
    new = rewritten(data, name, Redaction())
    before, after = ([*read_stream(BytesIO(each), name)] for each in (data, new.data))
    for one, other in zip(before, after, strict=True):
        expected = Redaction().exchange(one)
        assert (expected.body, expected.reason) == (other.body, other.reason)
        assert Redaction().places(other) == []
        if expected.request:
            assert (expected.request.url, expected.request.body) == (other.request.url, other.request.body)
    assert rewritten(new.data, name, Redaction())[:2] == (new.data, [])
    assert b"kX7pQz19" not in (gzip.decompress(new.data) if is_packed else new.data)


def test_a_cassette_changes_in_its_secrets_only():
    """Comments, anchors, aliases, order and all other scalars are kept."""
    new = rewritten(CASSETTE.encode(), "a.yaml", Redaction())
    lines = zip(CASSETTE.splitlines(), new.data.decode().splitlines()[:12], strict=False)
    assert [after for before, after in lines if before != after] == [
        '    body: "client_secret=***" # trailing',
        '      Authorization: ["Bearer ***"]',
        '      X: &x "Zoë token=***"',
        """      Content-Length: ["17"]""",
        '    uri: "https://login.example/t?sig=***"',
    ]
    text = new.data.decode()
    assert r'string: "{\"access_token\": \"***\",\n \"n\": \"Zoë\t\"}\n"' in text
    assert 'headers: {Set-Cookie: ["sid=***; Path=/"], X-Api-Key: "***", X-Other: *x}' in text
    assert f'body: !!binary "{encoded(b"""{"token": "***"}""")}"' in text
    assert '{password: "***", other: [1, 2]}' in text  # fmt: skip
    places = [(at.line, at.item, at.found.place) for at in new.locations]
    assert places[:2] == [(4, 0, "request body, parameter client_secret"), (6, 0, "request header Authorization")]
    assert "member /recorded_with/password" in [at.found.place for at in new.locations if at.item is None]


def test_a_json_value_may_have_any_names():
    """Names of vcrpy and HAR are ordinary members in a body that is recorded as a value."""
    line = b'{"status": 200, "body": {"string": "a", "text": "b", "encoding": "base64", "token": "kX7pQz19"}}'
    assert rewritten(line, "a.ndjson", Redaction()).data == line.replace(b"kX7pQz19", b"***")


def test_a_packed_body_keeps_its_length_right():
    """The Content-Length must be that of the body that vcrpy replays."""
    new = yaml.safe_load(rewritten(CASSETTE.encode(), "a.yaml", Redaction()).data)["interactions"][1]["response"]
    assert new["headers"]["Content-Length"] == [len(base64.b64decode(new["body"]["base64_string"]))]


def test_json_changes_in_its_secrets_only():
    """White space, order and numbers are kept; a length that is a number stays a number."""
    new = rewritten(FILES["a.ndjson"].encode(), "a.ndjson", Redaction())
    one, two, three = new.data.decode().splitlines()[:3]
    assert one.startswith(
        '{"status": 401, "headers": {"Content-Length": 16, "X-Api-Key": "***"}, "body": "{\\"token\\": \\"***\\"}"'
    )
    assert (
        two == '{"status": 400, "body": {"token": 500000, "list": [{"password": "***"}, null, true]}, "origin": "a:1"}'
    )
    assert json.loads(three)["body_base64"] == encoded(b'{"token": "***"}')


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_stays(mark):
    """Positions are counted after it."""
    new = rewritten(CASSETTE.encode(mark), "a.yaml", Redaction()).data
    assert new.decode(mark) == rewritten(CASSETTE.encode(), "a.yaml", Redaction()).data.decode()


def test_both_parsers_of_pyyaml_find_the_same_places(monkeypatch):
    """The fast one is not always available."""
    fast = rewritten(CASSETTE.encode(), "a.yaml", Redaction())
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert rewritten(CASSETTE.encode(), "a.yaml", Redaction()) == fast


def test_a_binary_scalar_stays_one():
    """An alias of a binary body, and headers of bytes."""
    body = encoded(b'{"token": "kX7pQz19"}')
    text = (
        f"interactions:\n- request: {{uri: /, headers: {{X-Api-Key: !!binary {encoded(b'kX7pQz19')}}}, body: &b !!binary {body}}}\n"
        f"  response: {{status: {{code: 200}}, headers: {{X-Id: &i !!binary {encoded(b'kX7pQz19')}, X-Api-Key: *i}},"
        f" body: {{string: *b, base64_string: !!binary {encoded(body.encode())}}}}}\n"
        '  "\\u0085\\U000e0001": {token: "\\x07a"}\n'
    )
    new = rewritten(text.encode(), "a.yaml", Redaction(patterns=("\x07",))).data.decode()
    assert f'X-Api-Key: !!binary "{encoded(b"***")}"' in new
    assert f'X-Id: &i !!binary {encoded(b"kX7pQz19")}, X-Api-Key: !!binary "{encoded(b"***")}"' in new
    assert rewritten(new.encode(), "a.yaml", Redaction()).locations == []


def test_control_characters_are_written_as_escapes():
    """A double-quoted scalar has no character that YAML would read as another."""
    text = 'interactions:\n- {status: 200, body: "token=kX7pQz19 \\x07\\u0085\\U000e0001\\r\\t\\\\"}\n'
    new = rewritten(text.encode(), "a.yaml", Redaction()).data.decode()
    assert 'body: "token=*** \\u0007\\u0085\\U000e0001\\r\\t\\\\"' in new


@pytest.mark.parametrize("text", ["interactions:\n- {", "a: &a [*b]", ""])
def test_a_broken_file_is_reported(text):
    """The caller leaves it unchanged."""
    with pytest.raises(ArchiveError):
        rewritten(text.encode(), "a.yaml", Redaction())


def test_an_entry_that_cannot_be_read_is_searched_all_the_same():
    """It is reported, and its secrets are hidden."""
    text = '{"status": "soon", "body": {"api_key": "kX7pQz19vLmW"}}\n{"api_key": "kX7pQz19vLmW\n'
    new = rewritten(text.encode(), "a.ndjson", Redaction())
    assert new.data.decode() == text.replace("kX7pQz19vLmW", "***")
    assert [problem.place for problem in new.problems] == ["a.ndjson:1", "a.ndjson:2"]
    assert [problem.place for problem in rewritten(b"interactions: 7", "a.yaml", Redaction()).problems] == ["a.yaml:1"]


def test_what_cannot_be_written_back_is_reported(monkeypatch):
    """A file that could not be read after the change is not changed."""
    monkeypatch.setattr("pytest_pcerrors.redaction._documents.Document.edited", lambda _: b"interactions: []")
    with pytest.raises(UsageError, match=r"a\.yaml: cannot be edited in place"):
        rewritten(CASSETTE.encode(), "a.yaml", Redaction())


def test_a_file_without_secrets_is_not_inspected_twice():
    """Its bytes are the same object."""
    data = b'{"status": 200, "body": "x"}'
    assert rewritten(data, "a.ndjson", Redaction()).data is data
