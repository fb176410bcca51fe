"""Successes by path, as the service sends them."""

import json

import httpx
import pytest
import requests

from pytest_pcerrors import Contract, Exchange, Request, assert_pc_success, check
from pytest_pcerrors.simulation.answers.answer import Answer
from pytest_pcerrors.simulation.answers.successes import success_by_path
from pytest_pcerrors.simulation.server import ErrorServer

MARK = b"\xef\xbb\xbf"


def succeed(server, path, method="GET", name="ok"):
    """Return the success of a path."""
    return requests.request(method, server.url + path, headers={"X-PC-Error": name})


def value_of(response):
    """Return the JSON value of a body that may begin with a byte order mark."""
    return json.loads(response.content.decode("utf-8-sig"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/customers", "Customer"),
        ("/v1/customers/?size=2", "Customer"),
        ("/v1/customers/7/subscriptions", "Subscription"),
        ("/v2/customers/7/activities", "Activity"),
    ],
)
def test_a_path_that_ends_with_a_name_is_a_collection(server, path, kind):
    """With its count, its items with identifiers of their own, and its links."""
    came = succeed(server, path)
    assert_pc_success(came)
    value = value_of(came)
    own = path[3:].partition("?")[0].rstrip("/")
    assert list(value) == ["totalCount", "items", "links", "attributes"]
    assert (value["totalCount"], value["attributes"]) == (len(value["items"]), {"objectType": "Collection"})
    assert value["links"] == {"self": {"uri": own, "method": "GET", "headers": []}}
    assert len({item["id"] for item in value["items"]}) == 2
    for item in value["items"]:
        assert item["links"]["self"]["uri"] == f"{own}/{item['id']}"
        assert item["attributes"]["objectType"] == kind
        alone = value_of(succeed(server, f"/v1{own}/{item['id']}"))
        assert alone == item


@pytest.mark.parametrize(
    ("method", "path", "identifier", "kind"),
    [
        ("GET", "/v1/customers/7", "7", "Customer"),
        ("PATCH", "/v1/customers/7/orders/%C3%A9", "\u00e9", "Order"),
        ("GET", "/v1/profiles/mpn", "mpn", "Profile"),
        ("POST", "/v1/customers", None, "Customer"),
        ("POST", "/v1/customers/7/carts/8/checkout", None, "Checkout"),
    ],
)
def test_another_path_is_a_resource(server, method, path, identifier, kind):
    """With its identifier and its etag; what is created gets an identifier."""
    value = value_of(succeed(server, path, method))
    assert list(value) == ["id", "links", "attributes"]
    assert value["id"] == identifier or (identifier is None and len(value["id"]) == 36)
    assert (value["attributes"]["objectType"], len(value["attributes"]["etag"])) == (kind, 16)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/health", "/v1x/customers", "/api/v1/customers"])
def test_a_path_outside_of_the_api_is_a_little_json(server, path):
    """Whatever the mark."""
    assert succeed(server, path).content == b'{"ok": true}'


def test_a_success_is_the_same_for_the_same_path(server):
    """The date and the echoed identifiers change, nothing else."""
    first, second = (succeed(server, "/v1/customers") for _ in range(2))
    assert first.content == second.content
    assert first.headers["MS-RequestId"] == second.headers["MS-RequestId"]
    assert succeed(server, "/v1/orders").content != first.content


@pytest.mark.parametrize("mark", [True, False])
def test_a_byte_order_mark_on_request(mark):
    """As in the service's successes; the length counts it."""
    with ErrorServer(byte_order_mark=mark) as server:
        server.sequence("ok")
        came = requests.get(server.url + "/v1/customers")
        assert came.content.startswith(MARK) is mark
        assert int(came.headers["Content-Length"]) == len(came.content)
        assert httpx.get(server.url + "/v1/customers").json()["totalCount"] == 2
    assert check(came) == []


@pytest.mark.parametrize(("name", "status"), [("200", 200), ("201", 201), ("202", 202)])
def test_another_status_has_the_same_body(server, name, status):
    """A number is as good as the word."""
    came = succeed(server, "/v1/customers/7", "POST", name)
    assert (came.status_code, value_of(came)["id"]) == (status, "7")


def test_a_success_without_a_body_has_none(server):
    """A 204, and the answer to HEAD, which has the length."""
    assert succeed(server, "/v1/customers/7", "DELETE", "204").content == b""
    head = succeed(server, "/v1/customers", "HEAD")
    assert (head.content, int(head.headers["Content-Length"]) > 500) == (b"", True)


@pytest.mark.parametrize(
    ("path", "name", "cut", "received"),
    [("/v1/customers/7", "ok", 100, 100), ("/", "ok", 100, 11), ("/", 204, 5, 0), ("/v1/customers", "cut", None, 10)],
)
def test_a_success_can_be_cut(raw, server, path, name, cut, received):
    """A body that is shorter lacks one byte; without a body, the fault has no effect."""
    server.sequence(name, **({} if cut is None else {"cut": cut}))
    came = raw(f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    assert len(came.partition(b"\r\n\r\n")[2]) == received


@pytest.mark.parametrize(("body", "cut"), [(b"", None), (b"x", 0), (b"abc", 2), (b"abcdef", 5), (b"abcdefg", 5)])
def test_a_success_made_for_a_request_is_cut_as_far_as_it_can_be(body, cut):
    """The rule was checked before the body was known."""
    made = Answer(Exchange(200, {}, body), "200 ok")
    answer = Answer(Exchange(200, {}, b""), "200 ok", {"cut": 5}, for_request=lambda _: made)
    assert answer.to(Request("GET", "/")).faults.get("cut") == cut


def test_a_success_may_have_a_wait(server):
    """If a rule says so."""
    server.fail("GET", "/v1/**", status=202, retry_after=3)
    assert requests.get(server.url + "/v1/customers").headers["Retry-After"] == "3"


def test_a_name_of_any_kind_makes_a_body():
    """Paths are foreign text; nothing in them is an error, or is replaced."""
    for path in ("/v1/{customer}/%FF", "/v1/s", "/v1/ies", "/v1/a//b", "/v1/%7Bid%7D", "/v1/\u00e9\udcff"):
        request = Request("GET", f"http://127.0.0.1{path}")
        answer = success_by_path(200, request, Contract.default(), byte_order_mark=False)
        assert json.loads(answer.body)["links"]["self"]["uri"] == path[3:]
