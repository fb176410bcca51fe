"""The simplest values that an error schema permits."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import EACH, steps_of, value_at

_TEXTS = (
    "TEXT",
    "1",
    "US",
    "00000000-0000-4000-8000-000000000000",
    "2026-01-05T08:00:00Z",
    "2026-01-05",
    "https://example.com",
    "user@example.com",
)
"""Texts that the patterns of usual members permit."""

_DEEPEST = 16
Schema = Mapping[str, Any]
_COMBINING = ("allOf", "anyOf", "oneOf")


class Sampler:
    """Makes the simplest values that a schema permits; references must lead to places in the schema itself."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema
        self.schema: Schema = self._followed(schema)

    def sample(self, schema: Schema, depth: int = 0) -> Any:
        """Return the constant of a schema, its first choice, or the simplest value of its type with the required members."""
        if depth > _DEEPEST:
            raise UsageError("no response can be made: the error schema requires an endless nesting of members")
        if choices := choices_of(schema):
            return choices[0]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        match kind[0] if isinstance(kind, list) else kind:
            case "object":
                return {name: self.sample(self.member(schema, name), depth + 1) for name in schema.get("required", ())}
            case "array":
                return [self.sample(self.item(schema), depth + 1) for _ in range(schema.get("minItems", 0))]
            case "string":
                return simplest_text(schema)
            case "integer" | "number":
                return max(1, schema.get("minimum", 1))
            case other:
                return False if other == "boolean" else None

    def with_value(self, document: Any, path: Sequence[str], value: Any) -> Any:
        """Return a value of the whole schema with another one at a path, converted to the schema there."""
        return self.changed(document, self.schema, path, lambda _, schema: self.fitting(value, schema))

    def changed(self, value: Any, schema: Schema, path: Sequence[str], change: Callable[[Any, Schema], Any]) -> Any:
        """Return a value of a schema with a change of what is at a path, in every item; what the path lacks is made first."""
        if not path:
            return change(value, schema)
        step, *below = path
        if step == EACH:
            inner = self.item(schema)
            items = value if isinstance(value, list) and value else [self.sample(inner)]
            return [self.changed(each, inner, below, change) for each in items]
        inner = self.member(schema, step)
        members = value if isinstance(value, dict) else {}
        old = members[step] if step in members else self.sample(inner)
        return {**members, step: self.changed(old, inner, below, change)}

    def fitting(self, value: Any, schema: Schema) -> Any:
        """Return a value converted to its schema: digits as a number, one of the choices, or a value of another type."""
        choices, types = choices_of(schema), schema.get("type", ())
        number = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,300}", value) else value
        if choices:
            return next((each for each in (value, number) if each in choices), choices[0])
        if types and "string" not in types:
            value = number
        return self.sample(schema) if value == [] and types and "array" not in types else value

    def member(self, schema: Schema, name: str) -> Schema:
        """Return the schema of a member; if it is missing, true or false, return one that permits anything."""
        return self._followed(schema.get("properties", {}).get(name))

    def item(self, schema: Schema) -> Schema:
        """Return the schema of the items of an array; without one, return one that permits anything."""
        return self._followed(schema.get("items"))

    def _followed(self, schema: Any) -> Schema:
        for _ in range(_DEEPEST):
            reference = schema.get("$ref") if isinstance(schema, Mapping) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            schema = value_at(self._root, steps_of(reference))
        return self._combined(schema) if isinstance(schema, Mapping) else {}

    def _combined(self, schema: Schema) -> Schema:
        """Return a schema with the members of ``allOf``, and with the first alternative of ``anyOf`` and ``oneOf``, as one schema."""
        parts = [*schema.get("allOf", ()), *(schema[keyword][0] for keyword in ("anyOf", "oneOf") if keyword in schema)]
        if not parts:
            return schema
        alone = {keyword: value for keyword, value in schema.items() if keyword not in _COMBINING}
        for part in (alone, *map(self._followed, parts)):
            properties = {**part.get("properties", {}), **alone.get("properties", {})}
            required = dict.fromkeys((*alone.get("required", ()), *part.get("required", ())))
            merged = {"properties": properties, "required": [*required]}
            alone = {**part, **alone, **{keyword: value for keyword, value in merged.items() if value}}
        return alone


def choices_of(schema: Schema) -> list[Any]:
    """Return the values that `const` or `enum` permits; none without such a keyword."""
    return [schema["const"]] if "const" in schema else [*schema.get("enum", ())]


def simplest_text(schema: Schema) -> str:
    """Return the first text that a schema permits, or a word of the minimum length if none fits."""
    least, pattern = schema.get("minLength", 0), schema.get("pattern", "")
    texts = ("text".ljust(least, "t"), *_TEXTS)
    fitting = (each for each in texts if least <= len(each) <= schema.get("maxLength", len(each)))
    return next((each for each in fitting if re.search(pattern, each)), texts[0])
