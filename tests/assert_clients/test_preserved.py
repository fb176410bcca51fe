"""`assert_preserved`: a client's error has the facts of the response that caused it, or the failure says which were lost and where."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum

import pytest
import requests

from pytest_pcerrors import Exchange, UsageError, assert_preserved
from pytest_pcerrors.clients import ClientViolation
from pytest_pcerrors.simulation import SHAPES
from pytest_pcerrors.simulation.simulator import simulate

CORRELATION = "9240230a-7f60-4e1e-9c3c-1d2a3b4c5d6e"
BUSY = Exchange(
    409,
    {"Content-Type": "application/json", "MS-CorrelationId": CORRELATION, "MS-RequestId": "7-A"},
    b'{"code": "800064", "description": "Cart 7 is busy", "data": [], "source": "PartnerFD"}',
)
FULL = Exchange(503, {**dict(BUSY.headers), "Retry-After": "41", "Date": "Wed, 25 Nov 2026 10:00:00 GMT"}, BUSY.body)
NEXT = datetime(2026, 11, 25, 10, 0, 41, tzinfo=UTC)
DATED = Exchange(
    429,
    {"Retry-After": "Wed, 25 Nov 2026 10:00:41 GMT", "Date": "Wed, 25 Nov 2026 10:00:00 GMT"},
    b'{"statusCode": 429, "message": "Wait"}',
)


class ApiError(Exception):
    """The error of a client, with any attributes."""

    def __init__(self, text="", **attributes):
        super().__init__(text)
        vars(self).update(attributes)


class Text(Enum):
    """A code as a member of an enumeration."""

    BUSY = "800064"


class Number(IntEnum):
    """A code as a number with a name."""

    BUSY = 800064


def lost(caught, response=BUSY, **places):
    """Return the violations of a failing assertion."""
    with pytest.raises(ClientViolation) as raised:
        assert_preserved(caught, response, **places)
    return raised.value.violations


def rules(caught, response=BUSY, **places):
    """Return the names of what was lost."""
    return [each.rule for each in lost(caught, response, **places)]


@pytest.mark.parametrize("code", [800064, "800064", Text.BUSY, Number.BUSY])
def test_a_code_is_compared_as_text(code):
    """As a number, as a text, or as a member of an enumeration."""
    assert_preserved(ApiError(code=code), BUSY, code="code")


@pytest.mark.parametrize("code", [409, "0800064", None, 800064.0, True, ["800064"], b"800064"])
def test_another_code_is_lost(code):
    """Also a status instead of the code."""
    assert rules(ApiError(code=code), code="code") == ["code-lost"]


@pytest.mark.parametrize("value", [CORRELATION, CORRELATION.upper(), uuid.UUID(CORRELATION)])
def test_an_identifier_is_compared_without_letter_case(value):
    """As a text, or as a UUID."""
    assert_preserved({"id": value}, BUSY, correlation_id="id")


@pytest.mark.parametrize("value", [41, 41.0, "41", "41.0", timedelta(seconds=41), NEXT, NEXT.replace(tzinfo=None)])
def test_a_wait_is_compared_as_seconds(value):
    """As any number, a duration, or the moment of the next try."""
    assert_preserved(ApiError(wait=value), FULL, retry_after="wait")


@pytest.mark.parametrize(
    "value", [41000, 40, "soon", None, True, [41], timedelta(minutes=41), datetime(2026, 11, 25, tzinfo=UTC)]
)
def test_another_wait_is_lost(value):
    """Also the wait in milliseconds."""
    assert rules(ApiError(wait=value), FULL, retry_after="wait") == ["retry-after-lost"]


@pytest.mark.parametrize("value", [41, 40, "41", "Wed, 25 Nov 2026 10:00:41 GMT", NEXT])
def test_a_wait_until_a_date_may_be_any_form_of_it(value):
    """The client's clock may be a second late."""
    assert_preserved(ApiError(wait=value), DATED, retry_after="wait", description=lambda _: "Wait")


def test_a_moment_without_the_date_of_the_response_is_counted_from_now():
    """A response need not have a date."""
    response = Exchange(429, {"Retry-After": "41"}, b"")
    assert_preserved({"until": datetime.now(UTC) + timedelta(seconds=41)}, response, retry_after="until")


