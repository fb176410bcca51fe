"""The normal form: headers, requests and exchanges, and invalid arguments."""

import dataclasses
from pathlib import Path

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Headers, Request

PAIRS = [("Set-Cookie", "a=1"), ("Retry-After", "57"), ("set-cookie", "b=2")]


@pytest.mark.parametrize("name", ["Set-Cookie", "set-cookie", "SET-COOKIE"])
def test_header_names_have_no_case(name):
    """A header is found in any case: the first value, or all values in order."""
    headers = Headers(PAIRS)
    assert (headers.get(name), headers.all(name)) == ("a=1", ["a=1", "b=2"])


def test_an_absent_header_is_none():
    """An absent header has no first value, and no values at all."""
    headers = Headers(PAIRS)
    assert (headers.get("Content-Type"), headers.all("Content-Type")) == (None, [])


def test_headers_keep_order_and_spelling():
    """Iteration yields the fields as received."""
    headers = Headers(PAIRS)
    assert (list(headers), len(headers)) == (PAIRS, 3)


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "57"},
        [("Retry-After", "57")],
        iter([("Retry-After", "57")]),
        [(b"Retry-After", b"57")],
        {"Retry-After": 57},
        Headers({"Retry-After": "57"}),
    ],
    ids=["mapping", "pairs", "iterator", "bytes", "number", "headers"],
)
def test_headers_are_made_of_mappings_and_pairs(headers):
    """Equal fields are equal headers, from mappings and from pairs."""
    made = Headers(headers)
    assert made == Headers({"Retry-After": "57"})
    assert hash(made) == hash(Headers({"Retry-After": "57"}))


def test_header_bytes_are_latin_1():
    """Header bytes beyond ASCII are read as ISO-8859-1 (RFC 9110, section 5.5)."""
    assert Headers([(b"MS-ServerId", b"Z\xfcrich")]).get("ms-serverid") == "Zürich"


def test_headers_are_equal_only_to_headers():
    """Headers that differ in a value, or are something else, are not equal."""
    assert Headers(PAIRS) != Headers(PAIRS[:1])
    assert Headers(PAIRS) != PAIRS


@pytest.mark.parametrize("headers", ["Retry-After: 57", 57, [("Retry-After",)], [57]])
def test_what_is_not_headers_is_misuse(headers):
    """Headers that are neither a mapping nor pairs are refused."""
    with pytest.raises(UsageError, match="expected headers as a mapping or pairs of name and value"):
        Exchange(404, headers, b"")


def test_a_request_method_is_in_capitals():
    """Methods are compared as they are written on the wire."""
    assert Request("get", "/").method == "GET"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.PartnerCenter.microsoft.com:443/v1", "api.partnercenter.microsoft.com"),
        ("http://user:pass@[::1]:80/", "::1"),
        ("/v1/customers", None),
        ("", None),
        ("http://[::1/", None),
    ],
)
def test_the_host_is_the_one_that_the_url_names(url, host):
    """A host has no port, user or capitals; a relative or invalid URL has no host."""
    assert Request("GET", url).host == host


def test_a_request_shows_no_secret():
    """The repr of a request hides secrets in its URL, and omits headers and body."""
    request = Request(
        "GET", "https://api.example/v1?sig=aB3dE5gH&size=3", {"Authorization": "Bearer aB3dE5gH"}, b"aB3dE5gH"
    )
    assert repr(request) == "<Request GET https://api.example/v1?sig=***&size=3>"


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        (None, "<Exchange 404, 4 bytes>"),
        (Request("GET", "https://a:b@api.example/v1"), "<Exchange 404 GET https://***@api.example/v1, 4 bytes>"),
    ],
    ids=["unknown request", "request"],
)
def test_an_exchange_shows_what_it_is(request_, shown):
    """The repr of an exchange has status, request and size, without secrets."""
    assert repr(Exchange(404, None, b"Gone", request_)) == shown


@pytest.mark.parametrize("part", [Exchange(404, (), b""), Request("GET", "/")])
def test_an_exchange_is_frozen(part):
    """A received exchange cannot be changed."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        part.body = b"changed"


def test_equal_exchanges_are_equal_and_hashable():
    """Exchanges with equal fields are equal and can be in sets."""
    one, other = (Exchange(404, {"a": "b"}, b"Gone", Request("GET", "/"), "Not Found", "a.yaml:3") for _ in range(2))
    assert {one} == {other}


STATUSES = [99, 1000, True, "404", 404.0, None, 10**1000, 10**5000, "4" * 5000]


@pytest.mark.parametrize("status", STATUSES, ids=range(len(STATUSES)))
def test_what_is_not_a_status_is_misuse(status):
    """A status is an int from 100 to 999; another value is shown, not in full if it is long."""
    with pytest.raises(UsageError, match="is not an HTTP status; expected an int from 100 to 999") as caught:
        Exchange(status, None, b"")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("body", ["Gone", None, {}])
def test_a_body_that_is_not_a_bytes_is_misuse(body):
    """The body of an exchange must be bytes."""
    with pytest.raises(UsageError, match="expected the body as bytes, got"):
        Exchange(404, None, body)


def test_a_header_of_unknown_headers_is_none():
    """If headers are unknown, so are each header and the media type."""
    exchange = Exchange(404, None, b"")
    assert (exchange.header("Retry-After"), exchange.media_type) == (None, None)


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        ("application/json", "application/json"),
        ("Application/JSON ; charset=utf-8", "application/json"),
        ("  text/html;charset=utf-8", "text/html"),
        ("", ""),
    ],
)
def test_the_media_type_has_no_parameters_and_no_case(content_type, media_type):
    """The media type is the part of `Content-Type` before the first semicolon, in lower case."""
    assert Exchange(404, {"content-type": content_type}, b"").media_type == media_type


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Exchange(404, None, b"", reason=5), "expected a reason phrase as a str, got int"),
        (lambda: Exchange(404, None, b"", origin=Path("a.yaml")), "expected an origin as a str"),
        (lambda: Exchange(404, None, b"", request=("GET", "/")), "expected a Request, got tuple"),
        (lambda: Request(None, "/"), "expected a request's method as a str, got NoneType"),
        (lambda: Request("GET", None), "expected a request's URL as a str"),
        (lambda: Exchange(404, {"A": ["b"]}, b""), "expected headers as a mapping or pairs"),
    ],
)
def test_parts_of_other_types_are_misuse(make, told):
    """The message has the expected type of each part."""
    with pytest.raises(UsageError, match=told):
        make()
