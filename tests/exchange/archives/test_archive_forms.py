"""Every form of a cassette that vcrpy can replay is read, with the same result."""

import base64
import gzip
import json
from io import BytesIO
from itertools import product

import pytest
import vcr.serialize
import yaml
from vcr.serializers import jsonserializer, yamlserializer

from pytest_pcerrors.exchange.adapters.parts import NOT_KEPT
from pytest_pcerrors.exchange.archives.files import read_stream

TEXT = '{"code": "800064", "description": "Zoë is busy"}'
PACKED = base64.b64encode(gzip.compress(TEXT.encode(), mtime=0)).decode()
QUOTED = "'" + TEXT + "'"
BODIES = [
    f"{{string: {QUOTED}}}", f"{{string: !!binary {PACKED}}}", "{string: ''}", "{string: null}",
    "{string: !!python/unicode 'Gone'}", "{string: !!python/str 'Gone'}", "{}", "*text", "{<<: *text}",
    "{<<: [*text, {encoding: other}]}", "{<<: *text, string: own}", "{string: own, <<: *text}",
    '{"<<": "x", string: own}',
]  # fmt: skip
STATUSES = ["{code: 409, message: Conflict}", "{code: 409, message: null}", "*status", "{<<: *status, code: 404}"]
HEADERS = [
    "{}",
    "{Content-Type: [application/json], Set-Cookie: [a=1, b=2]}",
    "*headers",
    "{<<: *headers, X: [y]}",
    "{a: !!python/tuple [b, c]}",
]
REQUESTS = [
    "null", "'a=1&b=2'", "!!binary YT0x", "{id: 1, name: 'x', ok: true, none: null, share: 0.5, day: 2020-01-01x}",
    "[1, [a, b]]", "*text",
]  # fmt: skip
TEMPLATE = """\
anchors:
- &text {{string: shared}}
- &status {{code: 409, message: Shared}}
- &headers {{A: [b]}}
interactions:
- request: {{method: POST, uri: 'https://api.partnercenter.microsoft.com/v1/x', headers: {{A: [b]}}, body: {asked}}}
  response:
    status: {status}
    headers: {headers}
    body: {body}
version: 1
"""
RESPONSES = [
    *((status, HEADERS[1], body, "null") for status, body in product(STATUSES, BODIES)),
    *((STATUSES[0], headers, BODIES[0], "null") for headers in HEADERS),
    *((STATUSES[0], HEADERS[0], BODIES[0], asked) for asked in REQUESTS),
]


def played(text, serializer):
    """Return what vcrpy replays from a cassette: status, reason, headers, body and request."""
    requests, responses = vcr.serialize.deserialize(text, serializer)[:2]
    response = responses[0]
    headers = [(name, value) for name, values in response["headers"].items() for value in values]
    body = response["body"].get("string", b"") or b""
    return response["status"]["code"], response["status"]["message"], headers, body, requests[0]


def sent(body):
    """Return the body of a request as bytes; a structured one as JSON."""
    if isinstance(body, dict) and "string" in body:
        return body["string"].encode()
    return json.dumps(body).encode() if isinstance(body, dict | list) else body or b""


def assert_read(text, name, serializer):
    """Assert that the archive's reader and vcrpy agree on a cassette."""
    [exchange] = read_stream(BytesIO(text.encode()), name)
    status, reason, headers, body, request = played(text, serializer)
    unpacked = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    assert (exchange.status, exchange.reason, exchange.body) == (status, reason, unpacked)
    assert (list(exchange.headers), exchange.body_problem) == (headers, None)
    assert (exchange.request.method, exchange.request.url) == (request.method, request.uri)
    assert exchange.request.body == sent(request.body)


@pytest.mark.parametrize(("status", "headers", "body", "asked"), RESPONSES)
def test_what_vcrpy_plays_is_read(status, headers, body, asked):
    """Status, headers, bodies and requests in YAML, with anchors, merge keys and the tags that vcrpy knows."""
    assert_read(TEMPLATE.format(status=status, headers=headers, body=body, asked=asked), "a.yaml", yamlserializer)


@pytest.mark.parametrize("body", [{"string": TEXT}, {"string": ""}, {"string": None}, {}])
@pytest.mark.parametrize("asked", [None, "a=1", {"id": 1, "share": 0.5, "none": None}, [1, "a"]])
def test_what_vcrpy_plays_is_read_from_json(body, asked):
    """The same in JSON."""
    request = {"method": "POST", "uri": "https://api.partnercenter.microsoft.com/v1/x", "headers": {}, "body": asked}
    response = {"status": {"code": 409, "message": "Conflict"}, "headers": {"A": ["b"]}, "body": body}
    document = {"version": 1, "interactions": [{"request": request, "response": response}]}
    assert_read(json.dumps(document), "a.json", jsonserializer)


