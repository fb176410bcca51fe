"""The age of a recording."""

from datetime import UTC, date, datetime

import pytest

from pytest_pcerrors import Exchange
from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.age import Oldest, age_text, days_of, is_stale
from pytest_pcerrors.settings import Settings


def oldest(dates):
    """Return the oldest of responses with these dates."""
    first = Oldest()
    for each in dates:
        first.add(Exchange(404, {} if each is None else {"Date": each}, b""))
    return first


FIRST = "Thu, 13 Apr 2017 21:29:11 GMT"
SINCE = datetime(2017, 4, 13, 21, 29, 11, tzinfo=UTC)


@pytest.mark.parametrize(("age", "days"), [("1d", 1), ("180d", 180), ("99999d", 99_999)])
def test_an_age_is_days(age, days, tmp_path):
    """A number and a d, as in the settings."""
    assert days_of(age) == days
    assert Settings.of_table({"max-age": age}, tmp_path).max_age == age


@pytest.mark.parametrize(
    "age", ["", "180", "0d", "-1d", "1.5d", "100000d", "6m", " 1d", "1d\n", "1D", "\u0661d", "d" * 999]
)
def test_anything_else_is_no_age(age, tmp_path):
    """The settings refuse it too."""
    with pytest.raises(UsageError, match="write a number of days"):
        days_of(age)
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


@pytest.mark.parametrize("dates", [[], [None], ["soon"]])
def test_without_a_date_nothing_is_known(dates):
    """So it is not stale either."""
    first = oldest(dates)
    assert (first.exchange, first.since) == (None, None)


@pytest.mark.parametrize(
    ("today", "verdict"),
    [(date(2017, 4, 1), False), (date(2017, 4, 14), False), (date(2017, 4, 15), True)],
    ids=["of tomorrow", "as old as allowed", "a day older"],
)
def test_stale_is_older_than_allowed(today, verdict):
    """By whole days."""
    assert is_stale(SINCE, 1, today) is verdict


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (date(2026, 11, 22), "oldest response of 2017-04-13, 3510 days old, at most 180 allowed"),
        (date(2017, 4, 14), "oldest response of 2017-04-13, 1 day old, at most 180 allowed"),
    ],
)
def test_the_age_is_told(today, text):
    """With the day, the age, and the limit."""
    assert age_text(SINCE, 180, today) == text
