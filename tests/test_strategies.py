"""Strategies: conforming responses conform, broken ones break their rule, and examples shrink to the simplest one."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from pytest_pcerrors import Contract, Entry, UsageError, check
from pytest_pcerrors.contract.catalogue import Catalogue
from pytest_pcerrors.rules.stages import rule_set
from pytest_pcerrors.simulation.mutation.generation import base_of, proposals
from pytest_pcerrors.strategies import broken_responses, error_bodies, error_responses
from pytest_pcerrors.strategies._documents import documents_of

CONTRACT = Contract.default()
RULES = rule_set(CONTRACT).rules
FEW = settings(max_examples=60, database=None, phases=[Phase.generate, Phase.shrink])
ALWAYS = {
    *("status-undocumented", "content-type", "byte-order-mark", "body-plain-text", "body-not-json", "duplicate-key"),
    *("body-not-object", "gateway-envelope", "message-only", "code-missing", "description-missing", "source-missing"),
    *("code-number", "code-type", "description-type", "description-empty", "data-type", "data-item-string"),
    *("data-item-type", "source-type"),
}
SCHEMA = {
    "type": "object",
    "required": ["error", "id"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "level", "self"],
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string", "minLength": 3, "maxLength": 20},
                "level": {"enum": ["low", "high"]},
                "self": {"const": True},
                "count": {"type": ["integer", "null"], "minimum": 1, "maximum": 3},
                "rate": {"type": "number", "minimum": 0},
                "is_final": {"type": "boolean"},
                "note": {"type": "string", "maxLength": 2**31 - 1},
                "causes": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/cause"}},
                "more": True,
            },
            "additionalProperties": False,
        },
        "id": {"type": "string", "pattern": "^[a-f]{4}$"},
    },
    "$defs": {"cause": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}},
}
NESTED = Contract(
    "Acme",
    {400: "Bad Request", 401: "Unauthorized"},
    Catalogue((Entry(400, "7", ("Not {0}",)), Entry(401, "8", ("No way",)))),
    SCHEMA,
    {"code": ("error", "code"), "description": ("error", "message")},
)
SYNTHESIZED = replace(
    NESTED,
    error_schema=json.loads(
        json.dumps(SCHEMA).replace('"maxLength": 20', '"maxLength": 60').replace("pattern", "title")
    ),
)
BARE = Contract("Bare", {400: "Bad Request"}, Catalogue(()), {"type": "object"}, {"code": ("code",)})


@pytest.mark.covered
@given(error_responses())
def test_what_conforms_is_not_faulted(exchange):
    """Under the default profile, without a warning."""
    assert check(exchange) == []


@pytest.mark.parametrize("contract", [NESTED, BARE], ids=lambda contract: contract.name)
def test_what_conforms_to_another_contract_is_not_faulted(contract):
    """Its schema decides what is drawn."""

    @given(error_responses(contract=contract))
    def conforms(exchange):
        assert check(exchange, contract=contract) == []

    conforms()


@pytest.mark.covered
@given(broken_responses())
def test_what_is_broken_is_found(mutant):
    """The rule reports it, and so does no other rule that is not off."""
    off = RULES[mutant.rule].severities["documented"] == "off"
    assert [violation.rule for violation in check(mutant.exchange)] == ([] if off else [mutant.rule])


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_broken(rule):
    """Of the shipped contract."""
    first = settings(FEW, phases=[Phase.generate])
    assert find(broken_responses(rule), lambda _: True, settings=first).rule == rule


def test_rules_of_another_contract_can_be_broken():
    """Those of its schema too."""
    rules = ["error-message-too-long", "error-level-value", "error-causes-item-text-missing", "code-unknown"]

    @given(st.sampled_from(rules).flatmap(lambda rule: broken_responses(rule, contract=SYNTHESIZED)))
    def breaks(mutant):
        assert [violation.rule for violation in check(mutant.exchange, contract=SYNTHESIZED)] == [mutant.rule]

    breaks()


@pytest.mark.untraced
@settings(max_examples=15)
@given(error_responses())
def test_whatever_conforms_can_be_broken(exchange):
    """These faults are found in any response, however its body is spelled: no proposal of their mutators passes."""
    base = base_of(exchange, CONTRACT)
    for rule in sorted(ALWAYS):
        assert [mutant.variant for mutant, is_one in proposals(base, rule) if not is_one] == []


@pytest.mark.covered
@pytest.mark.parametrize(
    ("strategy", "smallest"),
    [
        (error_responses(), (400, b'{"code": "2001", "description": "0", "source": ""}')),
        (error_responses(status=429), (429, b'{"code": "2001", "description": "0", "source": ""}')),
        (error_responses(code=800064), (409, b'{"code": "800064", "description": "0", "source": ""}')),
        (error_responses(status=403, code="2006"), (403, b'{"code": "2006", "description": "0", "source": ""}')),
        (error_responses(contract=BARE), (400, b'{"code": "7"}')),
        (
            broken_responses("description-too-long").map(lambda mutant: mutant.exchange),
            (400, b'{"code": "2001", "description": "' + b"0" * 1025 + b'", "source": ""}'),
        ),
        (
            broken_responses("error-in-success").map(lambda mutant: mutant.exchange),
            (200, b'{"orderErrors": [{"code": 10003, "description": "The item was not processed."}]}'),
        ),
    ],
    ids=["any", "status", "code", "both", "bare", "too-long", "success"],
)
def test_an_example_shrinks_to_the_simplest(strategy, smallest):
    """The first entry, a description of one character, no further members, the plainest spelling."""
    found = find(strategy, lambda _: True, settings=FEW)
    assert (found.status, found.body) == smallest


@pytest.mark.covered
def test_what_is_searched_is_shrunk_too():
    """A body that escapes everything has nothing else that is unusual."""
    escaped = find(error_bodies(), lambda body: rb"\u0063\u006f\u0064\u0065" in body, settings=FEW)
    assert json.loads(escaped) == {"code": "2001", "description": "0", "source": ""}


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: error_responses(code=8000640), 'code 8000640 is not in the catalogue; did you mean "800064"?'),
        (lambda: error_responses(status=418), "no error with status 418; known are 400, 401, "),
        (
            lambda: error_responses(status=400, code=2006, contract=NESTED),
            "code 2006 is not in the catalogue; known are 7, 8",
        ),
        (lambda: error_responses(status=409, code=2006), "no error with status 409 and code 2006; known are 400, 403"),
        (lambda: error_responses(status=10**5000, code=2006), "no error with status <int> and code 2006"),
        (lambda: broken_responses("code-typo"), 'there is no rule "code-typo"'),
        (
            lambda: broken_responses("pairing", contract=BARE),
            "no conforming response .* breaks pairing and nothing else",
        ),
    ],
    ids=["code", "status", "other-contract", "both", "huge", "rule", "unbreakable"],
)
def test_what_cannot_be_drawn_is_misuse(make, problem):
    """The message says what can be."""
    with pytest.raises(UsageError, match=problem):
        make()


@pytest.mark.parametrize("description", [" ", "Order {0}"], ids=["blank", "placeholder"])
def test_a_text_that_would_be_faulted_is_not_drawn(description):
    """Whatever Hypothesis comes up with."""
    assert not documents_of(CONTRACT, is_plain=False).permits(
        {"code": "7", "description": description, "source": ""}, ()
    )


def test_only_strategies_need_hypothesis():
    """Without it, the message names the extra; all other names work."""
    program = """
