"""The undocumented shapes of which a response is an example: the same status, and a body of the same structure."""

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.simulation.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pytest_pcerrors.exchange.model import Exchange

_DEEPEST = 6


def shapes_of(exchange: "Exchange") -> tuple[str, ...]:
    """Return the names of the shapes that a response has; shapes with equal status and structure are not distinguished.

    >>> from pytest_pcerrors import Exchange
    >>> shapes_of(Exchange(429, {}, b'{"statusCode": 429, "message": "Wait 7 seconds"}'))
    ('gateway-429',)
    """
    return _by_structure().get((exchange.status, _structure(exchange.body)), ())


@cache
def _by_structure() -> "dict[tuple[int, Hashable], tuple[str, ...]]":
    names: defaultdict[tuple[int, Hashable], list[str]] = defaultdict(list)
    for name, exchange in SHAPES.items():
        names[exchange.status, _structure(exchange.body)].append(name)
    return {key: tuple(each) for key, each in names.items()}


def _structure(body: bytes) -> "Hashable":
    """Return what the bodies of a shape have in common: the names and types of JSON, or the kind of another text."""
    text = body.decode("utf-8-sig", "replace").strip()
    try:
        return body.startswith(b"\xef\xbb\xbf"), _type_of(parse(text), _DEEPEST)
    except JsonError:
        return "empty" if not text else "markup" if text.startswith("<") else (text[:1] in "{[" and "cut off") or "text"


def _type_of(value: Any, depth: int) -> "Hashable":
    if isinstance(value, dict) and depth:
        return frozenset((name, _type_of(each, depth - 1)) for name, each in value.items())
    if isinstance(value, list) and depth:
        return "array", frozenset(_type_of(each, depth - 1) for each in value)
    return type(value).__name__
