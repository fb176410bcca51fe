"""For any bytes, `check` returns violations that can be displayed."""

import gzip
import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors import Contract, Exchange, Request, UsageError, Violation, check
from pytest_pcerrors.policy.policy import Policy

JSON = {"Content-Type": "application/json"}
ERROR = {"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}
TEXTS = ("message", "pointer", "expected", "actual", "hint")
LONGEST = 610


def error(**members):
    """Make the bytes of an error object with some members replaced."""
    return json.dumps({**ERROR, **members}).encode()


def nested(depth, opening, closing):
    """Make the bytes of an error object with deep data."""
    return f'{{"code": "800064", "data": [{opening * depth}1{closing * depth}]}}'.encode()


def deep_and_wide():
    """Make a deep and wide body: the pointers to all of its places would need gigabytes."""
    opening, closing = "".join(f'{{"{"n" * 60}{step}":' for step in range(800)), "}" * 800
    items = ",".join(['{"a":1,"a":2}'] * 20_000)
    return f"{opening}[{items}]{closing}".encode()


BODIES = {
    "long-description": error(description="d" * 200_000),
    "long-code": error(code="8" * 200_000),
    "long-name": error(**{"n" * 200_000: 1}),
    "long-placeholder": error(description="{0}" * 70_000),
    "long-entity": error(description="&#" + "1" * 200_000 + ";"),
    "long-string": json.dumps("s" * 200_000).encode(),
    "long-plain-text": b"denied " * 30_000,
    "deep-arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep-objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep-and-cut-off": b"[" * 200_000,
    "data-900-deep": nested(900, "[", "]"),
    "objects-900-deep": nested(900, '{"a":', "}"),
    "many-braces": b"{" * 200_000,
    "many-quotes": b'"' * 200_000,
    "many-backslashes": b'"' + b"\\" * 200_000 + b'"',
    "long-integer": b'{"code": ' + b"9" * 5_000 + b"}",
    "longest-integer": b'{"code": ' + b"9" * 4_300 + b', "data": [' + b"9" * 4_300 + b"]}",
    "long-fraction": b'{"code": 0.' + b"9" * 5_000 + b"}",
    "infinite-float": b'{"code": 1e400, "description": -1e400, "data": [1e400], "source": 1e400}',
    "lone-surrogates": rb'{"code": "\ud800", "description": "\udfff{0}", "\udc00": 1, "\udc00": 2, "source": 1}',
    "surrogate-bytes": b'{"code": "\xed\xa0\x80"}',
    "utf-16": json.dumps(ERROR).encode("utf-16"),
    "utf-16-odd": json.dumps(ERROR).encode("utf-16")[:-1],
    "utf-32": json.dumps(ERROR).encode("utf-32"),
    "utf-32-without-mark": json.dumps(ERROR).encode("utf-32-be"),
    "byte-order-marks": b"\xef\xbb\xbf" * 1_000,
    "nul-bytes": b"\0" * 100_000,
    "nul-characters": rb'{"code": "\u0000", "description": "\u0000{0}", "\u0000": 1}',
    "control-characters": rb'{"code": "\u001b[31m\u0007", "description": "\u001b]0;{0}\u0007", "\u009b\u2028\u202e": []}',
    "control-characters-raw": b"\x1b[2J\x1b]0;title\x07\r\x08\x7f" * 100,
    "only-control-characters": json.dumps(["\x01" * 600]).encode(),
    "many-names": json.dumps({str(number): number for number in range(20_000)}).encode(),
    "many-names-twice": f"{{{','.join(f'{chr(34)}{number % 10_000}{chr(34)}:1' for number in range(20_000))}}}".encode(),
    "one-name-many-times": b'{"a":1' + b',"a":1' * 20_000 + b"}",
    "empty-names": b'{"": 1, "": {"": 1, "": 2}}',
    "many-wrong-items": error(data=[7, None, "a", []] * 12_500),
    "many-errors": json.dumps({"errors": [{"code": 1, "message": "No"}] * 20_000}).encode(),
    "deep-and-wide": deep_and_wide(),
    "compressed-bomb": gzip.compress(gzip.compress(b"0" * 20_000_000)),
    "compressed-and-cut-off": gzip.compress(error())[:-4],
    "compressed-in-name-only": b"\x1f\x8b" + b"\0" * 100,
}

HEADERS = {
    "endless-year": {**JSON, "Retry-After": "Fri, 31 Dec 99999999999 23:59:59 GMT"},
    "endless-zone": {**JSON, "Retry-After": "Fri, 31 Dec 2020 23:59:59 -99999999999999"},
    "long-delay": {**JSON, "Retry-After": "9" * 5_000},
    "long-values": dict.fromkeys(["Content-Type", "Retry-After", "WWW-Authenticate"], "a, " * 70_000),
    "control-characters": dict.fromkeys(["Content-Type", "Retry-After", "WWW-Authenticate"], "\x1b[31m\0\ud800"),
    "empty": {"": "", "Content-Type": "", "Retry-After": "", "WWW-Authenticate": ""},
}


def assert_presentable(violations):
    """Assert that every text of every violation can be shown in a terminal, a log and a report."""
    for violation in violations:
        texts = [getattr(violation, name) for name in TEXTS] + [str(violation)]
        for text in texts:
            text.encode("utf-8")
            assert text.isprintable()
            assert len(text) < 2 * LONGEST if text == str(violation) else len(text) <= LONGEST
        assert asdict(violation)["message"] == violation.message
        assert violation == replace(violation)
        assert hash(violation) == hash(replace(violation))
        assert violation.rule in repr(violation)


@pytest.mark.untraced
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_any_body_is_answered(strict, body):
    """Bodies made to be too long, too deep, too many or unreadable are answered, and briefly."""
    for status in (200, 409):
        found = strict.judge(Exchange(status, JSON, body)).violations
        assert_presentable(found)
        assert len(found) <= 30, status


@pytest.mark.parametrize("status", [401, 429, 503])
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_any_headers_are_answered(strict, headers, status):
    """Headers made to be unreadable are answered."""
    found = strict.judge(Exchange(status, headers, error())).violations
    assert_presentable(found)
    assert found


def json_values():
    """Any JSON value, with the names that the rules look at among the others."""
    names = st.sampled_from(["code", "description", "data", "source", "message", "statusCode", "errors", "errorCode"])
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["800064", "{0}"])
    return st.recursive(
        leaves, lambda each: st.lists(each, max_size=4) | st.dictionaries(names | st.text(), each, max_size=6)
    )


