"""Turn the schemas of OpenAPI documents into self-contained JSON Schemas (2020-12) that can be compared and combined."""

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pytest_pcerrors.contract.sources.model import Located
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import EACH, JSON_TYPES, steps_of
from pytest_pcerrors.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Schema = dict[str, Any]
    Path = tuple[str, ...]

_MAX_DEPTH = 12
_MAX_NODES = 5_000
_MAX_REFERENCES = 100
_MAPS, _SINGLES, _LISTS = ("properties", "patternProperties"), ("items", "additionalProperties"), ("anyOf", "oneOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_TYPES = ("string", "integer", "number", "boolean", "null", "array", "object")


class References:
    """The references of a document, which must lead to values in it."""

    def __init__(self, document: "Mapping[str, Any]") -> None:
        self._document = document
        self._has_siblings = str(document.get("openapi", "")).startswith("3.1")
        self._nodes = 0
        self._known: dict[str, Schema] = {}

    def resolved(self, value: Any) -> Any:
        """Return a value, or what its ``$ref`` refers to; raise a `UsageError` for a reference to another file, to nothing or to itself."""
        for _ in range(_MAX_REFERENCES):
            reference = value.get("$ref") if isinstance(value, dict) else None
            if not isinstance(reference, str):
                return value
            value = self._target(value)
        raise UsageError(readable(f"$ref {reference} refers to itself; write what it describes"))

    def _target(self, value: "Mapping[str, Any]") -> Any:
        reference: str = value["$ref"]
        place = f"line {value.line}: " if isinstance(value, Located) else ""
        if not reference.startswith("#"):
            raise UsageError(
                readable(
                    f"{place}$ref {reference} is in another document; bundle them into one file first, for example with `redocly bundle`"
                )
            )
        target: Any = self._document
        for step in steps_of(unquote(reference)):
            if isinstance(target, dict) and step in target:
                target = target[step]
            elif isinstance(target, list) and step.isdecimal() and int(step) < len(target):
                target = target[int(step)]
            else:
                near = get_close_matches(step, target, n=1) if isinstance(target, dict) else []
                hint = f'did you mean "{near[0]}"?' if near else "add it, or correct the reference"
                raise UsageError(readable(f"{place}$ref {reference} does not exist in this document; {hint}"))
        return target

    def known_schema(self, value: Any) -> "Schema":
        """Return `schema` of a value; that of equal values is made once."""
        text = json.dumps(value)
        if text not in self._known:
            self._known[text] = self.schema(value)
        return self._known[text]

    def schema(self, value: Any, open_refs: tuple[str, ...] = (), depth: int = 0) -> "Schema":
        """Return a schema without references and annotations; what contains itself is any value where it recurs.

        ``example`` becomes ``examples``, ``const`` becomes ``enum``, and ``allOf`` is merged.
        """
        self._nodes = self._nodes + 1 if depth else 0
        if not isinstance(value, dict) or depth > _MAX_DEPTH or self._nodes > _MAX_NODES:
            return {}
        reference = value.get("$ref")
        if isinstance(reference, str):
            if reference in open_refs:
                return {}
            self.resolved(value)  # raises where references lead to each other only
            target = self.schema(self._target(value), (*open_refs, reference), depth + 1)
            rest = {name: each for name, each in value.items() if name != "$ref"} if self._has_siblings else {}
            return merged(target, self.schema(rest, open_refs, depth + 1)) if rest else target
        schema = {**_plain(value), **self._inner(value, open_refs, depth + 1)}
        for each in value["allOf"] if isinstance(value.get("allOf"), list) else ():
            schema = merged(schema, self.schema(each, open_refs, depth + 1))
        if "properties" in schema:
            schema.setdefault("type", "object")
        return schema

    def _inner(self, value: "Mapping[str, Any]", open_refs: tuple[str, ...], depth: int) -> "Schema":
        """Return the keywords of a schema whose values are schemas, except ``allOf``."""
        inner: Schema = {}
        for keyword in (*_MAPS, *_SINGLES, *_LISTS):
            each = value.get(keyword)
            if keyword in _LISTS and isinstance(each, list) and each:
                inner[keyword] = [self.schema(one, open_refs, depth) for one in each]
            elif keyword in _SINGLES and isinstance(each, dict):
                inner[keyword] = self.schema(each, open_refs, depth)
            elif keyword in _MAPS and isinstance(each, dict):
                names = each if keyword == "properties" else filter(is_regex, each)
                inner[keyword] = {name: self.schema(each[name], open_refs, depth) for name in names}
        return inner


def is_regex(pattern: Any) -> bool:
    """Return whether a pattern can be used in Python; those of ECMA-262 with Unicode categories cannot."""
    try:
        return isinstance(pattern, str) and bool(re.compile(pattern))
    except (re.error, RecursionError, OverflowError):
        return False


def _plain(value: "Mapping[str, Any]") -> "Schema":
    """Return the keywords of a schema that are not schemas themselves, as draft 2020-12 writes them."""
    types = value.get("type")
    known = [each for each in (types if isinstance(types, list) else [types]) if each in _TYPES]
    enum = [value["const"]] if "const" in value else value.get("enum")
    if value.get("nullable") is True and known:
        known, enum = [*known, "null"], [*enum, None] if isinstance(enum, list) else enum
    schema: Schema = {"type": known[0] if len(known) == 1 else known} if known else {}
    if isinstance(enum, list) and enum:
        schema["enum"] = enum
    if isinstance(value.get("required"), list):
        schema["required"] = [each for each in value["required"] if isinstance(each, str)]
    schema |= {name: value[name] for name in _COUNTS if type(value.get(name)) is int}
    schema |= {name: value[name] for name in _LIMITS if type(value.get(name)) in (int, float)}
    for name in ("Minimum", "Maximum"):
        if value.get(f"exclusive{name}") is True and name.lower() in schema:
            schema[f"exclusive{name}"] = schema.pop(name.lower())
    if is_regex(value.get("pattern")):
        schema["pattern"] = value["pattern"]
    if value.get("additionalProperties") is False:
        schema["additionalProperties"] = False
    examples = [value["example"]] if "example" in value else []
    examples += value["examples"] if isinstance(value.get("examples"), list) else []
    return {**schema, **({"examples": examples} if examples else {})}


def merged(one: "Schema", other: "Schema") -> "Schema":
    """Return a schema that has the keywords of both, as ``allOf`` of the two.

    >>> merged({"required": ["a"]}, {"required": ["b"], "properties": {"b": {}}})
    {'required': ['a', 'b'], 'properties': {'b': {}}}
    """
    result = {**other, **one}
    for keyword in _MAPS:
        if keyword in one and keyword in other:
            names = {**one[keyword], **other[keyword]}
            result[keyword] = {name: merged(one[keyword].get(name, {}), other[keyword].get(name, {})) for name in names}
    for keyword in ("required", "examples"):
        if keyword in one and keyword in other:
            result[keyword] = _distinct([*one[keyword], *other[keyword]])
    if "enum" in one and "enum" in other:
        permitted = set(map(json.dumps, other["enum"]))
        result["enum"] = [each for each in one["enum"] if json.dumps(each) in permitted] or other["enum"]
    if isinstance(one.get("items"), dict) and isinstance(other.get("items"), dict):
        result["items"] = merged(one["items"], other["items"])
    return {keyword: result[keyword] for keyword in {**one, **other}}


def combined(schemas: "Sequence[Schema]", *, with_enums: bool = True) -> "Schema":
    """Return what schemas of one form describe together: the permitted values of all; without examples."""
    first = schemas[0]
    inner = (*_MAPS, *_LISTS, "enum", "examples")
    result = {name: each for name, each in first.items() if name not in inner and not isinstance(each, dict)}
    for keyword in (*_MAPS, *_SINGLES, *_LISTS):
        parts: list[Any] = [each.get(keyword) for each in schemas]
        match parts[0]:
            case dict() if keyword in _SINGLES:
                result[keyword] = combined(parts, with_enums=with_enums)
            case dict():
                together = {name: [part[name] for part in parts] for name in parts[0]}
                result[keyword] = {name: combined(each, with_enums=with_enums) for name, each in together.items()}
            case list():
                result[keyword] = [combined(each, with_enums=with_enums) for each in zip(*parts, strict=True)]
    if with_enums and all("enum" in each for each in schemas):
        result["enum"] = _distinct(value for each in schemas for value in each["enum"])
    return result


def _distinct(values: "Iterable[Any]") -> list[Any]:
    return [*{json.dumps(value): value for value in values}.values()]


def places(schema: "Schema", path: "Path" = ()) -> "Iterator[tuple[Path, Schema]]":
    """Yield the paths of all named properties with their schemas; an item of an array has the step ``*``."""
    for name, each in schema.get("properties", {}).items():
        yield (*path, name), each
        yield from places(each, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from places(schema["items"], (*path, EACH))
    for keyword in _LISTS:
        for each in schema.get(keyword, ()):
            yield from places(each, path)


def permitted_values(schema: "Schema") -> list[Any]:
    """Return the values in the ``enum`` of a schema and of its alternatives.

    >>> permitted_values({"anyOf": [{"enum": ["A"]}, {"type": "null"}]})
    ['A']
    """
    inner = [value for keyword in _LISTS for each in schema.get(keyword, ()) for value in permitted_values(each)]
    return [*schema.get("enum", ()), *inner]


def permit_any_value(schema: "Schema") -> None:
    """Remove the ``enum`` of a schema and of its alternatives."""
    schema.pop("enum", None)
    for keyword in _LISTS:
        for each in schema.get(keyword, ()):
            permit_any_value(each)


def allows(schema: "Schema", *names: str) -> bool:
    """Return whether a schema permits one of these types; one without a type does if its permitted values are of the types."""
    types = schema.get("type")
    if types is None:
        return (
            all(JSON_TYPES.get(type(each)) in (*names, "null") for each in schema.get("enum", ()))
            and "properties" not in schema
        )
    return not set(names).isdisjoint(types if isinstance(types, list) else [types])
