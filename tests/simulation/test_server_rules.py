"""The rules of a test, and the responses that a client gets."""

import httpx
import pytest
import requests

from pytest_pcerrors import Contract, Exchange, UsageError, assert_pc_error
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.simulation import SHAPES
from pytest_pcerrors.simulation.server import ErrorServer
from pytest_pcerrors.text import represented

CHECKOUT = "/v1/customers/7/carts/8/checkout"


def statuses(server, count, path="/v1/customers"):
    """Send this number of requests and return the statuses."""
    with requests.Session() as session:
        return [session.get(server.url + path).status_code for _ in range(count)]


def test_a_documented_error_is_answered_where_it_is_set(server):
    """It conforms, and other paths do not get it."""
    server.fail("POST", "/v1/customers/*/carts/*/checkout", 800064)
    assert_pc_error(requests.post(server.url + CHECKOUT), 800064, status=409)
    assert requests.get(server.url + CHECKOUT).status_code == 404
    assert requests.post(server.url + "/v1/customers/7/carts/8").status_code == 404


@pytest.mark.covered
def test_every_documented_error_conforms_over_the_wire(server):
    """All 163, with httpx, at the paths that the page has; and a shape has its status at its path."""
    with httpx.Client(base_url=server.url) as client:
        page = client.get("/", headers={"Accept": "application/json"}).json()
        for each in page["errors"]:
            assert_pc_error(client.get(each["path"]), each["code"], status=each["status"])
        assert [client.get(each["path"]).status_code for each in page["shapes"]] == [
            shape.status for shape in SHAPES.values()
        ]


def test_every_shape_comes_over_the_wire_as_it_is(server):
    """Status, reason, body, and every header but the date."""
    for name, shape in SHAPES.items():
        server.shape(name)
        came = requests.request(shape.request.method, server.url + "/v1/customers")
        assert (came.status_code, came.reason, came.content) == (shape.status, shape.reason, shape.body), name
        assert {**came.headers, "Date": ""} == {**dict(shape.headers), "Date": ""}, name
        server.clear()


def test_identifiers_of_the_request_are_echoed(server):
    """As the service does; they are made up where the client sent none."""
    server.fail("*", "/**", 800064)
    sent = {"MS-CorrelationId": "my-correlation", "ms-requestid": "my-request"}
    came = requests.get(server.url, headers=sent).headers
    assert (came["MS-CorrelationId"], came["MS-RequestId"]) == ("my-correlation", "my-request")
    assert len(requests.get(server.url).headers["MS-CorrelationId"]) == 36


def test_the_gateway_echoes_nothing(server):
    """Its answers carry no identifiers."""
    server.shape("gateway-429")
    assert "MS-CorrelationId" not in requests.get(server.url, headers={"MS-CorrelationId": "mine"}).headers


def test_a_rule_is_used_up(server):
    """Then the next that fits answers, in the order in which they were set, and then the 404."""
    server.fail("GET", "/v1/**", 800064, times=2)
    server.fail("GET", "/v1/customers", status=503, times=1)
    assert statuses(server, 4) == [409, 409, 503, 404]


def test_the_first_rule_wins(server):
    """A rule without a limit hides the rules after it."""
    server.fail("GET", "/**", 800064)
    server.fail("GET", "/v1/customers", status=503)
    assert statuses(server, 3) == [409, 409, 409]


def test_a_sequence_ends_with_its_last_member_again_and_again(server):
    """Like a service that has recovered."""
    server.sequence(429, 503, "ok")
    assert statuses(server, 5) == [429, 503, 200, 200, 200]


def test_retry_after_goes_with_the_errors_of_a_sequence(server):
    """In place of the shape's own, in its text too; the ok has none."""
    server.sequence(429, 503, "ok", retry_after=1)
    came = [requests.get(server.url) for _ in range(3)]
    assert [each.headers.get("Retry-After") for each in came] == ["1", "1", None]
    assert "Wait 1 seconds" in came[0].json()["message"]


@pytest.mark.parametrize(
    ("member", "status", "code"),
    [
        (429, 429, None),
        (400, 400, "2001"),
        (404, 404, "1000"),
        ("400", 401, "400"),
        (800064, 409, "800064"),
        ("800064", 409, "800064"),
        ("403/2006", 403, "2006"),
        ("rich-403", 403, 600061),
        ("503", 503, None),
        (503, 503, None),
        (405, 405, None),
        (499, 499, None),
        (201, 201, None),
        ("ok", 200, None),
    ],
)
def test_a_member_is_a_status_a_code_a_shape_or_a_word(server, member, status, code):
    """An int from 100 to 599 is a status, any other a code; as a text a code comes before a status."""
    server.sequence(member)
    came = requests.get(server.url)
    assert came.status_code == status
    assert code is None or came.json()["code"] == code


def test_a_status_without_a_code_is_answered_by_the_gateway(server):
    """With the status in the envelope, and no phrase where none is known."""
    server.sequence(405, 499)
    came = [requests.get(server.url) for _ in range(2)]
    assert [each.json() for each in came] == [
        {"statusCode": 405, "message": "Method Not Allowed"},
        {"statusCode": 499, "message": ""},
    ]


