"""The moment of a recording, in every form in which a recorded exchange may have it."""

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_pcerrors import Exchange, Request, UsageError
from pytest_pcerrors.exchange.archives.files import read_stream
from pytest_pcerrors.redaction import Redaction

SECOND = datetime(2011, 11, 1, 4, 58, 44, tzinfo=UTC)
DAY = datetime(2011, 11, 1, tzinfo=UTC)
SECRET = "hUnter2xYz9Kq"
FORMS = {
    "Tue, 01 Nov 2011 04:58:44 GMT": SECOND,
    "Tue, 01 Nov 2011 04:58:44 UTC": SECOND,
    "Tue, 01 Nov 2011 04:58:44 -0000": SECOND,
    "Tue, 01 Nov 2011 13:58:44 +0900": SECOND,
    "Tuesday, 01-Nov-11 04:58:44 GMT": SECOND,
    "Tue Nov  1 04:58:44 2011": SECOND,
    "2011-11-01T04:58:44Z": SECOND,
    "2011-11-01T04:58:44": SECOND,
    "2011-11-01 04:58:44 UTC": SECOND,
    "2011-11-01 04:58:44.000000000 Z": SECOND,
    "2011-11-01T06:58:44+02:00": SECOND,
    "2011-10-31T21:58:44-0700": SECOND,
    "2011-11-01T04:58:44.2500000Z": SECOND + timedelta(milliseconds=250),
    "2011-11-01": DAY,
}
INVALID = ["", " ", "x", "yesterday", "1320123524", "Tue, 99 Nov 2011 04:58:44 GMT", "2011-13-01T00:00:00Z", "\udc80"]
ODD = [None, True, 0, 1320123524, 1.5, 10**400, b"2011-11-01", [], ["2011-11-01"], {}, {"at": "2011-11-01"}]


def response(**more):
    """Return a response in the form of vcrpy."""
    return {"status": {"code": 404, "message": ""}, "headers": {}, "body": {"string": "Gone"}, **more}


def recorded(**keys):
    """Return one exchange in each form that a recording may have, with these keys."""
    request = {"method": "GET", "uri": "https://host/v1", "headers": {}, "body": None}
    har = {"status": 404, "statusText": "", "headers": [], "content": {"size": 4, "text": "Gone"}}
    return {
        "own": {"status": 404, "body": "Gone", **keys},
        "vcrpy": {"request": request, "response": response(), **keys},
        "old vcrpy": {"request": request, "response": {"status_code": 404, "headers": {}, "content": "Gone"}, **keys},
        "har": {"request": request, "response": har, **keys},
    }


def archives(exchange):
    """Return archives of one recorded exchange, by name."""
    cassette = {"interactions": [exchange], "version": 1}
    return {
        "a.yaml": yaml.safe_dump(cassette, sort_keys=False).encode(),
        "a.json": json.dumps(cassette).encode(),
        "a.har": json.dumps({"log": {"entries": [exchange]}}).encode(),
        "a.ndjson": json.dumps(exchange).encode(),
    }


@pytest.mark.parametrize(("text", "moment"), FORMS.items())
def test_a_moment_is_http_or_iso(text, moment):
    """With an offset, or in UTC."""
    read = Exchange.of({"status": 404, "recorded_at": text}).recorded_at
    assert (read, read.utcoffset() is None) == (moment, False)


@pytest.mark.parametrize("value", [*INVALID, *ODD], ids=lambda value: ascii(value)[:20])
def test_anything_else_is_unknown(value):
    """And no reason not to read the exchange."""
    assert Exchange.of({"status": 404, "recorded_at": value}).recorded_at is None


