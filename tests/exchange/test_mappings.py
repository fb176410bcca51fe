"""Responses as plain data: own mappings, pairs, vcrpy interactions, HAR entries, and exceptions with a response."""

from collections import OrderedDict, UserDict, namedtuple
from http import HTTPStatus

import httpx
import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange, Headers, Request

URL = "https://api.partnercenter.microsoft.com/v1/carts"
REQUEST = Request("POST", URL, {"MS-RequestId": "1"}, b"{}")
Answer = namedtuple("Answer", "status body")  # noqa: PYI024 - a plain named tuple is what is tested


@pytest.mark.parametrize(
    "status",
    [409, "409", HTTPStatus.CONFLICT],
    ids=["number", "text", "HTTPStatus"],
)
def test_a_status_is_a_number_however_it_is_written(status):
    """Numbers, three digits as text, and `HTTPStatus` give the same plain int."""
    exchange = Exchange.of((status, b""))
    assert (exchange.status, type(exchange.status)) == (409, int)


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (True, "got bool"),
        (None, "got NoneType"),
        (4.09, "got float"),
        ("409 Conflict", "got str"),
        ("0409", "got str"),
        ("4x9", "got str"),
        ("4\u06609", "got str"),
        ("9" * 5000, "got str"),
    ],
)
def test_what_is_not_a_status_is_misuse(status, problem):
    """A status is an int from 100 to 999."""
    with pytest.raises(UsageError, match=problem):
        Exchange.of((status, b""))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (None, b""),
        (b"\xff", b"\xff"),
        (bytearray(b"a"), b"a"),
        (memoryview(b"a"), b"a"),
        ("é", b"\xc3\xa9"),
        ("\ud800", b"\xed\xa0\x80"),
        ({"code": "1"}, b'{"code": "1"}'),
        ([1], b"[1]"),
    ],
    ids=["none", "bytes", "bytearray", "memoryview", "text", "surrogate", "object", "array"],
)
def test_a_body_is_bytes_text_or_json(body, kept):
    """Text is encoded as UTF-8, JSON values are serialized, None is an empty body."""
    assert Exchange.of((404, body)).body == kept


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (5, "expected a body as bytes, text or a JSON value, got int"),
        ({"until": object()}, "the body cannot be written as JSON"),
        ({(1, 2): 3}, "the body cannot be written as JSON"),
    ],
    ids=["number", "no JSON value", "no JSON name"],
)
def test_what_is_not_a_body_is_misuse(body, problem):
    """A value of any other type is not a body."""
    with pytest.raises(UsageError, match=problem):
        Exchange.of((404, body))


def test_a_body_nested_without_end_is_misuse():
    """A list that contains itself cannot be serialized."""
    endless = []
    endless.append(endless)
    with pytest.raises(UsageError, match="cannot be written as JSON"):
        Exchange.of((404, endless))


@pytest.mark.parametrize("pair", [(404, "Gone"), Answer(404, "Gone")], ids=["tuple", "named tuple"])
def test_a_pair_has_unknown_headers(pair):
    """The headers of (status, body) are unknown, not absent."""
    exchange = Exchange.of(pair)
    assert (exchange.status, exchange.headers, exchange.body) == (404, None, b"Gone")


def test_a_tuple_of_three_is_misuse():
    """A tuple of another length is rejected with its length."""
    with pytest.raises(UsageError, match=r"\(status, body\), got one of length 3"):
        Exchange.of((404, {}, b""))


