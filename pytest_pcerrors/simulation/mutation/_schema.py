"""The mutator for the rules that come from the error schema: another value at the place of the rule, or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import EACH
from pytest_pcerrors.simulation.mutation._values import wrong_values
from pytest_pcerrors.simulation.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.rules.schema_rules import SchemaRule
    from pytest_pcerrors.simulation.mutation._base import Base, Variant


@dataclass(frozen=True)
class SchemaMutator:
    """Proposes every value that a rule of the error schema does not accept at its place, also where the base has no value.

    An optional member that the base lacks is added first, with the simplest value; an empty array gets an item.
    """

    rule: "SchemaRule"

    def __call__(self, base: "Base") -> "Iterator[Variant]":
        """Yield the base with each wrong value; nothing if no value can be made for the place."""
        sampler = Sampler(base.contract.error_schema)
        try:
            value, put = _place(base.document, self.rule.path, sampler.schema, sampler)
        except UsageError:
            return
        for variant, wrong in wrong_values(self.rule, value):
            yield variant, base.with_document(put(wrong))


def _place(
    value: Any, path: tuple[str, ...], schema: Mapping[str, Any], sampler: Sampler
) -> tuple[Any, Callable[[Any], Any]]:
    """Return what is at a path, and a function that returns the document with something else there."""
    if not path:
        return value, lambda other: other
    step, *below = path
    if step == EACH:
        inner = sampler.item(schema)
        items = value if isinstance(value, list) and value else [sampler.sample(inner)]
        found, put = _place(items[0], tuple(below), inner, sampler)
        return found, lambda other: [put(other), *items[1:]]
    inner = sampler.member(schema, step)
    members = value if isinstance(value, dict) else {}
    old = members[step] if step in members else sampler.sample(inner)
    found, put = _place(old, tuple(below), inner, sampler)
    return found, lambda other: {**members, step: put(other)}
