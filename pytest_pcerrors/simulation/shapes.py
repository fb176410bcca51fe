"""Responses with an undocumented shape, by name: observed ones of the real service, and invented ones. All are in ``shapes.json``."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.simulation._plausible import (
    length_and_type,
    request_to,
    service_identifiers,
    with_identifiers,
    without_identifiers,
)
from pytest_pcerrors.simulation.synthesis import request_of, synthesize_status
from pytest_pcerrors.text import phrase_of

_HOST = "api.partnercenter.microsoft.com"
_FIRST_MOMENT = datetime(2026, 3, 3, 9, 7, 11, tzinfo=UTC)
_BETWEEN = timedelta(minutes=7)
_DEEPEST = 6


class Sender(NamedTuple):
    """A sender of responses: the media type of its bodies, whether it sends the identifiers of the service, and its encoding."""

    media_type: str
    identifies: bool
    encoding: str = "utf-8"


SERVICE = Sender("application/json; charset=utf-8", identifies=True)
GATEWAY = Sender("application/json", identifies=False)
_SENDERS = {
    "service": SERVICE,
    "gateway": GATEWAY,
    "text": Sender("text/plain; charset=utf-8", identifies=False),
    "page": Sender("text/html", identifies=False),
    "latin-1": Sender("application/json; charset=iso-8859-1", identifies=True, encoding="latin-1"),
}
"""The senders by their name in ``shapes.json``."""


class Shape(NamedTuple):
    """A response with an undocumented shape; its name ends in its status.

    `request_line` is the method and the path of a request that gets this response, `request_body` the body of that request as
    a JSON value. Words in braces are replaced with identifiers. A client of any HTTP service may receive a shape that `is_general`; the
    others are Partner Center's own.
    """

    name: str
    request_line: str
    body: str | bytes = ""
    request_body: object = None
    sender: Sender = SERVICE
    headers: Mapping[str, str] = {}
    reason: str = ""
    is_general: bool = False

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.name.rpartition("-")[2])


def shape_of(document: Mapping[str, Any]) -> Shape:
    """Return a shape of ``shapes.json``: its body is ``json`` or ``text``, after a byte order mark if it has one."""
    fields = dict(document)
    mark = "\ufeff" if fields.pop("byte_order_mark", False) else ""
    text = as_json(fields.pop("json")) if "json" in fields else fields.pop("text", "")
    return Shape(body=mark + text, sender=_SENDERS[fields.pop("sender", "service")], **fields)


def as_json(value: object) -> str:
    """Return a value as JSON without escaping non-ASCII characters."""
    return json.dumps(value, ensure_ascii=False)


def exchange_of(shape: Shape, rng: Random, moment: datetime = _FIRST_MOMENT) -> Exchange:
    """Return the exchange for a shape, with random identifiers."""
    body = shape.body
    if isinstance(body, str):
        body = with_identifiers(body, rng).encode(shape.sender.encoding)
    method, path = shape.request_line.split()
    request = request_to(_HOST, method, path, shape.request_body, rng)
    identifiers = service_identifiers(request, rng) if shape.sender.identifies else []
    headers = [*length_and_type(len(body), shape.sender.media_type, moment), *identifiers, *shape.headers.items()]
    return Exchange(shape.status, headers, body, request, shape.reason or phrase_of(shape.status))


def _exchanges(shapes: Iterable[Shape], seed: str) -> Mapping[str, Exchange]:
    """Return the exchanges of shapes by name; identifiers depend on the seed and on the shapes before."""
    rng = Random(seed)  # noqa: S311 - identifiers in a recording are not secrets
    made = ((each.name, exchange_of(each, rng, _FIRST_MOMENT + index * _BETWEEN)) for index, each in enumerate(shapes))
    return MappingProxyType(dict(made))


_DOCUMENT = json.loads(files(__package__).joinpath("shapes.json").read_text("utf-8"))
_OBSERVED = [shape_of(each) for file in _DOCUMENT["observed"] for each in file["shapes"]]
_MADE_UP = list(map(shape_of, _DOCUMENT["made_up"]))

OBSERVED = _exchanges(_OBSERVED, "observed")
"""Responses observed from the real service; the files in cassettes/observed are made from them."""

MADE_UP = _exchanges(_MADE_UP, "made up")
"""Responses that a client may receive, although no public sample shows them."""

GENERAL = tuple(shape.name for shape in (*_OBSERVED, *_MADE_UP) if shape.is_general)
"""The names of the shapes that a client of any HTTP service may receive."""

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
