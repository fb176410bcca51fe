"""Secrets are found in a file without changing it: item by item, in every format and notation."""

import json
from base64 import b64encode
from io import BytesIO

import pytest

from pytest_pcerrors import Exchange
from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.redaction import Redaction, rewriting
from pytest_pcerrors.redaction.raw import may_hold
from pytest_pcerrors.redaction.rewriting import found_in, rewritten
from pytest_pcerrors.secrets import Found, Secrets
from pytest_pcerrors.secrets.definition import located

SECRET = "kX7pQz19vLmW04ab"
OWN = {"status": 200, "body": {"password": SECRET}, "request": {"url": "/"}}
CURL = f"HTTP/1.1 200 OK\r\nSet-Cookie: sid={SECRET}; Path=/\r\n\r\n{{}}"


def found(text, name):
    """Return the index of each item with secrets, and the number of their places."""
    data = text if isinstance(text, bytes) else text.encode()
    return [(each.item, len(each.locations)) for each in found_in(BytesIO(data), name, Redaction()) if each.locations]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", json.dumps(OWN, indent=1), [(0, 1)]),
        ("a.json", json.dumps([{"status": 200}, OWN]), [(1, 1)]),
        ("-", CURL, [(0, 1)]),
        ("a.ndjson", f"\n{json.dumps({'status': 200})}\n\n{json.dumps(OWN)}\n", [(1, 1)]),
        ("a.ndjson", "\n", []),
        ("a.yaml", f"# password: {SECRET}\ninteractions: []\n", [(None, 1)]),
        ("a.yaml", "interactions: []\n", []),
        ("a.yaml", f'interactions:\n- {{status: 200, body: "pass\\\n    word={SECRET}"}}\n', [(0, 1)]),
        ("a.yaml", f"interactions:\n- {{status: 200, body: {{n: 5, b: true, token: !!binary '?', password: {SECRET}}}}}\n", [(0, 1)]),
        ("a.yaml", f"interactions:\n- {{status: 200, a: *none, password: {SECRET}}}\n", [(0, 1)]),
        ("a.yaml", f"password: {SECRET}\ninteractions: {'[' * 300}{']' * 300}\n", []),
        ("a.yaml", b"password: \xff", []),
        ("a.json", '{"password": "', []),
    ],
)  # fmt: skip
def test_secrets_are_found_item_by_item(name, text, expected):
    """What is outside all items comes last; a file that cannot be read yields nothing."""
    assert found(text, name) == expected


def test_a_line_that_is_too_long_is_passed(monkeypatch):
    """The lines after it are searched, and keep their numbers."""
    monkeypatch.setattr(rewriting, "MAX_LINE", 100)
    assert found(f"{json.dumps({'status': 200, 'body': 'x' * 200})}\n{json.dumps(OWN)}\n", "a.ndjson") == [(1, 1)]


def test_what_curl_prints_is_edited_as_text():
    """The output of curl has no scalars."""
    assert rewritten(CURL.encode(), "curl.txt", Redaction()).data.decode() == CURL.replace(SECRET, "***")


@pytest.mark.parametrize("data", [b"password: \xff", b"a: " + b"[" * 300, b'interactions: ["'])
def test_a_file_that_cannot_be_parsed_is_refused(data):
    """The error has the place."""
    with pytest.raises(ArchiveError, match=r"^a\.yaml"):
        rewritten(data, "a.yaml", Redaction())


@pytest.mark.untraced
def test_aliases_are_followed_within_a_bound():
    """A few lines may expand to billions of values."""
    lines = ["a0: &a0 {password: x, n: [1, 2, 3, 4, 5, 6, 7, 8, 9]}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    text = "\n".join([*lines, f"interactions:\n- {{status: 200, body: {{password: {SECRET}}}}}\n"])
    assert found(text, "a.yaml") == [(0, 1)]


_LEVELS = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}\n" for n in range(1, 22))
_DEEP = "[" * 700 + "]" * 700 + ', "b": ' + '{"b":' * 700 + "0" + "}" * 700
DEEP = {
    "aliases.yaml": f"{_LEVELS}interactions:\n- {{status: 200, headers: {{X-Api-Key: {SECRET}}}, body: *a21}}\n",
    "stub.json": f'{{"request": {{"url": "/"}}, "response": {{"jsonBody": {{"password": "{SECRET}", "a": {_DEEP}}}}}}}',
    "line.ndjson": f'{{"status": 200, "body": {{"password": "{SECRET}", "a": {_DEEP}}}}}',
}


@pytest.mark.parametrize("name", DEEP)
def test_any_depth_is_searched(name):
    """What can be parsed can be searched, and changed."""
    assert found(DEEP[name], name) == [(0, 1)]
    assert SECRET not in rewritten(DEEP[name].encode(), name, Redaction()).data.decode()


PACKED = {"request": {}, "response": {"body": {"base64_string": b64encode(f"password={SECRET}".encode()).decode()}}}


@pytest.mark.parametrize("length", [20, 2000])
def test_the_findings_in_a_repeated_header_are_the_same(length):
    """They are kept for short values."""
    redaction = Redaction()
    first, again = (redaction.searched_header("X-Api-Key", SECRET * length) for _ in range(2))
    assert first == again
    assert len(again.found) == 1