@pytest.mark.parametrize(
    ("caught", "path"),
    [
        ({"error": {"code": "800064"}}, "error.code"),
        (ApiError(body={"errors": [{"code": 800064}]}), "body.errors.0.code"),
        (ValueError("409", "800064"), "args.1"),
        (ApiError(codes={7: 800064}), "codes.7"),
        (ApiError(codes=["800064"]), "codes.-1"),
        (ApiError("409/800064"), lambda error: str(error).partition("/")[2]),
    ],
)
def test_a_place_is_a_path_or_a_function(caught, path):
    """Steps of a path are keys, attributes and indexes."""
    assert_preserved(caught, BUSY, code=path)


def test_facts_that_the_response_does_not_have_are_not_compared():
    """The gateway sends no code and no identifiers."""
    assert_preserved(
        ApiError(text=SHAPES["gateway-429"].body.decode()),
        SHAPES["gateway-429"],
        code="nothing",
        correlation_id="nothing",
        request_id="nothing",
    )
    assert_preserved(None, (401, b""), code="a", description="b", retry_after="c")


def test_every_lost_fact_is_reported_with_its_place():
    """In one failure; what was kept is counted."""
    caught = ApiError("409 Client Error", id=CORRELATION)
    facts = {"code": "code", "description": "args.0", "request_id": "id", "retry_after": "wait", "correlation_id": "id"}
    found = lost(caught, FULL, **facts)
    assert [(each.rule, each.pointer, each.expected) for each in found] == [
        ("code-lost", "/code", '"800064"'),
        ("description-lost", "/description", '"Cart 7 is busy"'),
        ("request-id-lost", "MS-RequestId", '"7-A"'),
        ("retry-after-lost", "Retry-After", "41 s"),
    ]
    with pytest.raises(ClientViolation, match=r"^ApiError lost 4 of 5 facts of 503 Service Unavailable:\n"):
        assert_preserved(caught, FULL, **facts)


@pytest.mark.parametrize(
    ("response", "pointer"),
    [
        (BUSY, "/description"),
        (SHAPES["gateway-404"], "/message"),
        (SHAPES["bare-string-403"], ""),
        (SHAPES["plain-text-403"], ""),
    ],
)
def test_the_description_is_where_the_response_has_it(response, pointer):
    """In the member, in the gateway's message, or as the whole body."""
    assert [each.pointer for each in lost(ApiError(), response, description="args.0")] == [pointer]


@dataclass
class Trap:
    """An object whose members raise."""

    @property
    def code(self):
        """Raise as a broken property does."""
        raise RuntimeError("broken")

    def __repr__(self):
        """Raise as a broken description does."""
        raise RuntimeError("broken")


@pytest.mark.parametrize(
    ("caught", "place", "reason"),
    [
        (ApiError(status_code=1), "status_cod", 'ApiError has no attribute "status_cod"; did you mean "status_code"?'),
        (ApiError(error=ApiError(code=1)), "error.kode", 'error has no attribute "kode"; did you mean "code"?'),
        ({"kode": 1}, "code", 'dict has no key "code"; did you mean "kode"?'),
        ({}, "code", 'dict has no key "code"'),
        ({7: 1}, "8", "dict has no item 8"),
        (ValueError(), "args.0", "args has no item 0"),
        (ApiError(), "args.0.0.0.1", "args.0 has no item 0"),
        (None, "0", "NoneType has no item 0"),
        (Trap(), "code", 'Trap has an attribute "code" that raised RuntimeError: broken'),
        (
            ApiError(),
            lambda error: error.code,
            "the function raised AttributeError: 'ApiError' object has no attribute 'code'",
        ),
        (ApiError(code=Trap()), "code", "the client has <Trap>"),
        (ApiError(code=None), "code", "the client has None"),
        (ApiError(code="x" * 999), "code", "the client has " + '"' + "x" * 59 + "..."),
    ],
)
def test_a_place_without_the_fact_is_described(caught, place, reason):
    """A path that does not exist names the nearest one; nothing that the client raises ends the assertion."""
    [found] = lost(caught, code=place)
    assert found.actual == reason


