"""Names of property rules that no other rule has."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.rules.schema_rules import SchemaRule


def named_apart(rules: "Iterable[SchemaRule]", others: Container[str], kept: Container[str]) -> "Iterator[SchemaRule]":
    """Yield rules with other names for those that have the name of one of the `others`, or of a rule for another property.

    Settings could not distinguish them. The names in `kept` stay.
    """
    places: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        place = (*rule.path, rule.limit) if rule.keyword == "required" else rule.path
        own = f"property-{rule.name}" if rule.name in others else rule.name
        names = (own, *(f"{own}-{number}" for number in range(2, 2 + len(places))))
        name = own if own in kept else next(each for each in names if places.get(each, place) == place)
        places[name] = place
        yield rule if name == rule.name else replace(rule, name=name)
