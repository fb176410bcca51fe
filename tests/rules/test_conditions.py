"""The conditions that skip rules: a check with them finds what a check that calls every rule finds."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.contract.model import Deviation
from pytest_pcerrors.jsontext import plain_object
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules import parsed_response
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.quick import Quick
from pytest_pcerrors.rules.rule import PROFILES
from pytest_pcerrors.rules.stages import RuleSet, rule_set
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.simulation import SHAPES, mutants
from pytest_pcerrors.simulation.synthesis import synthesize_entry
from pytest_pcerrors.strategies import broken_responses, error_responses

EXAMPLES = sorted(Path(__file__).parents[1].joinpath("examples").glob("*/*/*.json"))
DEFAULT = Contract.default()
NESTED = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": ["string", "integer"], "pattern": "^[0-9]+$"},
                "message": {"type": "string", "minLength": 1, "maxLength": 40},
                "details": {"type": "array", "maxItems": 2, "items": {"$ref": "#/properties/error"}},
                "source": {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 2}]},
            },
        }
    },
}


def tags(parsed):
    """Fault a response without tags, as a rule of a user."""
    if parsed.is_object and "tags" not in parsed.document:
        yield Violation("no tags")


def custom(**changes):
    """Make a contract of another shape."""
    document = {**DEFAULT.document(), "name": "Other", "schema": NESTED, "deviations": [], **changes}
    return Contract.of_document(document)


OTHER = custom(members={"code": "/error/code", "description": "/error/message"})
ENVELOPED = custom(schema={"type": "object", "required": ["statusCode", "message"]}, members={"code": "/statusCode"})
LISTED = custom(
    members={"code": "/errors/*/code", "description": "/errors/*/detail"},
    schema={
        "type": "object",
        "required": ["errors"],
        "properties": {
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"code": {"type": "string"}, "detail": {"type": "string"}}},
            }
        },
    },
)
PROBLEM = custom(
    name="Harbour",
    hosts=[],
    statuses={},
    members={"code": "/code", "description": "/description"},
    schema={
        "type": "object",
        "properties": {"code": {}, "description": {"type": "string"}, "status": {"type": "integer"}},
    },
    entries=[{"code": "800064", "descriptions": ["No {0}"]}, {"status": 409, "code": "2006", "descriptions": ["No"]}],
    **{"media-type": "application/problem+json", "errors-below-400": {"required": ["error"]}},
)
FREE = custom(schema={"type": "object"}, members={"code": "/co~1de"})
STRICT, OBSERVED = dict.fromkeys(rule_set(DEFAULT).rules, "error"), {"forced_profile": "observed"}
POLICIES = {
    "documented": Policy(DEFAULT),
    "observed": Policy(DEFAULT, **OBSERVED),
    "every-rule": Policy(DEFAULT, overrides=STRICT),
    "few-rules": Policy(DEFAULT, overrides={**dict.fromkeys(STRICT, "off"), "pairing": "error"}),
    "own-rule": Policy(DEFAULT, user_rules=(tags,)),
    "utf-16": Policy(DEFAULT, length_unit="utf-16"),
    "other-contract": Policy(OTHER, overrides={"unknown-property": "error", "description-template": "error"}),
    "envelope-contract": Policy(ENVELOPED),
    "free-contract": Policy(FREE),
    "listed-contract": Policy(LISTED),
    "problem-contract": Policy(PROBLEM),
}
JSON = {"Content-Type": "application/json"}


def quick_ones():
    """Return what recognizes conforming responses under each policy, after so many responses that it has looked for msgspec."""
    made = {name: Quick(policy.rules_under(policy.profile_for(None))) for name, policy in POLICIES.items()}
    for quick in made.values():
        assert not any(quick.conforms(Exchange(409, None, b"[]")) for _ in range(64))
    return made


QUICK = quick_ones()
with pytest.MonkeyPatch.context() as patch:
    patch.setitem(sys.modules, "msgspec", None)
    QUICK_WITHOUT_MSGSPEC = quick_ones()


def read_both(exchange, contract):
    """Read a response, also without reading its body as a plain object; the results are the same."""
    parsed = read(exchange, contract)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsed_response, "plain_object", lambda _: None)
        whole = read(exchange, contract)
    whole.is_plain = parsed.is_plain
    assert repr(whole) == repr(parsed)
    return parsed, whole


def found(policy, parsed, whole):
    """Return what a check finds, and what it finds if it calls every rule."""
    rules = policy.rules_under(policy.forced_profile or policy.profile)
    called = [rule for rule in rules.every if rule.name in rules.ran(whole)]
    every = (each.judged(rule.name, rules.severities[rule.name]) for rule in called for each in rule.check(whole))
    return rules.violations(parsed), tuple(every)


def assert_agreement(exchange):
    """Assert that conditions skip no rule that finds something, under any policy."""
    both = {contract: read_both(exchange, contract) for contract in {each.contract for each in POLICIES.values()}}
    for name, policy in POLICIES.items():
        quick, whole = found(policy, *both[policy.contract])
        assert quick == whole, (name, exchange)
        is_recognized = QUICK[name].conforms(exchange)
        assert QUICK_WITHOUT_MSGSPEC[name].conforms(exchange) <= is_recognized, name
        assert not (is_recognized and whole), name
        if is_recognized and exchange.status >= 400:
            assert_same_error(exchange, policy.contract, QUICK[name])


def assert_same_error(exchange, contract, quick):
    """Assert that an error is recognized without an exchange too, from the body and from its JSON value."""
    content_type = None if exchange.headers is None else exchange.headers.get("Content-Type") or ""
    parsed, document = read(exchange, contract), plain_object(exchange.body.decode())
    for text, value in ((exchange.body.decode(), None), *([] if document is None else [("", document)])):
        assert quick.error(exchange.status, content_type, text, value) == parsed.document


@pytest.mark.covered
def test_examples():
    """Conforming and violating ones, of every rule."""
    for path in EXAMPLES:
        response = json.loads(path.read_text("utf-8"))
        response.pop("pointer", "")
        response.pop("contract", None)
        assert_agreement(Exchange.of(response))


@pytest.mark.covered
def test_shapes():
    """What the real service sends, and what it might."""
    for shape in SHAPES.values():
        assert_agreement(shape)


@pytest.mark.untraced
@pytest.mark.parametrize("rule", rule_set(DEFAULT).rules)
def test_mutants(rule):
    """All variants of a mutant of each rule, for a conflict, an unauthorized, a gateway's and a successful response."""
    bases = [DEFAULT.catalogue["800064"][0], DEFAULT.catalogue["800001"][0], DEFAULT.catalogue["2006"][1]]
    made = [mutant for base in bases for mutant in mutants(base, rule=rule)] or list(mutants(rule=rule))[:20]
    assert made
    for mutant in made:
        assert_agreement(mutant.exchange)


