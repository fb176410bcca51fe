"""Responses that are recognized without an exchange, and objects that are read by a type exactly where the tests that it replaces pass.

`test_conditions` compares whole checks.
"""

import json
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors import Contract, Exchange
from pytest_pcerrors.jsontext import parse
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.rules.quick import Quick, typed_reader
from pytest_pcerrors.rules.stages import rule_set

CONTRACT = Contract.default()
ERROR = {"code": "800064", "description": "Busy", "source": "PartnerFD"}
TEXT = json.dumps(ERROR)
BODY = TEXT.encode()


@pytest.fixture
def quick():
    """Return what recognizes conforming responses of Partner Center."""
    return rule_set(CONTRACT).under({"unknown-property": "off", "description-template": "off"}).quick


@pytest.mark.parametrize(
    ("status", "content_type", "code"),
    [
        (409, "application/json", "800064"),
        (409, "application/json; charset=utf-8", "800064"),
        (409, None, "800064"),
        (409, "", None),
        (409, "text/html", None),
        (418, "application/json", None),
        (200, "application/json", None),
    ],
)
def test_heads_of_errors(quick, status, content_type, code):
    """The media type is JSON or unknown, and the status is documented; the same head is recognized again."""
    headers = None if content_type is None else {"Content-Type": content_type} if content_type else {}
    errors = [quick.error(status, content_type, BODY.decode()) for _ in range(2)]
    assert [error and error["code"] for error in errors] == [code, code]
    assert quick.conforms(Exchange(status, headers, BODY)) is (code is not None)


def test_bodies_that_are_not_text(quick):
    """No response whose body is unknown or not UTF-8 is recognized, also not a success."""
    unknown = [Exchange(status, None, b"", body_problem="not kept") for status in (200, 409)]
    invalid = [Exchange(status, None, BODY + b"\xff") for status in (200, 409)]
    assert not any(map(quick.conforms, unknown + invalid))


def test_a_redirect_is_not_searched(quick):
    """Only 2xx responses are, which no entry pairs with a code."""
    assert [quick.is_success(status, "{}") for status in (200, 302)] == [True, False]
    assert [quick.conforms(Exchange(status, None, b"{}")) for status in (200, 302)] == [True, False]


def typed(contract=CONTRACT, length_unit="code-points", off=()):
    """Return the reader of a contract, without the rules that are off, and the names of the rules that its type does not test."""
    rules = rule_set(contract, length_unit=length_unit).under(dict.fromkeys(off, "off")).of_members
    read, others = typed_reader(rules, contract.error_schema["properties"], msgspec)
    return read, [rule.name for rule in others if rule.stage == "properties"]


READ, OTHERS = typed()


def test_the_type_tests_texts():
    """The other rules are about values of other types, and about what a schema cannot express."""
    assert [name for name in OTHERS if name.startswith(("code", "source"))] == []
    assert [name for name in OTHERS if name.startswith("d")] == [
        "data-type",
        "data-item-string",
        "data-item-type",
        "description-blank",
    ]


@pytest.mark.parametrize(
    ("options", "others"),
    [
        ({"length_unit": "utf-16"}, ["description-empty", "description-too-long"]),
        ({"off": ["code-number"]}, ["code-type"]),
        ({"off": ["description-type"]}, ["description-empty", "description-too-long"]),
    ],
)
def test_what_the_type_does_not_test_is_left_to_the_rules(options, others):
    """Lengths in other units, members that may be of several types, and lengths where the type is not tested."""
    assert [name for name in typed(**options)[1] if name not in OTHERS] == others


def test_each_rule_of_a_keyword_is_tested(contract_of):
    """A second limit of the same length is a rule of the same name."""
    limits = [{"minLength": 2}, {"minLength": 3}, {"minLength": 2.0}]
    schema = {"type": "object", "properties": {"x": {"type": "string", "allOf": limits}}}
    assert typed(contract_of(schema))[1].count("x-empty") == 2


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f" \n{TEXT}\t",
        json.dumps({**ERROR, "data": []}),
        json.dumps({**ERROR, "data": [{"a": "b"}, {}]}),
        json.dumps({**ERROR, "description": "\u00e9" * 1024}, ensure_ascii=False),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_read(text):
    """All members, as the parser reads them."""
    assert READ(text) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({**ERROR, "code": 800064}),
        json.dumps({**ERROR, "code": None}),
        json.dumps({**ERROR, "description": ""}),
        json.dumps({**ERROR, "description": "x" * 1025}),
        json.dumps({"code": "800064", "source": "PartnerFD"}),
        json.dumps({**ERROR, "source": 1, "isRetryable": False}),
        json.dumps({**ERROR, "data": 0}).replace("0}", "1e999}"),
        "[]",
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_failed_test(text):
    """Then no other reader needs to look at the text, since a rule is broken, or a number is beyond a float."""
    assert READ(text) is False


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({**ERROR, "isRetryable": False}),
        json.dumps({**ERROR, "description": 'a "quote"'}),
        TEXT.replace("{", '{"code": "1", '),
        TEXT.replace("{", '{"data": [{"a": 1, "a": 2}], '),
        TEXT.replace("}", ', "x": "\x00"}'),
        f"{TEXT} {TEXT}",
        TEXT[:-1],
        json.dumps({**ERROR, "data": [{"a": "x" * 4000}]}),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_what_is_not_read(text):
    """Another or repeated name, an escaped quote, a long text, and what is not one object."""
    assert READ(text) is None


@pytest.mark.parametrize("depth", [*range(850, 1000, 10), 1500])
def test_objects_with_many_levels(depth):
    """How many are read depends on the version of Python; nothing is raised."""
    text = f'{{"data": {"[" * depth}"b"{"]" * depth}, {TEXT[1:]}'
    assert READ(text) is None or READ(text) == parse(text)


@given(
    st.fixed_dictionaries(
        {
            "code": st.text(max_size=3),
            "description": st.text(max_size=3),
            "source": st.text(max_size=3) | st.integers(),
        },
        optional={"data": st.lists(st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=2), max_size=2)},
    ),
    st.booleans(),
)
def test_any_object(value, is_ascii):
    """It is read as it is, or not at all."""
    text = json.dumps(value, ensure_ascii=is_ascii)
    if type(value["source"]) is int or not value["description"]:
        assert READ(text) is False
    else:
        assert READ(text) in (parse(text), None)


@pytest.mark.parametrize("is_installed", [True, False])
def test_msgspec_is_used_after_some_responses(monkeypatch, is_installed):
    """The same responses are recognized before and after, with and without it, and with members that a type does not have."""
    if not is_installed:
        monkeypatch.setitem(sys.modules, "msgspec", None)
    quick = Quick(Policy(CONTRACT).rules_under("documented"))
    responses = [Exchange(409, None, body.encode()) for body in (TEXT, json.dumps({**ERROR, "x": 1}), "{}")]
    assert [quick.conforms(each) for _ in range(30) for each in responses] == [True, True, False] * 30
