"""Check what the JSON Schema of contract files cannot express: that the error schema is valid, and that the parts fit together.

Each of these mistakes would silently disable a check, so each is an error when the file is read.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract._schema_places import REFERENCES, SchemaPlaces, names
from pytest_pcerrors.documents import validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import EACH, article, pointer_of, steps_of
from pytest_pcerrors.text import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUCCESSORS = {
    "dependencies": "dependentRequired or dependentSchemas",
    "additionalItems": "items, after prefixItems",
    "$recursiveRef": "$dynamicRef",
}
"""Keywords of older drafts that draft 2020-12 ignores, and their replacements."""

_REMARKS = (
    *("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "$defs", "definitions", "id", "title"),
    *("description", "default", "examples", "deprecated", "readOnly", "writeOnly", "then", "else"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
    *("nullable", "example", "discriminator", "xml", "externalDocs"),
)
"""Keywords that assert nothing by themselves; the last line has those of OpenAPI."""

_MISSPELT, _SIMILAR = 0.85, 0.8
_MAX_NAMES = 8
_CODE_TYPES = {"string", "integer", "number"}
"""The JSON types of values that can be looked up in the catalogue."""


def check_error_schema(schema: dict[str, Any], where: str, key: str = "schema") -> None:
    """Raise a `UsageError` for an invalid JSON Schema, a misspelt keyword, or a reference that is external, missing or circular.

    `key` is that of the schema in the contract document.
    """
    from jsonschema import Draft202012Validator
    from referencing import Registry

    _validate(schema, f"{where}: the error schema at /{key} is not a JSON Schema")
    where = f"{where}: at /{key}"
    validator = Draft202012Validator(schema, registry=Registry())  # without retrieval
    known = {*Draft202012Validator.VALIDATORS, *_REMARKS}
    try:
        for each in list(_subschemas(schema, where)):
            _check_keywords(each, known, where)
            deque(validator.evolve(schema=each).iter_errors(None), maxlen=0)
    except RecursionError:
        raise UsageError(f"{where}: a $ref refers to itself") from None


def _validate(schema: Any, problem: str) -> None:
    from jsonschema import Draft202012Validator

    validate(dict(Draft202012Validator.META_SCHEMA), schema, problem)


def _subschemas(schema: Any, where: str) -> Iterator[dict[str, Any]]:
    """Yield a schema, the schemas in it, and those that references lead to."""
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    places = SchemaPlaces(schema)
    waiting, seen = [schema], set[int]()
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        for reference in filter(None, map(each.get, REFERENCES)):
            try:
                target = places.target(reference)
            except (Unresolvable, ValueError):
                raise UsageError(readable(f"{where}: $ref {reference} does not exist in this file")) from None
            _validate(target, readable(f"{where}: $ref {reference} does not lead to a JSON Schema"))
            waiting.append(target)
        waiting += [inner.contents for inner in DRAFT202012.create_resource(each).subresources()]


def _check_keywords(schema: "Mapping[str, Any]", known: set[str], where: str) -> None:
    """Raise a `UsageError` for an outdated or misspelt keyword, which would assert nothing; other unknown ones are remarks."""
    for keyword in schema:
        if keyword in _SUCCESSORS:
            raise UsageError(f"{where}: draft 2020-12 has no {keyword}; write {_SUCCESSORS[keyword]}")
        if keyword not in known and (meant := _meant(keyword, known)):
            raise UsageError(readable(f'{where}: unknown keyword "{keyword}"; did you mean "{meant}"?'))


def _meant(keyword: str, known: set[str]) -> str | None:
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(keyword.lower(), lowered, n=1, cutoff=_MISSPELT)
    return lowered[close[0]] if close else None


def check_consistency(document: "Mapping[str, Any]", own: Collection[str], where: str) -> None:
    """Raise a `UsageError` that lists everything in a complete contract document that would disable a check.

    `own` are the keys of the file itself; the other keys are from the contract that it extends.
    """
    places = SchemaPlaces(document["schema"])
    problems = {
        "members": _members(document["members"], places),
        "deviations": _deviations(document.get("deviations", ()), places),
        "errors-below-400": _errors_below_400(document.get("errors-below-400")),
        "entries": _entries(document.get("entries")),
    }
    lines = [
        f"{where}: at {problem}" if key in own else f'{where}: at {problem} (as extended; give "{key}" beside "schema")'
        for key, found in problems.items()
        for problem in found
    ]
    if lines:
        raise UsageError("\n".join(map(readable, lines)))


def _members(members: "Mapping[str, str]", places: SchemaPlaces) -> Iterator[str]:
    for name, pointer in members.items():
        steps = steps_of(pointer)
        if not places.at(steps):
            yield f"/members/{name}: {_absent(steps, places)}"
        elif not _is_below(steps, steps_of(members["code"])):
            yield (
                f"/members/{name}: the items of {pointer} are not those of the code, {members['code']}; "
                "give both the same path up to the last *"
            )
    for types in _types(places, steps_of(members["code"])):
        if not types & _CODE_TYPES:
            found = " or ".join(map(article, sorted(types)))
            yield f"/members/code: the error schema has {found} at {members['code']}; a code is a string or an integer"
    for pointer, count in Counter(members.values()).items():
        if count > 1:
            shared = " and ".join(name for name, each in members.items() if each == pointer)
            yield f"/members: {shared} have the same pointer {pointer}; give each its own"


def _is_below(steps: tuple[str, ...], code: tuple[str, ...]) -> bool:
    """Return whether a path leads through the arrays of the code only, so that each item with a code has at most one value there."""
    last = max((depth for depth, step in enumerate(steps, 1) if step == EACH), default=0)
    return steps[:last] == code[:last]


def _entries(entries: object) -> Iterator[str]:
    if entries == []:
        yield "/entries: it is empty, so no code would be checked; list the documented codes"


def _errors_below_400(schema: "Mapping[str, Any] | None") -> Iterator[str]:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    if schema is not None and Draft202012Validator(schema, registry=Registry()).is_valid({}):
        fix = 'require what only an error has, such as {"required": ["ok"], "properties": {"ok": {"const": false}}}'
        yield f"/errors-below-400: the object {{}} fits it, so every success would be an error; {fix}"


def _absent(steps: tuple[str, ...], places: SchemaPlaces) -> str:
    """Return the message for a path that a schema does not have: the most similar path, or the names it has there."""
    missing = f"the error schema has no {pointer_of(steps)}"
    known = {pointer_of(path): path[-1].casefold() for path in places.pointers()}
    of_all = pointer_of(EACH if step.isdecimal() else step for step in steps)  # a pointer has no index
    named_alike = (pointer for pointer, name in known.items() if name == steps[-1].casefold())
    for pointer in (*get_close_matches(of_all, known, n=1, cutoff=_SIMILAR), *named_alike):
        return f'{missing}; did you mean "{pointer}"?'
    depth = next(depth for depth in range(len(steps)) if not places.at(steps[: depth + 1]))
    has = ", ".join(names(places.at(steps[:depth]))[:_MAX_NAMES]) or "no properties"
    place = pointer_of(steps[:depth]) or "its top"
    return f'{missing}, it names {has} at {place}; correct the pointer, or add the property to "schema"'


def _deviations(deviations: Sequence["Mapping[str, Any]"], places: SchemaPlaces) -> Iterator[str]:
    for index, each in enumerate(deviations):
        steps = steps_of(each["at"])
        if not places.always_at(steps):
            yield f"/deviations/{index}/at: {_absent(steps, places)}"
        elif not _types(places, steps):
            yield f'/deviations/{index}/at: the error schema gives {each["at"]} no type to deviate from; add "type" there'


def _types(places: SchemaPlaces, steps: Sequence[str]) -> list[set[str]]:
    """Return the types that each subschema of a place permits."""
    declared = [each["type"] for each in places.always_at(steps) if "type" in each]
    return [{types} if isinstance(types, str) else set(types) for types in declared]
