"""Hostile JSON gives one value, or one exception with place and reason."""

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.jsontext import JsonError, RepeatedNames, article, parse, type_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_json_writes_is_read_back(value):
    """Every JSON value is parsed to an equal value."""
    assert parse(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ".+ at line 1, column 1"),
        ('{\n"code": }', ".+ at line 2, column 9"),
        ("{} x", ".+ at line 1, column 4"),
        ("[NaN]", "NaN is not a JSON value"),
        ("Infinity", "Infinity is not a JSON value"),
        ("-Infinity", "-Infinity is not a JSON value"),
        ("[" * 100_000, "nested too deeply to read"),
        ('{"a":' * 100_000, "nested too deeply to read"),
        ("9" * 5_000, "a number with too many digits to read"),
        ("\ufeff{}", ".+ at line 1, column 1"),
        ('"\x00"', ".+ at line 1, column 2"),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_not_one_value_is_reported(text, problem):
    """Text that is not one JSON value raises one kind of error, with place and reason."""
    with pytest.raises(JsonError) as caught:
        parse(text)
    assert re.fullmatch(problem, str(caught.value))


@given(st.text(alphabet='{}[]":,0129.eE+-\\u nultrefasNI') | st.text())
def test_no_text_raises_anything_else(text):
    """Any text gives a value or a `JsonError`."""
    with suppress(JsonError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ['{"code": 1, "b": 2, "code": 3}', r'{"code": 1, "b": 2, "\u0063ode": 3}'],
    ids=["plain", "escaped"],
)
def test_repeated_names_are_kept_in_mind(text):
    """The last value of a name is used, and the repeated name is known in any spelling."""
    value = parse(text)
    assert isinstance(value, RepeatedNames)
    assert (value, value.names, type_of(value)) == ({"code": 3, "b": 2}, ("code",), "object")


def test_one_name_in_two_objects_is_not_a_repetition():
    """A name may be in an object and in another inside it."""
    assert type(parse('{"a": {"a": 1}}')) is dict


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{}", "an object"),
        ("[]", "an array"),
        ('""', "a string"),
        ("1", "an integer"),
        ("1.0", "a number"),
        ("1e400", "a number"),
        ("true", "a boolean"),
        ("null", "null"),
    ],
)
def test_types_have_their_json_names(text, kind):
    """1 is an integer, 1.0 a number, true a boolean."""
    assert article(type_of(parse(text))) == kind
