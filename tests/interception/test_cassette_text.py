"""Cassettes in vcrpy's own format."""

import pytest
import requests
import vcr
from vcr.serializers import yamlserializer

from pytest_pcerrors import Exchange, Request, UsageError, read_archive
from pytest_pcerrors.interception.cassette_files import cassette_text

URL = "https://api.partnercenter.microsoft.com/v1/customers"


def exchange(body=b"{}", headers=None, reason="Conflict", asked=b""):
    """Return an exchange with a request."""
    return Exchange(409, headers, body, Request("POST", URL, {"Accept": "application/json"}, asked), reason)


@pytest.mark.parametrize("body", [b"", b"{}", "Zo\u00eb".encode(), b"\xff\xfe\x00", b"\xef\xbb\xbf{}"], ids=repr)
def test_a_body_comes_back_byte_for_byte(tmp_path, body):
    """Read by us, or replayed by vcrpy."""
    path = tmp_path / "one.yaml"
    path.write_text(cassette_text([exchange(body)]), "utf-8")
    assert [each.body for each in read_archive(path)] == [body]
    with vcr.use_cassette(str(path), record_mode="none"):
        assert requests.post(URL, timeout=30).content == body


def test_repeated_headers_stay_apart(tmp_path):
    """Each name has the list of its values."""
    headers = [("Set-Cookie", "a=1"), ("Via", "x"), ("Set-Cookie", "b=2")]
    [made] = yamlserializer.deserialize(cassette_text([exchange(headers=headers)]))["interactions"]
    assert made["response"]["headers"] == {"Set-Cookie": ["a=1", "b=2"], "Via": ["x"]}


@pytest.mark.parametrize(("headers", "reason"), [(None, None), ({}, "")], ids=["unknown", "none"])
def test_what_is_unknown_is_written_as_none(headers, reason):
    """Without headers and reason phrase vcrpy still replays."""
    [made] = yamlserializer.deserialize(cassette_text([exchange(headers=headers, reason=reason)]))["interactions"]
    assert (made["response"]["headers"], made["response"]["status"]) == ({}, {"code": 409, "message": ""})


def test_the_request_is_written_as_vcrpy_matches_it():
    """Method, URL, headers and body; an empty body is null."""
    made = yamlserializer.deserialize(cassette_text([exchange(asked=b'{"n": 1}'), exchange()]))["interactions"]
    assert [each["request"]["body"] for each in made] == ['{"n": 1}', None]
    assert made[0]["request"]["uri"] == URL


def test_an_exchange_without_a_request_is_misuse():
    """A cassette could not replay it."""
    with pytest.raises(UsageError, match=r"^<Exchange 409, 2 bytes> has no request, so a cassette cannot replay it$"):
        cassette_text([Exchange(409, None, b"{}")])