RESPONSE = requests.Response()
RESPONSE.status_code, RESPONSE._content = 409, BUSY.body


def caused(error, cause):
    """Return an exception with a cause."""
    error.__cause__ = cause
    return error


def in_context(error, context):
    """Return an exception with a context."""
    error.__context__ = context
    return error


class SilentError(ApiError):
    """An error whose text has what its arguments do not have."""

    def __str__(self):
        """Return a text that is made when it is printed."""
        return "code 800064"


@pytest.mark.parametrize(
    ("caught", "hint"),
    [
        (ApiError(error_code=800064), "it is in .error_code"),
        (ValueError(409, 800064), "it is in .args[1]"),
        (ValueError({"code": 800064}), "it is in .args[0]['code']"),
        ({"error_code": "800064"}, "it is in ['error_code']"),
        (ApiError("busy (800064)"), "it is only in the text of .args[0]"),
        ({"body": BUSY.body.decode()}, "it is only in the text of ['body']"),
        (SilentError(), "it is only in the text of str(exception)"),
        (caused(ApiError(), ValueError("800064")), "it is only in the text of its cause"),
        (in_context(ApiError(), ValueError("800064")), "it is only in the text of its context"),
        (ApiError(response=RESPONSE), "it is only in .response, which callers have to parse"),
        (ApiError(response=None), ""),
        (ApiError("1800064 08000640"), ""),
        (object(), ""),
    ],
)
def test_a_hint_says_where_else_the_fact_is(caught, hint):
    """In another attribute, in a text, in the cause, in the response; part of a longer word is not it."""
    [found] = lost(caught, code=lambda _: None)
    assert found.hint == hint


def test_an_exception_of_pytest_raises_is_unwrapped():
    """The functions get the exception itself."""
    with pytest.raises(ApiError) as caught:
        raise ApiError(code=800064)
    assert_preserved(caught, BUSY, code=lambda error: error.code)


def test_the_response_may_be_a_simulation():
    """Its last response is meant."""
    with simulate([429, 800064]) as simulation:
        for _ in range(2):
            response = requests.get("https://api.partnercenter.microsoft.com/v1/customers", timeout=5)
    assert_preserved(response.json(), simulation, code="code", description="description")
    assert_preserved(response.headers, simulation.exchanges[-1], correlation_id="MS-CorrelationId")


def test_secrets_are_masked():
    """In what was lost, in what the client has, and in the body."""
    token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2lnbmF0dXJl"
    response = Exchange(401, {"MS-RequestId": token}, f'{{"code": "{token}", "description": "{token}"}}'.encode())
    caught = ApiError(token, code=[token])
    with pytest.raises(ClientViolation) as raised:
        assert_preserved(caught, response, code="code", description=lambda e: e[token], request_id="code")
    assert token[:40] not in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((ApiError(), BUSY), {}),
        ((ApiError(), 42), {"code": "code"}),
        ((ApiError(), BUSY), {"code": ""}),
        ((ApiError(), BUSY), {"code": "a..b"}),
        ((ApiError(), BUSY), {"code": 7}),
    ],
)
def test_misuse_is_a_usage_error(arguments, options):
    """Without a place, without a response, or with an invalid place."""
    with pytest.raises(UsageError):
        assert_preserved(*arguments, **options)


def test_a_simulation_without_a_request_has_no_response():
    """The message says so."""
    with simulate(429, required=False) as simulation, pytest.raises(UsageError, match="has answered no request yet"):
        assert_preserved(ApiError(), simulation, code="code")


def test_the_exception_is_the_first_argument():
    """A simulation in its place is misuse."""
    with simulate(429, required=False) as simulation, pytest.raises(UsageError, match="the exception first and then"):
        assert_preserved(simulation, ApiError(), code="code")


def test_what_pytest_has_not_caught_is_a_usage_error():
    """As for `check`."""
    with pytest.raises(UsageError, match="caught nothing yet"), pytest.raises(ApiError) as caught:
        assert_preserved(caught, BUSY, code="code")