@pytest.mark.parametrize("kind", [dict, OrderedDict, UserDict])
def test_an_own_mapping_may_say_everything(kind):
    """Status, headers, body, reason, request and origin of a mapping are those of the exchange."""
    mapping = kind(
        status=409,
        headers={"Content-Type": "application/json"},
        body={"code": "800064"},
        reason="Conflict",
        request={"method": "post", "url": URL, "headers": [("MS-RequestId", "1")], "body": "{}"},
        origin="carts.ndjson:3",
    )
    assert Exchange.of(mapping) == Exchange(
        409,
        {"Content-Type": "application/json"},
        b'{"code": "800064"}',
        REQUEST,
        "Conflict",
        "carts.ndjson:3",
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Set-Cookie": ["a=1", "b=2"]},
        {"Set-Cookie": ("a=1", "b=2")},
        [("Set-Cookie", "a=1"), ["Set-Cookie", b"b=2"]],
        [{"name": "Set-Cookie", "value": "a=1"}, {"name": "Set-Cookie", "value": "b=2"}],
        Headers([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]),
    ],
    ids=["lists", "tuples", "pairs", "HAR", "Headers"],
)
def test_headers_have_many_spellings(headers):
    """Repeated headers stay separate, as lists in a mapping, as pairs or in a HAR list."""
    exchange = Exchange.of({"status": 401, "headers": headers})
    assert list(exchange.headers) == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


@pytest.mark.parametrize("headers", ["Retry-After: 5", b"Retry-After: 5", 5, [5], ["ab"], [("a", "b", "c")]])
def test_what_is_not_a_header_is_misuse(headers):
    """Headers that are neither a mapping nor pairs are refused."""
    with pytest.raises(UsageError, match=r"expected headers as a mapping or pairs|expected a header as a pair"):
        Exchange.of({"status": 401, "headers": headers})


def test_no_headers_are_not_unknown_headers():
    """A mapping without `headers` does not know them; one with empty `headers` knows that there were none."""
    assert Exchange.of({"status": 401}).headers is None
    assert list(Exchange.of({"status": 401, "headers": {}}).headers) == []


@pytest.mark.parametrize("encoded", ["R29uZQ==", b"R29uZQ==", "R29u\n  ZQ==\n"], ids=["text", "bytes", "broken lines"])
def test_a_body_may_be_base64(encoded):
    """Binary data can be given as `body_base64`."""
    assert Exchange.of({"status": 404, "body_base64": encoded}).body == b"Gone"


@pytest.mark.parametrize("encoded", ["Gone!", "é", 5, ["R29uZQ=="]])
def test_what_is_not_base64_is_misuse(encoded):
    """Characters outside base64 are not ignored."""
    with pytest.raises(UsageError, match="declared as base64 and is not valid base64"):
        Exchange.of({"status": 404, "body_base64": encoded})


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ({"status": 404, "header": {}}, 'no key "header"; did you mean "headers"'),
        ({"status_code": 404}, 'no key "status_code"; did you mean "status"'),
        ({"status": 404, 5: ""}, 'no key "5"; known are body, '),
        ({"status": 404, "json": {}}, 'no key "json"; did you mean "body"[?]$'),
        ({"code": 7}, 'no key "code"; known are .*; a body by itself needs its status: {"status": 404, "body": ...}'),
        ({"body": ""}, 'the response has no "status"'),
        ({}, 'the response has no "status"'),
        ({"status": 404, "request": "GET /"}, "expected a request as a mapping with method and url, got str"),
        ({"status": 404, "request": {"method": "GET"}}, 'expected a request with a "url"'),
        ({"status": 404, "request": {"url": 5}}, 'expected a request with a "url"'),
        ({"status": 404, "request": {"url": "/", "body": [object()]}}, "object is not a JSON value"),
    ],
)
def test_a_slip_in_a_mapping_is_named(mapping, problem):
    """An unknown key is reported with the nearest known one; a missing status or URL is reported."""
    with pytest.raises(UsageError, match=problem):
        Exchange.of(mapping)


