"""An invalid entry is reported, or skipped if there was no response, and the other entries are read."""

import json
from io import BytesIO

import pytest

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.adapters.parts import NOT_KEPT
from pytest_pcerrors.exchange.archives.files import stream_items
from pytest_pcerrors.exchange.archives.items import Skipped, joined
from pytest_pcerrors.exchange.model import Exchange

REQUEST = {"method": "GET", "url": "https://api.partnercenter.microsoft.com/v1/x", "headers": []}
RESPONSE = {"status": 409, "statusText": "Conflict", "headers": [], "content": {"text": "Busy"}}
GOOD = {"request": REQUEST, "response": RESPONSE}
INTERACTION = {
    "request": {"method": "GET", "uri": REQUEST["url"], "headers": {}, "body": None},
    "response": {"status": {"code": 409, "message": "Conflict"}, "headers": {}, "body": {"string": "Busy"}},
}
LINE = {"status": 409, "headers": {}, "body": "Busy", "request": REQUEST}


def without(entry, key):
    """Return an entry without one of its keys."""
    return {name: value for name, value in entry.items() if name != key}


def response(**change):
    """Return a HAR entry with another response."""
    return GOOD | {"response": RESPONSE | change}


def recorded(**change):
    """Return an interaction of vcrpy with another response."""
    return INTERACTION | {"response": INTERACTION["response"] | change}


SKIPPED = {
    "no response": without(GOOD, "response"),
    "response null": GOOD | {"response": None},
    "response empty": GOOD | {"response": {}},
    "status 0": response(status=0),
    "status -1": response(status=-1),
    "status 0 as text": response(status="0"),
    "status null": response(status=None),
    "status missing": GOOD | {"response": without(RESPONSE, "status")},
}
ODD = {
    "no mapping": ("text", "expected an interaction, a mapping with request and response, got a string"),
    "null": (None, "expected an interaction, a mapping with request and response, got null"),
    "response text": (GOOD | {"response": "lost"}, "an interaction has a request and a response; this one has no response"),
    "no request": (without(GOOD, "request"), "this one has no request"),
    "request null": (GOOD | {"request": None}, "this one has no request"),
    "request text": (GOOD | {"request": "GET /"}, "expected a request as a mapping"),
    "url null": (GOOD | {"request": REQUEST | {"url": None}}, 'expected a request with a "url"'),
    "status text": (response(status="none"), "expected a status as a number"),
    "status float": (response(status=409.5), "expected a status as a number"),
    "status true": (response(status=True), "expected a status as a number"),
    "status huge": (response(status=4090), "4090 is not an HTTP status"),
    "header null": (response(headers=[{"name": "X", "value": None}]), 'the header "X" has no value'),
    "header unnamed": (response(headers=[{"name": None, "value": "1"}]), "a header has no name"),
    "header half": (response(headers=[{"name": "X"}]), "expected a header as a pair of name and value"),
    "header list": (response(headers=[{"name": "X", "value": {}}]), "expected headers as a mapping or pairs"),
    "asked header null": (GOOD | {"request": REQUEST | {"headers": [{"name": "X", "value": None}]}}, "has no value"),
    "encoding": (response(content={"text": "x", "encoding": "rot13"}), "unknown encoding"),
    "content text": (
        response(content="x"),
        'expected "content" as a mapping, as HAR has it, got str; without HAR, call it "body"',
    ),
    "text number": (response(content={"text": 5}), "expected a body as bytes, text or a JSON value"),
}  # fmt: skip
ODD_INTERACTIONS = {
    "no response": (without(INTERACTION, "response"), 'no key "request"|no "status"'),
    "response null": (INTERACTION | {"response": None}, "this one has no response"),
    "no request": (without(INTERACTION, "request"), "this one has no request"),
    "header null": (recorded(headers={"X": None}), 'the header "X" has no value'),
    "header of nulls": (recorded(headers={"X": [None]}), "expected headers as a mapping or pairs"),
    "status null": (recorded(status=None), 'the response has no "status"|expected a status|no key'),
    "body of another kind": (recorded(body={"text": "Busy"}), 'expected a recorded body with "string" or "base64_string"'),
    "base64": (recorded(body={"base64_string": "!"}), "declared as base64 and is not valid base64"),
}  # fmt: skip


