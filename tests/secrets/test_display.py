"""The texts of violations: values in safe and short form, places as pointers, and the messages of the rules."""

import json

import pytest

from pytest_pcerrors import ContractViolation, Violation, check
from pytest_pcerrors.jsontext import Place, value_at
from pytest_pcerrors.rules.paths import pointer_to
from pytest_pcerrors.secrets.display import shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a" * 60, f'"{"a" * 59}...'),
        ('a"b\n', '"a\\"b\\n"'),
        (10**70, "1" + "0" * 59 + "..."),
        (1.5, "1.5"),
        (True, "true"),
        ([[]] * 3, "an array with 3 items"),
        (dict.fromkeys("abcdefg"), "an object with a, b, c, d, e"),
    ],
)
def test_a_value_is_shown_briefly(value, expected):
    """Texts and numbers are shortened, the items of containers counted."""
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ud800\x00\x1b[31m", "\\ud800\\x00\\x1b[31m"),
        ("Zoë 🛒 購", "Zoë 🛒 購"),
        ("line\nbreak\u2028", "line\\nbreak\\u2028"),
        ("a" * 700, "a" * 600 + "..."),
        ("Bearer abcdefgh1234", "Bearer ***"),
        ("", ""),
    ],
)
def test_the_texts_of_a_violation_are_safe(text, expected):
    """They are on one line, encodable, short and without secrets, for any violation."""
    violation = Violation(text, text, text, text, text)
    assert {violation.message, violation.pointer, violation.expected, violation.actual, violation.hint} == {expected}


def test_a_violation_is_reported_with_its_place():
    """A violation of the whole response has no place."""
    texts = [str(Violation("busy", pointer, rule="busy-cart")) for pointer in ("/code", "")]
    assert texts == ["busy-cart /code: busy", "busy-cart: busy"]


def test_a_contract_violation_is_a_failed_assertion():
    """It has its violations, and the name that tests import."""
    error = ContractViolation("busy", [Violation("busy")])
    assert isinstance(error, AssertionError)
    assert (error.violations, type(error).__module__) == ((Violation("busy"),), "pytest_pcerrors")


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        (None, ""),
        (Place(None, ""), "/"),
        (Place(Place(Place(None, "a/b"), 0), "~"), "/a~1b/0/~0"),
        (Place(None, "n" * 70), f"/{'n' * 60}..."),
    ],
)
def test_a_place_is_a_json_pointer(place, pointer):
    """Names are escaped as in RFC 6901, and shortened if they are long."""
    assert pointer_to(place) == pointer


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(("a", "b"), 1), (("a", "c"), None), (("a", "b", "c"), None), ((), {"a": {"b": 1}}), (None, None)],
)
def test_a_path_leads_to_a_value_or_nowhere(steps, expected):
    """An absent member and an invalid path give None."""
    assert value_at({"a": {"b": 1}}, steps) == expected


BUSY = {"code": "800064", "description": "Busy", "source": "PartnerFD"}


