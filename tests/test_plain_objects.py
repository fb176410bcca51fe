"""Objects are read as `parse` reads them, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.jsontext import JsonError, parse, parse_certain, plain_object, repeated_names

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.text(alphabet='\\"{}[]:,u0041', max_size=6)
)
VALUES = st.recursive(
    LEAVES, lambda each: st.lists(each, max_size=3) | st.dictionaries(LEAVES.map(str), each, max_size=3)
)


def expected(text):
    """Return the object of a text; None for another value, for repeated names, and for numbers beyond a float."""
    try:
        parse_certain(text)
        value = parse(text)
    except JsonError:
        return None
    return value if isinstance(value, dict) and not any(repeated_names(value)) else None


@given(VALUES, st.booleans())
def test_any_object_is_read(value, is_ascii):
    """Whatever its members, names and texts."""
    text = json.dumps({"a": value, "b\\": [value]}, ensure_ascii=is_ascii)
    assert repr(plain_object(text)) == repr(parse(text))


@given(
    st.text(alphabet='{}[]":,0129.eE+-\\u nultrefasNI\n\x0b') | st.text(alphabet='{"a\\":1, }').map('{{"a": {}'.format)
)
def test_any_text_is_read_as_by_the_parser(text):
    """A text that one of both does not accept is not read."""
    assert repr(plain_object(text)) == repr(expected(text) if text.startswith("{") else None)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}', '{"a": "x", "a": "x"}', r'{"a": 1, "\u0061": 1}', r'{"\"": 1, "\"": 1}',
        r'{"\\": "\\\"", "\\": "\\\""}', r'{"a": "\"}, \"a\": \"", "a": ""}', '{"a": [{"b": {"c": 1, "c": []}}]}',
        '{"a": {"b": {}, "b": {}}}', '{"a": NaN}', '{"a": 1e999}', '{"a": "\x00"}', '{"a": 1} {', '{"a": 1}\x0b',
        ' {"a": 1}', '["a"]', "", '{"a": ' * 100_000, f'{{"a": {"9" * 5000}}}', f'{{"a": {"[" * 1200}{"]" * 1200}}}',
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_what_is_not_read(text):
    """Repeated names, other values than objects, and what no parser accepts."""
    assert plain_object(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1.5e3, "b": -0, "c": -0.0, "d": 123456789012345678901234567890} \r\n\t ',
        r'{"a": "\ud83d\ude00\\\\", "\\": "\"", "b": "\\\"\\"}',
        json.dumps({"a": [[["x" * 5000]]]}),
        json.dumps({"a": [{"b": "c"}] * 200}),
        f'{{"a": {"[" * 40}{"]" * 40}}}',
    ],
    ids=lambda text: text[:20],
)
def test_what_is_read(text):
    """Numbers as they are written, escapes, long texts and many levels."""
    assert repr(plain_object(text)) == repr(parse(text))


@pytest.mark.parametrize("depth", range(850, 1000, 10))
def test_objects_with_many_levels(depth):
    """Whatever the parser can read, nothing is raised."""
    text = f'{{"a": {"[" * depth}"b"{"]" * depth}}}'
    assert plain_object(text) is None or plain_object(text) == parse(text)