def har(*entries):
    """Write entries as HAR."""
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def items(data, name):
    """Return the items of a file."""
    import io

    return list(stream_items(io.BytesIO(data), name))


@pytest.mark.parametrize("entry", SKIPPED.values(), ids=list(SKIPPED))
def test_a_request_without_a_response_is_skipped(entry, read):
    """An aborted request, as browsers and proxies write it, is not an error, and no exchange."""
    first, skipped, last = items(har(GOOD, entry, GOOD), "a.har")
    assert read(har(GOOD, entry, GOOD), "a.har") == ([first, last], None)
    assert skipped == Skipped("a.har#/log/entries/1")
    assert (first.status, last.status, last.origin) == (409, 409, "a.har#/log/entries/2")


@pytest.mark.parametrize("entry", SKIPPED.values(), ids=list(SKIPPED))
def test_it_is_skipped_in_a_line_too(entry):
    """A HAR entry on a line is recognized by its time."""
    dated = entry | {"startedDateTime": "2026-01-01T00:00:00Z"}
    assert items(json.dumps(dated).encode(), "a.ndjson") == [Skipped("a.ndjson:1")]


@pytest.mark.parametrize(("entry", "problem"), ODD.values(), ids=list(ODD))
def test_an_odd_entry_is_reported_and_the_rest_is_read(entry, problem):
    """An invalid HAR entry is reported with place and reason."""
    first, odd, last = items(har(GOOD, entry, GOOD), "a.har")
    assert (odd.place, problem in odd.problem) == ("a.har#/log/entries/1", True), odd
    assert (first.body, last.body) == (b"Busy", b"Busy")


@pytest.mark.parametrize(("entry", "problem"), ODD_INTERACTIONS.values(), ids=list(ODD_INTERACTIONS))
@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_an_odd_interaction_is_reported_and_the_rest_is_read(entry, problem, name):
    """An invalid interaction, in JSON or YAML, is reported with place and reason."""
    data = json.dumps({"interactions": [INTERACTION, entry, INTERACTION]}, indent=1).encode()
    first, odd, last = items(data, name)
    assert any(each in odd.problem for each in problem.split("|")), odd
    assert isinstance(first, Exchange)
    assert isinstance(last, Exchange)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '{"staus": 404}',
        "not JSON",
        '{"status": 404, "body": "\ud800"}'.encode("utf-8", "surrogatepass"),
    ],
)
def test_a_broken_line_costs_that_line(line):
    """The lines after an invalid line are read."""
    line = line if isinstance(line, bytes) else line.encode()
    good = json.dumps(LINE).encode()
    first, odd, last = items(b"\n".join([good, line, good]), "a.ndjson")
    assert (first.origin, odd.place, last.origin) == ("a.ndjson:1", "a.ndjson:2", "a.ndjson:3")


@pytest.mark.parametrize(
    "bad",
    [
        "{status: {code: 409}, body: {string: !!binary '#'}}",
        "{status: {code: 409}, body: {string: *nowhere}, headers: {a: [b]}}",
        "{status: {code: 409}, body: " + "[" * 80 + "]" * 80 + "}",
        "{<<: [a, b], status: {code: 409}}",
    ],
    ids=["binary", "alias", "deep", "merge"],
)
def test_a_yaml_value_that_cannot_be_built_costs_its_interaction(bad):
    """Reading continues after the end of the interaction, at any depth of the error."""
    text = "interactions:\n"
    for each in ("{status: {code: 404}, body: {string: x}}", bad, "{status: {code: 409}, body: {string: y}}"):
        text += f"- request: {{uri: /, headers: {{a: [b]}}}}\n  response: {each}\n  more: [{{a: b}}, [c]]\n"
    first, odd, last = items(text.encode(), "a.yaml")
    assert (first.body, odd.place, last.body) == (b"x", "a.yaml:6", b"y")


