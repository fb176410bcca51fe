"""What contracts of other APIs can say: codes without a status, errors in arrays, errors below 400, a media type, usual envelopes."""

import json

import pytest

from pytest_pcerrors import Contract, Exchange, assert_pc_error, check
from pytest_pcerrors.contract.files import ENVELOPES
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation import ErrorServer, mutants, synthesize

ANY = [{"code": "locked", "descriptions": ["Locked by {0}"]}, {"status": 404, "code": "gone", "descriptions": ["Gone"]}]
JSON = "application/json"


@pytest.fixture
def load(tmp_path):
    """Load a contract with these keys."""

    def loading(**keys):
        path = tmp_path / "contract.json"
        path.write_text(json.dumps({"format": 1, "name": "Tree", **keys}))
        return Contract.load(path)

    return loading


def broken(contract, status, body, media_type=JSON):
    """Return the rules and places that a response breaks, warnings too."""
    response = {"status": status, "headers": {"Content-Type": media_type, "Retry-After": "7"}, "body": body}
    return [(each.rule, each.pointer) for each in check(response, contract=contract)]


def of_odata(code="gone", **more):
    """Return a body as OData has it."""
    return {"error": {"code": code, "message": "No", **more}}


@pytest.mark.parametrize(
    ("status", "code", "rules"),
    [
        (404, "gone", []),
        (404, "locked", []),
        (503, "locked", []),
        (503, "gone", []),
        (503, "lost", ["code-unknown"]),
        (418, "locked", []),
        (200, "locked", ["error-in-success"]),
        (200, "lost", ["error-in-success"]),
    ],
)
def test_a_code_without_a_status_may_come_with_any_error_status(load, status, code, rules):
    """Codes are then judged on every error; without statuses, none is undocumented."""
    contract = load(extends="odata", entries=ANY)
    assert [rule for rule, _ in broken(contract, status, of_odata(code))] == rules


def test_statuses_are_undocumented_only_where_some_are_listed(load):
    """Entries with a status document it too."""
    contract = load(extends="odata", entries=ANY, statuses={"409": "Conflict"})
    assert [len(broken(contract, status, of_odata("locked"))) for status in (404, 409, 418)] == [0, 0, 1]


def test_entries_of_settings_make_no_other_status_undocumented(load):
    """A contract without statuses stays without."""
    contract = load(extends="odata", entries=ANY).extended(Contract.default().catalogue["800064"])
    assert broken(contract, 418, of_odata("locked")) == []


@pytest.mark.parametrize(
    ("errors", "found"),
    [
        ([{"code": "gone", "detail": "x"}], []),
        ([{"code": "gone"}, {"code": "lost"}, {"code": "lost"}], [(1, "code-unknown"), (2, "code-unknown")]),
        ([{"code": "locked"}, {"code": "gone", "detail": " "}], [(1, "description-blank")]),
        ([{"code": "locked", "detail": "by {0}"}, {"code": "gone"}], [(0, "description-placeholder")]),
        ([{"code": "gone"}, {"detail": "x"}], [(1, "errors-item-code-missing")]),
        ([{"code": "gone"}, {"code": 7.5}], [(1, "errors-item-code-type")]),
        ([{"code": f"lost{number}"} for number in range(9)], [(number, "code-unknown") for number in range(5)]),
    ],
    ids=str,
)
def test_each_item_of_an_array_is_judged(load, errors, found):
    """It is named by its own pointer; the first ones are reported."""
    contract = load(extends="jsonapi", entries=ANY)
    came = broken(contract, 404, {"errors": errors}, "application/vnd.api+json")
    assert [(int(pointer.split("/")[2]), rule) for rule, pointer in came] == found


@pytest.mark.parametrize(("errors", "rule"), [([], "errors-min-items"), (None, "errors-type")])
def test_an_array_without_errors_states_none(load, errors, rule):
    """With a catalogue, each error has a code."""
    contract = load(extends="jsonapi", entries=ANY)
    assert broken(contract, 404, {"errors": errors}, "application/vnd.api+json") == [(rule, "/errors")]


def test_one_text_for_all_errors_is_judged_once(load):
    """A description outside of the array is that of the first error."""
    schema = {
        "type": "object",
        "properties": {
            "message": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "string"}}}},
        },
    }
    contract = load(members={"code": "/errors/*/code", "description": "/message"}, schema=schema, entries=ANY)
    body = {"message": " ", "errors": [{"code": "gone"}, {"code": "gone"}]}
    assert broken(contract, 404, body) == [("description-blank", "/message")]
    assert broken(contract, 404, {"message": "No", "errors": []}) == [("errors-min-items", "/errors")]
    assert broken(contract, 404, {"message": "No"}) == [("errors-missing", "/errors")]


