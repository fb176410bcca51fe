"""HAR 1.2, as browsers and proxies write it."""

import base64
import json

import pytest


@pytest.fixture
def har():
    """Write a HAR file of some responses to one request."""

    def writing(*responses, **request):
        asked = {"method": "GET", "url": "https://a/", "headers": []} | request
        entries = [{"request": asked, "response": response, "cache": {}, "timings": {}} for response in responses]
        return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()

    return writing


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"text": "Zoë"}, "Zoë".encode()),
        ({"text": base64.b64encode(b"\xff\x00").decode(), "encoding": "base64"}, b"\xff\x00"),
        ({"text": ""}, b""),
        ({"size": 0}, b""),
        ({"encoding": "base64"}, b""),
    ],
)
def test_content_is_text_or_base64(read, har, content, body):
    """A body is text, base64 if declared so, or missing."""
    [exchange], _ = read(har({"status": 403, "statusText": "Forbidden", "headers": [], "content": content}), "a.har")
    assert exchange.body == body


def test_requests_without_a_response_are_ignored(read, har):
    """Status 0 is an aborted request; it counts only in the indexes of origins."""
    aborted = {"status": 0, "statusText": "", "headers": [], "content": {"size": 0}}
    exchanges, error = read(
        har(aborted, {"status": 404, "content": {}}, aborted, {"status": 409, "content": {}}), "a.har"
    )
    assert [(each.status, each.origin) for each in exchanges] == [
        (404, "a.har#/log/entries/1"),
        (409, "a.har#/log/entries/3"),
    ]
    assert error is None


@pytest.mark.parametrize("response", [{}, {"headers": None}, {"headers": []}])
def test_headers_may_be_left_out(read, har, response):
    """A response without headers has no headers, not unknown ones."""
    [exchange], _ = read(har({"status": 404, "content": {}} | response), "a.har")
    assert list(exchange.headers) == []


def test_http_2_has_no_reason_phrase(read, har):
    """An empty status text is not a reason phrase."""
    [exchange], _ = read(har({"status": 404, "statusText": "", "content": {}}), "a.har")
    assert exchange.reason is None


@pytest.mark.parametrize(
    ("posted", "body"), [({"text": '{"id": 1}'}, b'{"id": 1}'), ({"params": []}, b""), (None, b"")]
)
def test_posted_text_is_the_body_of_the_request(read, har, posted, body):
    """What was posted as text is the body; forms are not put together."""
    [exchange], _ = read(har({"status": 404, "content": {}}, method="POST", postData=posted), "a.har")
    assert exchange.request.body == body
