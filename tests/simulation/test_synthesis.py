"""Responses made from a contract: they conform, they look real, and the same arguments give the same ones."""

import json
import re
from dataclasses import replace
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest

from pytest_pcerrors import Contract, Entry, UsageError, check
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.simulation import synthesize
from pytest_pcerrors.simulation.synthesis import synthesize_entries, synthesize_entry

CONTRACT = Contract.default()
MADE = {f"{entry.status}-{entry.code}": synthesize_entry(entry, CONTRACT) for entry in CONTRACT.catalogue}
"""The exchange for each of the 163 pairings."""


@pytest.mark.covered
def test_it_conforms_without_a_warning():
    """No rule of the contract finds anything, nor does the one for templates."""
    assert {name: found for name, made in MADE.items() if (found := check(made))} == {}


@pytest.mark.covered
def test_its_placeholders_are_filled_in():
    """No ``{0}`` is left in a description."""
    described = {name: json.loads(made.body)["description"] for name, made in MADE.items()}
    assert {name: text for name, text in described.items() if re.search(r"(?<!\\d)\{\d\}", text)} == {}


@pytest.mark.covered
def test_its_headers_are_those_of_the_service():
    """Length, type, date, the identifiers of the request echoed, and a challenge with every 401."""
    for made in MADE.values():
        assert made.header("Content-Length") == str(len(made.body)), made
        assert made.header("Content-Type") == "application/json; charset=utf-8", made
        assert parsedate_to_datetime(made.header("Date")).tzinfo is not None, made
        for name in ("MS-CorrelationId", "MS-RequestId"):
            assert UUID(made.header(name)) == UUID(made.request.headers.get(name)), made
        assert (made.header("WWW-Authenticate") is not None) == (made.status == 401), made


@pytest.mark.covered
def test_its_request_is_one_of_the_api():
    """With a host of the contract, a path without templates, and a body of the declared type."""
    for request in (made.request for made in MADE.values()):
        assert request.url.startswith("https://api.partnercenter.microsoft.com/v1/"), request
        assert not set("{}") & set(request.url), request
        assert bool(request.body) == (request.headers.get("Content-Type") == "application/json"), request
        assert request.headers.get("Authorization") is None, request


def test_every_exchange_has_identifiers_of_its_own():
    """No two recordings share a correlation."""
    assert len({each.header("MS-CorrelationId") for each in MADE.values()}) == len(MADE)


def test_the_same_arguments_give_the_same_exchange():
    """And another seed gives other identifiers in the same shape."""
    one, two, other = synthesize(800064), synthesize("800064", status=409), synthesize(800064, seed=1)
    assert (one.body, one.headers, one.request) == (two.body, two.headers, two.request)
    assert one.body != other.body
    assert (one.status, one.reason) == (other.status, other.reason) == (409, "Conflict")


def test_the_body_reads_like_the_page_says():
    """Members in the order of the schema, and the text with a value in it."""
    body = json.loads(synthesize(800064).body)
    assert list(body) == ["code", "description", "data", "source"]
    assert re.fullmatch(r"Another request is already processing cart [0-9a-f-]{36}", body["description"])


@pytest.mark.parametrize("status", [400, 403])
def test_a_code_of_two_statuses_is_made_with_either(status):
    """2006 is documented twice."""
    assert synthesize(2006, status=status).status == status


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"code": 2006}, "code 2006 is documented with 400 and 403; give a status"),
        ({"code": 2006, "status": 409}, "code 2006 is documented with 400 and 403, not with 409"),
        ({"code": 800064, "status": 400}, "code 800064 is documented with 409, not with 400"),
        pytest.param(
            {"code": 800064, "status": 10**5000}, "code 800064 is documented with 409, not with <int>", id="huge"
        ),
        ({"code": 8000640}, 'code 8000640 is not in the catalogue; did you mean "800064"?'),
    ],
    ids=str,
)
def test_what_is_not_documented_cannot_be_made(arguments, problem):
    """The message says what is."""
    with pytest.raises(UsageError, match=f"^{re.escape(problem)}$"):
        synthesize(**arguments)


def test_entries_come_by_status():
    """In the order of their statuses, whatever the catalogue's."""
    by_status = synthesize_entries(reversed(CONTRACT.catalogue.select(code="2006")), CONTRACT)
    assert {status: [each.status for each in made] for status, made in by_status.items()} == {400: [400], 403: [403]}


def contract(schema, members=None, template="Not now", **changes):
    """Make a contract of one entry, 401 with 7, whose error schema has these members."""
    return Contract(
        "Acme",
        {401: "Unauthorized"},
        Catalogue((Entry(401, "7", (template,)),)),
        {"type": "object"} | schema,
        {"code": ("code",)} if members is None else members,
        **changes,
    )


def properties(**schemas):
    """Return a schema that requires these properties."""
    return {"required": list(schemas), "properties": schemas}