@pytest.mark.parametrize(("status", "length"), [(204, None), (205, "0"), (304, None)])
def test_a_status_without_body_has_none(server, status, length):
    """And no length, or that of an empty body, so the connection stays open."""
    server.sequence(status, "ok")
    with requests.Session() as session:
        came = session.get(server.url)
        assert (came.status_code, came.content, came.headers.get("Content-Length")) == (status, b"", length)
        assert session.get(server.url).json() == {"ok": True}


def test_any_response_can_be_answered(server):
    """A pair, a mapping or an exchange; the length is that of the body."""
    server.respond("GET", "/pair", (404, b"gone"))
    server.respond("GET", "/exchange", Exchange(299, {"Content-Length": "9", "X-Mine": "1"}, b"{}"), times=1)
    pair, exchange = requests.get(server.url + "/pair"), requests.get(server.url + "/exchange")
    assert (pair.status_code, pair.reason, pair.text) == (404, "Not Found", "gone")
    assert (exchange.status_code, exchange.text, exchange.headers) == (
        299,
        "{}",
        {"Content-Length": "2", "X-Mine": "1"},
    )


def test_without_a_name_it_is_a_500(server):
    """The plainest failure."""
    server.fail("GET", "/v1/customers")
    assert statuses(server, 1) == [500]


def test_a_contract_of_another_api_is_answered_in_its_envelope():
    """Members, codes and statuses are those of its contract."""
    contract = Contract.default()
    schema = {"type": "object", "required": ["error"], "properties": {"error": {"type": "object"}}}
    catalogue = Catalogue(contract.catalogue["800064"])
    other = Contract("Acme", contract.statuses, catalogue, schema, {"code": ("error", "no")})
    with ErrorServer(other) as server:
        server.sequence(409, 400, 429, 200, "html-502")
        came = [requests.get(server.url) for _ in range(5)]
    assert [each.json() for each in came[:3]] == [{"error": {"no": "800064"}}] * 3
    assert [each.status_code for each in came] == [409, 400, 429, 200, 502]
    assert not [name for each in came for name in each.headers if name.upper().startswith("MS-")]
    assert came[2].headers["Retry-After"] == "57"


NAMES = 'expected the name of a shape, such as "html-503", got {}'
STATUSES = "{} is not a final HTTP status; expected one from 200 to 599"
METHODS = 'expected a method such as "GET", or "*" for any, got {}'
PATHS = 'expected a path such as "/v1/customers/*", got {}'
TIMES = "expected times as a number from 1, or None for always, got {}"
NO_METHODS = [None, 3, "", "GET /", "G\u00c9T", "GET\n"]
WAITS = (
    "retry_after: expected whole seconds from 0 or an HTTP date, got {}; set the header itself to send another value"
)
NO_WAITS = ["soon", "-1", "", "1\r\nX: 1", "\u0661", -1, 0.5, True, [1]]
NO_DELAYS = [-1, "x", True, None, float("inf"), 1e300, 10**400]


