"""The keywords of JSON Schema: a jsonschema validator with its own versions of some, and their messages.

Lengths are counted in a given unit, and unique items are found in linear time.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from operator import ge, le
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.jsontext import JSON_TYPES, article
from pytest_pcerrors.secrets.display import shown, typed
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from jsonschema import ValidationError

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

Measure = Callable[[str], int]
"""The length of a text in some unit."""


def _utf_16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


MEASURES: Mapping[str, Measure] = {"code-points": len, "utf-16": _utf_16_units}
"""The units in which the length of a text can be counted: Unicode code points, or UTF-16 code units as .NET does."""


Predicate = Callable[[Any], bool]
"""A function that returns whether a value passes a keyword."""


class ValueTest(NamedTuple):
    """Whether a value passes a keyword, as an expression of ``{value}`` and of constants by their names.

    With `of`, it is a test of values of this class; all others pass.
    """

    expression: str
    constants: Mapping[str, Any]
    of: type | None = None

    def compiled(self) -> Predicate:
        """Return the expression as a function.

        >>> is_text = of_classes({str}).compiled()
        >>> is_text("a"), is_text(1)
        (True, False)
        """
        names = {name: name for name in self.constants}
        others = f"not isinstance(value, {self.of.__name__}) or " if self.of else ""
        predicate: Predicate = eval(  # noqa: S307 - all expressions are in this module
            f"lambda value: {others}({self.expression.format(value='value', **names)})", dict(self.constants)
        )
        return predicate


def of_classes(classes: Collection[type], *, or_whole: bool = False) -> ValueTest:
    """Return the test of a value that has one of these classes, or, with `or_whole`, is a number such as 7.0, which is an integer too."""
    one_of = "type({value}) in {classes}"
    if or_whole:
        return ValueTest(
            f"{one_of} or type({{value}}) is float and {{value}}.is_integer()", {"classes": frozenset(classes)}
        )
    if len(classes) == 1:
        return ValueTest("type({value}) is {kind}", {"kind": next(iter(classes))})
    return ValueTest(one_of, {"classes": frozenset(classes)})


def classes_of(types: str | list[str]) -> frozenset[type]:
    """Return the classes of parsed values of these JSON types."""
    wanted = [types] if isinstance(types, str) else types
    named = {*wanted, "integer"} if "number" in wanted else {*wanted}
    return frozenset(each for each, kind in JSON_TYPES.items() if kind in named)


def _with_members(names: list[str], _: Measure) -> ValueTest:
    members = {f"name{number}": name for number, name in enumerate(names)}
    present = " and ".join(f"{{{each}}} in {{value}}" for each in members)
    return ValueTest(present or "True", members, dict)


def _with_length(operator: str, limit: int, measure: Measure) -> ValueTest:
    return ValueTest(f"{{measure}}({{value}}) {operator} {{limit}}", {"measure": measure, "limit": limit}, str)


VALUE_TESTS: Mapping[str, Callable[[Any, Measure], ValueTest]] = {
    "required": _with_members,
    "minLength": partial(_with_length, ">="),
    "maxLength": partial(_with_length, "<="),
}
"""The keywords besides `type` that this package tests itself, as functions of their limit and a measure; jsonschema tests the others."""


def validator_for(schema: Mapping[str, Any], measure: Measure) -> Any:
    """Return a validator (draft 2020-12) for a schema. It counts lengths with `measure` and never fetches a reference."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    lengths = {"minLength": _counted(ge, measure), "maxLength": _counted(le, measure)}
    kind: Any = extend(Draft202012Validator, {**lengths, "uniqueItems": _unique})  # type: ignore[no-untyped-call]
    return kind(schema, registry=Registry())


def _counted(fits: Callable[[int, int], bool], measure: Measure) -> "Callable[..., Sequence[ValidationError]]":
    """Return a keyword of jsonschema for a limit of lengths, for schemas inside of others such as those of ``anyOf``."""
    from jsonschema import ValidationError

    def check(_: Any, limit: int, value: Any, __: Any) -> Sequence[ValidationError]:
        return [ValidationError("another length")] if isinstance(value, str) and not fits(measure(value), limit) else []

    return check


def _unique(validator: Any, wanted: bool, value: Any, _: Any) -> "Sequence[ValidationError]":  # noqa: FBT001 - the keyword's value
    if not wanted or not validator.is_type(value, "array"):
        return ()
    from jsonschema import ValidationError

    distinct = {json.dumps(_with_whole_numbers(item), sort_keys=True) for item in value}
    return [ValidationError("items that are equal")] if len(distinct) < len(value) else ()


def _with_whole_numbers(value: Any) -> Any:
    """Return a value with an integer for each number that equals one, such as 1.0."""
    if isinstance(value, dict):
        return {name: _with_whole_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(_with_whole_numbers, value))
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