@pytest.mark.parametrize("form", recorded())
def test_every_form_of_a_recorded_exchange_may_have_it(form):
    """The key of HAR counts where the other has no valid moment."""
    text, other = "2011-11-01T04:58:44Z", "2026-01-01T00:00:00Z"
    both = recorded(recorded_at=text, startedDateTime=other)
    invalid = recorded(recorded_at="x", startedDateTime=text)
    keyed = [(both, SECOND), (invalid, SECOND), (recorded(recorded_at=text), SECOND), (recorded(), None)]
    if form == "own":  # a mapping of our own form has only the one key
        keyed = keyed[2:]
    assert [Exchange.of(each[form]).recorded_at for each, _ in keyed] == [moment for _, moment in keyed]


def test_the_response_may_have_it_itself():
    """In our own form, inside an interaction."""
    inner = {"status": 404, "recorded_at": "2011-11-01"}
    outer = {"request": {"url": "/v1"}, "response": inner}
    assert Exchange.of(outer).recorded_at == DAY
    assert Exchange.of({**outer, "recorded_at": "2011-11-01T04:58:44Z"}).recorded_at == SECOND


@pytest.mark.parametrize("form", ["vcrpy", "har"])
@pytest.mark.parametrize("name", archives(None))
def test_every_reader_keeps_it(name, form):
    """Also the one that builds YAML from events, where an unquoted time is text too."""
    data = archives(recorded(recorded_at="2011-11-01T04:58:44Z")[form])[name]
    for each in (data, data.replace(b"'2011-11-01T04:58:44Z'", b"2011-11-01 04:58:44 Z")):
        [exchange] = read_stream(io.BytesIO(each), name)
        assert exchange.recorded_at == SECOND


@given(st.text() | st.sampled_from(sorted(FORMS)).flatmap(lambda form: st.text(form, max_size=40)))
@example("Tue, 01 Nov 99999 04:58:44 GMT")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("9999-12-31T23:59:59-23:59")
@example("+99999 Nov 04:58:44 T 99999999999999 \u0661 99999999999999 \x00")
def test_no_text_raises(text):
    """It is a moment with an offset, or unknown."""
    for key in ("recorded_at", "startedDateTime"):
        moment = Exchange.of(recorded(**{key: text})["vcrpy"]).recorded_at
        assert moment is None or moment.utcoffset() is not None


@given(st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-9, minutes=-30))])))
def test_a_moment_that_python_writes_is_read(moment):
    """As text, or as it is."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    for value in (moment, moment.isoformat(), str(moment)):
        assert Exchange.of({"status": 404, "recorded_at": value}).recorded_at == aware


class Unknown(tzinfo):
    """A zone without an offset."""

    def utcoffset(self, when):
        """Return None."""
        return


@pytest.mark.parametrize("zone", [None, Unknown()], ids=["naive", "without an offset"])
def test_a_moment_without_an_offset_is_in_utc(zone):
    """Also of an exchange made by a test."""
    assert Exchange(404, None, b"", recorded_at=datetime(2011, 11, 1, tzinfo=zone)).recorded_at == DAY


@pytest.mark.parametrize("value", ["2011-11-01", 1320123524, date(2011, 11, 1), 0, ""])
def test_an_exchange_takes_only_a_datetime(value):
    """Anything else is misuse."""
    with pytest.raises(UsageError, match=r"^expected recorded_at as a datetime, got "):
        Exchange(404, None, b"", recorded_at=value)


def test_the_same_exchange_recorded_again_is_equal():
    """And has the same hash."""
    old, new = Exchange(404, {}, b"", recorded_at=SECOND), Exchange(404, {}, b"", recorded_at=DAY)
    assert old == new == Exchange(404, {}, b"")
    assert len({old, new}) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each.at("a.yaml:3"),
        lambda each: each.with_request(Request("GET", "/v1")),
        Exchange.of,
        lambda each: Exchange.of(type("ApiError", (Exception,), {"response": each})()),
        Redaction().exchange,
    ],
    ids=["origin", "request", "of", "exception", "redaction"],
)
def test_a_changed_exchange_keeps_it(change):
    """The place, the request and the secrets of an exchange have nothing to do with it."""
    exchange = Exchange(404, {"Set-Cookie": f"sid={SECRET}"}, b"", recorded_at=SECOND)
    assert change(exchange).recorded_at == SECOND