BASE64 = {
    "text": ("Forbidden by policy", None, b"Forbidden by policy"),
    "JSON": ('{"code": "1"}', 13, b'{"code": "1"}'),
    "text of base64's letters": ("Conflict", 8, b"Conflict"),
    "no padding": ("R29uZQ", 4, b"Gone"),
    "line breaks": ("R29u\r\nZQ==", None, b"Gone"),
    "of URLs": ("R29uZSDDvz4-Pz8_", None, "Gone ÿ>>???".encode()),
    "empty": ("", 0, b""),
    "chunks": (["R29u", "ZQ=="], None, b"Gone"),
}


@pytest.mark.parametrize(("text", "size", "body"), BASE64.values(), ids=list(BASE64))
def test_a_text_that_only_claims_to_be_base64_is_the_body(text, size, body):
    """Firefox declares plain text as base64; a text that is not base64, or as long as the body, is the body."""
    [exchange] = items(har(response(content={"text": text, "size": size, "encoding": "Base64"})), "a.har")
    assert exchange.body == body


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "array"])
@pytest.mark.parametrize(("encoding", "form"), [("base64", "b"), (None, "x")], ids=["base64", "hexadecimal"])
def test_chunks_are_joined(encoding, form, as_text):
    """Polly.js keeps an encoded body in chunks, as the JSON text of an array."""
    import base64
    import gzip

    packed = gzip.compress(b"Forbidden", mtime=0)
    chunks = [base64.b64encode(each).decode() if form == "b" else each.hex() for each in (packed[:9], packed[9:])]
    content = {"text": json.dumps(chunks) if as_text else chunks, "encoding": encoding}
    headers = [{"name": "Content-Encoding", "value": "gzip"}]
    [exchange] = items(har(response(content=content, headers=headers)), "a.har")
    assert exchange.body == b"Forbidden"


@pytest.mark.parametrize(
    ("text", "body"),
    [(["One ", "two"], b"One two"), ('["a"]', b'["a"]'), ([1, 2], b"[1, 2]"), ("[" * 2000, b"[" * 2000), ("[a", b"[a")],
)
def test_a_body_that_is_an_array_stays_one(text, body):
    """Chunks are joined only for an encoded body; a JSON body that is an array is unchanged."""
    headers = [{"name": "Content-Encoding", "value": "gzip"}]
    [exchange] = items(har(response(content={"text": text}, headers=headers)), "a.har")
    assert exchange.body == body


UNKNOWN = {
    "size": {"content": {"size": 88, "mimeType": "application/json"}},
    "size as text": {"content": {"size": "88"}},
    "size as float": {"content": {"size": 88.0}},
    "unknown size as text": {"content": {"size": "-1"}},
    "size and null": {"content": {"size": 88, "text": None}},
    "size and nothing": {"content": {"size": 88, "text": ""}},
    "omitted": {"content": {"size": -1, "mimeType": "application/json"}},
    "in a file": {"content": {"size": 0, "_file": "a1b2.json"}},
    "length": {"content": {}, "headers": [{"name": "content-length", "value": "88"}]},
    "length on the wire": {"content": {}, "bodySize": 88},
    "no content": {"content": None},
}
EMPTY = {
    "size 0": {"content": {"size": 0}},
    "no size": {"content": {}},
    "length 0": {"content": {"size": -1}, "headers": [{"name": "Content-Length", "value": "0"}]},
    "invalid length": {"content": {"size": 0}, "headers": [{"name": "Content-Length", "value": "²"}]},
    "no content": {"status": 204, "content": {"size": -1}},
    "not modified": {"status": 304, "content": {"size": 88}},
}


