"""The API at /_pcerrors: rules and the log for tests in any language."""

import json
from contextlib import suppress

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.simulation.server import ErrorServer, rules_schema
from pytest_pcerrors.simulation.server._request_log import Received, RequestLog

RULES = "/_pcerrors/rules"
REQUESTS = "/_pcerrors/requests"


def statuses(server, path, count):
    """Send this number of requests and return the statuses."""
    return [requests.get(server.url + path).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"answer": [429, 429, "ok"]}, [429, 429, 200, 200]),
        ({"answer": 800064, "method": "get", "path": "/v1/*"}, [409] * 4),
        ({"answer": "800064", "times": 1}, [409, 404, 404, 404]),
        ({"answer": "409/800064", "method": "*"}, [409] * 4),
        ({"answer": ["gateway-404", 503], "times": 3, "delay": 0.01, "chunked": True}, [404, 503, 503, 404]),
        ({"answer": "ok", "method": "POST"}, [404] * 4),
        ({"answer": {"status": 299}}, [299] * 4),
        ({"answer": [{"status": 201}, {"status": 202, "headers": {"X": "1"}, "body": "x"}]}, [201, 202, 202, 202]),
    ],
)
def test_a_rule_is_added(server, rule, expected):
    """It is answered as it says, and listed as it was given, with the number of its uses."""
    added = requests.post(server.url + RULES, json=rule)
    assert (added.status_code, added.json()) == (201, [{**rule, "used": 0}])
    assert statuses(server, "/v1/customers", 4) == expected
    [listed] = requests.get(server.url + RULES).json()
    assert listed == {**rule, "used": listed["used"]}
    assert listed["used"] == sum("no rule" not in each.answer for each in server.requests)


def test_a_list_of_rules_is_added_at_the_end(server):
    """After those that are there, also after those that were set in Python, which are listed by their answers."""
    server.fail("GET", "/v1/carts", 800064, times=1)
    requests.post(server.url + RULES, json=[{"path": "/v1/**", "answer": 503}, {"answer": "ok"}])
    assert statuses(server, "/v1/carts", 2) == [409, 503]
    assert requests.get(server.url + RULES).json() == [
        {"method": "GET", "path": "/v1/carts", "answer": ["409 800064"], "times": 1, "used": 1},
        {"path": "/v1/**", "answer": 503, "used": 1},
        {"answer": "ok", "used": 0},
    ]


def test_rules_are_replaced_and_removed(server):
    """PUT sets new ones, DELETE leaves none; the log is kept."""
    requests.post(server.url + RULES, json={"answer": 503})
    assert requests.put(server.url + RULES, json=[{"answer": 429}]).json() == [{"answer": 429, "used": 0}]
    assert statuses(server, "/v1", 1) == [429]
    deleted = requests.delete(server.url + RULES)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert requests.get(server.url + RULES).json() == []
    assert statuses(server, "/v1", 1) == [404]
    assert [each["status"] for each in requests.get(server.url + REQUESTS).json()] == [429, 404]


def test_an_own_response_is_sent_as_it_is(server):
    """A JSON value as JSON, text as it is, and headers with one value or several."""
    body, headers = {"items": [1, None, "\u00e9"]}, {"ETag": "7", "X-Several": ["a", "b"]}
    requests.post(
        server.url + RULES, json={"path": "/json", "answer": {"status": 200, "headers": headers, "body": body}}
    )
    requests.post(
        server.url + RULES,
        json={"answer": {"status": 200, "headers": {"content-type": "text/csv"}, "body": "a;b"}, "cut": 2},
    )
    came = requests.get(server.url + "/json")
    assert (came.json(), came.headers["ETag"], came.headers["X-Several"]) == (body, "7", "a, b")
    assert came.headers["Content-Type"] == "application/json; charset=utf-8"
    with pytest.raises(requests.RequestException):
        requests.get(server.url + "/text")
    named = {"status": 200, "headers": {"content-type": "application/problem+json"}, "body": body}
    requests.put(server.url + RULES, json={"answer": named})
    assert requests.get(server.url).headers["Content-Type"] == "application/problem+json"


