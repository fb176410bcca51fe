"""Decide fast that a document is valid against a JSON Schema of usual keywords: jsonschema, which explains what is wrong, takes a while to load."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pytest_pcerrors.jsontext import member_at, steps_of, type_of

_REMARKS = frozenset({"$schema", "$defs", "title", "description", "default"})


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
    "enum": (object, lambda limit, value: isinstance(value, str) and value in limit),
    "required": (dict, lambda limit, value: value.keys() >= {*limit}),
    "minLength": (str, lambda limit, value: len(value) >= limit),
    "minItems": (list, lambda limit, value: len(value) >= limit),
    "uniqueItems": (list, lambda _, value: {*map(type, value)} <= {str} and len({*value}) == len(value)),
    "minimum": (int, lambda limit, value: value >= limit),
    "maximum": (int, lambda limit, value: value <= limit),
    "pattern": (str, re.search),
    "format": (str, lambda limit, value: limit == "date" and is_date(value)),
}
"""The keywords that look at a value alone: the class of the values that are tested, and the test of a limit and a value."""


def is_valid(document: object, schema: Mapping[str, Any]) -> bool:
    """Return whether a JSON value is valid against a JSON Schema; False in doubt."""
    waiting: list[tuple[Any, Any]] = [(document, schema)]
    while waiting:
        value, rules = waiting.pop()
        members = value if isinstance(value, dict) else {}
        for keyword, limit in rules.items() if isinstance(rules, dict) else [("", rules)]:
            if keyword == "$ref":
                waiting.append((value, member_at(schema, steps_of(limit))))
            elif keyword == "properties":
                waiting += [(members[name], each) for name, each in limit.items() if name in members]
            elif keyword == "additionalProperties":
                waiting += [(members[name], limit) for name in members.keys() - rules.get("properties", {}).keys()]
            elif keyword == "items":
                waiting += [(each, limit) for each in value] if isinstance(value, list) else []
            elif keyword not in _REMARKS:
                kind, test = _TESTS.get(keyword, (object, None))
                if isinstance(value, kind) and (test is None or not test(limit, value)):
                    return False
    return True
