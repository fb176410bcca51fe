"""Find the subschemas that describe the value at a path, across references and combined schemas."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from pytest_pcerrors.jsontext import EACH

Schema = Mapping[str, Any]

REFERENCES = ("$ref", "$dynamicRef")
_ALTERNATIVES = ("anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")
_OTHERS = ("additionalProperties", "unevaluatedProperties")

_MOST_POINTERS = 1000

_ANYTHING: Schema = {}
_OPEN: dict[str, Any] = {}
_OPEN["additionalProperties"] = _OPEN
"""The schema of a place that accepts any value, at any depth."""


class Keyword(NamedTuple):
    """A keyword at a path of a schema, with its limit; the limit of ``required`` is a name."""

    path: tuple[str, ...]
    name: str
    limit: str | int


class SchemaPlaces:
    """The places that an error schema describes; its references must be valid (see `check_error_schema`).

    >>> places = SchemaPlaces({"properties": {"error": {"properties": {"code": {"type": "string"}}}}})
    >>> places.at(("error", "code")), places.at(("error", "cod"))
    ([{'type': 'string'}], [])
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    @cached_property
    def _resolver(self) -> Any:
        """The resolver of references, which few schemas have: it takes a while to load."""
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        return Registry[Any]().resolver_with_root(DRAFT202012.create_resource(self._schema))

    def target(self, reference: str) -> Any:
        """Return the schema that a reference leads to."""
        return self._resolver.lookup(reference).contents

    def is_named(self, name: str) -> bool:
        """Return whether a subschema of the whole has a property with this name, or with a pattern of it."""
        return bool(_members(self._whole, name))

    @cached_property
    def names(self) -> list[str]:
        """The names of the properties that the subschemas of the whole have."""
        return names(self._whole)

    @cached_property
    def is_closed(self) -> bool:
        """Whether the schema always refuses properties that it does not name."""
        return any(each.get(keyword) is False for each in self.always_at(()) for keyword in _OTHERS)

    @cached_property
    def _whole(self) -> list[Schema]:
        return self._here([self._schema])

    def at(self, steps: Iterable[str]) -> list[Schema]:
        """Return the subschemas that may apply at a path; an empty list if the schema does not have it. `EACH` matches an item.

        A name permitted by ``additionalProperties`` counts, unless it looks like a misspelling of a named property.
        """
        here = self._whole
        for step in steps:
            here = self._here((step == EACH and _items(here)) or _members(here, step) or _others(here, step))
        return here

    def always_at(self, steps: Iterable[str]) -> list[Schema]:
        """Return the subschemas that apply at a path in every response, from which rules are made; `EACH` matches an item."""
        here = self._here([self._schema], is_certain=True)
        for step in steps:
            here = self._here(_items(here) if step == EACH else _members(here, step), is_certain=True)
        return here

    def pointers(self) -> Iterator[tuple[str, ...]]:
        """Yield the paths of all named properties and of items, the shortest first, up to a maximum; a recursive schema is followed once."""
        return islice(self._pointers(), _MOST_POINTERS)

    def _pointers(self) -> Iterator[tuple[str, ...]]:
        waiting: deque[tuple[tuple[str, ...], list[Schema], frozenset[int]]] = deque()
        waiting.append(((), self._whole, frozenset()))
        while waiting:
            path, here, followed = waiting.popleft()
            inner = {id(each) for each in here if "properties" in each or "items" in each}
            if inner <= followed:
                continue
            below = [(name, _members(here, name)) for name in names(here)] + [(EACH, _items(here))]
            for step, schemas in below:
                if schemas:
                    yield (*path, step)
                    waiting.append(((*path, step), self._here(schemas), followed | inner))

    def _here(self, schemas: Sequence[Any], *, is_certain: bool = False) -> list[Schema]:
        """Return these subschemas and those that always (or else possibly) apply at the same place."""
        waiting, found = deque(schemas), dict[int, Schema]()
        while waiting:
            schema = waiting.popleft()
            schema = _ANYTHING if schema is True else schema
            if not isinstance(schema, dict) or id(schema) in found:
                continue
            found[id(schema)] = schema
            waiting += [self.target(schema[keyword]) for keyword in REFERENCES if keyword in schema]
            waiting += schema.get("allOf", ())
            if not is_certain:
                waiting += [each for keyword in _ALTERNATIVES for each in schema.get(keyword, ())]
                waiting += [schema[keyword] for keyword in _CONDITIONS if keyword in schema]
                waiting += schema.get("dependentSchemas", {}).values()
        return list(found.values())


def unrequired(places: SchemaPlaces, steps: Sequence[str]) -> Iterator[Keyword]:
    """Yield the keywords that a schema lacks so that every body has a value at a path.

    It ends where the schema has the rest of the path in some bodies only, as below ``anyOf``, or requires it in some.

    >>> list(unrequired(SchemaPlaces({"properties": {"code": {}}}), ["code"]))
    [Keyword(path=(), name='required', limit='code')]
    """
    if not places.at(steps):
        return
    for depth, step in enumerate(steps):
        path = tuple(steps[:depth])
        always, sometimes = places.always_at(path), places.at(path)
        is_conditional = step != EACH and step in names(sometimes) and not _members(always, step)
        if not always or is_conditional:
            return
        keyword = "minItems" if step == EACH else "required"
        if step == EACH:
            yield from () if any(each.get(keyword) for each in sometimes) else [Keyword(path, keyword, 1)]
        elif not any(step in each.get(keyword, ()) for each in always):
            if any(step in each.get(keyword, ()) for each in sometimes):
                return
            yield Keyword(path, keyword, step)


def names(here: Iterable[Schema]) -> list[str]:
    """Return the property names of the subschemas of one place.

    >>> names([{"properties": {"code": {}}}, {"properties": {"code": {}, "message": {}}}])
    ['code', 'message']
    """
    return list(dict.fromkeys(name for each in here for name in each.get("properties", ())))


def _members(here: Iterable[Schema], name: str) -> list[Any]:
    found = []
    for each in here:
        found += [each["properties"][name]] if name in each.get("properties", ()) else []
        found += [below for pattern, below in each.get("patternProperties", {}).items() if re.search(pattern, name)]
    return [each for each in found if each is not False]


def _others(here: Sequence[Schema], name: str) -> list[Any]:
    from difflib import get_close_matches

    if get_close_matches(name, names(here), n=1):
        return []
    found = [each[keyword] for each in here for keyword in _OTHERS if each.get(keyword, False) is not False]
    return [_OPEN if each is True or not each else each for each in found]


def _items(here: Iterable[Schema]) -> list[Any]:
    return [each["items"] for each in here if "items" in each and "prefixItems" not in each]
