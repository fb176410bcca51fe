"""Decide fast that a document is valid against a JSON Schema of usual keywords: jsonschema, which explains what is wrong, takes a while to load."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pytest_pcerrors.jsontext import steps_of, type_of, value_at

_OTHERS = frozenset({"$schema", "$defs", "title", "description", "default", "if"})
"""Keywords that test nothing by themselves."""


def is_date(text: str) -> bool:
    """Return whether a text is a date as RFC 3339 has it.

    >>> is_date("2027-06-30"), is_date("2027-02-30"), is_date("20270630")
    (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_TESTS: Mapping[str, tuple[type, Callable[[Any, Any], object]]] = {
    "type": (object, lambda limit, value: type_of(value) in ([limit] if isinstance(limit, str) else limit)),
    "enum": (object, lambda limit, value: (type(value), value) in [(type(each), each) for each in limit]),
    "const": (object, lambda limit, value: (type(value), value) == (type(limit), limit)),
    "required": (dict, lambda limit, value: value.keys() >= {*limit}),
    "minLength": (str, lambda limit, value: len(value) >= limit),
    "maxLength": (str, lambda limit, value: len(value) <= limit),
    "minItems": (list, lambda limit, value: len(value) >= limit),
    "uniqueItems": (list, lambda _, value: {*map(type, value)} <= {str} and len({*value}) == len(value)),
    "minimum": (int, lambda limit, value: value >= limit),
    "maximum": (int, lambda limit, value: value <= limit),
    "pattern": (str, re.search),
    "format": (str, lambda limit, value: limit == "date" and is_date(value)),
}
"""The keywords that look at a value alone: the class of the values that are tested, and the test of a limit and a value."""


_INSIDE: Mapping[str, tuple[type, Callable[[Any, Any, Any], list[tuple[Any, Any]]]]] = {
    "properties": (
        dict,
        lambda limit, value, _: [(value[name], each) for name, each in limit.items() if name in value],
    ),
    "additionalProperties": (
        dict,
        lambda limit, value, rules: [
            (value[name], limit) for name in value.keys() - rules.get("properties", {}).keys()
        ],
    ),
    "propertyNames": (dict, lambda limit, value, _: [(name, limit) for name in value]),
    "items": (list, lambda limit, value, _: [(each, limit) for each in value]),
}
"""The keywords that look into a value: its class, and the parts of the value with their schemas, from a limit, the value and all rules for it."""


def is_valid(document: object, schema: Mapping[str, Any]) -> bool:
    """Return whether a JSON value is valid against a JSON Schema; False in doubt."""
    waiting: list[tuple[Any, Any]] = [(document, schema)]
    while waiting:
        value, rules = waiting.pop()
        for keyword, limit in rules.items() if isinstance(rules, dict) else [("", rules)]:
            if keyword == "$ref":
                waiting.append((value, value_at(schema, steps_of(limit))))
            elif keyword == "else":
                condition = {**rules["if"], "$defs": schema.get("$defs", {})}
                waiting += [] if is_valid(value, condition) else [(value, limit)]
            elif keyword in _INSIDE:
                kind, parts = _INSIDE[keyword]
                waiting += parts(limit, value, rules) if isinstance(value, kind) else []
            elif keyword not in _OTHERS:
                kind, test = _TESTS.get(keyword, (object, None))
                if isinstance(value, kind) and (test is None or not test(limit, value)):
                    return False
    return True
