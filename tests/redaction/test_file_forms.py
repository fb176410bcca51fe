"""In any file and any form of a body, `check` finds no secret after `redact`."""

import gzip
import json
import zlib
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
import yaml
import zstandard

from pytest_pcerrors.exchange.archives.files import read_stream
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.redaction.rewriting import rewritten

SECRET = "hUnter2xYz9Kq"
TEXT = json.dumps({"password": SECRET, "code": "800064"})
BODIES = {
    "plain": TEXT.encode(),
    "gzip": gzip.compress(TEXT.encode()),
    "deflate": zlib.compress(TEXT.encode(), wbits=-15),
    "UTF-16": TEXT.encode("utf-16"),
    "form": f"grant_type=password&client_secret={SECRET}".encode(),
    "multipart": f"--b\r\nContent-Disposition: form-data; name=pass\r\n\r\n{SECRET}\r\n--b--\r\n".encode(),
}


def packed(body):
    """Return base64 as text."""
    return b64encode(body).decode()


def cassette(body):
    """Return a cassette as data."""
    request = {"method": "POST", "uri": "https://a.example/", "headers": {}, "body": body}
    return {
        "interactions": [
            {"request": request, "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body}}
        ],
        "version": 1,
    }


def har(content):
    """Return a HAR file as text."""
    request = {"method": "GET", "url": "https://a.example/", "headers": []}
    response = {"status": 200, "statusText": "OK", "headers": [], "content": content}
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": request, "response": response}]}})


FORMS = {
    "binary.yaml": lambda body: yaml.safe_dump(cassette({"string": body})),
    "base64.yaml": lambda body: yaml.safe_dump(cassette({"base64_string": packed(body)})),
    "narrow.yaml": lambda body: yaml.safe_dump(cassette({"string": body.decode("latin-1")}), width=12),
    "base64.json": lambda body: json.dumps(cassette({"base64_string": packed(body)})),
    "escaped.json": lambda body: json.dumps(cassette({"base64_string": packed(body)})).replace("b", "\\u0062"),
    "text.json": lambda body: json.dumps(cassette({"string": body.decode("latin-1")})),
    "base64.har": lambda body: har({"text": packed(body), "encoding": "base64"}),
    "Base64.har": lambda body: har({"text": packed(body), "encoding": "Base64"}),
    "text.har": lambda body: har({"text": body.decode("latin-1")}),
    "base64.ndjson": lambda body: json.dumps({"status": 200, "body_base64": packed(body), "request": {"url": "/a"}}),
}
TEXTS = ("plain", "form", "multipart")
CASES = [(form, body) for form in FORMS for body in (TEXTS if form.startswith(("narrow", "text")) else BODIES)]


def assert_clean(data, name):
    """Assert that a redacted file has no secret, and that redacting it again changes nothing."""
    new = rewritten(data, name, Redaction())
    assert new.locations
    assert [Redaction().places(exchange) for exchange in read_stream(BytesIO(new.data), name)] == [
        [] for _ in read_stream(BytesIO(data), name)
    ]
    assert rewritten(new.data, name, Redaction())[:2] == (new.data, [])
    return new.data


@pytest.mark.untraced
@pytest.mark.parametrize(("form", "body"), CASES)
def test_what_is_left_holds_no_secret(form, body):
    """Every form of file, packed too, and every encoding of a body; bytes written as letters are not text."""
    text = FORMS[form](BODIES[body]).encode()
    assert_clean(text, form)
    assert_clean(gzip.compress(text), f"{form}.gz")


RECORDED = sorted(Path(__file__).parents[2].joinpath("cassettes").rglob("*.yaml"))


@pytest.mark.untraced
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_secrets_injected_into_real_recordings_are_found(path):
    """Only the injected secret changes: in a header, in the URL, in bytes."""
    text = path.read_text(encoding="utf-8")
    assert rewritten(text.encode(), path.name, Redaction())[:2] == (text.encode(), [])
    injected = text.replace("https://", f"https://u:{SECRET}@").replace(
        "response:", f"response:\n    password: !!binary {packed(SECRET.encode())}", 1
    )
    assert injected != text
    assert SECRET.encode() not in assert_clean(injected.encode(), path.name)


def test_a_comment_may_hold_a_secret():
    """Comments of the file are searched; a ``#`` inside a scalar is not a comment."""
    text = f"# password: {SECRET}\ninteractions: # none\n- {{status: 200, body: 'a # b: c'}} # Authorization: Bearer {SECRET}\n"
    new = assert_clean(text.encode(), "a.yaml").decode()
    assert new == text.replace(SECRET, "***")
    locations = rewritten(text.encode(), "a.yaml", Redaction()).locations
    assert [(at.line, at.item, at.found.place) for at in locations] == [(1, None, "comment"), (3, None, "comment")]


EXAMPLES = sorted(Path(__file__).parents[1].joinpath("examples").rglob("*.json"))


@pytest.mark.covered
def test_secrets_injected_into_examples_are_found():
    """In responses of every kind, as lines, the injected secret is hidden and every body is kept."""
    examples = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLES]
    lines = [
        {
            "status": each["status"],
            **{name: each[name] for name in ("body", "body_base64") if name in each},
            "request": {"url": "/"},
        }
        for each in examples
    ]
    clean = "\n".join(map(json.dumps, lines)).encode()
    assert len(EXAMPLES) > 1
    assert rewritten(clean, "a.ndjson", Redaction())[:2] == (clean, [])
    for line in lines:
        line["request"] = {"url": f"/?sig={SECRET}"}
    new = assert_clean("\n".join(map(json.dumps, lines)).encode(), "a.ndjson")
    assert new == clean.replace(b'"/"', b'"/?sig=***"')


def test_a_file_keeps_its_compression():
    """A file in zstd stays one."""
    line = b'{"status": 200, "body": "", "request": {"url": "/v1?sig=x7Kq02pLm"}}\n'
    new = rewritten(zstandard.compress(line * 2), "seen.ndjson.zst", Redaction()).data
    assert zstandard.decompress(new) == line.replace(b"x7Kq02pLm", b"***") * 2
