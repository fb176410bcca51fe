"""Responses with an undocumented shape, by name: observed ones of the real service, and invented ones. All are in ``shapes.json``."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from random import Random
from types import MappingProxyType
from typing import Any

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.simulation._plausible import (
    FIRST_MOMENT,
    Sender,
    as_json,
    request_to,
    with_identifiers,
)
from pytest_pcerrors.simulation.synthesis import request_of, synthesize_status
from pytest_pcerrors.text import phrase_of

_HOST = "api.partnercenter.microsoft.com"
_BETWEEN = timedelta(minutes=7)
_DEEPEST = 6
BYTE_ORDER_MARK = "\ufeff"


SERVICE = Sender("application/json; charset=utf-8", identifies=True)
GATEWAY = Sender("application/json")
_SENDERS = {
    "service": SERVICE,
    "gateway": GATEWAY,
    "text": Sender("text/plain; charset=utf-8"),
    "page": Sender("text/html"),
    "latin-1": Sender("application/json; charset=iso-8859-1", identifies=True, encoding="latin-1"),
}
"""The senders by their name in ``shapes.json``."""


def _exchange_of(shape: Mapping[str, Any], rng: Random, moment: datetime) -> Exchange:
    """Return the exchange for a shape of ``shapes.json``, whose name ends in its status; words in braces become identifiers."""
    sender = _SENDERS[shape.get("sender", "service")]
    mark = BYTE_ORDER_MARK if shape.get("byte_order_mark") else ""
    text = as_json(shape["json"]).decode() if "json" in shape else shape.get("text", "")
    body = with_identifiers(mark + text, rng).encode(sender.encoding)
    method, path = shape["request_line"].split()
    return sender.exchange(
        int(shape["name"].rpartition("-")[2]),
        body,
        rng,
        request=request_to(_HOST, method, path, shape.get("request_body"), rng),
        headers=shape.get("headers", {}),
        reason=shape.get("reason"),
        moment=moment,
    )


def _exchanges(shapes: Iterable[Mapping[str, Any]], seed: str) -> Mapping[str, Exchange]:
    """Return the exchanges of shapes by name; identifiers depend on the seed and on the shapes before."""
    rng = Random(seed)  # noqa: S311 - identifiers in a response are not secrets
    return MappingProxyType(
        {each["name"]: _exchange_of(each, rng, FIRST_MOMENT + index * _BETWEEN) for index, each in enumerate(shapes)}
    )


_DOCUMENT = json.loads(files(__package__).joinpath("shapes.json").read_text("utf-8"))
_OBSERVED = [each for file in _DOCUMENT["observed"] for each in file["shapes"]]
_MADE_UP = _DOCUMENT["made_up"]

OBSERVED = _exchanges(_OBSERVED, "observed")
"""Responses observed from the real service; the files in cassettes/observed are made from them."""

MADE_UP = _exchanges(_MADE_UP, "made up")
"""Responses that a client may receive, although no public sample shows them."""

SHAPES: Mapping[str, Exchange] = MappingProxyType({**OBSERVED, **MADE_UP})
"""Undocumented responses by name: observed ones of the real service, and invented ones."""


@lru_cache(maxsize=32)
def shapes_for(contract: Contract) -> Mapping[str, Exchange]:
    """Return the shapes for a contract by name: all for Partner Center's, and for that of another API those of any HTTP service.

    Where a contract has errors below 400, one of them is a shape, too.
    """
    return SHAPES if contract.is_partner_center else MappingProxyType(dict(_of_another_api(contract)))


def observed_for(contract: Contract) -> Mapping[str, Exchange]:
    """Return the shapes that were observed from the service of a contract; for that of another API all, since none is known of it."""
    return OBSERVED if contract.is_partner_center else shapes_for(contract)


def _of_another_api(contract: Contract) -> Iterator[tuple[str, Exchange]]:
    for name in (each["name"] for each in (*_OBSERVED, *_MADE_UP) if each.get("is_general")):
        shape = SHAPES[name]
        assert shape.request is not None  # noqa: S101 - each shape has one
        headers = [(field, value) for field, value in shape.headers or () if not field.startswith("MS-")]
        request = request_of(contract, f"/shapes/{name}", shape.request.method)
        yield name, Exchange(shape.status, headers, shape.body, request, phrase_of(shape.status))
    if contract.errors_below_400 is not None and contract.catalogue:
        name = "error-in-success-200"
        made = synthesize_status(HTTPStatus.OK, contract)
        if read(made, contract).is_error:
            yield name, replace(made, request=request_of(contract, f"/shapes/{name}"))


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
