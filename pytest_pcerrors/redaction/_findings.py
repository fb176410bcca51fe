"""Findings in a part of an exchange, with the name of the part."""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from pytest_pcerrors.secrets import Found

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = TypeVar("Value", str, bytes)


class Searched(NamedTuple, Generic[Value]):
    """A value with its secrets hidden, and the findings."""

    value: Value
    found: list[Found]


def located(found: "Iterable[Found]", where: str, *, is_one: bool = False) -> list[Found]:
    """Return findings with the name of their part; with `is_one`, places within the part are not named."""
    by_place: dict[str, Found] = {}
    for each in found:
        inner = "" if is_one else each.place
        place = f"{where}{'' if not inner else ' ' if inner.startswith('/') else ', '}{inner}"
        if place not in by_place or each.certainty == "secret":
            by_place[place] = each._replace(place=place)
    named = [place for place in by_place if place != where]
    return [each for place, each in by_place.items() if place != where or not named]