FILES = {
    "file": ("!!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary YT0x, 0, null]}", b"a=1"),
    "empty file": ("!!python/object/new:_io.BytesIO {state: !!python/tuple []}", None),
    "iterator": ("!!python/object/apply:builtins.iter {args: [[!!binary YT0x, '&b=2']]}", b"a=1&b=2"),
    "iterator of nothing": ("!!python/object/apply:builtins.iter {args: []}", b""),
}


@pytest.mark.parametrize(("asked", "body"), FILES.values(), ids=list(FILES))
def test_a_body_that_was_a_file_is_its_content(asked, body):
    """Where vcrpy creates a file or an iterator, only its content is read."""
    text = TEMPLATE.format(status=STATUSES[0], headers="{}", body=BODIES[0], asked=asked)
    [exchange] = read_stream(BytesIO(text.encode()), "a.yaml")
    assert exchange.request.body == (b'{"state": []}' if body is None else body)


PARSED = {
    "object": (
        "{code: 2001, description: 'No', ok: true, none: null, share: 1.5}",
        '{"code": 2001, "description": "No", "ok": true, "none": null, "share": 1.5}',
    ),
    "digits": ("{code: '800064'}", '{"code": "800064"}'),
    "array": ("[1, {a: [yes, 0x1F, 2020-10-01]}]", '[1, {"a": [true, 31, "2020-10-01"]}]'),
    "binary": ("{a: !!binary R29uZQ==}", '{"a": "Gone"}'),
    "tags": ("{a: !!int '5', b: !!float x, c: !!str 5}", '{"a": 5, "b": "x", "c": "5"}'),
    "many digits": ("{a: " + "9" * 5000 + "}", '{"a": "' + "9" * 5000 + '"}'),
}


@pytest.mark.parametrize(("parsed", "body"), PARSED.values(), ids=list(PARSED))
def test_a_parsed_body_is_read_as_json(parsed, body):
    """Serializers that keep JSON readable write ``parsed_body`` for requests and responses."""
    text = f"""\
interactions:
- request: {{method: POST, uri: /v1/x, headers: {{}}, parsed_body: {parsed}}}
  response: {{status: {{code: 409, message: Conflict}}, headers: {{}}, parsed_body: {parsed}}}
"""
    [exchange] = read_stream(BytesIO(text.encode()), "a.yaml")
    assert exchange.body.decode() == exchange.request.body.decode() == body


def test_a_parsed_body_of_json_is_read_as_it_is():
    """In a cassette in JSON, values have their types already."""
    value = {"code": 2001, "data": [None, True]}
    document = yaml.safe_load("interactions: [{request: {uri: /}, response: {status: {code: 409}}}]")
    document["interactions"][0]["response"]["parsed_body"] = value
    [exchange] = read_stream(BytesIO(json.dumps(document).encode()), "a.json")
    assert json.loads(exchange.body) == value


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ("{status: {code: 409}}", NOT_KEPT),
        ("{status: {code: 409}, parsed_body: null}", NOT_KEPT),
        ("{status: {code: 204}}", None),
        ("{status: {code: 409}, body: {}}", None),
        ("{status: {code: 409}, body: null}", None),
    ],
)
def test_a_response_without_a_body_is_not_an_empty_one(response, problem):
    """An empty mapping is an empty body; a missing key is an unknown one."""
    text = f"interactions:\n- request: {{uri: /}}\n  response: {response}\n"
    [exchange] = read_stream(BytesIO(text.encode()), "a.yaml")
    assert (exchange.body, exchange.body_problem) == (b"", problem)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"ts": 1}, NOT_KEPT),
        ({"ts": 1, "status": 204}, None),
        ({"ts": 1, "headers": {"content-length": "0"}}, None),
        ({"ts": 1, "body": None}, None),
        ({}, None),
    ],
)
def test_a_line_of_a_log_without_a_body_has_an_unknown_one(more, problem):
    """An access log, such as that of Caddy, has a request and a status beside its own keys, and no bodies."""
    line = {"status": 404, "request": {"method": "GET", "uri": "/"}, **more}
    [exchange] = read_stream(BytesIO(json.dumps(line).encode()), "a.ndjson")
    assert (exchange.body, exchange.body_problem) == (b"", problem)


@pytest.mark.parametrize("value", [".nan", ".inf"])
def test_a_number_that_json_does_not_have_stays_as_python_writes_it(value):
    """The rules then report that the body is not JSON."""
    text = f"interactions:\n- request: {{uri: /}}\n  response: {{status: {{code: 409}}, parsed_body: {{a: {value}}}}}\n"
    [exchange] = read_stream(BytesIO(text.encode()), "a.yaml")
    assert exchange.body in (b'{"a": NaN}', b'{"a": Infinity}')
