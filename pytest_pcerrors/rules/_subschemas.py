"""The subschemas that apply to a place of the error schema, with references resolved as jsonschema resolves them."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract

Schema = Mapping[str, Any]

_REFUSED = frozenset({"$ref", "$dynamicRef", "pattern", "patternProperties"})
"""The keywords that can make a schema unusable."""

_ANYTHING: Schema = {}
_NOTHING: Schema = {"not": {}}
_REFERENCES = ("$ref", "$dynamicRef")


class Subschema(NamedTuple):
    """A schema that applies to a place, and its keywords without ``allOf`` and followed references."""

    schema: Schema
    keywords: tuple[str, ...]


class Subschemas:
    """The subschemas of the error schema of a contract. An unusable schema is a `UsageError`.

    References must lead to places in the schema itself: nothing is fetched.
    """

    def __init__(self, contract: "Contract") -> None:
        self._where = f'the error schema of the contract "{contract.name}"'
        self._schema = contract.error_schema
        if _may_be_unusable(contract.error_schema):
            self._refuse_unusable(contract.error_schema)

    @cached_property
    def _resolver(self) -> Any:
        """The resolver of references, which few schemas have: it takes a while to load."""
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        return Registry[Any]().resolver_with_root(DRAFT202012.create_resource(self._schema))

    def at_one_place(
        self,
        schema: Schema | bool,  # noqa: FBT001 - a schema may be true
        above: frozenset[int],
        through: tuple[int, ...] = (),
    ) -> Iterator[Subschema]:
        """Yield the schemas that apply where a schema applies: itself, the members of ``allOf``, the target of ``$ref``.

        `above` has the identities of the enclosing schemas. A reference to one of them is recursive; it remains a keyword,
        which jsonschema checks as a whole. `through` are the identities of the schemas that led here.
        """
        if isinstance(schema, bool):
            schema = _ANYTHING if schema else _NOTHING
        if id(schema) in through:
            raise UsageError(f"{self._where}: a $ref leads back to itself")
        through = (*through, id(schema))
        target = self._target(schema["$ref"]) if "$ref" in schema else schema
        followed = "$ref" in schema and id(target) not in above
        apart = ("allOf", "$ref") if followed else ("allOf",)
        yield Subschema(schema, tuple(keyword for keyword in schema if keyword not in apart))
        if followed:
            yield from self.at_one_place(target, above, through)
        for each in schema.get("allOf", ()):
            yield from self.at_one_place(each, above, through)

    def _target(self, reference: str) -> Any:
        from referencing.exceptions import Unresolvable

        try:
            target = self._resolver.lookup(reference).contents
        except (Unresolvable, ValueError):
            target = None
        if not isinstance(target, Mapping | bool):
            raise UsageError(
                f'{self._where}: $ref "{reference}" does not lead to a schema inside it; references are not fetched'
            )
        return target

    def _refuse_unusable(self, schema: Any) -> None:
        """Raise a `UsageError` for a reference that cannot be resolved or a pattern that cannot be compiled, anywhere in the schema."""
        from referencing.jsonschema import DRAFT202012

        waiting, seen = [schema], set[int]()
        while waiting:
            schema = waiting.pop()
            if isinstance(schema, bool) or id(schema) in seen:
                continue
            seen.add(id(schema))
            for pattern in (*filter(None, [schema.get("pattern")]), *schema.get("patternProperties", ())):
                self._try_pattern(pattern)
            waiting += [self._target(schema[keyword]) for keyword in _REFERENCES if keyword in schema]
            waiting += [each.contents for each in DRAFT202012.create_resource(schema).subresources()]

    def _try_pattern(self, pattern: str) -> None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(f'{self._where}: the pattern "{pattern}" cannot be read: {error}') from None


def _may_be_unusable(schema: Any) -> bool:
    """Return whether a schema, or a value anywhere in it, has one of the keywords that can make it unusable."""
    if isinstance(schema, Mapping):
        return not _REFUSED.isdisjoint(schema) or any(map(_may_be_unusable, schema.values()))
    return isinstance(schema, list | tuple) and any(map(_may_be_unusable, schema))
