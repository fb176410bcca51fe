"""Objects are read as `parse` reads them, by msgspec and by the standard library, or not at all."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_pcerrors.jsontext import JsonError, parse, repeated_names
from pytest_pcerrors.rules._plain_objects import PlainObjects


def reader():
    """Return a reader that has read so many texts that it has looked for msgspec."""
    objects = PlainObjects()
    for _ in range(64):
        assert objects.read('{"code": 1}') == {"code": 1}
    return objects


with pytest.MonkeyPatch.context() as patch:
    patch.setitem(sys.modules, "msgspec", None)
    PLAIN = reader()
READERS = {"msgspec": reader(), "json": PLAIN}

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
    """Return the object of a text; None for another value, or for repeated names."""
    try:
        value = parse(text)
    except JsonError:
        return None
    return value if isinstance(value, dict) and not any(repeated_names(value)) else None


@given(VALUES, st.booleans())
def test_any_object_is_read(value, is_ascii):
    """Whatever its members, names and texts."""
    text = json.dumps({"a": value, "b\\": [value]}, ensure_ascii=is_ascii)
    for name, objects in READERS.items():
        assert repr(objects.read(text)) == repr(parse(text)), name


@given(
    st.text(alphabet='{}[]":,0129.eE+-\\u nultrefasNI\n\x0b') | st.text(alphabet='{"a\\":1, }').map('{{"a": {}'.format)
)
def test_any_text_is_read_as_by_the_parser(text):
    """A text that one of both does not accept is not read."""
    for name, objects in READERS.items():
        assert repr(objects.read(text)) in {repr(expected(text)), "None"}, name
    assert repr(PLAIN.read(text)) == repr(expected(text) if text.startswith("{") else None)


@pytest.mark.parametrize("objects", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": "x", "a": "x"}',
        r'{"a": 1, "\u0061": 1}',
        r'{"\"": 1, "\"": 1}',
        r'{"\\": "\\\"", "\\": "\\\""}',
        r'{"a": "\"}, \"a\": \"", "a": ""}',
        '{"a": [{"b": {"c": 1, "c": []}}]}',
        '{"a": {"b": {}, "b": {}}}',
        '{"a": NaN}',
        '{"a": "\x00"}',
        '{"a": 1} {',
        '{"a": 1}\x0b',
        ' {"a": 1}',
        '["a"]',
        "",
        '{"a": ' * 100_000,
        f'{{"a": {"9" * 5000}}}',
        f'{{"a": {"[" * 1200}{"]" * 1200}}}',
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_what_is_not_read(objects, text):
    """Repeated names, other values than objects, and what no parser accepts."""
    assert objects.read(text) is None


@pytest.mark.parametrize("objects", READERS.values(), ids=READERS)
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
def test_what_is_read(objects, text):
    """Numbers as they are written, escapes, long texts and many levels."""
    assert repr(objects.read(text)) == repr(parse(text))