DEEP = 100_000


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body: empty; expected JSON"),
        (b"{", "the body: not JSON: "),
        (b"\xff\xfe{}", "the body: not UTF-8 at byte 0"),
        ('{"answer": 429}'.encode("utf-16"), "the body: not UTF-8 at byte 0"),
        (b"[" * DEEP + b"]" * DEEP, "the body: not JSON: nested too deeply to read"),
        (b'{"answer": {"status": 200, "body": ' + b"[" * 90 + b"]" * 90 + b"}}", "rule 1: nested too deeply"),
        (b'{"answer": 4' + b"2" * 5000 + b"}", "the body: not JSON: a number with too many digits to read"),
        (b" " * (1024 * 1024 + 1), "the body is too large: 1048577 bytes, at most 1048576 allowed"),
        (b'{"answer": 429, "answer": 503}', 'at the top: "answer" is repeated; keep one of them'),
        (b'[{"answer": 429}, {"times": 1, "times": 2}]', 'at /1: "times" is repeated'),
        (b"[" + b"{}," * 1000 + b"{}]", "expected at most 1000 rules, got 1001"),
        (b"3", "rule 1: at the top: expected an object, got 3"),
        (b"[[]]", "rule 1: at the top: expected an object, got an array"),
        (b"{}", 'rule 1: at the top: "answer" is missing'),
        (b'{"answer": 429, "pth": "/"}', 'rule 1: at the top: unknown key "pth"; did you mean "path"?'),
        (b'{"answer": null}', "rule 1: at /answer: expected an integer or a string or an object, got null"),
        (b'{"answer": true}', "rule 1: at /answer: expected an integer or a string or an object, got true"),
        (b'{"answer": []}', "rule 1: at /answer: it is empty"),
        (b'{"answer": [429, [503]]}', "rule 1: at /answer/1: expected an integer or a string or an object, got an array"),
        (b'{"answer": "gatway-429"}', 'rule 1: at /answer: "gatway-429" is not the name of an answer, a shape or a code;'),
        (b'{"answer": ["ok", 800099]}', "rule 1: at /answer/1: code 800099 is not in the catalogue; did you mean"),
        (b'{"answer": "\\ud800"}', 'rule 1: at /answer: "\\ud800" is not the name of an answer'),
        (b'{"answer": {}}', 'rule 1: at /answer: "status" is missing'),
        (b'{"answer": {"status": 100}}', "rule 1: at /answer/status: 100 is not a final HTTP status, from 200 to 599"),
        (b'{"answer": {"status": 200, "headers": {"X": 1}}}', "rule 1: at /answer/headers/X: expected a string or an array"),
        (b'{"answer": {"status": 200, "headers": {"X": "\\n"}}}', "rule 1: at /answer: '\\n' cannot be sent in the head"),
        (b'{"answer": 429, "method": "GET /"}', "rule 1: expected a method such as \"GET\", or \"*\" for any, got 'GET /'"),
        (b'{"answer": 429, "path": "v1"}', 'rule 1: expected a path that begins with /, got "v1"'),
        (b'{"answer": 429, "times": 0}', "rule 1: at /times: 0 is not a number from 1"),
        (b'{"answer": 429, "times": 1.0}', "rule 1: at /times: expected an integer, got 1.0"),
        (b'{"answer": 429, "delay": -1}', "rule 1: at /delay: -1 is not a number of seconds"),
        (b'{"answer": 429, "delay": 1e300}', "rule 1: delay: expected seconds, got 1e+300"),
        (b'{"answer": 429, "cut": 5000}', "rule 1: cut=5000 does not cut the body: gateway-429 has 86 bytes"),
        (b'{"answer": 429, "retry_after": "soon"}', "rule 1: retry_after: expected whole seconds from 0 or an HTTP date"),
        (b'{"answer": 429, "reset": "yes"}', 'rule 1: at /reset: expected a boolean, got "yes"'),
    ],
)  # fmt: skip
def test_an_invalid_body_is_refused(server, body, message):
    """With 400, the rule, its member and the nearest name; nothing changes."""
    requests.post(server.url + RULES, json={"answer": "ok"})
    for method in ("POST", "PUT"):
        came = requests.request(method, server.url + RULES, data=body)
        assert came.status_code == 400
        assert message in came.json()["message"]
        assert len(came.content) < 2000
    assert requests.get(server.url + RULES).json() == [{"answer": "ok", "used": 0}]