@pytest.mark.covered
@pytest.mark.parametrize("profile", PROFILES)
def test_no_rule_is_called_for_most_conforming_entries(profile):
    """The others have a status with rules of its own, or a brace in the description."""
    called = []
    rules = POLICIES["documented"].rules_under(profile)
    noted = RuleSet(DEFAULT, [each._replace(check=lambda _: called.append(True) or ()) for each in rules.every])
    for entry in DEFAULT.catalogue:
        called.clear()
        parsed = read(synthesize_entry(entry, DEFAULT), DEFAULT)
        assert noted.violations(parsed) == ()
        assert bool(called) == (entry.status == 401 or "{" in parsed.description)


RESPONSES = st.deferred(lambda: error_responses() | broken_responses().map(lambda mutant: mutant.exchange))


@pytest.mark.untraced
@given(RESPONSES)
def test_generated_responses(exchange):
    """Conforming responses spelled in any way, and broken ones."""
    assert_agreement(exchange)


NAMES = st.sampled_from(
    ["code", "description", "data", "source", "message", "statusCode", "error", "errorCode", "tags", "errors", "status"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.floats()
    | st.sampled_from(["800064", "2006", "60012", "", " ", "{0}", "a{", "\u2003", "x" * 1025, "\U0001f600" * 600])
    | st.text(max_size=5)
)
VALUES = st.recursive(LEAVES, lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=5))
OBJECTS = st.fixed_dictionaries(
    {"code": st.just("800064") | LEAVES},
    optional={
        "description": LEAVES,
        "source": LEAVES,
        "data": VALUES,
        "message": LEAVES,
        "error": VALUES,
        "status": LEAVES,
        "errors": st.lists(VALUES | st.dictionaries(st.sampled_from(["code", "detail"]), LEAVES), max_size=3),
    },
)
TEXTS = (VALUES | OBJECTS).map(json.dumps)
REPEATED = st.builds(
    '{{"code": "800064", {}: 1, {}}}'.format, NAMES.map(json.dumps), st.just('"data": [{"a": 1, "a": 2}]')
)
BODIES = st.binary(max_size=20) | (TEXTS | REPEATED | st.text(max_size=20)).map(str.encode)
MARKS = st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf", b" \n", b"\x0b", b"\xff"])
HEADERS = st.none() | st.dictionaries(
    st.sampled_from(["Content-Type", "content-type", "Retry-After", "WWW-Authenticate", "Content-Encoding"]),
    st.sampled_from(["application/json", "Application/JSON; charset=utf-8", "application/problem+json", "7", "", "br"])
    | st.just("OAuth realm=urn:cpsvc:cpid:7"),
)
STATUSES = st.sampled_from([200, 201, 302, 400, 401, 403, 404, 409, 417, 418, 429, 500, 503]) | st.integers(100, 599)
REQUESTS = st.sampled_from([None, Request("HEAD", "/v1/domains/a"), Request("GET", "https://contoso.com/")])


