"""All of the package under contracts of other APIs: nothing of Partner Center appears, and each error can be requested and named."""

import json
import re
from dataclasses import replace
from functools import partial

import pytest
import requests
from hypothesis import given, settings

from pytest_pcerrors import (
    Contract,
    Entry,
    Exchange,
    Request,
    UsageError,
    assert_errors_surface,
    assert_preserved,
    assert_retries,
    check,
)
from pytest_pcerrors.cli.main import main
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.plugin._cases import entries, mutated, shapes
from pytest_pcerrors.plugin._contents import item_name
from pytest_pcerrors.policy.allowances import Allowance
from pytest_pcerrors.policy.audit import finding
from pytest_pcerrors.policy.check import Context, Observer, within
from pytest_pcerrors.policy.learning import learn
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.reporting.coverage import ErrorCoverage, Judged
from pytest_pcerrors.simulation import ErrorServer, Simulator, mutants, ok, synthesize
from pytest_pcerrors.simulation.answers.answer import reply_to
from pytest_pcerrors.simulation.answers.factory import AnswerFactory
from pytest_pcerrors.simulation.shapes import observed_for, shapes_for
from pytest_pcerrors.simulation.synthesis import synthesize_entry
from pytest_pcerrors.strategies import broken_responses, error_responses

DOCUMENTS = {
    "Harbour": {
        "extends": "problem",
        "hosts": ["api.harbour.example"],
        "entries": [
            {"status": 409, "code": "https://errors.harbour.example/berth-taken", "descriptions": ["Taken by {0}"]},
            {"status": 404, "code": "/problems/no-ship", "descriptions": ["There is no ship {0}, see at {1}"]},
            {"status": 429, "code": "/problems/too-fast", "descriptions": ["Too fast"]},
            {"code": "https://errors.harbour.example/fog?level=2,3#dense", "descriptions": ["Closed"]},
        ],
    },
    "Tree": {
        "extends": "jsonapi",
        "statuses": {"404": "Not Found", "422": "Unprocessable Content", "500": "Internal Server Error"},
        "entries": [
            {"status": 404, "code": "leafNotFound", "descriptions": ["There is no leaf {0}"]},
            {"status": 422, "code": "leafTooBig", "descriptions": ["The leaf is bigger than {0}"]},
            {"status": 422, "code": "leafRed", "descriptions": ["The leaf is red"]},
        ],
    },
    "Chat": {
        "members": {"code": "/error", "description": "/detail"},
        "schema": {
            "type": "object",
            "required": ["ok", "error"],
            "properties": {"ok": {"const": False}, "error": {"type": "string"}, "detail": {"type": "string"}},
        },
        "errors-below-400": {"required": ["ok"], "properties": {"ok": {"const": False}}},
        "entries": [
            {"code": "channel_not_found", "descriptions": ["There is no such channel"]},
            {"code": "ratelimited", "descriptions": ["Slow down"]},
        ],
    },
}
OF_PARTNER_CENTER = re.compile(
    r"partner|\bms-|/v1/|(order|transfer|upgrade)errors|totalCount|objectType|MFA|gateway-\d|oauth", re.IGNORECASE
)
GENERAL = [
    *("plain-text-403", "empty-401", "head-404", "html-502", "html-503", "html-504", "html-200"),
    *("empty-500", "null-500", "truncated-json-500"),
]
URL = "https://api.example/anything"
JSON_API = {"Content-Type": "application/vnd.api+json"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write the contracts."""
    folder = tmp_path_factory.mktemp("contracts")
    for name, document in DOCUMENTS.items():
        (folder / name).write_text(json.dumps({"format": 1, "name": name, **document}))
    return folder


@pytest.fixture(params=DOCUMENTS)
def contract(request, files):
    """Return each of the contracts."""
    return Contract.load(files / request.param)


@pytest.fixture
def tree(files):
    """Return a contract with several errors in a body."""
    return Contract.load(files / "Tree")


@pytest.fixture
def chat(files):
    """Return a contract with errors below 400."""
    return Contract.load(files / "Chat")


@pytest.fixture
def unsendable(chat):
    """Return a contract with an error that no client can receive, because its status has no body."""
    return replace(chat, catalogue=Catalogue((Entry(304, "unchanged", ("Nothing new",)), *chat.catalogue)))


def text_of(exchange):
    """Return all of an exchange as text."""
    request = exchange.request
    sent = "" if request is None else f"{request.method} {request.url} {[*request.headers]} {request.body}"
    return f"{sent} {exchange.reason} {[*(exchange.headers or ())]} {exchange.body.decode('utf-8', 'replace')}"


def test_no_response_is_of_partner_center(contract):
    """Shapes, documented errors, mutants, and what a name or a status is answered with."""
    factory = AnswerFactory(contract)
    asked, names = Request("GET", URL), (200, 201, 400, 401, 403, 429, 500, 503, "ok", "empty-401")
    answers = (reply_to(asked, factory.by_name(each).to(asked).exchange) for each in names)
    made = [*shapes_for(contract).values(), *(synthesize_entry(each, contract) for each in contract.catalogue)]
    texts = map(text_of, (*made, *answers, *(each.exchange for each in mutated(contract).values())))
    assert [found[0] for each in texts if (found := OF_PARTNER_CENTER.search(each))] == []


def test_the_shapes_are_those_of_any_service(contract, chat):
    """All of them are run by default, since none was observed; an error below 400 is one where the contract has some."""
    more = ["error-in-success-200"] if contract.name == "Chat" else []
    assert [*shapes_for(contract)] == [*observed_for(contract)] == [*shapes(contract)] == [*GENERAL, *more]
    hosts = {each.request.host for each in shapes_for(contract).values()}
    assert hosts == {contract.hosts[0] if contract.hosts else "api.example.com"}


def test_an_error_without_a_body_is_not_made(unsendable):
    """It is left out where all errors are made, and refused by its code; its status is sent without a body."""
    assert "304-unchanged" not in entries(unsendable)
    assert [each for each in mutants(contract=unsendable) if each.base.status == 304] == []
    refused = partial(pytest.raises, UsageError, match="unchanged, because a 304 has no body")
    with refused():
        next(mutants(unsendable.catalogue["unchanged"][0], contract=unsendable))
    drawn = set()
    settings(max_examples=20)(given(error_responses(contract=unsendable))(lambda each: drawn.add(each.status)))()
    assert 304 not in drawn
    with ErrorServer(unsendable) as server:
        page = requests.get(server.url, headers={"Accept": "application/json"}).json()
        assert 304 not in [each["status"] for each in page["errors"]]
        server.fail("GET", "/v1", status=304)
        assert requests.get(f"{server.url}/v1").status_code == 304
        with refused():
            server.fail("GET", "/v1", "unchanged")


def test_a_contract_without_errors_has_general_shapes(chat):
    """And an empty body for other statuses; `errors-below-400` that its own errors do not fit makes no shape."""
    empty = Contract(
        "Nothing", {}, Catalogue(()), {"type": "object"}, {"code": ("code",)}, errors_below_400={"type": "object"}
    )
    assert [*shapes_for(empty)] == GENERAL
    answer = AnswerFactory(empty).status(429).exchange
    assert (answer.status, answer.body, answer.header("Retry-After")) == (429, b"", "57")
    other = Contract(
        "Other", {}, chat.catalogue, chat.error_schema, chat.members, errors_below_400={"required": ["failed"]}
    )
    assert [*shapes_for(other)] == GENERAL
    assert synthesize_entry(next(iter(other.catalogue)), other).status == 400


def test_ids_are_readable_and_unique(contract):
    """With URIs, and for errors without a status."""
    ids = entries(contract)
    assert [*ids] == [f"{each.status_text}-{each.code}" for each in contract.catalogue]
    assert [each.__name__ for each in ids.values()] == [*ids]
    found = mutated(contract)
    assert not any("None" in each for each in found)
    assert len({id(each.exchange) for each in found.values()}) == len(found)


def test_the_name_of_a_recording_ends_in_that_of_a_uri():
    """Its beginning is the same for all."""
    exchange = Exchange(409, None, b"", Request("GET", URL))
    code = "https://errors.harbour.example/berth-taken/"
    assert item_name(exchange, code, 1) == "GET /anything 409 berth-taken #1"


def test_a_server_answers_each_error_by_all_its_names(contract):
    """By path, under a base path and by header, with a status and without; the page has the paths."""
    with ErrorServer(contract) as server, requests.Session() as session:
        get = partial(session.get, timeout=5)
        page = get(server.url + "/").text
        index = get(server.url + "/", headers={"Accept": "application/json"}).json()
        assert len({each["path"] for each in index["errors"]}) == len(contract.catalogue)
        for each in index["errors"]:
            path, code = each["path"], each["code"]
            status = path.split("/")[2]
            alone = path.replace(f"/{status}/", "/")
            paths = [path, alone, *(f"{part.replace('/errors', '/as')}/x" for part in (path, alone))]
            came = [get(server.url + each) for each in paths]
            came += [get(server.url + "/any/path", headers={"X-PC-Error": name}) for name in (code, f"{status}/{code}")]
            assert [check(each, contract=contract) for each in came] == [[]] * 6
            assert all(code in each.text for each in came)
        came = [
            get(f"{server.url}/v1/customers", headers={"X-PC-Error": each}) for each in ("ok", *shapes_for(contract))
        ]
        seen = [page, json.dumps(index), *(f"{each.reason} {each.headers} {each.text}" for each in came)]
    assert [found[0] for each in seen if (found := OF_PARTNER_CENTER.search(each))] == []


class ApiError(Exception):
    """An error of a client, with the code wherever it is."""

    def __init__(self, response):
        body = response.json() if response.content[:1] == b"{" and response.content.endswith(b"}") else {}
        several = body.get("errors") or [{}]
        self.code = body.get("type") or body.get("error") or several[0].get("code")
        super().__init__(f"{response.status_code} {self.code}")


def call(method="GET", **more):
    """Call an API as a good client does."""
    response = requests.request(method, URL, timeout=5, **more)
    if not response.ok or (method != "HEAD" and not response.headers["Content-Type"].startswith("application/json")):
        raise ApiError(response)
    if method != "HEAD" and response.json().get("ok") is False:
        raise ApiError(response)


def test_simulations_take_each_code(contract):
    """By the code, the entry, and the status with the code; the client keeps it."""
    with Simulator(contract) as simulator, within(Context(Policy(contract))):
        for entry in contract.catalogue:
            names = [entry.code, entry, *([f"{entry.status}/{entry.code}"] if entry.status else [])]
            for name in names:
                with simulator(name) as simulation, pytest.raises(ApiError) as caught:
                    call()
                assert_preserved(caught, simulation, code="code")
        with simulator("ok"):
            assert requests.get("https://api.example/v1/customers", timeout=5).json() == {"ok": True}


def test_a_client_is_asked_to_show_what_any_service_sends(contract):
    """Successes with a byte order mark, which no other API sends, are not required of it."""
    matrices, context, observer = [], Context(Policy(contract)), Observer()
    observer.on_matrix = matrices.append
    context.observers.append(observer)
    with within(context):
        assert_errors_surface(call, success=ok({"items": []}))
        assert_errors_surface(partial(call, "HEAD"))
        with pytest.raises(AssertionError) as caught:
            assert_errors_surface(lambda: requests.get(URL, timeout=5).text)
    shown = f"{caught.value} {matrices}"
    assert OF_PARTNER_CENTER.search(shown) is None
    assert all(name in shown for name in shapes_for(contract))


def test_identifiers_of_partner_center_are_not_required(tree):
    """A header that has one means something else for another API."""
    ids = iter(range(1000))
    with within(Context(Policy(tree))):
        assert_retries(lambda: _retrying({"MS-RequestId": str(next(ids) // 2)}))


def _retrying(headers):
    """Retry once, with another header."""
    if requests.get(URL, headers=headers, timeout=5).status_code == 502:
        requests.get(URL, headers={"MS-RequestId": "other"}, timeout=5)


def several(*codes, status=404):
    """Return a response with an error for each code."""
    body = json.dumps({"errors": [{"code": code, "detail": f"About {code}"} for code in codes]})
    return Exchange(status, JSON_API, body.encode())


def test_coverage_counts_each_error_of_a_body(tree):
    """The response once, and its shape only if one of them is undocumented."""
    coverage, policy = ErrorCoverage(tree), Policy(tree)
    for exchange in (several("leafTooBig", "leafRed", status=422), several("leafRed", "lost", status=422)):
        verdict = policy.judge(exchange)
        coverage.add("replayed", 422, verdict.parsed.codes, "a.yaml:1")
        coverage.add_judged(Judged.of(verdict, policy.rules))
    met = {code: count for (_, code, _), count in coverage.pairings.items()}
    assert (met, dict(coverage.statuses)) == ({"leafTooBig": 1, "leafRed": 2}, {(422, "replayed"): 2})
    assert dict(coverage.undocumented) == {(422, "lost"): 1}


def test_coverage_knows_the_shapes_of_the_contract(tree):
    """Not those of Partner Center."""
    bodies = {503: b"<html></html>", 429: b'{"statusCode": 429, "message": "Wait"}'}
    judged = [Judged.of(Policy(tree).judge(Exchange(*each)), Policy(tree).rules) for each in _responses(bodies)]
    assert [each.shapes for each in judged] == [("html-503",), ()]


def _responses(bodies):
    return [(status, {"Content-Type": "text/html"}, body) for status, body in bodies.items()]


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("lost", ["/errors/2/code"]),
        ("gone", ["/errors/1/code"]),
        ("leafNotFound", ["/errors/1/code", "/errors/2/code"]),
    ],
)
def test_an_allowance_for_a_code_is_for_its_error_only(tree, code, left):
    """Of several errors in a body, whichever is the first."""
    allowances = [Allowance("code-unknown", "seen", code=frozenset({code}))]
    verdict = Policy(tree, allowances=allowances).judge(several("leafNotFound", "lost", "gone"))
    assert [each.pointer for each in verdict.violations] == left


def test_each_of_several_errors_is_learned(tree):
    """With its own text; a problem of the whole body is one of the first error."""
    policy = Policy(tree)
    exchanges = (several("leafNotFound", "lost"), several("leafRed"), Exchange(404, {}, several("leafNotFound").body))
    learned = learn([finding(each, policy) for each in exchanges])
    assert {key: each.sample for key, each in learned.entries.items()} == {
        (404, "lost"): "About lost",
        (404, "leafRed"): "About leafRed",
    }
    assert learned.rules["content-type"].codes == {"leafNotFound"}


def test_drawn_responses_are_errors_without_headers_of_partner_center(contract):
    """They conform; those that break a rule have none either."""

    @settings(max_examples=4)
    @given(
        error_responses(contract=contract),
        broken_responses("error-in-success" if contract.name == "Tree" else None, contract=contract),
    )
    def conforming(exchange, mutant):
        assert Policy(contract).judge(exchange).parsed.is_error
        assert check(exchange, contract=contract) == []
        for each in (exchange, mutant.exchange):
            assert not [name for name, _ in each.headers or () if name.lower().startswith("ms-")]

    conforming()


@pytest.mark.parametrize(
    ("name", "status", "codes"),
    [
        ("Tree", 422, ["leafTooBig", "leafRed"]),
        ("Chat", 404, ["channel_not_found", "ratelimited"]),
        ("Chat", 200, ["channel_not_found", "ratelimited"]),
        ("Harbour", 404, ["/problems/no-ship", "https://errors.harbour.example/fog?level=2,3#dense"]),
        ("Harbour", 200, []),
    ],
)
def test_a_list_has_the_errors_that_may_have_a_status(files, capsys, name, status, codes):
    """Those without a status may have any error status, and those of bodies below 400 any."""
    ended = main(["list", "--status", str(status), "--contract", str(files / name), "--format", "json"])
    assert [each["code"] for each in json.loads(capsys.readouterr().out)] == codes
    assert ended == (0 if codes else 1)


def test_explanations_are_not_of_partner_center(files, contract, capsys):
    """All rules, and each code."""
    words = [[], *([each.code] for each in contract.catalogue), ["status-differs"]]
    assert [main(["explain", *each, "--contract", str(files / contract.name)]) for each in words] == [0] * len(words)
    assert OF_PARTNER_CENTER.search(capsys.readouterr().out) is None


def test_a_code_of_any_status_has_the_status_of_its_bodies(chat):
    """200 if that makes an error, and any that is given."""
    made = [synthesize("ratelimited", status=status, contract=chat) for status in (None, 200, 404)]
    assert [each.status for each in made] == [200, 200, 404]
    assert [each.request.url.split("/")[-2] for each in made] == ["200", "200", "404"]
