"""The layout of log lines: paths, and the exchange that a line becomes."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest

from pytest_pcerrors import UsageError
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import stream_items
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.exchange.archives.layout import KEYS, Layout, table_of

LINE = {
    "s": 404,
    "a": {"b": [{"c d": "x", "=,": "y"}]},
    "h": {"Retry-After": "7", "Age": None},
    "u": "/v1",
    "b64": "eA==",
}


def item(line=LINE, **paths):
    """Return the item of a line; the keys of paths have underscores instead of hyphens."""
    table = {"status": ".s", **{key.replace("_", "-"): path for key, path in paths.items()}}
    return Layout.of(table).item(line, "a:1")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (".a.b[0].c", None),
        ('.a.b[0]["c d"]', b"x"),
        ('a["b"][0]["=,"]', b"y"),
        ('["a"].b.[0]["c d"]', b"x"),
        (".a.b[1]", None),
        (".a.b.c", None),
        (".s.x", None),
        (".a.b[0]", b'{"c d": "x", "=,": "y"}'),
    ],
)
def test_a_path_is_a_place(path, body):
    """Names, quoted names and indexes; what is not there is unknown."""
    found = item(body=path)
    assert (found.body_problem is None, found.body or None) == (body is not None, body)
    assert Layout.of(table_of(f"status=.s,body={path}")) == Layout.of({"status": ".s", "body": path})


def test_every_part_is_placed():
    """A full line; the URL of a path alone gets its host."""
    line = {key: key for key in KEYS} | {
        "status": "409",
        "headers": [["Date", "x"]],
        "url": "/v1?a=1",
        "host": "api.example",
    }
    line |= {"request-headers": {"Accept": "*/*"}, "recorded-at": "2026-11-26T02:35:34.1234567Z", "body-base64": "Tm8="}
    found = Layout.of({key: f'["{key}"]' for key in KEYS}).item(line, "a:1")
    assert (found.status, found.reason, list(found.headers), found.body) == (409, "reason", [("Date", "x")], b"No")
    request = found.request
    assert (request.method, request.url, request.body) == ("METHOD", "https://api.example/v1?a=1", b"request-body")
    assert (request.headers.get("accept"), found.origin) == ("*/*", "a:1")
    assert found.recorded_at == datetime(2026, 11, 26, 2, 35, 34, 123456, UTC)


def test_what_a_line_does_not_have_is_unknown():
    """Headers, body and request; a header without a value is left out, and a HEAD has no body."""
    found = item(headers=".none", body=".none", url=".none")
    assert (found.headers, found.body_problem, found.request) == (None, "not kept in the recording", None)
    assert list(item(headers=".h").headers) == [("Retry-After", "7")]
    found = item({**LINE, "m": "HEAD"}, url=".u", method=".m", host=".none")
    assert (found.request.url, found.body_problem) == ("/v1", None)
    assert item(body_base64=".b64").body == b"x"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"t": 1}, "no status at .s"),
        ({"s": None}, "no status at .s"),
        ({"s": "ok"}, "expected a status as a number such as 409, got str"),
        ({"s": 1234}, "the status 1234 is not an HTTP status; expected an int from 100 to 999"),
        ([1], "expected a JSON object, got an array"),
        ({"s": 404, "b": 7}, "expected a body as bytes, text or a JSON value, got int"),
    ],
)
def test_a_line_without_a_status_is_unreadable(line, problem):
    """Not left out in silence; nor is a line whose body is not one."""
    found = item(line, body=".b")
    assert isinstance(found, ArchiveError)
    assert (found.place, found.problem) == ("a:1", problem)


@pytest.mark.parametrize("status", [0, "0", "000", "-"])
def test_status_0_is_a_request_without_a_response(status):
    """As proxies log a client that has gone."""
    assert item({"s": status}) == Skipped("a:1")


@pytest.mark.parametrize("host", ["-", "", ["api.example"], 1])
def test_a_hyphen_is_a_missing_value(host):
    """As gateways write it; so the body is unknown, and not one that is not JSON. A host must be a name."""
    line = dict.fromkeys("bmuh", "-") | {"s": 404}
    found = item(line, body=".b", method=".m", url=".u", headers=".h")
    assert (found.headers, found.body_problem, found.request) == (None, "not kept in the recording", None)
    found = item(line | {"u": "/v1", "h": host}, method=".m", url=".u", host=".h")
    assert (found.request.method, found.request.url) == ("GET", "/v1")


@pytest.mark.parametrize(
    ("line", "method", "url"),
    [
        ("POST /v1?a=1 HTTP/1.1", "POST", "https://api.example/v1?a=1"),
        ("GET https://api.other:443/v1 HTTP/2.0", "GET", "https://api.other:443/v1"),
        ("GET /v1", "DELETE", "GET /v1"),
    ],
)
def test_a_request_line_is_a_method_and_a_url(line, method, url):
    """As nginx and load balancers log it."""
    found = item({"s": 404, "r": line, "h": "api.example", "m": "DELETE"}, url=".r", host=".h", method=".m")
    assert (found.request.method, found.request.url) == (method, url)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body=.b", "map: no path for status, such as status=.status"),
        ("status=.s,bdy=.b", 'map: unknown key "bdy"; did you mean "body"?'),
        ("status=", "--map: expected key=path, separated by commas, at status=; a path is"),
        ("status=.a..b", "--map: expected key=path, separated by commas, at status=.a..b; a path is"),
        ("status=.s,status=.t", "--map: status is repeated; keep one of them"),
        (".s", "--map: expected key=path"),
        ("", "map: no path for status"),
    ],
)
def test_a_wrong_option_is_refused(text, message):
    """The message has the place and the form."""
    with pytest.raises(UsageError) as caught:
        Layout.of(table_of(text))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("path", ["", ".", ".a[b]", '["a', r'["\q"]', ".a b"])
def test_a_wrong_path_of_the_settings_is_refused(path):
    """The message has the key."""
    with pytest.raises(UsageError, match=r"^map: status: .* is not a path; a path is "):
        Layout.of({"status": path})


@pytest.mark.parametrize("name", ["-", "a.log", "a.json", "a.ndjson"])
def test_lines_of_a_log_are_read_under_any_name(name):
    """Also in a file that ends in .json; documents are read as ever."""
    layout = Layout.of({"status": ".responses.code"})
    line = {"responses": {"code": 404}, "openapi": "3", "scope": 1}
    data = f"{json.dumps(line)}\n{{}}\nx\n".encode()
    first, *broken = stream_items(BytesIO(data), name, layout)
    assert (first.status, [each.place for each in broken]) == (404, [f"{name}:2", f"{name}:3"])
    assert broken[0].problem == "no status at .responses.code"


def test_recordings_are_read_as_ever():
    """A cassette in JSON is not a log."""
    layout = Layout.of({"status": '.["a b"]'})
    document = b'{"log": {"entries": [{"request": {"url": "/"}, "response": {"status": 404, "headers": []}}]}}'
    assert [each.status for each in stream_items(BytesIO(document), "a.json", layout)] == [404]
    [error] = stream_items(BytesIO(b"{}"), "-", layout)
    assert error.problem == 'no status at ["a b"]'