ANY_BODY = st.binary() | st.text().map(str.encode) | json_values().map(lambda value: json.dumps(value).encode())
NAMES = st.sampled_from(["Content-Type", "Retry-After", "WWW-Authenticate", "Date"]) | st.text()


@pytest.mark.untraced
@given(status=st.integers(100, 599), headers=st.none() | st.dictionaries(NAMES, st.text()), body=ANY_BODY)
def test_anything_is_answered(strict, status, headers, body):
    """No status, headers and body together make `check` raise, under any profile."""
    exchange = Exchange(status, headers, body)
    assert_presentable([*strict.judge(exchange).violations, *check(exchange), *check(exchange, profile="observed")])


SECRET = "hunter2-Correct.Horse"
JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl"
PLANTED = {
    "bearer": (f"Bearer {SECRET}", SECRET),
    "jwt": (JWT, JWT[:20]),
    "password": (f"password={SECRET}", SECRET),
    "cookie": (f"Set-Cookie: session={SECRET}", SECRET),
    "client-secret": (f'{{"client_secret": "{SECRET}"}}', SECRET),
    "url": (f"https://partner:{SECRET}@contoso.com/?sig={SECRET}", SECRET),
    "behind-another": (f"Bearer {'a' * 200} https://partner:{SECRET}@contoso.com", SECRET),
}
CARRIERS = {
    "plain-text": lambda text: (403, JSON, text.encode()),
    "bare-string": lambda text: (403, JSON, json.dumps(text).encode()),
    "message": lambda text: (403, JSON, json.dumps({"message": text}).encode()),
    "gateway": lambda text: (429, JSON, json.dumps({"statusCode": 429, "message": text}).encode()),
    "cut-off": lambda text: (409, JSON, json.dumps({"code": text, "description": text}).encode()[:-2]),
    "code": lambda text: (409, JSON, error(code=text)),
    "description": lambda text: (409, JSON, error(description=f"{text} {{0}}")),
    "long-description": lambda text: (409, JSON, error(description=f"{text} {{0}}" * 100)),
    "data": lambda text: (409, JSON, error(data=[text, 7])),
    "source": lambda text: (409, JSON, error(source=[text])),
    "name": lambda text: (409, JSON, error(**{text: 1})),
    "long-name": lambda text: (409, JSON, error(**{f"{'n' * 40} {text}": 1})),
    "repeated-name": lambda text: (409, JSON, f"{{{json.dumps(text)}: 1, {json.dumps(text)}: [2]}}".encode()),
    "names-of-an-object": lambda text: (409, JSON, error(data={"n" * 30: 1, text: 1})),
    "error-in-success": lambda text: (200, JSON, json.dumps({"errors": [{"code": 7, "message": text}]}).encode()),
    "content-type": lambda text: (409, {"Content-Type": text}, error()),
    "challenge": lambda text: (401, {**JSON, "WWW-Authenticate": text}, error()),
    "retry-after": lambda text: (429, {**JSON, "Retry-After": text}, error()),
}


@pytest.mark.covered
@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
def test_no_violation_shows_a_credential(strict, carrier):
    """Credentials are masked in every text, wherever they are in the response."""
    request = Request("GET", f"https://partner:{SECRET}@contoso.com")
    for name, (text, secret) in PLANTED.items():
        found = strict.judge(Exchange(*carrier(text), request)).violations
        reported = " ".join(f"{violation!r} {violation}" for violation in found)
        assert found, name
        assert secret not in reported, name


def test_a_failed_rule_shows_no_credential():
    """The exception of a user rule, and its request, are reported without credentials and surrogates."""

    def failing(parsed):
        raise KeyError(f"password={SECRET} \ud800")

    policy = Policy(Contract.default(), user_rules=(failing,))
    with pytest.raises(UsageError) as caught:
        policy.judge(Exchange(409, JSON, error(), Request("GET", f"https://contoso.com/?sig={SECRET}")))
    assert SECRET not in str(caught.value).encode().decode()


def test_a_text_that_grows_by_escaping_is_cut_after_it():
    """A text of control characters is not longer than others when it is shown."""
    violation = Violation("\U000e0001" * 600)
    assert len(violation.message) <= LONGEST


@pytest.mark.parametrize(
    ("status", "body", "rule"),
    [
        (409, b'{"code": "800064", "description": "Busy", "source": "a", "data": [%s]}', "duplicate-key"),
        (200, b'{"errors": [%s]}', "error-in-success"),
    ],
)
def test_a_rule_reports_five_places_at_most(status, body, rule):
    """More of them explain nothing more."""
    many = b", ".join([b'{"code": 7, "code": 7, "message": "No"}'] * 7)
    assert [violation.rule for violation in check(Exchange(status, JSON, body % many))] == [rule] * 5