def messages_of(status, body, **headers):
    """Return the messages of the violations of a response."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return [str(violation) for violation in check({"status": status, "headers": pairs, "body": data})]


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (500, b"", "body-empty: no body instead of a JSON object"),
        (500, b" ", "body-empty: a body of white space only instead of a JSON object"),
        (500, "\u00a0".encode(), "body-empty: a body of white space only instead of a JSON object"),
        (409, json.dumps(BUSY).encode("utf-16"), "body-encoding: UTF-16 instead of UTF-8"),
        (409, b'"Zo\xeb"', "body-encoding: another encoding (not UTF-8 at byte 3) instead of UTF-8"),
        (
            409,
            b"\x1f\x8b\x08",
            "body-encoding: broken gzip data, cut off or followed by something else, instead of UTF-8",
        ),
        (403, b"Denied.", 'body-plain-text: plain text instead of JSON: "Denied."'),
        (502, b"\n<html>", "body-not-json: an HTML page instead of JSON"),
        (
            502,
            b"<!DOCTYPE html>\n<HTML><head><TITLE lang=en>\n 502  Bad Gateway</TITLE>",
            'body-not-json: an HTML page instead of JSON: "502 Bad Gateway"',
        ),
        (502, b'<?xml version="1.0"?><html xmlns="x"/>', "body-not-json: an HTML page instead of JSON"),
        (403, b'<?xml version="1.0"?><Error/>', "body-not-json: an XML document instead of JSON"),
        (403, b"<h1>Denied</h1>", "body-not-json: markup instead of JSON"),
        (409, b'{"a"', "body-not-json: JSON that is cut off after 4 characters, expected a whole JSON object"),
        (409, b'{"a": "b', "body-not-json: JSON that is cut off after 8 characters, expected a whole JSON object"),
        (409, b'"b', "body-not-json: JSON that is cut off after 2 characters, expected a whole JSON object"),
        (409, b"[NaN", "body-not-json: not JSON, expected a JSON object: NaN is not a JSON value"),
        (409, b"[" * 100_000, "body-not-json: not JSON, expected a JSON object: nested too deeply to read"),
        (403, b"null", "body-not-object: null instead of a JSON object"),
        (403, {"message": "No."}, 'message-only: only a message instead of an error object: "No."'),
        (404, {"message": [], "statusCode": 1}, "gateway-envelope: the gateway's envelope instead of an error object"),
        (409, {**BUSY, "description": "d" * 1187}, "description-too-long /description: 1187 characters, at most 1024 allowed"),
        (409, {**BUSY, "code": True}, "code-type /code: the boolean true instead of a string"),
        (400, {**BUSY, "code": "60012"}, "code-unknown /code: code 60012 is not in the catalogue"),
        (400, {**BUSY, "code": "a b"}, 'code-unknown /code: code "a b" is not in the catalogue'),
        (404, BUSY, 'pairing /code: code 800064 is documented with 409 Conflict ("Another request is already processing cart {0}"), not with 404'),
        (
            418,
            BUSY,
            "status-undocumented: 418 I'm a Teapot is not a documented status (documented: 400, 401, 403, 404, 405, 406, 409, 412, 417, 429, 500, 501, 502, 503, 504)",
        ),
        (200, {"error": {"code": 7, "message": "No."}}, 'error-in-success /error: an error with code "7" in a 200, expected none: "No."'),
    ],
)  # fmt: skip
def test_a_violation_teaches(status, body, text):
    """One sentence has what was found and what was expected."""
    assert messages_of(status, body) == [text]


@pytest.mark.parametrize(
    ("status", "headers", "text"),
    [
        (429, {}, "retry-after Retry-After: no Retry-After header, expected seconds or an HTTP date"),
        (503, {"Retry_After": "soon"}, 'retry-after Retry-After: Retry-After "soon" instead of seconds or an HTTP date'),
        (401, {}, "challenge-missing WWW-Authenticate: no WWW-Authenticate header, expected OAuth realm=urn:cpsvc:cpid:{cid}"),
        (
            401,
            {"WWW_Authenticate": " "},
            "challenge-missing WWW-Authenticate: an empty WWW-Authenticate header, expected OAuth realm=urn:cpsvc:cpid:{cid}",
        ),
        (
            401,
            {"WWW_Authenticate": "Bearer"},
            'challenge-other WWW-Authenticate: WWW-Authenticate "Bearer" instead of OAuth realm=urn:cpsvc:cpid:{cid}',
        ),
        (404, {"Content_Type": "text/html"}, 'content-type Content-Type: Content-Type "text/html" instead of application/json'),
    ],
)  # fmt: skip
def test_a_header_is_named(status, headers, text):
    """The message has the missing header, or its value and the expected one."""
    assert text in messages_of(status, {**BUSY, "code": "800001" if status == 401 else "800064"}, **headers)


def test_a_body_without_a_type_is_named():
    """The message has the missing header and its expected value."""
    [violation] = check({"status": 409, "headers": {}, "body": BUSY})
    assert str(violation) == "content-type Content-Type: no Content-Type header, expected application/json"


@pytest.mark.parametrize(("name", "hint"), [("Code", 'it has "Code"; letter case matters'), ("codes", "")])
def test_a_property_in_another_letter_case_is_named(name, hint):
    """The message names the property in the other case."""
    body = {name: "800064", **{key: value for key, value in BUSY.items() if key != "code"}}
    [violation] = check((409, json.dumps(body).encode()))
    assert (violation.message, violation.hint) == ('"code" is missing', hint)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("8000640", "nearest documented code: 800064 with 409 Conflict"),
        ("InternalServerError", ""),
        ("8" * 5_000, ""),
    ],
)
def test_an_unknown_code_hints_at_the_nearest(code, hint):
    """A hint suggests a similar code, if there is one."""
    [violation] = check((409, json.dumps({**BUSY, "code": code}).encode()))
    assert violation.hint.startswith(hint)
    assert bool(violation.hint) == bool(hint)
