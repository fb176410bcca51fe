"""The exact message of a failing assertion."""

import re
import textwrap

import pytest

from pytest_pcerrors import ContractViolation, Exchange, Request, assert_pc_error, assert_pc_success, check
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.reporting.failure import failure_text, violation_lines
from pytest_pcerrors.reporting.finding_data import violation_data
from pytest_pcerrors.rules.violation import Violation

REQUEST = Request("POST", "https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout")
HEADERS = {"Content-Type": "application/json; charset=utf-8", "MS-CorrelationId": "9240230a-1f1c"}
BODY = '{"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD"}'


def recorded(status, body, *, headers=HEADERS, reason=None):
    """Return an exchange as a recording has it: with request and origin."""
    return Exchange(status, headers, body.encode(), REQUEST, reason, "cassettes/cart.yaml:41")


def reported(verb, *arguments, **keywords):
    """Return the text that a failing assertion raises."""
    with pytest.raises(ContractViolation) as raised:
        verb(*arguments, **keywords)
    return str(raised.value) + "\n"


CASES = {
    "two rules and an expectation": (
        (recorded(409, BODY.replace("800064", "800061").replace("Cart 7 is busy", "x" * 1187)), 800064),
        {},
        f"""\
        409 Conflict breaks the Partner Center error contract in 2 places and is not what was expected in 1 place:
          description-too-long  /description  1187 characters, at most 1024 allowed
          pairing               /code         code 800061 is documented with 400 Bad Request ("Canceling this order is not possible"), not with 409
          code-unexpected       /code         code 800061, 400 Bad Request ("Canceling this order is not possible") instead of 800064, 409 Conflict ("Another request is already processing cart {{0}}")
        in cassettes/cart.yaml:41, POST https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout
        MS-CorrelationId 9240230a-1f1c   body: {{"code": "800061", "description": "{"x" * 125}...
        """,
    ),
    "another status": (
        ((409, BODY),),
        {"status": [403, 400]},
        f"""\
        409 Conflict is not what was expected in 1 place:
          status-unexpected  409 Conflict instead of 400 Bad Request or 403 Forbidden
        body: {BODY}
        """,
    ),
    "a code that is in no catalogue": (
        ((409, BODY), "800.064"),
        {},
        f"""\
        409 Conflict is not what was expected in 1 place:
          code-unexpected  /code  code 800064, 409 Conflict ("Another request is already processing cart {{0}}") instead of "800.064" (not in the catalogue)
                                  nearest documented code: 800064 with 409 Conflict ("Another request is already processing cart {{0}}")
        body: {BODY}
        """,
    ),
    "two codes with one neighbour": (
        ((409, BODY), ["0800064", "8000640"]),
        {},
        f"""\
        409 Conflict is not what was expected in 1 place:
          code-unexpected  /code  code 800064, 409 Conflict ("Another request is already processing cart {{0}}") instead of 0800064 (not in the catalogue) or 8000640 (not in the catalogue)
                                  nearest documented code: 800064 with 409 Conflict ("Another request is already processing cart {{0}}")
        body: {BODY}
        """,
    ),
    "one of many codes": (
        ((409, BODY), [1000, 2001, 2002, 2006]),
        {},
        f"""\
        409 Conflict is not what was expected in 1 place:
          code-unexpected  /code  code 800064, 409 Conflict ("Another request is already processing cart {{0}}") instead of one of 1000, 2001, 2002, 2006
        body: {BODY}
        """,
    ),
    "a code of two statuses": (
        ((404, BODY.replace("800064", "2006")),),
        {},
        """\
        404 Not Found breaks the Partner Center error contract in 1 place:
          pairing  /code  code 2006 is documented with 400 Bad Request ("Subscriptions to offers {0} may not be updated") and 403 Forbidden ("The partner does not count as valid for this offer"), not with 404
        body: {"code": "2006", "description": "Cart 7 is busy", "source": "PartnerFD"}
        """,
    ),
    "texts and data": (
        ((409, BODY[:-1] + ', "data": [{"n": 1}]}'),),
        {"description": "Cart 8 is busy", "source": re.compile("^Compl"), "data": [{"n": 2}]},
        """\
        409 Conflict is not what was expected in 3 places:
          description-unexpected  /description  "Cart 7 is busy" instead of "Cart 8 is busy"
          source-unexpected       /source       "PartnerFD" instead of a match of "^Compl"
          data-unexpected         /data         [{'n': 1}] instead of [{'n': 2}]
        body: {"code": "800064", "description": "Cart 7 is busy", "source": "PartnerFD", "data": [{"n": 1}]}
        """,
    ),
    "a code that the service made up": (
        ((400, '{"code": 8000641, "description": "No licence left", "source": "PartnerFD"}'),),
        {},
        """\
        400 Bad Request breaks the Partner Center error contract in 2 places:
          code-number   /code  the number 8000641 instead of a string
                               the real service sends this; the profile "observed" permits it
          code-unknown  /code  code 8000641 is not in the catalogue
                               nearest documented code: 800064 with 409 Conflict ("Another request is already processing cart {0}")
        body: {"code": 8000641, "description": "No licence left", "source": "PartnerFD"}
        """,
    ),
    "the gateway": (
        (
            recorded(
                429, '{"statusCode": 429, "message": "Too many calls."}', headers={"Content-Type": "application/json"}
            ),
            800064,
        ),
        {},
        """\
        429 Too Many Requests breaks the Partner Center error contract in 2 places and is not what was expected in 1 place:
          gateway-envelope                    the gateway's envelope instead of an error object: "Too many calls."
          code-unexpected        /code        no code instead of 800064, 409 Conflict ("Another request is already processing cart {0}")
          retry-after (warning)  Retry-After  no Retry-After header, expected seconds or an HTTP date
        in cassettes/cart.yaml:41, POST https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout
        body: {"statusCode": 429, "message": "Too many calls."}
        """,
    ),
    "a body that is empty": (
        (recorded(401, "", reason="Unauthorized - MFA required"),),
        {"source": "PartnerFD", "data": []},
        """\
        401 Unauthorized - MFA required breaks the Partner Center error contract in 2 places and is not what was expected in 2 places:
          body-empty-unauthorized                        no body instead of a JSON object
          source-unexpected                              no source instead of "PartnerFD"
          data-unexpected                                no data instead of []
          challenge-missing (warning)  WWW-Authenticate  no WWW-Authenticate header, expected OAuth realm=urn:cpsvc:cpid:{cid}
        in cassettes/cart.yaml:41, POST https://api.partnercenter.microsoft.com/v1/customers/7/carts/8/checkout
        MS-CorrelationId 9240230a-1f1c
        """,
    ),
    "no error": (
        ((201, '{"id": 1}'), 800064),
        {},
        """\
        201 Created is not what was expected in 1 place:
          not-an-error  201 Created instead of an error (4xx or 5xx)
        body: {"id": 1}
        """,
    ),
    "secrets": (
        ((409, '{"code": "800064", "description": "token=kX7pQz19vLmW", "client_secret": "hunter2", "source": 7}'),),
        {},
        """\
        409 Conflict breaks the Partner Center error contract in 1 place:
          source-type  /source  the number 7 instead of a string
        body: {"code": "800064", "description": "token=***", "client_secret": "***", "source": 7}
        """,
    ),
    "everything is missing": (
        ((400, "{}"),),
        {},
        """\
        400 Bad Request breaks the Partner Center error contract in 3 places:
          code-missing         /code         "code" is missing
          description-missing  /description  "description" is missing
          source-missing       /source       "source" is missing
        body: {}
        """,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_failure_reads_like_this(name):
    """All violations at once, aligned, each with the expected and the actual value; then origin, correlation and body."""
    arguments, keywords, text = CASES[name]
    assert reported(assert_pc_error, *arguments, **keywords) == textwrap.dedent(text)


SUCCESS_CASES = {
    "an error": (
        (409, BODY),
        f"""\
        409 Conflict is not what was expected in 1 place:
          not-a-success  409 Conflict instead of a success (2xx): code 800064, 409 Conflict ("Another request is already processing cart {{0}}")
        body: {BODY}
        """,
    ),
    "a redirection": (
        (302, b""),
        """\
        302 Found is not what was expected in 1 place:
          not-a-success  302 Found instead of a success (2xx)
        """,
    ),
    "an error in a success": (
        (201, '{"orderErrors": [{"code": 10003, "description": "Ended"}]}'),
        """\
        201 Created breaks the Partner Center error contract in 1 place:
          error-in-success  /orderErrors/0  an error with code "10003" in a 201, expected none: "Ended"
        body: {"orderErrors": [{"code": 10003, "description": "Ended"}]}
        """,
    ),
}


@pytest.mark.parametrize("name", SUCCESS_CASES)
def test_an_unexpected_error_reads_like_this(name):
    """The actual response, with the entry of its code and its body."""
    response, text = SUCCESS_CASES[name]
    assert reported(assert_pc_success, response) == textwrap.dedent(text)


def shown(exchange):
    """Return the text for an exchange with one violation."""
    return failure_text(exchange, [Violation("x", rule="r")], Contract.default())


@pytest.mark.parametrize(
    ("exchange", "line"),
    [
        (Exchange(409, None, b"\x00\xff\x1b[31m"), "body: \\x00\\xff\\x1b[31m"),
        (Exchange(409, None, b"a\n\n  b\tc"), "body: a b c"),
        (Exchange(409, None, "\u00e9\u202e".encode()), "body: \u00e9\\u202e"),
        (Exchange(409, None, b"y" * 10**6), f"body: {'y' * 160}..."),
        (Exchange(409, {"ms-correlationid": "a\x1bb"}, b""), "MS-CorrelationId a\\x1bb"),
        (Exchange(409, {"MS-CorrelationId": "Bearer abcdef123456"}, b""), "MS-CorrelationId Bearer ***"),
        (Exchange(409, None, b"", None, None, "a\x1b.yaml:3"), "in a\\x1b.yaml:3"),
        (Exchange(409, None, b"", Request("g\x1b", "/" + "u" * 300)), f"in G\\x1b /{'u' * 193}..."),
        (
            Exchange(409, None, b"", Request("GET", "https://me:hunter2@host/?sig=hunter2")),
            "in GET https://***@host/?sig=***",
        ),
    ],
    ids=["control", "white space", "direction", "long", "header", "secret header", "origin", "request", "secret"],
)
def test_a_body_is_made_fit_to_be_shown(exchange, line):
    """On one line, cut, without control characters and secrets."""
    assert shown(exchange).splitlines()[-1] == line


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (None, "409 Conflict"),
        ("conflict", "409 Conflict"),
        ("", "409 Conflict"),
        ("Busy", "409 Busy"),
        ("x" * 200, f"409 {'x' * 76}..."),
    ],
    ids=["unknown", "the same", "none", "another", "long"],
)
def test_a_reason_phrase_is_reported_where_it_is_another(reason, line):
    """The received reason phrase is more specific than the documented one."""
    assert shown(Exchange(409, None, b"", None, reason)).startswith(f"{line} breaks")


def test_a_long_pointer_does_not_push_the_others_away():
    """The column of pointers ends somewhere."""
    violations = [Violation("a", "/" + "p" * 90, rule="r"), Violation("b", "/q", rule="r")]
    lines = violation_lines(list(map(violation_data, violations)))
    assert lines == [f"  r  /{'p' * 90}  a", f"  r  {'/q':40}b"]


def test_data_that_is_long_or_deep_is_cut():
    """An assertion about data stays readable."""
    body = '{"code": "800064", "description": "Busy", "source": "PartnerFD", "data": [%s]}' % ("[" * 90 + "]" * 90)
    text = reported(assert_pc_error, (409, body), data=["x" * 900], profile="observed")
    assert "[[[[[[[...]]]]]]]" in text
    assert max(map(len, text.splitlines())) < 400


def test_the_text_can_be_written_anywhere():
    """Lone surrogates are escaped, so any UTF-8 stream takes the text."""
    body = b'{"code": "\\ud800", "description": "\\udfff", "source": "s"}'
    assert failure_text(Exchange(400, None, body), check((400, body)), Contract.default()).encode("utf-8")
