"""Messages for values that fail a keyword of JSON Schema: the actual value, and what was expected."""

from collections.abc import Callable, Mapping
from typing import Any

from pytest_pcerrors.jsontext import article
from pytest_pcerrors.secrets.display import shown, typed
from pytest_pcerrors.text import counted

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "minLength": ("character", "at least {} expected"),
    "maxLength": ("character", "at most {} allowed"),
    "minItems": ("item", "at least {} expected"),
    "maxItems": ("item", "at most {} allowed"),
    "minProperties": ("property", "at least {} expected"),
    "maxProperties": ("property", "at most {} allowed"),
}
_EXPECTED: Mapping[str, str] = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "pattern": "a text that matches {}",
    "const": "{}",
    "uniqueItems": "items that all differ",
    "anyOf": "what one of the alternatives of the error schema permits",
    "oneOf": "what exactly one of the alternatives of the error schema permits",
    "not": "what the error schema does not exclude",
}
"""The expectation of each keyword whose limit is shown as a value."""


def explained(keyword: str, limit: Any, value: Any, measure: Callable[[str], int] = len) -> tuple[str, str, str]:
    """Return the expected text, the actual text, and a message with both.

    >>> explained("maxLength", 3, "long")
    ('at most 3 allowed', '4', '4 characters, at most 3 allowed')
    >>> explained("minimum", 3, 2)
    ('at least 3', '2', '2 instead of at least 3')
    """
    if keyword == "required":
        return f'"{limit}"', "nothing", f"{shown(limit)} is missing"
    if keyword in _BOUNDS:
        noun, bound = _BOUNDS[keyword]
        count, expected = measure(value) if isinstance(value, str) else len(value), bound.format(limit)
        return expected, str(count), f"{counted(count, noun)}, {expected}"
    expected, actual = _expected(keyword, limit), typed(value) if keyword == "type" else shown(value)
    return expected, actual, f"{actual} instead of {expected}"


def _expected(keyword: str, limit: Any) -> str:
    match keyword:
        case "type":
            return " or ".join(map(article, limit if isinstance(limit, list) else [limit]))
        case "enum":
            return " or ".join(map(shown, limit))
        case _ if keyword in _EXPECTED:
            return _EXPECTED[keyword].format(shown(limit))
        case _:
            return f"what {keyword} {shown(limit)} of the error schema permits"