@pytest.mark.parametrize(
    ("schema", "members", "body"),
    [
        ({}, {}, {}),
        ({}, {"code": ["code"]}, {"code": "7"}),
        (properties(code={"type": "integer"}), {"code": ["code"]}, {"code": 7}),
        (properties(code={"type": ["null", "string"]}), {"code": ["code"]}, {"code": "7"}),
        ({}, {"code": ["error", "inner", "code"]}, {"error": {"inner": {"code": "7"}}}),
        ({}, {"code": ["code"], "data": ["data"], "source": ["by"]}, {"code": "7", "data": [], "by": "service"}),
        (properties(by={"enum": ["A", "B"]}), {"source": ["by"]}, {"by": "A"}),
        (properties(by={"enum": ["A", "service"]}), {"source": ["by"]}, {"by": "service"}),
        (properties(by={"const": "C"}), {"source": ["by"]}, {"by": "C"}),
        (properties(more={"type": "object"}), {"data": ["more"]}, {"more": {}}),
        (properties(more={"type": ["array", "null"]}), {"data": ["more"]}, {"more": []}),
        (properties(n={"type": "number"}, b={"type": "boolean"}, z={"type": "null"}), {}, {"n": 1, "b": False, "z": None}),
        (properties(i={"type": ["integer", "null"]}, a={"type": "array"}, any=True), {}, {"i": 1, "a": [], "any": "text"}),
        (properties(c={"const": 4}, e={"enum": [5, 6]}), {}, {"c": 4, "e": 5}),
        (properties(code={"type": "integer", "enum": [5, 7]}), {"code": ["code"]}, {"code": 7}),
        (properties(id={"type": "string", "pattern": "^[0-9]+$"}), {}, {"id": "1"}),
        (properties(a={"type": "string", "maxLength": 3}, b={"type": "string", "minLength": 6}), {}, {"a": "1", "b": "texttt"}),
        (properties(in_it=properties(deep={"type": "string"})), {}, {"in_it": {"deep": "text"}}),
        ({"$ref": "#/$defs/e", "$defs": {"e": properties(code={"$ref": "#/$defs/c"}), "c": {"type": "integer"}}}, {"code": ["code"]}, {"code": 7}),
        ({"$defs": {"a/b": properties(c={"type": "integer"})}} | properties(e={"$ref": "#/$defs/a~1b"}), {"code": ["e", "c"]}, {"e": {"c": 7}}),
    ],
    ids=str,
)  # fmt: skip
def test_other_schemas_get_the_plainest_body_that_conforms(schema, members, body):
    """Required members are present, and the values of the entry have the types of the schema."""
    made = contract(schema, {name: tuple(steps) for name, steps in members.items()})
    assert json.loads(synthesize(7, contract=made).body) == body


@pytest.mark.parametrize(
    ("schema", "members"),
    [
        (properties(id={"type": "string", "pattern": "^id-[0-9]+$"}), {}),
        (properties(n={"type": "integer", "multipleOf": 5}), {}),
        (properties(description={"type": "string", "maxLength": 3}), {"description": ("description",)}),
        (properties(description={"type": "integer"}), {"description": ("description",)}),
        (properties(error={"type": "string"}), {"code": ("error", "code")}),
        (properties(e={"$ref": "#"}), {}),
    ],
    ids=str,
)
def test_a_schema_that_asks_for_more_than_can_be_made_up_is_misuse(schema, members):
    """No response that breaks the contract is presented as a conforming one."""
    with pytest.raises(UsageError, match=r"^no (conforming )?response can be made"):
        synthesize(7, contract=contract(schema, members))


@pytest.mark.parametrize("code", ["9" * 5000, "\u0663"], ids=["long", "other digits"])
def test_a_code_of_digits_need_not_be_a_number(code):
    """A text of more digits than Python reads, or of those of another script, stays a text."""
    made = replace(contract({}), catalogue=Catalogue((Entry(401, code, ("Not now",)),)))
    assert json.loads(synthesize(code, contract=made).body) == {"code": code}


def test_a_contract_without_hosts_has_a_made_up_one():
    """The request still goes somewhere."""
    assert synthesize(7, contract=contract({})).request.host == "api.example.com"


@pytest.mark.parametrize(
    ("challenge", "header"), [("Acme realm={realm}", r"Acme realm=[0-9a-f-]{36}"), (None, "Bearer")], ids=str
)
def test_a_401_has_the_challenge_of_its_contract(challenge, header):
    """Filled in; for a contract without one, any challenge will do."""
    made = synthesize(7, contract=contract({}, challenge=challenge)).header("WWW-Authenticate")
    assert re.fullmatch(header, made)


def test_the_shipped_contract_in_another_order_gives_the_same_exchange():
    """The exchange of an entry depends on the entry only."""
    turned = replace(CONTRACT, catalogue=Catalogue(tuple(reversed(tuple(CONTRACT.catalogue)))))
    assert synthesize(800064, contract=turned).body == synthesize(800064).body