def test_an_assertion_finds_a_code_in_any_item(load):
    """The parsed error is that of the first."""
    contract = load(extends="jsonapi", entries=ANY)
    body = {"errors": [{"code": "gone", "detail": "No"}, {"code": "locked"}]}
    headers = {"Content-Type": "application/vnd.api+json"}
    error = assert_pc_error({"status": 404, "headers": headers, "body": body}, "locked", contract=contract)
    assert (error.code, error.description, error.entry.description) == ("gone", "No", "Gone")


def test_a_paired_success_with_several_errors_is_an_error(load):
    """Any of the codes may be paired with the status."""
    contract = load(extends="jsonapi", entries=[*ANY, {"status": 207, "code": "half", "descriptions": ["Half"]}])
    body = {"errors": [{"code": "gone"}, {"code": "half"}]}
    assert broken(contract, 207, body, "application/vnd.api+json") == [("pairing", "/errors/0/code")]


FAILED = {"required": ["ok"], "properties": {"ok": {"const": False}}}
OK = {
    "members": {"code": "/error"},
    "schema": {
        "type": "object",
        "properties": {"ok": {"const": False}, "error": {"type": "string"}},
        "required": ["ok"],
    },
    "errors-below-400": FAILED,
}


@pytest.mark.parametrize(
    ("body", "rules"),
    [
        ({"ok": False, "error": "locked"}, []),
        ({"ok": False, "error": "lost"}, ["code-unknown"]),
        ({"ok": False}, ["error-missing"]),
        ({"ok": True, "error": "lost", "errors": [{}]}, []),
        ({"ok": 0}, []),
        ([], []),
    ],
    ids=str,
)
def test_a_body_may_be_an_error_whatever_its_status(load, body, rules):
    """It is judged as an error; a body that does not fit the schema is a success."""
    contract = load(**OK, entries=ANY)
    assert [rule for rule, _ in broken(contract, 200, body)] == rules
    assert synthesize("locked", contract=contract).status == 200
    assert synthesize("gone", contract=contract).status == 404


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ({"$ref": "#/$defs/x"}, '{"a": ' * 900 + "{}" + "}" * 900),
        ({"properties": {"a": {"multipleOf": 0.5}}}, f'{{"a": {10**400}}}'),
    ],
    ids=["deep", "large"],
)
def test_what_cannot_be_judged_is_no_error_below_400(load, schema, body):
    """It is nested too deeply, or has a number that is too large, to be what the schema means."""
    schema = {**schema, "$defs": {"x": {"properties": {"a": {"$ref": "#/$defs/x"}}}}, "required": ["a"]}
    assert broken(load(**{**OK, "errors-below-400": schema}, entries=ANY), 200, body) == []


@pytest.mark.parametrize(
    ("media_type", "rules"),
    [
        ("application/problem+json", []),
        ("Application/Problem+JSON; charset=utf-8", []),
        (JSON, [("content-type", "Content-Type")]),
        ("application/vnd.other+json", [("content-type", "Content-Type")]),
    ],
)
def test_a_contract_may_have_a_media_type(load, media_type, rules):
    """Other JSON types are then violations."""
    assert broken(load(extends="problem", entries=ANY), 404, {"type": "gone"}, media_type) == rules


