"""Cassettes: an exchange that is read equals the recorded one, in each form that a version of vcrpy has written."""

import base64
import gzip
import zlib

import pytest
import requests
import vcr

from pytest_pcerrors.exchange.archives.files import read_archive

FORBIDDEN = b'{"description": "Forbidden"}'
PACKED, DEFLATED = gzip.compress(FORBIDDEN, mtime=0), zlib.compress(FORBIDDEN)


def encoded(data):
    """Return base64 as text."""
    return base64.b64encode(data).decode()


def yaml_cassette(response):
    """Write a cassette of one interaction whose response is given as YAML in flow style."""
    return f"interactions:\n- request: {{method: GET, uri: 'http://a/'}}\n  response: {response}\nversion: 1\n".encode()


@pytest.mark.parametrize("serializer", ["yaml", "json"])
@pytest.mark.parametrize("path", ["/json", "/chunked", "/repeated-headers", "/no-reason", "/empty", "/text"])
def test_what_vcrpy_records_is_what_was_served(tmp_path, server, serializer, path):
    """A response that was recorded is the response that the client saw."""
    file = tmp_path / f"a.{serializer}"
    with vcr.VCR(serializer=serializer).use_cassette(str(file)):
        served = requests.get(server + path, timeout=10)
    [recorded] = read_archive(file)
    assert (recorded.status, recorded.reason, recorded.body) == (served.status_code, served.reason, served.content)
    assert recorded.headers.all("Set-Cookie") == served.raw.headers.getlist("Set-Cookie")
    assert (recorded.request.method, recorded.request.url) == ("GET", server + path)


@pytest.mark.parametrize("decode", [True, False], ids=["decoded", "as sent"])
@pytest.mark.parametrize("path", ["/gzip", "/latin-1"])
def test_bytes_that_are_not_text_are_recorded(tmp_path, server, decode, path):
    """Compressed bodies and other binary data are read as the client received them."""
    file = tmp_path / "a.yaml"
    with vcr.use_cassette(str(file), decode_compressed_response=decode):
        served = requests.get(server + path, timeout=10)
    [recorded] = read_archive(file)
    assert recorded.body == served.content


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{string: Forbidden}", b"Forbidden"),
        ("{string: 404}", b"404"),
        ("{string: 'null'}", b"null"),
        ("{string: ~}", b""),
        ("{string: }", b""),
        (f"{{string: !!binary {encoded(FORBIDDEN)}}}", FORBIDDEN),
        (f"{{string: !!binary '{encoded(FORBIDDEN)[:9]} \n   {encoded(FORBIDDEN)[9:]}'}}", FORBIDDEN),
        (f"{{string: !!binary {encoded(DEFLATED)}}}", FORBIDDEN),
        (f"{{base64_string: {encoded(PACKED)}}}", FORBIDDEN),
        ("{string: !!str 404}", b"404"),
        ("Forbidden", b"Forbidden"),
        ("null", b""),
    ],
)
def test_each_form_of_a_body_in_yaml_is_read(read, body, expected):
    """Text, bytes, base64 and compressed bytes give the same body; a plain scalar stays text."""
    [exchange], error = read(yaml_cassette(f"{{status: {{code: 403, message: Forbidden}}, body: {body}}}"), "a.yaml")
    assert (exchange.body, error) == (expected, None)


def test_headers_like_numbers_and_dates_stay_text(read):
    """As they were received."""
    fields = "{Retry-After: [57], ETag: 12e5, Date: 2020-10-01, X: yes}"
    found = [
        read(yaml_cassette(f"{{status: {{code: 403}}, headers: {each}}}"), "a.yaml")[0] for each in (fields, "null")
    ]
    expected = [("Retry-After", "57"), ("ETag", "12e5"), ("Date", "2020-10-01"), ("X", "yes")]
    assert [list(each.headers) for [each] in found] == [expected, []]


def test_aliases_have_the_value_of_their_anchor(read):
    """A repeated object is recorded as an anchor and an alias; the latest anchor of a name is used."""
    data = b"""
headers: &shared {a: [b]}
interactions:
- &first {request: {uri: /}, response: {status: {code: 404}, headers: *shared}}
- *first
- {request: {uri: &shared /}, response: {status: {code: 409}, body: *shared}}
"""
    exchanges, error = read(data, "a.yaml")
    assert [(each.status, list(each.headers), each.body, each.origin) for each in exchanges] == [
        (404, [("a", "b")], b"", "a.yaml:4"),
        (404, [("a", "b")], b"", "a.yaml:5"),
        (409, [], b"/", "a.yaml:6"),
    ]
    assert error is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.yaml", b"interactions: []\nversion: 1\n"),
        ("a.yaml", b"version: 1\ninteractions: []\n"),
        ("a.json", b'{"version": 1, "interactions": []}'),
        ("a.har", b'{"log": {"entries": []}}'),
        ("a.json", b'{"version": 1, "interactions": [], "version": 2}'),
    ],
)
def test_a_recording_of_nothing_is_one(read, name, data):
    """A recording without an exchange is empty, not invalid."""
    assert read(data, name) == ([], None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_yaml_comes_in_the_encodings_of_yaml(read, samples, recorded, encoding):
    """YAML may be UTF-8 or UTF-16, with a byte order mark."""
    exchanges, error = read(samples[".yaml"].decode().encode(encoding), "a.yaml")
    assert ([each.body for each in exchanges], error) == ([body for *_, body in recorded], None)


def test_json_may_begin_with_a_byte_order_mark(read, samples):
    """A JSON file with a byte order mark is read."""
    assert [len(read(b"\xef\xbb\xbf" + samples[".json"], name)[0]) for name in ("a.json", "-")] == [3, 3]
