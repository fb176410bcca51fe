"""`assert_pc_error` and `assert_pc_success`: expectations, return values, and misuse."""

import inspect
import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import requests

from pytest_pcerrors import (
    Contract,
    ContractViolation,
    Exchange,
    PcErrorsWarning,
    Request,
    UsageError,
    assert_pc_error,
    assert_pc_success,
    check,
)
from pytest_pcerrors.policy.check import Context, Observer, within
from pytest_pcerrors.policy.policy import Policy

TEMPLATE = '{"code": "800064", "description": "Cart 7 is busy", "data": [{"cart": 7}], "source": "PartnerFD"}'
BUSY = (409, TEMPLATE.encode())
ZERO = (501, TEMPLATE.replace("800064", "0").encode())
PARTNER = re.compile("^Partner[A-Z]+$")


class Anything:
    """A matcher that equals the value of its test, and is never unequal by ``!=``."""

    def __init__(self, test):
        self.test = test

    def __eq__(self, other):
        return self.test(other)

    def __ne__(self, other):
        raise AssertionError("a matcher is compared with ==")

    __hash__ = None


class Text(str):
    """A subclass of str."""

    __slots__ = ()


def rules(response, *arguments, **keywords):
    """Return the rules of the violations that an assertion raises; none if it passes."""
    try:
        assert_pc_error(response, *arguments, **keywords)
    except ContractViolation as failure:
        return [violation.rule for violation in failure.violations]
    return []


@pytest.mark.parametrize(
    "code",
    [
        None,
        800064,
        "800064",
        Text("800064"),
        [800064],
        {"800064"},
        (1, "800064"),
        frozenset({2001, 800064}),
        {800064: 1},
    ],
    ids=repr,
)
def test_a_code_is_expected_as_number_or_text_or_several(code):
    """Any of several codes is accepted; None expects nothing."""
    assert rules(BUSY, code) == []


@pytest.mark.parametrize(
    "code", [800061, "800061", [800061, 1], "0800064", "800.064", "800 064", "800,064", " 800064", -800064]
)
def test_another_code_is_unexpected(code):
    """Leading zeros and separators are significant."""
    assert rules(BUSY, code) == ["code-unexpected"]


@pytest.mark.parametrize("code", [0, "0", [0]])
def test_the_code_0_is_expected_like_any_other(code):
    """It is falsy, and still an expectation."""
    assert rules(ZERO, code) == []
    assert rules(BUSY, code) == ["code-unexpected"]


def test_a_code_received_as_a_number_has_its_digits():
    """Only its type violates the contract."""
    assert rules((409, TEMPLATE.replace('"800064"', "800064").encode()), 800064) == ["code-number"]


def test_a_response_without_a_code_has_none_of_those_expected():
    """A missing code is unexpected too."""
    assert rules((409, b"{}"), 800064)[-1] == "code-unexpected"


@pytest.mark.parametrize("code", [404, "404", 409, 200, 599 - 170], ids=repr)
def test_a_status_instead_of_a_code_gets_a_hint(code):
    """For an HTTP status that is not a code, the message suggests `status=`."""
    with pytest.raises(
        UsageError, match=rf"^{code} is an HTTP status, not an error code; did you mean status={code}\?$"
    ):
        assert_pc_error(BUSY, code)


def test_a_code_that_looks_like_a_status_is_a_code_if_documented():
    """400 is documented, with 401."""
    assert rules((401, TEMPLATE.replace("800064", "400").encode()), 400, profile="observed") == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (True, "a code is an int or a str, not True"),
        ("", "a code is an int or a str, not ''"),
        ([None], "a code is an int or a str, not None"),
        ([[1]], r"a code is an int or a str, not \[1\]"),
        (4.5, r"a code is an int, a str or a collection of them, not 4\.5"),
        (b"800064", "a code is an int, a str or a collection of them, not b'800064'"),
        ([], r"a code is an int, a str or a collection of them, not \[\]"),
        (iter(()), "a code is an int, a str or a collection of them, not <"),
    ],
)
def test_what_can_be_no_code_is_misuse(code, problem):
    """An empty collection is not a collection of codes."""
    with pytest.raises(UsageError, match=f"^{problem}"):
        assert_pc_error(BUSY, code)