CONFORMING = {
    "odata": of_odata(innerError={"date": "x"}, target=None),
    "google": {"error": {"code": 404, "message": "No", "status": "gone", "details": [{"@type": "x"}]}},
    "jsonapi": {"errors": [{"status": "404", "code": "gone", "detail": "No"}]},
    "problem": {"type": "gone", "title": "Gone", "status": 404},
    "stripe": {"error": {"type": "invalid_request_error", "code": "gone", "message": "No", "param": None}},
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_an_envelope_needs_a_name_and_entries_only(load, name):
    """Its errors conform, an error without a code does not, and everything is made and served in its form."""
    contract = load(extends=name, entries=ANY)
    media_type = contract.media_type or JSON
    assert broken(contract, 404, CONFORMING[name], media_type) == []
    assert broken(contract, 404, {}, media_type) != []
    for code, status in (("gone", 404), ("locked", 400)):
        made = synthesize(code, contract=contract)
        assert (made.status, made.request.url, check(made, contract=contract)) == (
            status,
            f"https://api.example.com/errors/{status}/{code}",
            [],
        )
        assert not [key for key, _ in (*made.headers, *made.request.headers) if key.upper().startswith("MS-")]
    assert synthesize("locked", status=503, contract=contract).status == 503
    assert {each.rule for each in mutants(contract=contract)} > {"code-unknown", "content-type", "error-in-success"}


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_saved_contract_is_the_same(load, tmp_path, name):
    """The file has what the envelope has."""
    contract = load(extends=name, entries=ANY)
    contract.save(tmp_path / "saved.json")
    assert Contract.load(tmp_path / "saved.json").document() == contract.document()


def test_a_problem_without_a_type_is_reported(load):
    """It means about:blank, which is not in the catalogue."""
    contract = load(extends="problem", entries=ANY)
    assert broken(contract, 404, {"title": "x"}, "application/problem+json") == [("type-missing", "/type")]


def test_a_member_is_required_only_where_the_schema_has_it_always(load):
    """Alternatives of the schema decide themselves."""
    schema = {
        "type": "object",
        "properties": {"message": {}, "code": {"type": "string"}},
        "anyOf": [{"required": ["code"]}, {"required": ["message"]}],
    }
    contract = load(members={"code": "/code"}, schema=schema, entries=ANY)
    assert broken(contract, 404, {"message": "No", "more": 1}) == []
    other = {"type": "object", "anyOf": [{"properties": {"code": {}}}, {"properties": {"fault": {}}}]}
    assert broken(load(members={"code": "/code"}, schema=other, entries=ANY), 404, {"fault": 1}) == []


def test_no_property_rule_has_the_name_of_another_rule(load):
    """Such a rule is named apart."""
    text = {"type": "string", "minLength": 1}
    schema = {"type": "object", "properties": {"code": text, "content": text, "body": text, "a-b": text, "aB": text}}
    contract = load(members={"code": "/code"}, schema=schema, entries=ANY)
    body = {"code": "gone", "content": 7, "body": "", "a-b": 7, "aB": 7}
    assert broken(contract, 404, body) == [
        ("property-content-type", "/content"),
        ("property-body-empty", "/body"),
        ("a-b-type", "/a-b"),
        ("a-b-type-2", "/aB"),
    ]


def test_the_documentation_of_rules_quotes_the_contract(load):
    """Nothing of the page of Partner Center is in it."""
    page = {"title": "Errors of the tree", "date": "2026-03-09"}
    contract = load(extends="jsonapi", page=page, entries=ANY, challenge="Leaf")
    rules = rule_set(contract).rules
    assert rules["code-unknown"].documentation == '"Errors of the tree" of 2026-03-09 has 2 codes.'
    assert rules["content-type"].fix == "Send `Content-Type: application/vnd.api+json` with every body."
    texts = [text for rule in rules.values() for text in (rule.documentation, rule.example, rule.fix)]
    assert not [
        text for text in texts if any(word in text for word in ("162", "cpsvc", "800064", "The page", "PartnerFD"))
    ]


def test_a_server_answers_any_status_in_the_form_of_the_contract(load):
    """With a code of that status, or else one of any status."""
    import requests

    contract = load(extends="problem", entries=ANY)
    with ErrorServer(contract) as server:
        server.sequence(404, 429, "locked", 200)
        came = [requests.get(server.url) for _ in range(4)]
    with ErrorServer(contract) as server:
        page = requests.get(f"{server.url}/", headers={"Accept": JSON})
    assert [(each.status_code, each.json().get("type")) for each in came] == [
        (404, "gone"),
        (429, "locked"),
        (400, "locked"),
        (200, None),
    ]
    assert {each.headers["Content-Type"] for each in came[:3]} == {"application/problem+json"}
    assert [each["path"] for each in page.json()["errors"]] == ["/errors/400/locked", "/errors/404/gone"]


def test_conditions_see_several_errors(load):
    """The fast path finds what the slow one does."""
    policy = Policy(load(extends="jsonapi", entries=ANY))
    exchange = Exchange(404, None, b'{"errors": [{"code": "gone"}, {"code": "lost"}]}')
    assert [each.pointer for each in policy.judge(exchange).violations] == ["/errors/1/code"]


BERTHS = {
    "media-type": "application/problem+json",
    "members": {"code": "/type", "description": "/detail"},
    "schema": {
        "type": "object",
        "allOf": [
            {"required": ["type"], "properties": {"type": {"type": "string"}, "detail": {"type": "string"}}},
            {"$ref": "#/$defs/dated"},
        ],
        "anyOf": [{"required": ["status"], "properties": {"status": {"type": "integer", "minimum": 400}}}, {}],
        "$defs": {"dated": {"required": ["at"], "properties": {"at": {"type": "string", "minLength": 6}}}},
    },
    "entries": [{"status": each, "code": f"berth-{each}", "descriptions": ["No"]} for each in (404, 409)],
}


def test_a_combined_schema_gets_the_members_of_its_parts(load):
    """Of alternatives, those of the first; the status in the body is that of the response."""
    contract = load(**BERTHS)
    made = synthesize("berth-409", contract=contract)
    assert json.loads(made.body) == {"status": 409, "type": "berth-409", "at": "textt" + "t", "detail": "No"}
    broken_ones = {each.rule: each.exchange for each in mutants(made, contract=contract)}
    assert {"pairing", "status-differs", "type-missing", "at-missing"} < set(broken_ones)
    assert json.loads(broken_ones["pairing"].body)["status"] == broken_ones["pairing"].status == 404


@pytest.mark.parametrize("body", [b"[1]", b""])
def test_a_body_without_members_states_no_other_status(load, body):
    """It has no mutant for the rule."""
    contract = load(extends="problem", entries=ANY)
    assert not list(mutants((200, body), rule="status-differs", contract=contract))
