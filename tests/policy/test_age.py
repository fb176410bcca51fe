"""The age of a recording."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_pcerrors import Contract, Exchange, Request
from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.age import Oldest, age_text, date_of, days_of, unknown_age_text
from pytest_pcerrors.policy.policy import Policy
from pytest_pcerrors.settings import Settings

POLICY = Policy(Contract.default())


def oldest(dates):
    """Return the oldest of responses with these dates."""
    first = Oldest()
    for each in dates:
        first.add(Exchange(404, {} if each is None else {"Date": each}, b""), POLICY)
    return first


FIRST = "Thu, 13 Apr 2017 21:29:11 GMT"
SINCE = datetime(2017, 4, 13, 21, 29, 11, tzinfo=UTC)


@pytest.mark.parametrize(("age", "days"), [("1d", 1), ("180d", 180), ("99999d", 99_999)])
def test_an_age_is_days(age, days, tmp_path):
    """A number and a d, as in the settings."""
    assert days_of(age, "--max-age") == days
    assert Settings.of_table({"max-age": age}, tmp_path).max_age == age


@pytest.mark.parametrize(
    "age", ["", "180", "0d", "-1d", "1.5d", "100000d", "6m", " 1d", "1d\n", "1D", "\u0661d", "d" * 999]
)
def test_anything_else_is_no_age(age, tmp_path):
    """The settings refuse it too."""
    with pytest.raises(UsageError, match=r"(?s)^--max-age: .* write a number of days"):
        days_of(age, "--max-age")
    if not age.endswith("\n"):  # the $ of the schema lets a line end pass
        with pytest.raises(UsageError):
            Settings.of_table({"max-age": age}, tmp_path)


def test_the_schema_says_the_same():
    """The schema and the function accept the same texts."""
    assert published_schema("pytest_pcerrors", "settings.schema.json")["properties"]["max-age"]["pattern"] == (
        "^[1-9][0-9]{0,4}d$"
    )


@pytest.mark.parametrize(
    "dates",
    [
        [FIRST],
        ["Tue, 02 May 2017 09:00:00 GMT", FIRST],
        [None, "", "yesterday", FIRST, "Thu, 99 Apr 2017 21:29:11 GMT"],
        ["Thu, 13 Apr 2017 21:29:11 -0000"],
        ["Thursday, 13-Apr-17 21:29:11 GMT"],
    ],
    ids=["one", "two", "some unreadable", "no zone", "RFC 850"],
)
def test_the_oldest_response_counts(dates):
    """Responses without a valid date are ignored."""
    first = oldest(dates)
    assert first.since == SINCE
    assert first.exchange.header("Date") in dates


RECORDED = datetime(2019, 1, 2, 3, tzinfo=UTC)
SHIFTED = datetime(2017, 4, 14, 0, 29, 11, tzinfo=timezone(timedelta(hours=3)))


@pytest.mark.parametrize(
    ("header", "recorded_at", "expected"),
    [
        (FIRST, RECORDED, SINCE),
        ("yesterday", RECORDED, RECORDED),
        ("Thu, 01 Jan 1970 00:00:00 GMT", RECORDED, RECORDED),
        (None, RECORDED, RECORDED),
        (None, SHIFTED, SINCE),
        (None, None, None),
        ("yesterday", None, None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", datetime(1, 1, 1, tzinfo=UTC), None),
    ],
)
def test_the_date_of_the_response_comes_before_that_of_its_recording(header, recorded_at, expected):
    """An invalid one, or one of a clock that was not set, is ignored."""
    headers = None if header is None else {"Date": header}
    assert date_of(Exchange(404, headers, b"", recorded_at=recorded_at)) == expected


def test_the_oldest_is_found_among_both():
    """Whatever offset they have."""
    first = oldest(["Fri, 14 Apr 2017 21:29:11 GMT"])
    first.add(Exchange(409, None, b"", recorded_at=SHIFTED), POLICY)
    assert (first.since, first.exchange.status) == (SINCE, 409)


OFFSETS = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone)


@given(
    st.text() | st.sampled_from([FIRST, "Fri, 31 Dec 9999 23:59:59 -2359"]),
    st.none() | st.datetimes(timezones=OFFSETS | st.none()),
    st.dates(),
)
@example("Mon, 01 Jan 0001 00:00:00 +2359", datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))), date.min)
def test_no_date_raises(header, recorded_at, today):
    """Neither a text nor a moment of any year, compared with any other."""
    first = oldest([FIRST, header, None])
    first.add(Exchange(404, None, b"", recorded_at=recorded_at), POLICY)
    assert first.since <= SINCE
    text = age_text(first.since, 1, today)
    assert bool(text) is (today > first.since.date() + timedelta(days=1))
    assert text == "" or text.startswith(f"oldest response of {first.since.date()}, ")


@pytest.mark.parametrize("dates", [[], [None], ["soon"]])
def test_without_a_date_nothing_is_known(dates):
    """So it is not stale either."""
    first = oldest(dates)
    assert (first.exchange, first.since) == (None, None)
    assert (first.undated is None) is not dates


def test_only_a_judged_response_is_missed_its_date():
    """One with another host is not."""
    first, policy = Oldest(), Policy(Contract.default(), hosts=frozenset({"a.example"}))
    for number, host in enumerate(("b.example", "a.example", "a.example")):
        first.add(Exchange(404, None, b"", Request("GET", f"https://{host}/"), origin=f"a.yaml:{number}"), policy)
    assert first.undated.origin == "a.yaml:1"


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (["a.yaml"], "a.yaml: age unknown: "),
        (["b.yaml", "a.yaml"], "age unknown of 2 recordings: "),
        ([f"{number}.yaml" for number in range(300)], "age unknown of 300 recordings: "),
    ],
)
def test_unknown_ages_are_one_line(files, text):
    """With the first names in order, however many there are."""
    line = unknown_age_text(files)
    assert line.startswith(text)
    assert "\n" not in line
    assert [each for each in files if each in line] == [each for each in files if each in sorted(files)[:5]]
    assert line.endswith(", and 295 more") is (len(files) == 300)


@pytest.mark.parametrize(
    ("today", "verdict"),
    [(date(2017, 4, 1), False), (date(2017, 4, 14), False), (date(2017, 4, 15), True)],
    ids=["of tomorrow", "as old as allowed", "a day older"],
)
def test_stale_is_older_than_allowed(today, verdict):
    """By whole days."""
    assert bool(age_text(SINCE, 1, today)) is verdict


@pytest.mark.parametrize(
    ("today", "days", "text"),
    [
        (date(2026, 11, 22), 180, "oldest response of 2017-04-13, 3510 days old, at most 180 allowed"),
        (date(2017, 4, 14), 0, "oldest response of 2017-04-13, 1 day old, at most 0 allowed"),
    ],
)
def test_the_age_is_told(today, days, text):
    """With the day, the age, and the limit."""
    assert age_text(SINCE, days, today) == text