NAMES = st.sampled_from([*rules_schema()["$defs"]["rule"]["properties"], "status", "headers", "body", "x"])
WORDS = st.sampled_from(
    ["ok", "429", "reset", "cut", "token", "invalid_grant", "/v1/**", "GET", "*", "409/800064", "\ud800"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
)
ANSWERS = (
    WORDS | st.integers(200, 600) | st.fixed_dictionaries({"status": st.integers(199, 600)}, optional={"body": VALUES})
)
RULES_OF_ANY_KIND = VALUES | st.fixed_dictionaries(
    {"answer": ANSWERS | st.lists(ANSWERS, max_size=3)},
    optional={
        "path": WORDS | st.text().map("/{}".format),
        "times": st.integers(0, 3),
        "cut": st.integers(0, 99),
        "chunked": st.booleans(),
        "retry_after": st.integers() | st.text(),
    },
)


@pytest.mark.covered
@given(rule=RULES_OF_ANY_KIND)
def test_any_value_is_a_rule_or_a_problem(rule):
    """The server lists and answers it, or says what is wrong; nothing goes wrong inside (`stop` would raise that)."""
    with ErrorServer() as server:
        added = requests.post(server.url + RULES, data=json.dumps(rule))
        assert added.status_code in ((201, 400) if rule != [] else (201,))
        assert len(requests.get(server.url + RULES).json()) == (len(added.json()) if added.ok else 0)
        with suppress(requests.RequestException):
            requests.get(server.url + "/v1/customers")
        assert requests.get(server.url + REQUESTS).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "LOCALHOST", "Origin": "http://127.0.0.1:3000"}, 200),
        ({"Host": "rebound.example"}, 403),
        ({"Host": "rebound.example:8080"}, 403),
        ({"Host": "127.0.0.1.rebound.example"}, 403),
        ({"Host": "localhost@rebound.example"}, 403),
        ({"Host": "["}, 403),
        ({"Origin": "https://page.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_the_api_is_for_this_machine(headers, status):
    """A page on the web reaches a server on loopback through the browser; with allow_remote, others may use the API."""
    with ErrorServer() as server, ErrorServer(allow_remote=True) as remote:
        came = requests.get(server.url + RULES, headers=headers)
        assert came.status_code == status
        assert ("message" in came.json()) == (status == 403)
        assert requests.get(remote.url + RULES, headers=headers).status_code == 200
        assert requests.get(f"{server.url}/errors/409/800064", headers=headers).status_code == 409


def test_the_problems_of_several_rules_are_listed(server):
    """The first five, and how many more there are."""
    came = requests.post(server.url + RULES, json=[{"answer": "gateway-42"}, {"answer": "ok"}, *[{}] * 6])
    lines = came.json()["message"].splitlines()
    assert [line.partition(":")[0] for line in lines[:5]] == ["rule 1", "rule 3", "rule 4", "rule 5", "rule 6"]
    assert lines[5:] == ["and 2 more rules with a problem"]


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/_pcerrors", 404, 'there is no "/_pcerrors"; did you mean "/_pcerrors/rules"?'),
        ("GET", "/_pcerrors/rule", 404, 'there is no "/_pcerrors/rule"; did you mean "/_pcerrors/rules"?'),
        ("GET", "/_pcerrors/" + "9" * 5000, 404, "999..."),
        ("PATCH", RULES, 405, "PATCH is not a method of /_pcerrors/rules; known are GET, POST, PUT, DELETE"),
        ("POST", REQUESTS, 405, "POST is not a method of /_pcerrors/requests; known are GET, DELETE"),
    ],
)
def test_what_the_api_does_not_have_is_refused(server, method, path, status, message):
    """With the nearest path, or with the methods."""
    came = requests.request(method, server.url + path)
    assert came.status_code == status
    assert message in came.json()["message"]
    assert came.headers.get("Allow", "") == (message.partition("known are ")[2] if status == 405 else "")


def test_the_api_is_not_logged(server):
    """Nor counted as a request without a rule, nor answered by a rule; the callbacks are not called."""
    called = []
    server.on_request = server.on_answer = called.append
    server.fail("*", "/**", status=503)
    requests.get(server.url + RULES)
    requests.get(server.url + "/_pcerrors/nothing")
    assert (server.requests, server.unmatched, called) == ([], [], [])


def test_the_log_is_json(server):
    """What was received, in which order, when, and what was answered."""
    requests.post(server.url + RULES, json={"path": "/v1/**", "answer": [429, "reset"], "delay": 0.01})
    requests.post(server.url + "/v1/carts?size=2&size=3&x=", json={"id": 1}, headers={"X-Mine": "1"})
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url + "/v1/%C3%A9", data=b"\xff")
    first, second = requests.get(server.url + REQUESTS).json()
    assert (first["number"], first["method"], first["path"]) == (1, "POST", "/v1/carts")
    assert (first["query"], first["body"]) == ({"size": ["2", "3"], "x": [""]}, '{"id": 1}')
    assert (first["status"], first["answer"]) == (429, "gateway-429, delay 0.01")
    assert (first["headers"]["X-Mine"], first["headers"]["Content-Length"]) == ("1", "9")
    assert (second["number"], second["path"], second["body"]) == (2, "/v1/%C3%A9", "\\xff")
    assert (second["status"], second["answer"]) == (None, "connection reset")
    assert 0 < second["time"] - first["time"] < 60


