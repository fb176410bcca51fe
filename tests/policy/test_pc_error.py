"""A parsed error: the source of each of its fields."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pytest_pcerrors import Contract, Exchange, PcError
from pytest_pcerrors.rules.parsed_response import read

ERROR = {"code": "800064", "description": "Busy", "data": [{"id": 7}], "source": "PartnerFD"}


def taken_apart(status=409, body=ERROR, contract=None, **headers):
    """Return the parsed error of a response."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = {name.replace("_", "-"): value for name, value in headers.items()}
    return PcError.of(read(Exchange(status, pairs, data), contract or Contract.default()))


def test_an_error_is_taken_apart():
    """Status, code, description, data and source come from the body, the identifiers from the headers."""
    error = taken_apart(MS_CorrelationId="c-1", ms_requestid="r-1")
    assert (error.status, error.code, error.description) == (409, "800064", "Busy")
    assert (error.data, error.source) == ([{"id": 7}], "PartnerFD")
    assert (error.correlation_id, error.request_id) == ("c-1", "r-1")


@pytest.mark.parametrize(
    ("code", "expected"), [("800064", "800064"), (800064, "800064"), (0, "0"), (1.0, None), (True, None), (None, None)]
)
def test_a_code_is_text(code, expected):
    """A number gives its digits; a value that is neither text nor an integer is not a code."""
    assert taken_apart(body={"code": code}).code == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"description": "Busy", "message": "No"}, "Busy"),
        ({"description": ""}, ""),
        ({"description": None, "message": "Slow down"}, "Slow down"),
        ({"statusCode": 429, "message": "Slow down"}, "Slow down"),
        ({"message": 7}, None),
        ("Denied.", "Denied."),
        (b"Denied.", "Denied."),
        (b'{"code": "8000', '{"code": "8000'),
        (["Denied."], None),
        (b"", None),
        (b"\xff\xff", None),
    ],
)
def test_a_description_is_the_received_text(body, expected):
    """Without a description, it is the message, the bare string or the plain text."""
    assert taken_apart(body=body).description == expected


@pytest.mark.parametrize(("member", "value"), [("source", 7), ("source", None)])
def test_a_source_is_text_or_none(member, value):
    """A source of another type is ignored."""
    assert taken_apart(body={**ERROR, member: value}).source is None


@pytest.mark.parametrize(("status", "expected"), [(400, (400, "2006")), (403, (403, "2006")), (404, None)])
def test_an_entry_is_that_of_status_and_code(status, expected):
    """A code with several statuses has an entry for each, and none for others."""
    entry = taken_apart(status, {"code": 2006}).entry
    assert (entry and entry.pairing) == expected


def test_parts_lie_where_the_contract_has_them(contract_of):
    """Code and description are found in another envelope too; missing members give `None`."""
    members = {"code": ("error", "code"), "description": ("error", "message")}
    contract = contract_of({"type": "object"}, members=members)
    error = taken_apart(400, {"error": {"code": "3000", "message": "No"}, "source": "a"}, contract)
    assert (error.code, error.description, error.data, error.source) == ("3000", "No", None, None)


DATE = "Sat, 01 Jan 2022 00:00:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "date", "expected"),
    [
        ("57", DATE, 57),
        (" 0 ", DATE, 0),
        ("9" * 20, DATE, int("9" * 20)),
        ("9" * 5_000, DATE, None),
        ("Sat, 01 Jan 2022 00:01:30 GMT", DATE, 90),
        ("Sat, 01 Jan 2022 01:00:30 +0100", DATE, 30),
        ("Saturday, 01-Jan-22 00:00:05 GMT", DATE, 5),
        ("Sat Jan  1 00:00:07 2022", DATE, 7),
        ("Fri, 31 Dec 2021 23:59:59 GMT", DATE, 0),
        ("Fri, 31 Dec 2021 23:59:59 GMT", "yesterday", 0),
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", DATE, None),
        ("soon", DATE, None),
        ("-5", DATE, None),
        ("1.5", DATE, None),
        ("\u0665\u0667", DATE, None),
        ("", DATE, None),
    ],
)
def test_retry_after_is_in_seconds(retry_after, date, expected):
    """Seconds as they are; a date from the response's own; nothing where neither can be read."""
    assert taken_apart(429, Retry_After=retry_after, Date=date).retry_after == expected


@pytest.mark.parametrize("date", [{}, {"Date": "yesterday"}, {"Date": ""}])
def test_retry_after_is_counted_from_now_without_a_date(date):
    """A response without a date counts as received now."""
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3500 < taken_apart(429, Retry_After=until, **date).retry_after <= 3600


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, {}, True),
        (502, b"", True),
        (503, b"Busy", True),
        (504, {}, True),
        (409, {}, False),
        (500, {}, False),
        (409, {"isRetryable": True}, True),
        (503, {"isRetryable": False}, False),
        (503, {"isRetryable": "false"}, True),
        (409, {"isRetryable": 1}, False),
    ],
)
def test_what_is_retryable(status, body, expected):
    """A boolean in the body decides; otherwise the status does."""
    assert taken_apart(status, body).retryable is expected


def test_its_repr_is_short_and_without_secrets():
    """The repr of an error in a failing test masks secrets in its data and description, at any depth."""
    deep = "[" * 900 + "]" * 900
    body = f'{{"code": "1000", "description": "password=hunter22 is wrong", "data": {deep}, "source": "PartnerFD"}}'
    assert repr(PcError.of(read(Exchange(404, None, body.encode()), Contract.default()))) == (
        '<PcError 404 1000 "password=*** is wrong">'
    )
