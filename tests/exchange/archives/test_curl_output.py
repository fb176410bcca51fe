"""The output of ``curl -i``, read from standard input and from files with any name."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives import curl_output
from pytest_pcerrors.exchange.archives.files import read_stream

BODY = b'{"code": "1000", "description": "No", "source": "x"}'
NAMES = ["-", "response.txt", "response", "response.json", "response.yaml", "response.ndjson"]


def head(status, *headers, end=b"\r\n", version=b"HTTP/1.1"):
    """Return a status line, headers and the blank line."""
    return end.join([version + b" " + status, *headers, b"", b""])


def seen(exchanges):
    """Return the visible parts of exchanges."""
    return [(each.status, each.body, each.origin) for each in exchanges]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["crlf", "lf"])
@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2", b"HTTP/3"])
def test_a_response_is_read(read, name, end, version):
    """With any line ends, version and file name."""
    data = head(b"404 Not Found", b"Content-Type: application/json", b"Set-Cookie: a=1", b"set-cookie:b=2", end=end)
    [exchange], error = read(data.replace(b"HTTP/1.1", version) + BODY, name)
    assert error is None
    assert (exchange.status, exchange.reason, exchange.body, exchange.origin) == (404, "Not Found", BODY, f"{name}:1")
    assert exchange.media_type == "application/json"
    assert exchange.headers.all("Set-Cookie") == ["a=1", "b=2"]
    assert exchange.request is None


@pytest.mark.parametrize("status", [b"404", b"404 "])
def test_a_reason_may_be_missing(read, status):
    """HTTP/2 has no reason phrase."""
    [exchange], _ = read(head(status, version=b"HTTP/2") + BODY, "-")
    assert (exchange.status, exchange.reason) == (404, None)


@pytest.mark.parametrize(
    "before",
    [
        head(b"100 Continue"),
        head(b"103 Early Hints", b"Link: </a>"),
        head(b"200 Connection established"),
        head(b"301 Moved Permanently", b"Location: /a", b"Content-Length: 7"),
        head(b"302 Found", b"Content-Length: 5") + b"moved",
        head(b"401 Unauthorized", b"WWW-Authenticate: Digest", b"Content-Length: 7"),
        head(b"407 Proxy Authentication Required") + head(b"200 OK"),
        head(b"301 Moved", end=b"\n"),
        b"\xef\xbb\xbf\r\n\r\n",
    ],
    ids=lambda each: each[:30].decode("latin-1"),
)
def test_of_responses_in_a_row_the_last_one_counts(read, before):
    """After redirects, 100 Continue, proxies and logins; its line is the origin."""
    exchanges, error = read(before + head(b"404 Not Found") + BODY, "-")
    line = before.count(b"\n") + 1
    assert (seen(exchanges), error) == ([(404, BODY, f"-:{line}")], None)


def test_responses_with_their_bodies_are_exchanges_each(read):
    """Several URLs of one command; without a length a body extends to the end."""
    first = head(b"409 Conflict", b"Content-Length: %d" % len(BODY)) + BODY
    assert [each.status for each in read(first * 2 + head(b"404 Not Found") + BODY, "-")[0]] == [409, 409, 404]
    [exchange], _ = read(head(b"409 Conflict") + BODY + first, "-")
    assert exchange.body == BODY + first


@pytest.mark.parametrize("body", [b"", b"\xff\x00\r\n\r\n\x1f", b"HTTP/1.1", b"\r\n\r\n", bytes(range(256)) * 99])
def test_a_body_is_taken_as_it_is(read, body):
    """Binary data, blank lines, and text that only begins like a response."""
    assert read(head(b"500 Oops", b"X: y") + body, "-")[0][0].body == body


def test_what_is_packed_is_unpacked(read):
    """A whole file by gzip, and a body compressed by its server."""
    data = head(b"404 Not Found", b"Content-Encoding: gzip") + gzip.compress(BODY)
    assert [read(each, "r.txt.gz")[0][0].body for each in (data, gzip.compress(data))] == [BODY, BODY]


@pytest.mark.parametrize(
    ("length", "method"), [(b"52", "HEAD"), (b"0", None), (b"x", None), (b"9" * 5000, None), ("²".encode(), None)]
)
def test_an_announced_body_that_is_not_there_answers_a_head(read, length, method):
    """``curl -I`` prints only headers; an empty body is then correct."""
    [exchange], _ = read(head(b"404 Not Found", b"Content-Length: " + length), "-")
    assert (exchange.request and exchange.request.method) == method


def test_a_folded_header_is_one(read):
    """Older servers fold headers."""
    [exchange], _ = read(b"HTTP/1.1 401 No\nWWW-Authenticate: Bearer\n  realm=x\n\n", "-")
    assert exchange.header("WWW-Authenticate") == "Bearer realm=x"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"HTTP/1.1 404 Not Found", '-:1: "HTTP/1.1 404 Not Found" is not a status line; expected one such as'),
        (b"HTTP/1.1 404 Not Found\n", "-:1: truncated in the headers: no blank line after them; save the whole"),
        (b"HTTP/1.1 404 Not Found\r\nA: b", "-:1: truncated in the headers"),
        (b"HTTP/1.1 404 Not Found\r\nA: b\r\n", "-:1: truncated in the headers"),
        (b"\nHTTP/1.1 four\n\n", '-:2: "HTTP/1.1 four" is not a status line'),
        (b"HTTP/\n\n", '-:1: "HTTP/" is not a status line'),
        (b"HTTP/1.1 404 No\nA: b\n\xff\n\n", '-:3: "\xff" is not a header; end the headers with a blank line'),
        (b"HTTP/1.1 404 No\n: b\n\n", '-:2: ": b" is not a header'),
        (b"HTTP/1.1 404 No\n folded\n\n", '-:2: " folded" is not a header'),
        (b"HTTP/1.1 099 No\n\n", '-:1: "HTTP/1.1 099 No" is not a status line'),
        (b"HTTP/1.1 100 Continue\n\nHTTP/1.1 404 No\n", "-:3: truncated in the headers"),
    ],
)
def test_what_is_broken_is_reported(read, data, message):
    """The message has the line, what was found, and the fix."""
    exchanges, error = read(data, "-")
    assert exchanges == []
    assert str(error).startswith(message)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    """No other exception is raised for any bytes after the first letters."""
    try:
        exchanges = list(read_stream(io.BytesIO(b"HTTP/" + data), "-"))
    except ArchiveError:
        return
    assert len(exchanges) == 1


@given(
    st.integers(100, 999),
    st.lists(st.tuples(st.text("abc-", min_size=1), st.text("abc :=", max_size=9)), max_size=5),
    st.binary(max_size=50).filter(lambda body: not body.startswith(b"HTTP/")),
    st.sampled_from(["\r\n", "\n"]),
)
def test_what_is_printed_comes_back(status, headers, body, end):
    """Status, headers in order, and the body are read."""
    text = end.join([f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""])
    [exchange] = read_stream(io.BytesIO(text.encode() + b"-" + body), "-")
    assert (exchange.status, exchange.body) == (status, b"-" + body)
    assert list(exchange.headers) == [(name, value.strip()) for name, value in headers]


def test_an_endless_output_is_refused(read, monkeypatch):
    """Memory is limited."""
    monkeypatch.setattr(curl_output, "MAX_OUTPUT", 100)
    assert str(read(head(b"200 OK") + b"x" * 100, "-")[1]).startswith("-: more than 0 MiB")


@pytest.mark.untraced
def test_very_many_responses_in_a_row_take_no_time(read):
    """The time is proportional to the length."""
    data = head(b"100 Continue", end=b"\n") * 100_000 + head(b"404 No") + BODY
    assert seen(read(data, "-")[0]) == [(404, BODY, "-:200001")]
