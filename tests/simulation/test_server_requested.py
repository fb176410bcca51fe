"""Answers that a request asks for itself: sequences in a header, errors under a base path, and Retry-After."""

import pytest
import requests

from pytest_pcerrors import assert_pc_error
from pytest_pcerrors.simulation import SHAPES
from pytest_pcerrors.simulation.server import ErrorServer

CUSTOMERS = "/v1/customers"


def statuses(server, count, path=CUSTOMERS, method="GET", **headers):
    """Send this number of requests with these headers and return the statuses."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [requests.request(method, server.url + path, headers=named).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("429,429,ok", [429, 429, 200, 200]),
        ("429 , 800064,ok", [429, 409, 200, 200]),
        ("409/800064,html-502", [409, 502, 502, 502]),
        ("ok,401", [200, 401, 401, 401]),
        ("429,", [400] * 4),
        (",", [400] * 4),
        ("429,okay", [400] * 4),
        (",".join(["429"] * 101), [400] * 4),
        (",".join(["429"] * 100), [429] * 4),
    ],
)
def test_a_header_asks_for_a_sequence(server, text, expected):
    """Its last member repeats; an unknown member is refused before anything is answered."""
    assert statuses(server, 4, X_PC_Error=text) == expected


def test_a_sequence_belongs_to_method_path_and_text(server):
    """The query does not count, and the others have their own turn."""
    text = "429,503,ok"
    assert statuses(server, 1, X_PC_Error=text) == [429]
    assert statuses(server, 1, "/v1/customers/7", X_PC_Error=text) == [429]
    assert statuses(server, 1, method="POST", X_PC_Error=text) == [429]
    assert statuses(server, 1, X_PC_Error="429,ok") == [429]
    assert statuses(server, 1, f"{CUSTOMERS}?size=2", X_PC_Error=text) == [503]
    assert statuses(server, 2, X_PC_Error=text) == [200, 200]


def test_sequences_start_again(server):
    """When the rules are removed, by Python or by the API."""
    for clear in (server.clear, lambda: requests.delete(f"{server.url}/_pcerrors/rules")):
        assert statuses(server, 2, X_PC_Error="429,ok") == [429, 200]
        clear()


def test_very_many_sequences_are_forgotten(server, monkeypatch):
    """The one that was not used for the longest time starts again."""
    monkeypatch.setattr("pytest_pcerrors.simulation.server._requested._MOST_SEQUENCES", 2)
    for path, expected in [("/a", 429), ("/b", 429), ("/a", 200), ("/c", 429), ("/a", 200), ("/b", 429)]:
        assert statuses(server, 1, path, X_PC_Error="429,ok") == [expected]


@pytest.mark.covered
@pytest.mark.parametrize(
    ("base", "status", "body"),
    [
        ("/as/409/800064", 409, None),
        ("/as/800064", 409, None),
        ("/as/429", 429, SHAPES["gateway-429"].body),
        ("/as/gateway-404", 404, SHAPES["gateway-404"].body),
        ("/as/409%2F800064", 409, None),
        ("/as/400/2006", 400, None),
        ("/as/403/2006", 403, None),
        ("/as/400", 401, None),
        ("/as/ok", 200, None),
        ("/as/409/800099", 400, b"code 800099 is not in the catalogue; did you mean"),
        ("/as/404/800064", 400, b"code 800064 is documented with 409, not with 404"),
        ("/as/gateway-42", 400, b'did you mean \\"gateway-429\\"?'),
    ],
)
def test_a_base_path_asks_for_an_error(server, base, status, body):
    """For every path after it; so a client that has only a base URL gets it."""
    for path in ("/v1/customers", "/v1/customers/7/carts?size=2", ""):
        came = requests.get(server.url + base + path)
        assert came.status_code == status
        assert body is None or body in came.content


@pytest.mark.parametrize("path", ["/as", "/as/"])
def test_a_base_path_without_an_error_is_nothing(server, path):
    """It has no rule."""
    assert statuses(server, 1, path) == [404]


def test_a_base_path_asks_for_a_conforming_error(server):
    """With any method."""
    assert_pc_error(requests.patch(f"{server.url}/as/409/800064/v1/customers/7"), 800064, status=409)


def test_a_base_path_asks_for_a_sequence(server):
    """For each method and path; the success is that of the path after it."""
    base = "/as/429,800064,ok"
    assert statuses(server, 2, f"{base}/v1/customers/7") == [429, 409]
    assert statuses(server, 1, f"{base}/v1/customers") == [429]
    assert requests.get(f"{server.url}{base}/v1/customers/7").content.endswith(
        requests.get(f"{server.url}/v1/customers/7", headers={"X-PC-Error": "ok"}).content
    )
    assert [each.answer for each in server.requests][-2:] == ["200 ok", "200 ok"]


def test_a_code_of_another_contract_may_be_a_word(contract_of_words):
    """After a status, a step that is a code of the contract is one."""
    with ErrorServer(contract_of_words) as server:
        assert requests.get(f"{server.url}/as/503/busy/v1/a").status_code == 503
        assert requests.get(f"{server.url}/as/503/v1/busy").status_code == 503
        assert requests.get(f"{server.url}/as/404/busy/v1/a").status_code == 400


@pytest.fixture
def contract_of_words():
    """Give a contract with a code that is a word."""
    from pytest_pcerrors import Contract, Entry
    from pytest_pcerrors.contract.catalogue import Catalogue

    shipped = Contract.default()
    entries = Catalogue((Entry(503, "busy", ("Wait",)),))
    return Contract("Acme", shipped.statuses, entries, shipped.error_schema, shipped.members)


def waits(server, *texts, **headers):
    """Return the Retry-After headers of the answers that the header asks for."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [
        requests.get(server.url, headers={"X-PC-Error": text, **named}).headers.get("Retry-After") for text in texts
    ]


DATE = "Thu, 13 Apr 2017 21:29:11 GMT"


@pytest.mark.parametrize("wait", ["0", "1", DATE])
def test_a_header_sets_retry_after(server, wait):
    """On any error that is asked for, not on a success."""
    assert waits(server, "429", "800064", "html-502", "ok", X_PC_Retry_After=wait) == [wait, wait, wait, None]
    assert waits(server, "429", "503", "800064", "ok") == ["41", "30", None, None]


@pytest.mark.parametrize("wait", ["soon", "-1", "", "0.5"])
def test_an_unreadable_wait_is_refused(server, wait):
    """With the name of the header."""
    came = requests.get(server.url, headers={"X-PC-Error": "429", "X-PC-Retry-After": wait})
    assert came.status_code == 400
    assert came.json()["message"] == (f"X-PC-Retry-After: expected whole seconds from 0 or an HTTP date, got {wait!r}")


@pytest.mark.parametrize("wait", [2, "2", DATE])
def test_a_server_has_a_default_wait(wait):
    """It is on every 429 and 503, with the new seconds in the text; a rule and a header are stronger."""
    with ErrorServer(retry_after=wait) as server:
        assert waits(server, "429", "503", "gateway-503", "800064", "502") == [str(wait)] * 3 + [None] * 2
        assert waits(server, "429", X_PC_Retry_After="9") == ["9"]
        assert f"Wait {wait} seconds" in requests.get(server.url, headers={"X-PC-Error": "429"}).json()["message"]
        server.fail("GET", "/v1", status=429, times=1)
        server.fail("GET", "/v1", status=429, retry_after=7)
        server.respond("GET", "/v2", (429, b""))
        came = [requests.get(server.url + path).headers.get("Retry-After") for path in ("/v1", "/v1", "/v2")]
    assert came == [str(wait), "7", None]
