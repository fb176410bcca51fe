"""Answers without rules: by path, by header, and the page."""

from html.parser import HTMLParser

import pytest
import requests

from pytest_pcerrors import Contract, Entry, assert_pc_error
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.simulation import SHAPES
from pytest_pcerrors.simulation.server import ErrorServer

VOID = {"meta", "link", "input"}


@pytest.mark.parametrize("path", ["/errors/800064", "/errors/409/800064", "/errors/800064/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_path_asks_for_a_documented_error(server, path, method):
    """By its code, or by status and code, with any method."""
    assert_pc_error(requests.request(method, server.url + path), 800064, status=409)


def test_a_path_asks_for_a_shape(server):
    """By its name."""
    assert requests.get(server.url + "/shapes/gateway-429").content == SHAPES["gateway-429"].body


def test_a_header_asks_for_a_delay(server):
    """In seconds, on whatever is asked for."""
    came = requests.get(server.url + "/errors/800064", headers={"X-PC-Delay": "0.05"})
    assert came.elapsed.total_seconds() >= 0.05
    assert server.requests[0].answer == "409 800064, delay 0.05"


@pytest.mark.parametrize(
    ("path", "headers", "message"),
    [
        ("/errors/800099", {}, 'code 800099 is not in the catalogue; did you mean "'),
        ("/errors/2006", {}, "code 2006 is documented with 400 and 403; give a status"),
        ("/errors/404/800064", {}, "code 800064 is documented with 409, not with 404"),
        ("/shapes/gateway-42", {}, 'there is no shape "gateway-42"; did you mean "gateway-429"?'),
        ("/errors/" + "9" * 5000, {}, "code 9999"),
        ("/errors/" + "9" * 5000 + "/800064", {}, '9..." is not an HTTP status; write status/code'),
        ("/shapes/" + "9" * 5000, {}, 'there is no shape "9999'),
        ("/v1", {"X-PC-Error": "9" * 5000}, "X-PC-Error: code 9999"),
        (
            "/v1",
            {"X-PC-Error": "gatway-429"},
            'X-PC-Error: "gatway-429" is not the name of an answer, a shape or a code;',
        ),
        ("/v1", {"X-PC-Error": ""}, 'X-PC-Error: "" is not the name of an answer, a shape or a code'),
        ("/v1", {"X-Pc-Eror": "429"}, 'X-Pc-Eror is not a header of this server; did you mean "X-PC-Error"?'),
        ("/v1", {"X-PC-Delay": "9" * 5000}, "X-PC-Delay: expected seconds, got"),
        ("/v1", {"X-PC-Delay": "-1"}, 'X-PC-Delay: expected seconds, got "-1"'),
        ("/v1", {"X-PC-Error": "99999999999"}, "code 99999999999 is not in the catalogue"),
        ("/", {"X-PC-Delay": "soon"}, 'X-PC-Delay: expected seconds, got "soon"'),
        ("/", {"X-PC-Delay": "inf"}, 'X-PC-Delay: expected seconds, got "inf"'),
    ],
)
def test_what_is_not_known_is_said(server, path, headers, message):
    """With 400, the header or the path, and the nearest known name; long values are cut."""
    came = requests.get(server.url + path, headers=headers)
    assert came.status_code == 400
    assert message in came.json()["message"]
    assert len(came.content) < 500
    assert server.unmatched == []


@pytest.mark.parametrize("path", ["/v1/customers", "/errors", "/shapes", "/errorsx/800064", "/%E2%82%AC"])
def test_any_other_path_is_the_gateways_404(server, path):
    """As the service answers a path that it does not know; a header says why."""
    came = requests.get(server.url + path)
    assert (came.status_code, came.content) == (404, SHAPES["gateway-404"].body)
    assert came.headers["X-PC-Hint"] == (
        f"no rule matches GET {path}; there are no rules; "
        "X-PC-Error: 429 requests an error for any path, and the page at / lists the names"
    )


def test_a_request_without_a_rule_is_kept(server):
    """With the rules at the time of the request; `clear` does not forget it, and a requested answer is not one."""
    server.fail("POST", "/v1/customers", 800064, times=1)
    requests.post(server.url + "/v1/customers?size=20")
    requests.post(server.url + "/v1/customers?size=20")
    server.clear()
    requests.get(server.url + "/errors/800064")
    requests.get(server.url + "/v1", headers={"X-PC-Error": "nonsense"})
    [error] = server.unmatched
    assert str(error).splitlines()[:2] == [
        "no rule matches POST /v1/customers",
        "  rules are: POST /v1/customers (used up)",
    ]


@pytest.mark.covered
def test_the_hint_fits_into_a_header(server):
    """However long the path and the rules are."""
    for number in range(300):
        server.fail("GET", f"/v1/customers/{number}/subscriptions", 800064)
    came = requests.get(server.url + "/v1/" + "9" * 5000)
    assert came.status_code == 404
    assert came.headers["X-PC-Hint"].startswith("no rule matches GET /v1/999")
    assert "...; rules are: GET /v1/customers/0/subscriptions; " in came.headers["X-PC-Hint"]
    assert len(came.headers["X-PC-Hint"]) < 5000


@pytest.mark.parametrize("path", ["/\x1f", "/\r\nX-Mine: 1", "/\u20ac", "/\ud800"])
def test_the_hint_can_be_sent(server, path):
    """Whatever is in the path of a rule, it is escaped."""
    server.fail("GET", path, 800064)
    came = requests.get(server.url + "/v1")
    assert (came.status_code, "X-Mine" in came.headers) == (404, False)
    assert came.headers["X-PC-Hint"] == f"no rule matches GET /v1; rules are: GET {ascii(path)[1:-1]}"


def test_a_rule_comes_before_what_a_path_asks_for(server):
    """The rules of the test have priority."""
    server.fail("*", "/**", status=503)
    assert requests.get(server.url + "/errors/800064", headers={"X-PC-Error": "400"}).status_code == 503


class Tree(HTMLParser):
    """Collects links and text, and finds tags that are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Remember a tag."""
        self.links += [value for name, value in attributes if name in ("href", "src")]
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        """Close the last."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Keep the text."""
        self.texts.append(data)


@pytest.mark.covered
def test_the_page_lists_everything(server):
    """Every documented error and every shape has a link, and nothing comes from elsewhere."""
    came = requests.get(server.url)
    tree = Tree(came.text)
    assert came.headers["Content-Type"] == "text/html; charset=utf-8"
    assert tree.open == []
    assert tree.links[0].startswith("data:image/svg+xml,")
    assert tree.links[1:3] == ["#errors", "#shapes"]
    index = requests.get(server.url, headers={"Accept": "application/json"}).json()
    assert tree.links[3:] == [each["path"] for each in (*index["errors"], *index["shapes"])]


def test_a_request_for_an_icon_needs_no_rule(server):
    """Browsers send it for every address."""
    assert requests.get(server.url + "/favicon.ico").status_code == 204
    assert server.unmatched == []


def test_the_page_is_json_for_programs(server):
    """The same, where Accept says so."""
    index = requests.get(server.url, headers={"Accept": "application/json"}).json()
    assert index["name"] == "Partner Center"
    assert (len(index["errors"]), len(index["shapes"])) == (163, len(SHAPES))
    assert {
        "name": "html-502",
        "status": 502,
        "reason": "502 Bad Gateway",
        "observed": False,
        "path": "/shapes/html-502",
    } in index["shapes"]
    assert {each["path"] for each in index["errors"]} >= {"/errors/409/800064", "/errors/400/2006", "/errors/403/2006"}


def test_the_page_says_how_to_ask(server):
    """With commands to paste."""
    text = requests.get(server.url).text
    assert f"curl -i {server.url}/errors/" in text
    assert "<code>X-PC-Error</code>" in text


def named(name, entries):
    """Return a contract of another name with other entries."""
    shipped = Contract.default()
    return Contract(name, shipped.statuses, Catalogue(entries), shipped.error_schema, shipped.members)


def test_the_page_escapes_what_a_contract_says():
    """Markup in it is text, and an odd code has a path that works."""
    odd = named("<b>Acme & Co</b>", (Entry(404, 'a/b "c" %', ("<script>x</script>",)),))
    with ErrorServer(odd) as server:
        tree = Tree(requests.get(server.url).text)
        [link] = [each for each in tree.links if each.startswith("/errors")]
        assert requests.get(server.url + link).json()["code"] == 'a/b "c" %'
    assert {"<script>x</script>", 'a/b "c" %', "<b>Acme & Co</b>: errors"} <= set(tree.texts)


def test_the_page_of_an_empty_contract_is_one():
    """It shows the shapes."""
    with ErrorServer(named("Nothing", ())) as server:
        assert "/errors/503" in requests.get(server.url).text