@pytest.mark.parametrize(
    "expected",
    [{"code": 10**5000}, {"code": [-(10**5000)]}, {"data": 10**5000}],
    ids=lambda each: next(iter(each)),
)
def test_a_number_of_too_many_digits_is_shown_by_its_type(expected):
    """Python refuses to write it."""
    with pytest.raises(ContractViolation, match=r' instead of "?<int>'):
        assert_pc_error(BUSY, **expected)


@pytest.mark.parametrize("status", [None, 409, HTTPStatus.CONFLICT, [409], {400, 409}, range(400, 500)], ids=repr)
def test_a_status_is_expected_as_number_or_several(status):
    """Any of several statuses is accepted."""
    assert rules(BUSY, status=status) == []


@pytest.mark.parametrize("status", [400, [400, 403], range(500, 600)], ids=repr)
def test_another_status_is_unexpected(status):
    """The status is not one of those expected."""
    assert rules(BUSY, status=status) == ["status-unexpected"]


@pytest.mark.parametrize("status", ["409", True, [], ["409"], [False], 4.0, b"409", 800064, [404, 99]], ids=repr)
def test_what_can_be_no_status_is_misuse(status):
    """A status must be a number."""
    with pytest.raises(UsageError, match=r"^a status is an int from 100 to 999 or a collection of them, not "):
        assert_pc_error(BUSY, status=status)


@pytest.mark.parametrize(
    ("member", "fitting", "other"),
    [
        ("description", "Cart 7 is busy", "Cart 7"),
        ("description", re.compile(r"\b7\b"), re.compile("^7")),
        ("source", "PartnerFD", "partnerfd"),
        ("source", PARTNER, re.compile("Compliance")),
    ],
    ids=repr,
)
def test_a_text_is_compared_or_searched(member, fitting, other):
    """A str must be equal, a compiled pattern must match anywhere."""
    assert rules(BUSY, **{member: fitting}) == []
    assert rules(BUSY, **{member: other}) == [f"{member}-unexpected"]


def test_a_part_of_a_text_needs_a_pattern():
    """A str that is only a part of the text is answered with the way to search for one."""
    with pytest.raises(ContractViolation) as caught:
        assert_pc_error(BUSY, description="Cart 7")
    [violation] = caught.value.violations
    assert violation.hint == "the whole text is compared; re.compile(...) searches for a part"


@pytest.mark.parametrize("body", [b"Cart 7 is busy", b'"Cart 7 is busy"', b'{"message": "Cart 7 is busy"}'])
def test_a_description_is_the_text_received(body):
    """Plain text, a bare string and a message alone are the description of the response."""
    assert "description-unexpected" not in rules((403, body), description="Cart 7 is busy")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"description": 7, "source": null}'])
def test_an_absent_text_fits_no_expectation(body):
    """An absent text matches neither a str nor any pattern."""
    found = rules((409, body), description=re.compile(""), source="")
    assert found[-2:] == ["description-unexpected", "source-unexpected"]


@pytest.mark.parametrize("text", [7, b"Cart", re.compile(b"Cart"), ["Cart"]], ids=repr)
def test_what_can_be_no_text_is_misuse(text):
    """A text must be expected as a str or a compiled pattern."""
    with pytest.raises(UsageError, match=r"^a description is expected as a str or a compiled pattern of one, not "):
        assert_pc_error(BUSY, description=text)


@pytest.mark.parametrize("data", [None, [{"cart": 7}], Anything(lambda came: came[0]["cart"] == 7)])
def test_data_is_compared_with_equals(data):
    """An object that matches by its ``__eq__`` works; None expects nothing."""
    assert rules(BUSY, data=data) == []


@pytest.mark.parametrize("data", [[], [7], Anything(lambda _: False)], ids=["empty", "other", "matcher"])
def test_other_data_is_unexpected(data):
    """An empty list is an expectation."""
    assert rules(BUSY, data=data) == ["data-unexpected"]


def test_everything_that_is_wrong_comes_at_once():
    """Violations of the contract come first, then each failed expectation."""
    found = rules((418, b'{"code": 7}'), 800064, status=409, description="x", source="y", data=[])
    assert found == [
        "status-undocumented",
        "description-missing",
        "source-missing",
        "code-number",
        "status-unexpected",
        "code-unexpected",
        "description-unexpected",
        "source-unexpected",
        "data-unexpected",
    ]