@pytest.mark.untraced
@given(STATUSES, HEADERS, BODIES, MARKS, MARKS, REQUESTS)
def test_any_response(status, headers, body, before, after, request):
    """Any status, headers and body, with the names that the rules look at."""
    assert_agreement(Exchange(status, headers, before + body + after, request))


@pytest.mark.parametrize(
    ("end", "rules"), [(b"}", ["duplicate-key", "description-missing", "source-missing"]), (b"", ["body-not-json"])]
)
def test_a_repeated_name(end, rules):
    """It is found where the text is JSON; otherwise the text is the problem."""
    exchange = Exchange(409, JSON, b'{"code": "800064", "data": [{"a": 1, "a": 2}]' + end)
    assert [violation.rule for violation in POLICIES["documented"].judge(exchange).violations] == rules


@pytest.mark.parametrize("name", [rb"\u0063ode", rb"erro\u0072Code", rb"co\/de"])
def test_a_name_with_escapes_in_a_success(name):
    """An error object is found, however the name of its code is spelled."""
    exchange = Exchange(200, JSON, b'{"errors": [{"%s": 7, "description": "No"}]}' % name)
    assert_agreement(exchange)
    assert [violation.rule for violation in POLICIES["free-contract"].judge(exchange).violations] == [
        "error-in-success"
    ]


@pytest.mark.parametrize("headers", [None, {}, JSON])
def test_an_unknown_body(headers):
    """The rules of the head are checked, those of a user too, and no others."""
    exchange = Exchange(418, headers, b"", body_problem="not kept")
    assert_agreement(exchange)
    assert [violation.rule for violation in POLICIES["own-rule"].judge(exchange).violations] == ["status-undocumented"]


@pytest.mark.parametrize(("value", "rules"), [("a", []), (1, [f"x-{'item-' * 30}type"])])
def test_a_schema_of_more_levels_than_code(value, rules):
    """Where no condition can be compiled, the rules are called."""
    schema = {"type": "string"}
    for _ in range(30):
        schema, value = {"type": "array", "items": schema}, [value]
    contract = custom(schema={"type": "object", "properties": {"x": schema}}, members={"code": "/code"})
    exchange = Exchange(400, JSON, json.dumps({"code": "3000", "x": value}).encode())
    quick, whole = found(Policy(contract), *read_both(exchange, contract))
    assert quick == whole
    assert [violation.rule for violation in quick] == rules


@pytest.mark.parametrize(
    ("kind", "values"),
    [("integer", {1: ["was"], 1.5: ["x-type"], "a": []}), ("number", {1: ["x-type"], 1.5: ["was"], "a": []})],
)
def test_a_deviation_has_exactly_its_type(contract_of, kind, values):
    """An integer is not the deviation of the type number: that is a rule of its own."""
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}
    contract = contract_of(schema, deviations=(Deviation("was", ("x",), kind),))
    for value, rules in values.items():
        exchange = Exchange(400, JSON, json.dumps({"code": "3000", "x": value}).encode())
        quick, whole = found(Policy(contract), *read_both(exchange, contract))
        assert quick == whole
        assert [violation.rule for violation in quick] == rules