import sys
sys.modules["hypothesis"] = None
import pytest_pcerrors.simulation as simulation
next(simulation.mutants(rule="pairing"))
try:
    import pytest_pcerrors.strategies
except ModuleNotFoundError as error:
    print(error.name, "|", error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "hypothesis | pytest_pcerrors.strategies needs Hypothesis: pip install 'pytest-pcerrors[hypothesis]'\n"
    )


OTHERS = {
    "jsonapi": {"extends": "jsonapi"},
    "problem": {"extends": "problem"},
    "listed": {
        "members": {"code": "/errors/*/code"},
        "schema": {"type": "object", "properties": {"errors": {"items": {"properties": {"code": {"type": "string"}}}}}},
    },
}


@pytest.mark.parametrize("name", OTHERS)
def test_errors_of_other_apis_conform(tmp_path, name):
    """Also those in arrays, with codes of any status, and with the status in the body."""
    path = tmp_path / "contract.json"
    entries = [
        {"code": "locked", "descriptions": ["By {0}"]},
        {"status": 404, "code": "gone", "descriptions": ["Gone"]},
    ]
    statuses = {"404": "Not Found", "429": "Too Many Requests", "503": "Busy"}
    path.write_text(json.dumps({"format": 1, "name": "Tree", "statuses": statuses, "entries": entries, **OTHERS[name]}))
    contract = Contract.load(path)

    @settings(max_examples=10, database=None, phases=[Phase.generate])
    @given(error_responses(contract=contract), error_responses(503, contract=contract))
    def conforming(first, second):
        assert check(first, contract=contract) == []
        assert (second.status, check(second, contract=contract)) == (503, [])

    conforming()
