"""Findings in a part of an exchange, with the name of the part."""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from pytest_pcerrors.exchange.encodings import decode
from pytest_pcerrors.redaction._bodies import ANY_UNMARKED
from pytest_pcerrors.secrets import Found
from pytest_pcerrors.secrets.names import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.secrets import Secrets

Value = TypeVar("Value", str, bytes)
_PASSES = 8


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


def may_be_in(exchange: "Exchange", secrets: "Secrets") -> bool:
    """Return, with a fast check, whether an exchange must be searched for secrets."""
    request = exchange.request
    bodies = [exchange.body, request.body if request else b""]
    fields = [*(exchange.headers or ()), *(request.headers if request else ())]
    texts = [
        exchange.reason or "",
        *([request.method, request.url] if request else []),
        *(value for _, value in fields),
    ]
    return (
        any(
            secrets.kind_of_header(name) not in (None, Kind.PUBLIC) or secrets.without_tokens(name) != name
            for name, _ in fields
        )
        or any(decode(body, ANY_UNMARKED).encodings or secrets.may_be_in(body) for body in bodies)
        or secrets.may_be_in("\n".join(texts))
    )


def settled(value: Value, edit: "Callable[[Value], Value]", mask: Value) -> Value:
    """Edit a value until it no longer changes; a value that still changes after the last pass is replaced by the mask."""
    for _ in range(_PASSES):
        new = edit(value)
        if new == value:
            return value
        value = new
    return mask