@pytest.mark.parametrize("response", [(200, b"{}"), (201, TEMPLATE.encode()), (304, b""), (101, b"")], ids=repr)
def test_a_response_that_is_not_an_error_is_reported_as_one(response):
    """Other expectations are not checked."""
    with pytest.raises(ContractViolation) as raised:
        assert_pc_error(response, 800064, status=409, description="x")
    assert [violation.rule for violation in raised.value.violations] == ["not-an-error"]


def test_an_error_is_returned_parsed():
    """The code as text, the entry of the catalogue, the identifiers of the service."""
    headers = {"Content-Type": "application/json", "MS-CorrelationId": "c", "MS-RequestId": "r", "Retry-After": "57"}
    error = assert_pc_error({"status": 409, "headers": headers, "body": BUSY[1]}, 800064)
    assert (error.status, error.code, error.description, error.source) == (409, "800064", "Cart 7 is busy", "PartnerFD")
    assert error.entry.pairing == (409, "800064")
    assert (error.data, error.correlation_id, error.request_id, error.retry_after) == ([{"cart": 7}], "c", "r", 57)
    assert not error.retryable


def test_a_warning_is_raised_last_and_at_the_line_of_the_caller():
    """The response has only a warning, so the assertion passes and issues it."""
    response = {"status": 429, "headers": {"Content-Type": "application/json"}, "body": BUSY[1]}
    with within(Context(Policy(Contract.default()))), pytest.warns(PcErrorsWarning) as caught:
        assert_pc_error(response)
    line = inspect.currentframe().f_lineno - 1
    [warning] = caught
    assert (warning.filename, warning.lineno) == (__file__, line)
    assert (
        str(warning.message)
        == "429 Too Many Requests: retry-after Retry-After: no Retry-After header, expected seconds or an HTTP date"
    )


def test_a_failure_has_its_warnings_in_the_text_only():
    """No warning is issued, and `violations` has only what failed."""
    response = {"status": 429, "headers": {}, "body": b"{}"}
    with pytest.raises(ContractViolation, match=r"retry-after \(warning\)") as raised:
        assert_pc_error(response)
    assert {violation.severity for violation in raised.value.violations} == {"error"}


def test_a_profile_takes_priority_over_the_settings():
    """Responses of the real service pass under `observed`."""
    response = (409, TEMPLATE.replace('"800064"', "800064").encode())
    assert assert_pc_error(response, profile="observed").code == "800064"


def test_an_unknown_profile_is_misuse():
    """The message suggests the nearest known one."""
    with pytest.raises(UsageError, match=r'^there is no profile "observd"; did you mean "observed"\?$'):
        assert_pc_error(BUSY, profile="observd")


def test_another_contract_is_used(acme):
    """Its own envelope has code and description."""
    response = (409, b'{"error": {"code": "busy", "message": "Later"}}')
    error = assert_pc_error(response, "busy", description="Later", contract=acme)
    assert (error.code, error.entry.description) == ("busy", "Not now")


@pytest.fixture
def acme():
    """Make the contract of another API."""
    from pytest_pcerrors.contract.catalogue import Catalogue, Entry

    members = {"code": ("error", "code"), "description": ("error", "message")}
    schema = {"type": "object", "required": ["error"]}
    return Contract("Acme", {409: "Conflict"}, Catalogue((Entry(409, "busy", ("Not now",)),)), schema, members)


def test_an_observer_is_notified_of_every_assertion():
    """It is notified of each assertion once."""
    notified, context, observer = [], Context(Policy(Contract.default())), Observer()
    observer.on_verdict = notified.append
    context.observers.append(observer)
    with within(context):
        assert_pc_error(BUSY)
        assert_pc_success((200, b""))
    assert [verdict.exchange.status for verdict in notified] == [409, 200]


@pytest.mark.parametrize(
    "response", [(200, b""), (201, b'{"lineItems": [{"id": 0}]}'), (204, b""), (200, b"\xef\xbb\xbf[]")]
)
def test_a_success_passes(response):
    """A 2xx without an error in it, with any other content; nothing is returned."""
    assert assert_pc_success(response) is None


