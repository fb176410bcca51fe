"""Shapes, and the exchanges made from them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from pytest_pcerrors.exchange.http import phrase_of
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation._heads import (
    length_and_type,
    request_to,
    service_identifiers,
    with_identifiers,
)

_HOST = "api.partnercenter.microsoft.com"
_FIRST_MOMENT = datetime(2026, 3, 3, 9, 7, 11, tzinfo=UTC)
_BETWEEN = timedelta(minutes=7)


class Sender(NamedTuple):
    """A sender of responses: the media type of its bodies, and whether it sends the identifiers of the service."""

    media_type: str
    identifies: bool


SERVICE = Sender("application/json; charset=utf-8", identifies=True)
GATEWAY = Sender("application/json", identifies=False)
TEXT = Sender("text/plain; charset=utf-8", identifies=False)
PAGE = Sender("text/html", identifies=False)


class Shape(NamedTuple):
    """A response with an undocumented shape; its name ends in its status.

    `request_line` is the method and the path of a request that gets this response, `request_body` the body of that request as
    a JSON value. Words in braces are replaced with identifiers. A client of any HTTP service may receive a shape that `is_general`; the
    others are Partner Center's own.

    >>> Shape("plain-text-403", "GET /v1/customers", "Access denied", sender=TEXT).status
    403
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


class Sighting(NamedTuple):
    """Related shapes with a note; `name` is the name of their file in cassettes/observed."""

    name: str
    note: str
    shapes: tuple[Shape, ...]


def error(code: object, description: str, *data: str, source: str = "PartnerFD") -> str:
    """Return a body as the service sends it: the code unchanged, and strings as data.

    >>> error(2000, "The partner ID has 7 digits.")
    '{"code": 2000, "description": "The partner ID has 7 digits.", "data": [], "source": "PartnerFD"}'
    """
    return as_json({"code": code, "description": description, "data": data, "source": source})


def as_json(value: object) -> str:
    """Return a value as JSON without escaping non-ASCII characters."""
    return json.dumps(value, ensure_ascii=False)


def exchanges_of(shapes: Iterable[Shape], seed: str) -> Iterator[tuple[str, Exchange]]:
    """Yield the name and the exchange of each shape; identifiers depend on the seed and on the shapes before it."""
    rng = Random(seed)  # noqa: S311 - identifiers in a recording are not secrets
    for index, shape in enumerate(shapes):
        yield shape.name, exchange_of(shape, rng, _FIRST_MOMENT + index * _BETWEEN)


def exchange_of(shape: Shape, rng: Random, moment: datetime = _FIRST_MOMENT) -> Exchange:
    """Return the exchange for a shape, with random identifiers."""
    body = shape.body if isinstance(shape.body, bytes) else with_identifiers(shape.body, rng).encode()
    method, path = shape.request_line.split()
    request = request_to(_HOST, method, path, shape.request_body, rng)
    identifiers = service_identifiers(request, rng) if shape.sender.identifies else []
    headers = [*length_and_type(len(body), shape.sender.media_type, moment), *identifiers, *shape.headers.items()]
    return Exchange(shape.status, headers, body, request, shape.reason or phrase_of(shape.status))
