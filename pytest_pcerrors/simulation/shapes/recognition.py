"""The undocumented shapes of which a response is an example: the same status, and a body of the same structure."""

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.simulation.shapes.of_contract import shapes_for

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange

_DEEPEST = 6


def shapes_of(exchange: "Exchange", contract: "Contract") -> tuple[str, ...]:
    """Return the names of the shapes of a contract that a response has; shapes with equal status and structure are not distinguished.

    >>> from pytest_pcerrors import Contract, Exchange
    >>> shapes_of(Exchange(429, {}, b'{"statusCode": 429, "message": "Wait 7 seconds"}'), Contract.default())
    ('gateway-429',)
    """
    return _by_structure(contract).get((exchange.status, _structure(exchange.body)), ())


@lru_cache(maxsize=32)
def _by_structure(contract: "Contract") -> "dict[tuple[int, Hashable], tuple[str, ...]]":
    names: defaultdict[tuple[int, Hashable], list[str]] = defaultdict(list)
    for name, exchange in shapes_for(contract).items():
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