@pytest.mark.parametrize(
    ("response", "rule"),
    [
        (BUSY, "not-a-success"),
        ((302, b""), "not-a-success"),
        ((100, b""), "not-a-success"),
        ((500, b"<html>"), "not-a-success"),
        ((201, b'{"orderErrors": [{"code": 10003, "description": "Ended"}]}'), "error-in-success"),
    ],
)
def test_what_is_not_a_success_fails(response, rule):
    """Another status, or an error inside a 2xx, is a violation of severity error."""
    with pytest.raises(ContractViolation) as raised:
        assert_pc_success(response)
    assert [(each.rule, each.severity) for each in raised.value.violations] == [(rule, "error")]


@pytest.mark.parametrize("verb", [assert_pc_error, assert_pc_success])
def test_what_is_not_a_response_is_misuse(verb):
    """The message has what was received and what is accepted."""
    with pytest.raises(UsageError, match=r"^an int is not a response"):
        verb(42)


class Busy(BaseHTTPRequestHandler):
    """Respond with an error or, at ``/ok``, with a success."""

    def do_GET(self):
        """Send one of the two."""
        self.send_response(200 if self.path == "/ok" else 409)
        body = b'{"id": 7}' if self.path == "/ok" else BUSY[1]
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Print nothing."""


@pytest.fixture(scope="module")
def url():
    """Serve the two responses on the loopback interface."""
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("client", [requests.get, httpx.get], ids=["requests", "httpx"])
def test_responses_of_real_clients_are_taken(url, client):
    """Both assertions accept the response objects of clients."""
    assert assert_pc_error(client(f"{url}/"), 800064).status == 409
    assert_pc_success(client(f"{url}/ok"))


def test_an_exception_that_carries_its_response_is_taken(url):
    """The exception that `pytest.raises` caught is accepted like the response."""
    with pytest.raises(requests.HTTPError) as caught:
        requests.get(f"{url}/", timeout=5).raise_for_status()
    assert assert_pc_error(caught, 800064) == assert_pc_error(caught.value, 800064)


def test_an_exchange_is_taken():
    """The normal form is accepted, with its request."""
    request = Request("GET", "https://api.partnercenter.microsoft.com/v1/customers")
    assert assert_pc_error(Exchange(409, None, BUSY[1], request), 800064).code == "800064"


@pytest.mark.covered
@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("assert_pc_error((409, b'{}'), 800064)", "E       pytest_pcerrors.ContractViolation: 409 Conflict breaks"),
        ("assert_pc_success((409, b''))", "E       pytest_pcerrors.ContractViolation: 409 Conflict is not"),
        ("assert_pc_error((409, b'{}'), 404)", "E       pytest_pcerrors.UsageError: 404 is an HTTP status"),
        ("assert_pc_error(42)", "E       pytest_pcerrors.UsageError: an int is not a response"),
    ],
    ids=["error", "success", "code", "response"],
)
def test_a_failing_test_shows_its_own_line(pytester, call, told):
    """No line of this library is in the report."""
    pytester.makepyfile(f"from pytest_pcerrors import *\n\ndef test_it():\n    {call}\n")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--tb=long")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f">       {call.replace('[', '[[]')}", f"{told}*", "test_a_failing_test_shows_its_own_line.py:4: *"]
    )
    result.stdout.no_fnmatch_line("*assertions.py:*")
    result.stdout.no_fnmatch_line("*adapters.py:*")


UNKNOWN = {"status": {"code": 409, "message": "Conflict"}, "headers": {"Content-Type": ["application/json"]}}


@pytest.mark.parametrize("expected", [{}, {"code": 800064, "description": "Busy", "source": "x", "data": []}])
def test_an_unknown_body_fails_and_says_why(expected):
    """Code and description are unknown: there is one violation, without a guess at the body."""
    with pytest.raises(ContractViolation) as caught:
        assert_pc_error(UNKNOWN, **expected)
    assert str(caught.value) == (
        "409 Conflict cannot be checked in full:\n  unreadable  the body is unknown: not kept in the recording"
    )
    assert [each.rule for each in caught.value.violations] == ["unreadable"]


def test_an_unknown_body_is_not_a_success():
    """It may contain an error."""
    with pytest.raises(ContractViolation, match="the body is unknown"):
        assert_pc_success(UNKNOWN | {"status": {"code": 200}})


def test_check_reports_an_unknown_body():
    """A response with an unknown body does not pass."""
    assert [(each.rule, each.severity) for each in check(UNKNOWN)] == [("unreadable", "error")]