def test_the_headers_of_the_log_keep_their_order(raw, server):
    """As the client wrote the names first; the values of a repeated one are joined."""
    raw(b"GET /v1 HTTP/1.1\r\nhost: x\r\nX-b: 1\r\nX-A: 2\r\nx-B: 3\r\nConnection: close\r\n\r\n")
    [entry] = requests.get(server.url + REQUESTS).json()
    assert list(entry["headers"].items()) == [("host", "x"), ("X-b", "1, 3"), ("X-A", "2"), ("Connection", "close")]


def test_secrets_of_the_log_are_hidden_and_can_be_compared(server):
    """A test sees whether Authorization has changed, but not what it is, in no part of the log."""
    secrets = ["x7Kq02pLmW3v", "x7Kq02pLmW3v", "b8Rt41nQzY6u"]
    for secret in secrets:
        requests.post(
            server.url + f"/v1?sig={secret}",
            data={"client_secret": secret},
            headers={"Authorization": f"Bearer {secret}", "Cookie": f"sid={secret}"},
        )
    came = requests.get(server.url + REQUESTS)
    entries = came.json()
    assert not any(secret in came.text for secret in secrets)
    assert entries[0]["body"] == "client_secret=***"
    assert entries[0]["query"] == {"sig": ["***"]}
    for name, start in (("Authorization", "Bearer *** #"), ("Cookie", "sid=*** #")):
        first, second, third = (each["headers"][name] for each in entries)
        assert first == second != third
        assert first.startswith(start)


def test_the_log_is_cleared(server):
    """The rules are kept, and the numbers begin again."""
    requests.post(server.url + RULES, json={"answer": [429, "ok"]})
    requests.get(server.url)
    assert requests.delete(server.url + REQUESTS).status_code == 204
    assert requests.get(server.url + REQUESTS).json() == []
    requests.get(server.url)
    assert [(each["number"], each["status"]) for each in requests.get(server.url + REQUESTS).json()] == [(1, 200)]


def test_the_log_has_bounds():
    """Of requests and of bytes; the newest is always kept, and what was dropped is counted."""
    log = RequestLog(most=3, largest=100)
    sizes = [10, 10, 10, 10, 60, 60, 500]
    kept = []
    for size in sizes:
        log.add(Received("POST", "/", (), b"x" * (size - 1), 0.0, 200, "200 ok"))
        kept.append([each.size for each in log.requests])
    assert kept == [[10], [10] * 2, [10] * 3, [10] * 3, [10, 10, 60], [60], [500]]
    assert (log.dropped, [each.number for each in log.requests]) == (6, [7])
    log.clear()
    assert (log.dropped, log.requests) == (0, [])


def test_what_was_dropped_is_reported(server):
    """By a header, and by the attribute of the server."""
    assert "X-PC-Dropped" not in requests.get(server.url + REQUESTS).headers
    server._choice.log = RequestLog(most=2)
    statuses(server, "/v1", 5)
    came = requests.get(server.url + REQUESTS)
    assert (came.headers["X-PC-Dropped"], server.dropped, [each["number"] for each in came.json()]) == ("3", 3, [4, 5])


def test_requests_without_a_rule_have_a_bound(server, monkeypatch):
    """The first ones are kept."""
    monkeypatch.setattr("pytest_pcerrors.simulation.server._answer_choice._MOST_UNMATCHED", 2)
    for path in ("/a", "/b", "/c"):
        requests.get(server.url + path)
    assert [str(each).splitlines()[0] for each in server.unmatched] == [
        "no rule matches GET /a",
        "no rule matches GET /b",
    ]


def test_the_api_answers_in_json_without_a_byte_order_mark():
    """Any client can read it, whatever the successes begin with; text of other scripts is escaped."""
    with ErrorServer(byte_order_mark=True) as server:
        requests.post(server.url + RULES, json={"path": "/\u20ac", "answer": "ok"})
        came = requests.get(server.url + RULES)
    assert came.headers["Content-Type"] == "application/json"
    assert came.content.isascii()
    assert json.loads(came.content) == [{"path": "/\u20ac", "answer": "ok", "used": 0}]