@pytest.mark.parametrize("change", UNKNOWN.values(), ids=list(UNKNOWN))
def test_a_body_that_was_not_kept_is_unknown(change):
    """A length without a text means that there was a body."""
    [exchange] = items(har(response(**change)), "a.har")
    assert (exchange.body, exchange.body_problem) == (b"", NOT_KEPT)


@pytest.mark.parametrize("change", EMPTY.values(), ids=list(EMPTY))
def test_a_body_that_was_empty_is_known(change):
    """A length of zero, or a status without a body, means that there was none."""
    [exchange] = items(har(response(**change)), "a.har")
    assert (exchange.body, exchange.body_problem) == (b"", None)


def test_the_answer_to_a_head_has_no_body_to_keep():
    """Its length is that of the response to a GET."""
    asked = {"request": REQUEST | {"method": "HEAD"}, "response": RESPONSE | {"content": {"size": 88}}}
    [exchange] = items(har(asked), "a.har")
    assert exchange.body_problem is None


def test_a_body_too_long_to_decode_is_unreadable(monkeypatch):
    """It is one finding that names the limit."""
    import base64
    import gzip

    from pytest_pcerrors.exchange import encodings

    monkeypatch.setattr(encodings, "MAX_BODY", 3)
    content = {"encoding": "base64", "text": base64.b64encode(gzip.compress(b"Busy")).decode()}
    [odd] = items(har(response(content=content)), "a.har")
    assert odd.problem == "the body is more than 64 MiB when decompressed"


@pytest.mark.parametrize(
    ("posted", "body"),
    [({"text": "R29uZQ==", "encoding": "base64"}, b"Gone"), ({"text": "a=1"}, b"a=1"), ({"params": []}, b""), (None, b"")],
)  # fmt: skip
def test_what_was_posted_may_be_base64(posted, body):
    """A posted body is text or base64; forms are not put together."""
    [exchange] = items(har(GOOD | {"request": REQUEST | {"postData": posted}}), "a.har")
    assert exchange.request.body == body


@pytest.mark.parametrize("document", [LINE, [LINE] * 3, {"log": {"entries": [GOOD]}}], ids=["object", "array", "HAR"])
@pytest.mark.parametrize("indent", [1, 2, "\t"])
@pytest.mark.parametrize(("start", "newline"), [("", "\n"), ("\ufeff ", " \r\n")])
def test_json_over_several_lines_is_one_problem(document, indent, start, newline):
    """A file for NDJSON with JSON that is written over lines is reported once, not once a line."""
    text = start + (json.dumps(document, indent=indent) + "\n").replace("\n", newline) * 3
    [problem] = stream_items(BytesIO(text.encode()), "a.ndjson")
    assert str(problem).startswith("a.ndjson: JSON over several lines")


@pytest.mark.parametrize("first", ["{", "[", "[{"])
def test_a_first_line_that_only_opens_is_the_problem(first):
    """With or without white space around it; on a later line it costs that line."""
    opened = f"  {first}\t\n".encode()
    line = json.dumps(LINE).encode() + b"\n"
    assert [type(each) for each in stream_items(BytesIO(opened + line), "a.ndjson")] == [ArchiveError]
    assert [type(each) for each in stream_items(BytesIO(line + opened + line), "a.ndjson")] == [
        Exchange,
        ArchiveError,
        Exchange,
    ]


def test_errors_are_joined_by_file_and_problem():
    """Whole files, and places in files with any name."""
    places = ["a.yaml", "b.yaml", "c#d.yaml:3", "c#d.yaml:9", "c.yaml:3", "c#d.yaml#/log/entries/7"]
    errors = [*(ArchiveError(place, "empty") for place in places), ArchiveError("c.yaml:4", "empty", "fill it")]
    assert [str(each) for each in joined(errors)] == [
        "a.yaml: empty",
        "b.yaml: empty",
        "c#d.yaml:3: empty; the same at 1 more place: 9",
        "c.yaml:3: empty",
        "c#d.yaml#/log/entries/7: empty",
        "c.yaml:4: empty; fill it",
    ]