@pytest.mark.parametrize("start", ["a: &a [*a]", "a: &a {password: *a}", "a: &a [{b: [*a, *a]}]"])
def test_an_alias_within_its_own_value_is_nothing(start):
    """A value that contains itself has no end; the rest of the file is searched."""
    text = f"{start}\ninteractions:\n- {{status: 200, body: {{password: {SECRET}}}}}\n"
    assert found(text, "a.yaml") == [(0, 1)]


_CLEAN = "- status: 200\n  body: ok\n"
_UNUSUAL = {
    "the second of three": ("a.yaml", f"interactions:\n{_CLEAN}- status: 200\n  body: password={SECRET}\n{_CLEAN}", [(1, 1)]),
    "an alias of another part": (
        "a.yaml",
        f"interactions:\n- status: 200\n  body: &it {{password: {SECRET}}}\n- status: 200\n  password: *it\n",
        [(0, 1)],
    ),
    "the form of a body as escapes": (
        "a.json",
        json.dumps({"interactions": [{"status": 200}, PACKED]}).replace("base64_", "\\u0062ase64_"),
        [(1, 1)],
    ),
    "a tag as an escape": (
        "a.yaml",
        f"interactions:\n- status: 200\n  body: !!b%69nary {b64encode(f'password={SECRET}'.encode()).decode()}\n",
        [(0, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), _UNUSUAL.values(), ids=_UNUSUAL)
def test_what_check_finds_is_what_redact_changes(name, text, expected):
    """A search for findings leaves out exchanges that certainly have none."""
    assert found(text, name) == expected
    assert [(each.item, each.found) for each in rewritten(text.encode(), name, Redaction()).locations] == [
        (at.item, at.found) for each in found_in(BytesIO(text.encode()), name, Redaction()) for at in each.locations
    ]


@pytest.mark.parametrize(
    "written",
    [
        "access_token: x", r'"access\x5ftoken": x', r'"acc\u0065ss_tok\u0065n": x', '"access_\\\n    token": x',
        "'api\n    key': x", f"!!binary {b64encode(b'access_token').decode()}", "https://user:pass@host/",
    ],
)  # fmt: skip
def test_the_look_at_raw_bytes_misses_nothing(written):
    """In any notation of YAML and JSON."""
    assert may_hold(written.encode(), Secrets())


def test_ordinary_bytes_need_no_closer_look():
    """Most recordings have no word of a secret."""
    assert not may_hold(b"interactions:\n- request: {method: GET, uri: 'https://a.example/v1'}\n", Secrets())


@pytest.mark.parametrize(
    ("part", "name", "text", "hidden"),
    [
        ("url", "", f"/v1/reset-password/{SECRET}/confirm", "/v1/reset-password/***/confirm"),
        ("url", "", "/v1/tokens/4f701070-c2ba-480d-b459-25d8081d6d04/confirm", None),
        ("header", "Content-Security-Policy", f"report-uri https://a.example/?api_key={SECRET}", None),
        ("header", "Cookie", f"{SECRET}; theme=<THEME>", "***; theme=<THEME>"),
        ("header", "Cookie", "DUMMY; a=b", "DUMMY; a=***"),
        ("text", "", "data: password: null, secret: None", None),
        ("text", "", "password=true&x=1 secret=12345", None),
        ("text", "", "the key 4f701070-c2ba-480d-b459-25d8081d6d04 is unknown", None),
        ("text", "", "the token 4f701070-c2ba-480d-b459-25d8081d6d04 is unknown", None),
    ],
)
def test_places_of_few_secrets(part, name, text, hidden):
    """Paths may name tokens; policies are public; literals, and identifiers in sentences, are not secrets."""
    redaction = Redaction()
    new = {"url": redaction.url, "text": redaction.text, "header": lambda each: redaction.header(name, each)}[part](
        text
    )
    assert new == (text if hidden is None else hidden)


def test_names_and_places_of_har_are_searched():
    """A token as the name of a header, and next to the text of a posted body."""
    request = {
        "method": "POST",
        "url": "https://a.example/",
        "headers": [{"name": f"AKIA{'Z' * 16}", "value": "1"}],
        "postData": {"mimeType": "text/plain", "text": "a", "_comment": f"password={SECRET}"},
    }
    response = {"status": 200, "headers": [], "content": {"text": "{}"}}
    har = json.dumps({"log": {"entries": [{"request": request, "response": response}]}})
    [each] = found_in(BytesIO(har.encode()), "a.har", Redaction())
    assert [at.found.place for at in each.locations] == ["member /_comment", "request header ***"] or [
        at.found.place for at in each.locations
    ] == ["request header ***", "member /_comment"]


def test_the_most_certain_of_one_place_is_reported():
    """A place is reported once."""
    body = b'{"a": "password=summer", "b": 1}\n{"a": "password=kX7pQz19vLmW04ab"}'
    assert {each.certainty for each in Redaction().searched_body(body).found} == {"secret", "suspected"}
    for order in (("secret", "suspected"), ("suspected", "secret")):
        [each] = located([Found("/a", certainty) for certainty in order], "response body")
        assert each == Found("response body /a", "secret")


def test_a_body_that_is_unknown_stays_unknown():
    """Its headers are still redacted."""
    exchange = Exchange(200, {"Set-Cookie": f"sid={SECRET}"}, b"", body_problem="not kept in the recording")
    redacted = Redaction().exchange(exchange)
    assert (redacted.header("Set-Cookie"), redacted.body_problem) == ("sid=***", exchange.body_problem)
