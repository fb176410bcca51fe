"""The undocumented shapes that a client of an API may receive, and those of which a response is an example."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.http import phrase_of
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.simulation._plausible import without_identifiers
from pytest_pcerrors.simulation.shapes import GENERAL, OBSERVED, SHAPES
from pytest_pcerrors.simulation.synthesis import request_of, synthesize_status

_DEEPEST = 6


@lru_cache(maxsize=32)
def shapes_for(contract: Contract) -> Mapping[str, Exchange]:
    """Return the shapes for a contract by name: all for Partner Center's, and for that of another API those of any HTTP service.

    Where a contract has errors below 400, one of them is a shape, too.

    >>> from dataclasses import replace
    >>> len(shapes_for(Contract.default())) == len(SHAPES)
    True
    >>> other = shapes_for(replace(Contract.default(), name="Fabrikam", hosts=("api.fabrikam.example",)))
    >>> other["html-502"].request, [name for name in other if name.startswith("gateway")]
    (<Request GET https://api.fabrikam.example/shapes/html-502>, [])
    """
    return SHAPES if contract.is_partner_center else MappingProxyType(dict(_of_another_api(contract)))


def observed_for(contract: Contract) -> Mapping[str, Exchange]:
    """Return the shapes that were observed from the service of a contract; for that of another API all, since none is known of it."""
    return OBSERVED if contract.is_partner_center else shapes_for(contract)


def _of_another_api(contract: Contract) -> Iterator[tuple[str, Exchange]]:
    for name in GENERAL:
        shape = without_identifiers(SHAPES[name])
        assert shape.request is not None  # noqa: S101 - each shape has one
        request = request_of(contract, f"/shapes/{name}", shape.request.method)
        yield name, Exchange(shape.status, shape.headers, shape.body, request, phrase_of(shape.status))
    if contract.errors_below_400 is not None and contract.catalogue:
        name = "error-in-success-200"
        made = synthesize_status(HTTPStatus.OK, contract)
        if read(made, contract).is_error:
            request = request_of(contract, f"/shapes/{name}")
            yield name, Exchange(made.status, made.headers, made.body, request, made.reason)


def shapes_of(exchange: Exchange, contract: Contract) -> tuple[str, ...]:
    """Return the names of the shapes of a contract that a response has; shapes with equal status and structure are not distinguished.

    >>> from pytest_pcerrors import Contract, Exchange
    >>> shapes_of(Exchange(429, {}, b'{"statusCode": 429, "message": "Wait 7 seconds"}'), Contract.default())
    ('gateway-429',)
    """
    return _by_structure(contract).get((exchange.status, _structure(exchange.body)), ())


@lru_cache(maxsize=32)
def _by_structure(contract: Contract) -> dict[tuple[int, Hashable], tuple[str, ...]]:
    names: defaultdict[tuple[int, Hashable], list[str]] = defaultdict(list)
    for name, exchange in shapes_for(contract).items():
        names[exchange.status, _structure(exchange.body)].append(name)
    return {key: tuple(each) for key, each in names.items()}


def _structure(body: bytes) -> Hashable:
    """Return what the bodies of a shape have in common: the names and types of JSON, or the kind of another text."""
    text = body.decode("utf-8-sig", "replace").strip()
    try:
        return body.startswith(b"\xef\xbb\xbf"), _type_of(parse(text), _DEEPEST)
    except JsonError:
        return "empty" if not text else "markup" if text.startswith("<") else (text[:1] in "{[" and "cut off") or "text"


def _type_of(value: Any, depth: int) -> Hashable:
    if isinstance(value, dict) and depth:
        return frozenset((name, _type_of(each, depth - 1)) for name, each in value.items())
    if isinstance(value, list) and depth:
        return "array", frozenset(_type_of(each, depth - 1) for each in value)
    return type(value).__name__