@pytest.mark.parametrize(
    ("call", "values", "problem"),
    [
        (lambda server, value: server.sequence("ok", value), [None, 1.5, [429, "ok"], True, b"ok"], 'expected a number or a text such as 429, 800064 or "ok", got {}'),
        (lambda server, value: server.shape(value), [3, True, ["gateway-429"]], NAMES),
        (lambda server, value: server.fail("GET", "/", shape=value), [3], NAMES),
        (lambda server, value: server.fail("GET", "/", value), [1.5, True, ["800064"]], 'expected a code, such as 800064 or "800064", got {}'),
        (lambda server, value: server.fail("GET", "/", status=value), ["503", 503.0, True, [503]], STATUSES),
        (lambda server, value: server.fail("GET", "/", 800064, status=value), ["409", 409.0], STATUSES),
        (lambda server, value: server.shape("gateway-429", times=value), [0], TIMES),
        (lambda server, value: server.respond("GET", "/", (200, b""), times=value), [0], TIMES),
        (lambda server, value: server.fail("GET", "/", 800064, times=value), [0, -1, "x", True, 1.5], TIMES),
        (lambda server, value: server.fail(value, "/", 800064), NO_METHODS, METHODS),
        (lambda server, value: server.shape("gateway-429", method=value), [""], METHODS),
        (lambda server, value: server.respond(value, "/", (200, b"")), [""], METHODS),
        (lambda server, value: server.sequence("ok", method=value), [""], METHODS),
        (lambda server, value: server.requests_to(value, "/"), [""], METHODS),
        (lambda server, value: server.fail("GET", value), [None, 3, b"/"], PATHS),
        (lambda server, value: server.shape("gateway-429", path=value), [3], PATHS),
        (lambda server, value: server.respond("GET", value, (200, b"")), [3], PATHS),
        (lambda server, value: server.sequence("ok", path=value), [3], PATHS),
        (lambda server, value: server.requests_to("GET", value), [3], PATHS),
        (lambda server, value: server.fail("GET", "/", 800064, retry_after=value), NO_WAITS, WAITS),
        (lambda server, value: server.sequence("ok", retry_after=value), ["soon"], WAITS),
        (lambda server, value: server.shape("gateway-429", retry_after=value), ["soon"], WAITS),
        (lambda server, value: server.fail("GET", "/", delay=value), NO_DELAYS, "delay: expected seconds, got {}"),
        (lambda server, value: server.shape("gateway-429", cut=value), [-1, "x", 1.5, None], "cut: expected a number of bytes, got {}"),
        (lambda server, value: server.respond("GET", "/", (200, b"{}"), chunked=value), ["yes", 1, None], "chunked: expected True or False, got {}"),
        (lambda server, value: server.sequence("ok", reset=value), ["yes", 0], "reset: expected True or False, got {}"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_misuse(server, call, values, problem):
    """Wherever it is given; then no rule is set."""
    for value in values:
        with pytest.raises(UsageError) as caught:
            call(server, value)
        assert str(caught.value) == problem.format(represented(value))
    assert "; there are no rules; " in requests.get(server.url + "/x").headers["X-PC-Hint"]


@pytest.mark.parametrize("time", [0, 7, "7", "Thu, 13 Apr 2017 21:29:11 GMT"])
def test_a_wait_that_can_be_read_is_sent(server, time):
    """As it is given."""
    server.fail("GET", "/", status=503, retry_after=time)
    assert requests.get(server.url).headers["Retry-After"] == str(time)


@pytest.mark.parametrize(
    ("set_rule", "problem"),
    [
        (lambda server: server.fail("GET", "/", 800099), "code 800099 is not in the catalogue; did you mean"),
        (lambda server: server.fail("GET", "/", 404), "did you mean status=404[?]"),
        (lambda server: server.fail("GET", "/", 2006), "documented with 400 and 403; give a status"),
        (lambda server: server.fail("GET", "/", 800064, status=404), "not with 404"),
        (lambda server: server.fail("GET", "/", status=600), "600 is not a final HTTP status"),
        (lambda server: server.fail("GET", "/", status=100), "100 is not a final HTTP status"),
        (lambda server: server.fail("GET", "/", status=10**5000), "<int> is not a final HTTP status"),
        (lambda server: server.fail("GET", "/", 10**5000), "code <int> is not in the catalogue"),
        (lambda server: server.fail("GET", "/", times=-(10**5000)), "None for always, got <int>"),
        (lambda server: server.fail("GET", "/", 800064, retry_after=10**5000), "or an HTTP date, got <int>"),
        (lambda server: server.fail("GET", "/", delay=-(10**5000)), "delay: expected seconds, got <int>"),
        (lambda server: server.fail_at_random(10**5000), "such as 0.1, got <int>"),
        (lambda server: server.issue_tokens(-(10**5000)), "from 1, got <int>"),
        (lambda server: server.fail("GET", "/", 800064, shape="gateway-429"), "give a shape, or a code"),
        (lambda server: server.shape("gateway-42"), 'no shape "gateway-42"; did you mean "gateway-429"'),
        (lambda server: server.sequence("okay"), '"okay" is not the name of an answer, a shape or a code; did you mean "ok"'),
        (lambda server: server.sequence("800099"), "code 800099 is not in the catalogue"),
        (lambda server: server.sequence("x/800064"), '"x" is not an HTTP status'),
        (lambda server: server.sequence(), "a sequence needs at least one member"),
        (lambda server: server.fail("GET", "v1"), 'expected a path that begins with /, got "v1"'),
        (lambda server: server.fail("GET", server.url), "the host is always that of the server"),
        (lambda server: server.fail("GET", "/v1?size=1"), "a path without a query"),
        (lambda server: server.fail("GET", "/", delay=float("nan")), "delay: expected seconds, got nan"),
        (lambda server: server.fail("GET", "/", cutt=1), 'cutt is not a fault; did you mean "cut"'),
        (lambda server: server.shape("gateway-429", resets=True), 'resets is not a fault; did you mean "reset"'),
        (lambda server: server.sequence("ok", times=2), "times is not a fault; known are chunked, cut, delay, reset"),
        (lambda server: server.respond("GET", "/", (200, b""), retry_after=1), "retry_after is not a fault; known are"),
        (lambda server: server.shape("gateway-404", cut=64), "does not cut the body: gateway-404 has 64 bytes"),
        (lambda server: server.respond("GET", "/", Exchange(404, {"X": "\u20ac"}, b"")), "cannot be sent in the head"),
        (lambda server: server.respond("GET", "/", Exchange(100, {}, b"")), "100 is not a final HTTP status"),
        (lambda server: server.respond("GET", "/", 404), "an int is not a response"),
    ],
)  # fmt: skip
def test_misuse_is_reported_where_it_happens(server, set_rule, problem):
    """In the test, at the call, with the nearest that is known; and no rule is set."""
    with pytest.raises(UsageError, match=problem):
        set_rule(server)
    assert "; there are no rules; " in requests.get(server.url + "/x").headers["X-PC-Hint"]
