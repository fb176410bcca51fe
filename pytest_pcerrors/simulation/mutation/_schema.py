"""The mutator for the rules that come from the error schema: a value that its keyword does not accept at the place of the rule, or none."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import value_at
from pytest_pcerrors.rules.schema_rules import SchemaRule
from pytest_pcerrors.simulation.mutation._base import Base, Variant, replaced
from pytest_pcerrors.simulation.sampler import Sampler

Proposals = Iterator[tuple[str, Any]]
"""Words for ways to be wrong, each with a value."""

_PAD = "0"
_LARGEST = 1_000_000
"""A text or an array with more is not made, however large the limit of a schema is."""


def _without(name: str, value: Any) -> Proposals:
    members = value if isinstance(value, dict) else {}
    yield "absent", {each: inner for each, inner in members.items() if each != name}


def _types(_: object, value: Any) -> Proposals:
    digits = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,300}", value) else 7
    yield "null", None
    yield "boolean", True
    yield "number", digits
    yield "float", float(digits)
    yield "string", str(value)
    yield "array", [value]
    yield "object", {"value": value}


def _short(limit: int, value: Any) -> Proposals:
    yield "empty", ""
    yield "one-less", str(value)[: limit - 1].ljust(limit - 1, _PAD)


def _long(limit: int, value: Any) -> Proposals:
    """Yield longer texts: at the end; in the longest word, which may be a value in a template; with a long form of a letter."""
    text, limit = str(value), min(limit, _LARGEST)
    longest = max(re.findall(r"\w[\w-]*", text), key=len, default="")
    for word, length in (("one-more", limit + 1), ("double", 2 * limit)):
        pad = _PAD * (length - len(text))
        yield word, text + pad
        yield word, text.replace(longest, longest + pad, 1)
        yield word, f"&#{pad[4:]}{ord(text[:1] or _PAD)};{text[1:]}"


def _format(_: object, value: Any) -> Proposals:
    text = str(value)
    yield "empty", ""
    yield "space", f"{text} "
    yield "other", "?!"
    yield "other", "?" * len(text)
    yield "other-case", text.swapcase()
    yield "line-break", f"{text}\n"


def _others(_: object, value: Any) -> Proposals:
    if isinstance(value, str):
        yield "other", f"{value}-other"
        yield "other-case", value.swapcase()
    elif isinstance(value, int | float):
        yield "other", value + 1 if type(value) is not bool else not value
    yield from _any(_, value)


def _bound(limit: Any, value: Any) -> Proposals:
    for word, step in (("below", -1), ("half", 0.5), ("above", 1)):
        yield word, limit + step
        yield word, value + step if isinstance(value, int | float) else limit
    yield "at-the-limit", limit


def _items(limit: Any, value: Any) -> Proposals:
    items, limit = value if isinstance(value, list) and value else [{}], min(int(limit), _LARGEST)
    yield "empty", []
    yield "one-less", items[: max(limit - 1, 0)]
    yield "one-more", (items * (limit + 1))[: limit + 1]
    yield "twice", [*items, items[0]]


def _any(_: object, value: Any) -> Proposals:
    """Yield values of every type, the value with one more member or item, and without each of its members."""
    members, items = value if isinstance(value, dict) else {}, value if isinstance(value, list) else []
    yield "one-more", {**members, "more": "text"}
    yield "one-more-item", [*items, "text"]
    for name in members:
        yield f"without-{name}", {each: inner for each, inner in members.items() if each != name}
    yield from _ANYTHING.items()


_ANYTHING: Mapping[str, Any] = {
    "null": None,
    "boolean": True,
    "zero": 0,
    "negative": -1,
    "float": 0.5,
    "empty": "",
    "string": "text",
    "array": [],
    "items": ["text", "text", 0],
    "object": {},
}

VALUES: Mapping[str, Callable[[Any, Any], Proposals]] = {
    "required": _without,
    "type": _types,
    "minLength": _short,
    "maxLength": _long,
    "pattern": _format,
    **dict.fromkeys(("enum", "const"), _others),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _bound),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems"), _items),
}
"""The proposals for a keyword; for any other keyword, values of every kind are tried."""


def with_wrong_values(rule: SchemaRule, base: Base) -> Iterator[Variant]:
    """Yield the base with every value that a rule of the error schema does not accept at its place; nothing if no value can be made for it.

    An optional member that the base lacks is added first, with the simplest value; an empty array gets an item. A value with no
    alternative needs no word.
    """
    sampler = Sampler(base.contract.error_schema)
    try:
        document = sampler.changed(base.document, sampler.schema, rule.path, lambda value, _: value)
    except UsageError:
        return
    propose: Callable[[Any, Any], Proposals] = VALUES.get(rule.keyword, _any)
    wrong = [each for each in propose(rule.limit, value_at(document, rule.path)) if not rule.accepts(each[1])]
    has_alternatives = len({word for word, _ in wrong}) > 1
    for word, value in wrong:
        yield word if has_alternatives else "", base.with_document(replaced(document, rule.path, value))
