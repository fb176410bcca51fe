"""Compare two error schemas keyword by keyword at each property."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.changes import Change, Effect
from pytest_pcerrors.jsontext import steps_of

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract

_COMPARED_ELSEWHERE = ("properties", "items", "required", "description", "title", "$defs", "$schema", "$id", "$comment")
_RESTRICTIONS = (
    *("required", "type", "enum", "const", "pattern", "format"),
    *("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "additionalProperties"),
)
_WIDER: dict[str, tuple[Effect, str]] = {
    "required": ("breaking", "a client that reads it finds nothing when it is omitted"),
    "type": ("breaking", "a client that reads the old type fails"),
    "maxLength": ("breaking", "a client may receive longer texts than it can store"),
    "minLength": ("behavioural", "a client may receive shorter texts than before"),
}


def schema_changes(old: "Contract", new: "Contract") -> Iterator[Change]:
    """Yield the changes of the body's keywords, the added and removed properties, and the changes of their keywords."""
    before, after = (
        {"": _keywords_of(each), **_properties(each, each, "", ())} for each in (old.error_schema, new.error_schema)
    )
    for pointer in dict.fromkeys((*before, *after)):
        if pointer not in after:
            yield Change(
                "property-removed", pointer, "breaking", "a client that reads it finds nothing", pointer=pointer
            )
        elif pointer not in before:
            yield Change(
                "property-added", pointer, "compatible", "a client ignores what it does not know", pointer=pointer
            )
        else:
            yield from _keywords(pointer, before[pointer], after[pointer])


def _keywords(pointer: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for keyword in dict.fromkeys((*before, *after)):
        was, now = before.get(keyword), after.get(keyword)
        if was != now:
            effect, why = _effect(keyword, was, now)
            what = f"{pointer or 'the body'} {keyword}"
            yield Change("schema-changed", what, effect, why, _text(was), _text(now), pointer=pointer)


def _effect(keyword: str, was: Any, now: Any) -> tuple[Effect, str]:
    if _is_narrower(keyword, was, now):
        return "compatible", "fewer values are possible than before"
    return _WIDER.get(keyword, ("behavioural", "a client may receive other values than before"))


def _is_narrower(keyword: str, was: Any, now: Any) -> bool:
    """Return whether all values that are possible now were possible before."""
    if now is None or was is None:
        return was is None and keyword in _RESTRICTIONS
    match keyword:
        case "type":
            return _types(now) <= _types(was)
        case "maxLength" | "minLength":
            return bool(now < was) if keyword == "maxLength" else bool(now > was)
        case "enum":
            return all(each in was for each in now)
        case _:
            return False


def _properties(
    schema: Mapping[str, Any], root: Mapping[str, Any], pointer: str, followed: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """Return the keywords of every property by its pointer; ``required`` is one of them.

    `followed` are the references that led to this schema: a recursive one is followed once.
    """
    found: dict[str, dict[str, Any]] = {}
    below = [
        (f"{pointer}/{name}", each, name in schema.get("required", ()))
        for name, each in schema.get("properties", {}).items()
    ]
    items = schema.get("items")
    if isinstance(items, dict):
        below.append((f"{pointer}/*", items, False))
    for where, each, is_required in below:
        resolved, seen = _resolved(each, root, followed)
        found[where] = _keywords_of(resolved)
        if is_required:
            found[where]["required"] = True
        found |= _properties(resolved, root, where, seen)
    return found


def _keywords_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in _COMPARED_ELSEWHERE}


def _resolved(
    schema: Any, root: Mapping[str, Any], followed: tuple[str, ...]
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Resolve references inside the file; a schema that is not an object, such as ``true``, has no keywords."""
    while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
        if reference in followed or not reference.startswith("#"):
            return {"$ref": reference}, followed
        followed = (*followed, reference)
        target = reduce(
            lambda value, step: value.get(step, {}) if isinstance(value, dict) else {}, steps_of(reference), root
        )
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return (schema if isinstance(schema, dict) else {}), followed


def _types(value: Any) -> set[str]:
    types = {value} if isinstance(value, str) else set(value)
    return types | {"integer"} if "number" in types else types


def _text(value: Any) -> str:
    return "" if value is None else "yes" if value is True else str(value)