@pytest.mark.parametrize(
    ("request_", "known"),
    [
        (REQUEST, REQUEST),
        ({"url": URL}, Request("GET", URL)),
        ({"uri": URL, "method": None, "body": None, "headers": None}, Request("GET", URL)),
        ({"url": URL, "method": "post", "body": b"{}"}, Request("POST", URL, body=b"{}")),
        ({"url": URL, "postData": {"text": "a=1"}}, Request("GET", URL, body=b"a=1")),
        ({"url": URL, "postData": "a=1"}, Request("GET", URL)),
        ({"url": URL, "body": {"string": ""}}, Request("GET", URL)),
        ({"url": URL, "body": {"base64_string": "?"}}, Request("GET", URL, body=b'{"base64_string": "?"}')),
        ({"url": URL, "body": [1, {"a": b"b"}]}, Request("GET", URL, body=b'[1, {"a": "b"}]')),
    ],
    ids=["Request", "url", "vcrpy", "bytes", "HAR", "broken HAR", "wrapped", "odd", "structured"],
)
def test_a_request_has_many_spellings(request_, known):
    """A request is a `Request`, or a mapping in our form, of vcrpy or of HAR; an unexpected body is unknown."""
    assert Exchange.of({"status": 404, "request": request_}).request == known


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"string": "Gone"}, b"Gone"),
        ({"encoding": "UTF-8", "string": "Gone"}, b"Gone"),
        ({"base64_string": "R29uZQ=="}, b"Gone"),
        ({"string": "Gone", "code": 1}, b'{"string": "Gone", "code": 1}'),
        ({"encoding": "UTF-8"}, b'{"encoding": "UTF-8"}'),
    ],
    ids=["string", "encoding", "base64", "JSON", "JSON without text"],
)
def test_a_recorded_body_may_stand_beside_a_plain_status(body, kept):
    """A serializer that writes the status as a number keeps the form of the body."""
    assert Exchange.of({"request": {"uri": "/"}, "response": {"status": 404, "body": body}}).body == kept


def test_an_interaction_of_old_vcrpy_and_httpx_is_a_response():
    """The form that vcrpy gave httpx responses before version 6 is known."""
    interaction = {
        "request": {"method": "GET", "uri": URL, "body": "", "headers": {}},
        "response": {"status_code": 404, "http_version": "HTTP/1.1", "headers": {"a": ["b"]}, "content": "Gone"},
    }
    assert Exchange.of(interaction) == Exchange(404, {"a": "b"}, b"Gone", Request("GET", URL))


@pytest.mark.parametrize("headers", [{}, {"headers": None}, {"headers": []}])
def test_a_har_response_needs_little(headers):
    """An empty status text is not a reason phrase, and missing headers are no headers."""
    assert Exchange.of({"status": 404, "statusText": "", "content": {}, **headers}) == Exchange(404, (), b"")


class ApiError(Exception):
    """An error of some client."""

    def __init__(self, response):
        super().__init__("the cart is gone")
        self.response = response


def test_an_exception_is_read_as_its_response():
    """The `.response` of an exception is the response, of any kind."""
    assert Exchange.of(ApiError((404, "Gone"))) == Exchange(404, None, b"Gone")


def test_an_exception_may_carry_an_exchange():
    """With its request, and with what is not known of its body."""
    request = Request("GET", "https://host/v1/x", {"Accept": "*/*"}, b"")
    exchange = Exchange(404, {"A": "b"}, b"", request, "Gone", "a.yaml:3", body_problem="not kept in the recording")
    assert Exchange.of(ApiError(exchange)) == exchange
    assert Exchange.of(ApiError(Exchange(404, None, b"Gone"))) == Exchange(404, None, b"Gone")


def test_an_exception_without_response_is_misuse():
    """An exception without a response, such as a connection error, is not a response."""
    with pytest.raises(UsageError, match="this TimeoutError has no response"):
        Exchange.of(TimeoutError())


def test_what_pytest_raises_caught_is_read_as_its_exception():
    """The `ExceptionInfo` of an exception with a response is a response."""
    request = httpx.Request("GET", URL)
    with pytest.raises(httpx.HTTPStatusError) as caught:
        httpx.Response(404, request=request).raise_for_status()
    assert Exchange.of(caught).request == Request("GET", URL, request.headers.raw)


def test_inside_its_with_block_pytest_raises_has_caught_nothing():
    """An `ExceptionInfo` without an exception is misuse; the message explains when to use it."""
    with pytest.raises(UsageError, match="has caught nothing yet") as outer:
        Exchange.of(outer)
