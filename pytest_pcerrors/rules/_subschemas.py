"""The subschemas that apply to a place of the error schema, with references resolved as jsonschema resolves them."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

Schema = Mapping[str, Any]

_ANYTHING: Schema = {}
_NOTHING: Schema = {"not": {}}


class Subschemas:
    """The subschemas of an error schema, whose references lead to schemas inside it, as those of a contract file do."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

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
    ) -> Iterator[tuple[Schema, list[str]]]:
        """Yield the schemas that apply where a schema applies, with their keywords: itself, the members of ``allOf``, the target of ``$ref``.

        `above` has the identities of the enclosing schemas. A reference to one of them is recursive; it remains a keyword,
        which jsonschema checks as a whole.
        """
        if isinstance(schema, bool):
            schema = _ANYTHING if schema else _NOTHING
        targets = [self._resolver.lookup(schema["$ref"]).contents] if "$ref" in schema else []
        followed = [target for target in targets if id(target) not in above]
        apart = ("allOf", "$ref") if followed else ("allOf",)
        yield schema, [keyword for keyword in schema if keyword not in apart]
        for each in (*followed, *schema.get("allOf", ())):
            yield from self.at_one_place(each, above)
