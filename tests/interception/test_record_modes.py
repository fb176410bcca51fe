"""The record mode that applies."""

import pytest
from vcr.record_mode import RecordMode

from pytest_pcerrors.documents import published_schema
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.interception.options import MODES, record_mode

CI = {"CI": "true"}


@pytest.mark.parametrize(
    ("wishes", "mode", "in_ci"),
    [
        (("all", "once", "new_episodes", "rewrite"), "all", "all"),
        (("rewrite", None, None, "none"), "rewrite", "rewrite"),
        ((None, "once", "new_episodes", "rewrite"), "once", "none"),
        ((None, None, "new_episodes", "rewrite"), "new_episodes", "none"),
        ((None, None, None, "rewrite"), "rewrite", "none"),
        ((None, "none", "all", "all"), "none", "none"),
    ],
)
def test_the_first_that_says_one_wins(wishes, mode, in_ci):
    """Option, marker, vcrpy's own settings, the project's; in CI the option alone, where a recording would be lost and the test green."""
    assert (record_mode(*wishes, {}), record_mode(*wishes, CI)) == (mode, in_ci)


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
        (("once", "onec", None, "none"), 'the marker pc_cassette(record=...): "onec" is not a record mode; did you mean "once"?'),
        ((None, None, None, "al"), 'the key record of [tool.pcerrors]: "al" is not a record mode; did you mean "all"?'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("environment", [{}, CI], ids=["at home", "in CI"])
def test_an_unknown_mode_is_told(wishes, line, environment):
    """With the nearest known mode and its source; also in CI, where it would not be used."""
    with pytest.raises(UsageError) as caught:
        record_mode(*wishes, environment)
    assert str(caught.value).splitlines()[0] == line


def test_the_schema_knows_the_same_modes():
    """What the settings allow is what there is."""
    schema = published_schema("pytest_pcerrors", "settings.schema.json")
    assert tuple(schema["properties"]["record"]["enum"]) == MODES
