"""Error bodies without their status, and exchanges as a JSON array or on several lines."""

import io
import json

import pytest

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.archives import files
from pytest_pcerrors.exchange.archives.files import read_body

BODY = {"code": "1000", "description": "No", "source": "x"}
ITEM = {"status": 404, "body": BODY}
FIX = 'wrap it as {"status": 404, "body": ...}, or give its status: pcerrors check --status 404'
NAMES = ["-", "e.json", "e.txt", "e"]


@pytest.mark.parametrize("name", [*NAMES, "e.ndjson"])
@pytest.mark.parametrize(
    "body",
    [
        BODY,
        {"statusCode": 429, "message": "Slow down"},
        {"message": "No"},
        {"error": {"code": "x"}},
        {"errors": []},
        {"type": "about:blank", "title": "Not Found", "status": 404},
        {"timestamp": 1, "status": 404, "error": "Not Found", "path": "/"},
        {"status": "error", "message": "No"},
    ],
    ids=str,
)
def test_an_error_body_by_itself_is_recognised(read, name, body):
    """With any envelope; the message explains how to give the status."""
    exchanges, error = read(json.dumps(body).encode(), name)
    assert exchanges == []
    assert (error.problem, error.fix) == ("an error body without its HTTP status", FIX)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("indent", [None, 2])
def test_one_exchange_over_several_lines(read, name, indent):
    """As people write it, and as tools print it."""
    exchanges, error = read(json.dumps(ITEM, indent=indent).encode(), name)
    assert error is None
    assert [(each.status, json.loads(each.body), each.origin) for each in exchanges] == [(404, BODY, f"{name}:1")]


@pytest.mark.parametrize("name", NAMES)
def test_an_error_body_over_several_lines(read, name):
    """It is recognised as well."""
    assert read(json.dumps(BODY, indent=2).encode(), name)[1].fix == FIX


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_of_exchanges(read, name, indent):
    """Each with its place; in any form that an exchange has."""
    vcr = {"request": {"method": "GET", "uri": "/"}, "response": {"status": {"code": 409}, "body": {"string": "x"}}}
    exchanges, error = read(json.dumps([ITEM, vcr], indent=indent).encode(), name)
    assert error is None
    assert [(each.status, each.origin) for each in exchanges] == [(404, f"{name}#/0"), (409, f"{name}#/1")]


def test_an_array_of_error_bodies(read):
    """The message has the place of the first."""
    assert str(read(json.dumps([ITEM, BODY]).encode(), "-")[1]) == f"-#/1: an error body without its HTTP status; {FIX}"


@pytest.mark.parametrize(
    "text", [b"<html>", b"\n <!DOCTYPE html>\n<p>a: b", b"Access denied.", b'"denied"', b'"denied: no"', b"42", b"null"]
)
def test_a_page_or_a_text_may_be_an_error_body(read, text):
    """As proxies and gateways send it."""
    assert str(read(text, "-")[1]) == f"-: a text without its HTTP status; {FIX}"


@pytest.mark.parametrize("start", ["*   Trying 127.0.0.1:80...", "> GET / HTTP/1.1", "< HTTP/1.1 404 Not Found"])
def test_what_curl_prints_with_more_words_is_reported(read, start):
    """The output of curl -v is more than the response."""
    message = "-: the output of curl -v; save only the response: curl -i URL"
    assert str(read(f"{start}\n".encode(), "-")[1]) == message


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["{}", "HTTP/1.1 404 No\n\n", "[]", "<html>"])
@pytest.mark.parametrize("name", ["-", "a.har", "a.json", "a.ndjson", "a.txt"])
def test_what_powershell_wrote_is_reported(read, mark, text, name):
    """Redirection in PowerShell writes UTF-16, which servers do not send; it is reported once for a file."""
    _, error = read(f"\ufeff{text}\n{text}".encode(mark), name)
    fix = "save it as UTF-8, or as it was sent: curl -i -o FILE URL"
    assert str(error) == f"{name}: UTF-16, as PowerShell's > writes it; {fix}"


def test_a_cassette_in_utf_16_is_read_as_before(read):
    """YAML may be in UTF-16."""
    text = "\ufeff---\ninteractions:\n- request: {uri: /}\n  response: {status: {code: 404}, body: {string: ''}}\n"
    assert len(read(text.encode("utf-16-le"), "-")[0]) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"<html>", b"\xff\xfe\x00", json.dumps(BODY).encode(), b"a: b", b'{"status": "no"}']
)
@pytest.mark.parametrize("name", ["-", "e.json", "e.yaml"])
def test_a_body_is_read_with_its_status(body, name):
    """With any content; its headers are unknown."""
    exchange = read_body(io.BytesIO(body), name, 404)
    assert (exchange.status, exchange.body, exchange.headers, exchange.origin) == (404, body, None, name)


@pytest.mark.parametrize(
    "recording",
    [
        json.dumps(ITEM).encode(),
        json.dumps(ITEM, indent=1).encode(),
        json.dumps([ITEM]).encode(),
        b"HTTP/1.1 404 Not Found\n\n",
        b"interactions:\n- request: {uri: /}\n  response: {status: {code: 404}, body: {string: ''}}\n",
    ],
)
def test_what_has_a_status_is_refused(recording):
    """Two statuses contradict each other."""
    with pytest.raises(UsageError, match=r"^-: already has the status 404; omit --status$"):
        read_body(io.BytesIO(recording), "-", 409)


def test_an_endless_body_is_refused(monkeypatch):
    """Memory is limited."""
    monkeypatch.setattr(files, "MAX_BODY_INPUT", 10)
    with pytest.raises(ArchiveError, match="more than 0 MiB"):
        read_body(io.BytesIO(b"x" * 11), "-", 404)
