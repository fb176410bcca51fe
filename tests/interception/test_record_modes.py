"""The record mode that applies."""

import pytest
from vcr.record_mode import RecordMode

from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.record_modes import MODES, record_mode

CI = {"CI": "true"}


@pytest.mark.parametrize(
    ("wishes", "mode"),
    [
        (("all", "once", "new_episodes", "rewrite"), "all"),
        ((None, "once", "new_episodes", "rewrite"), "once"),
        ((None, None, "new_episodes", "rewrite"), "new_episodes"),
        ((None, None, None, "rewrite"), "rewrite"),
        ((None, "none", "all", "all"), "none"),
    ],
)
def test_the_first_that_says_one_wins(wishes, mode):
    """Option, marker, vcrpy's own settings, the project's."""
    assert record_mode(*wishes, {}) == mode


@pytest.mark.parametrize(
    "wishes", [(None, "all", None, "none"), (None, None, "once", "none"), (None, None, None, "all")]
)
def test_nothing_records_in_ci(wishes):
    """A recording made there would be lost, and the test green."""
    assert record_mode(*wishes, CI) == "none"


@pytest.mark.parametrize("mode", MODES)
def test_the_option_records_in_ci(mode):
    """It is given explicitly there."""
    assert record_mode(mode, None, None, "none", CI) == mode


@pytest.mark.parametrize("value", ["", " ", "0", "false", "False"])
def test_a_ci_that_is_off_is_none(value):
    """As people switch it off."""
    assert record_mode(None, "once", None, "none", {"CI": value}) == "once"


def test_vcrpys_own_constant_is_a_mode():
    """It comes out as plain text."""
    assert str(record_mode(None, None, RecordMode.ONCE, "none", {})) == "once"


@pytest.mark.parametrize(
    ("wishes", "line"),
    [
        (("onse", None, None, "none"), '--pc-record: "onse" is not a record mode; did you mean "once"?'),
        ((None, "rewrit", None, "none"), 'the marker pc_cassette(record=...): "rewrit" is not a record mode; did you mean "rewrite"?'),
        (
            (None, None, "any", "none"),
            'record_mode of the fixture pc_vcr_config or vcr_config: "any" is not a record mode; known are all, new_episodes, none, once, rewrite',
        ),
        ((None, None, None, "al"), 'the key record of [tool.pcerrors]: "al" is not a record mode; did you mean "all"?'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("environment", [{}, CI], ids=["at home", "in CI"])
def test_an_unknown_mode_is_told(wishes, line, environment):
    """With the nearest known mode and its source; also in CI, where it would not be used."""
    with pytest.raises(UsageError) as caught:
        record_mode(*wishes, environment)
    assert str(caught.value).splitlines()[0] == line


def test_an_unknown_mode_is_reported_although_another_wins():
    """A typing error is found in any source."""
    with pytest.raises(UsageError, match="marker"):
        record_mode("once", "onec", None, "none", {})


def test_the_schema_knows_the_same_modes():
    """What the settings allow is what there is."""
    schema = published_schema("pytest_pcerrors", "settings.schema.json")
    assert tuple(schema["properties"]["record"]["enum"]) == MODES
