"""The plainest values that a JSON Schema permits, as far as types, constants, choices and requirements go."""

from collections.abc import Mapping
from typing import Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import steps_of

_PLAINEST: Mapping[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1,
    "boolean": False,
    "array": [],
    "null": None,
}
_DEEPEST = 16


class Sampler:
    """Makes up values for a schema and for what lies in it; references lead to places in the schema itself.

    >>> sampler = Sampler({"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}})
    >>> sampler.sample(sampler.schema)
    {'code': 'text'}
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = self._followed(schema, schema)

    def sample(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """Return a schema's constant, its first choice, or the plainest value of its type with what it requires."""
        if depth > _DEEPEST:
            raise UsageError("no response can be made up: the error schema requires members without end")
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind != "object":
            return _PLAINEST[kind]
        return {name: self.sample(self.member(schema, name), depth + 1) for name in schema.get("required", ())}

    def fitting(self, value: Any, schema: Mapping[str, Any]) -> Any:
        """Return a value as its schema wants it: digits as a number, one of the choices, something of another type."""
        if "const" in schema or ("enum" in schema and value not in schema["enum"]):
            return self.sample(schema)
        types = schema.get("type", ())
        types = [types] if isinstance(types, str) else types
        if isinstance(value, str) and value.isdecimal() and types and "string" not in types:
            return int(value)
        return self.sample(schema) if value == [] and types and "array" not in types else value

    def member(self, schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return the schema of a member; where there is none, or it is true or false, one that permits anything."""
        return self._followed(schema.get("properties", {}).get(name), self.schema)

    def _followed(self, schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(_DEEPEST):
            reference = schema.get("$ref") if isinstance(schema, Mapping) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            schema = _at(root, reference)
        return schema if isinstance(schema, Mapping) else {}


def _at(root: Mapping[str, Any], reference: str) -> Any:
    found: Any = root
    for step in steps_of(reference):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
