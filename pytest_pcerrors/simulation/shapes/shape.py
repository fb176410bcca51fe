"""Shapes, and the exchanges made from them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from pytest_pcerrors.exchange.http import phrase_of
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.simulation._plausible import (
    length_and_type,
    request_to,
    service_identifiers,
    with_identifiers,
)

_HOST = "api.partnercenter.microsoft.com"
_FIRST_MOMENT = datetime(2026, 3, 3, 9, 7, 11, tzinfo=UTC)
_BETWEEN = timedelta(minutes=7)


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

    >>> Shape("plain-text-403", "GET /v1/customers", "Access denied", sender=GATEWAY).status
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


def shape_of(document: Mapping[str, Any]) -> Shape:
    r"""Return a shape of ``shapes.json``: its body is ``json`` or ``text``, after a byte order mark if it has one.

    >>> shape_of({"name": "null-500", "request_line": "GET /v1/customers", "json": None, "byte_order_mark": True}).body
    '\ufeffnull'
    """
    fields = dict(document)
    mark = "\ufeff" if fields.pop("byte_order_mark", False) else ""
    text = as_json(fields.pop("json")) if "json" in fields else fields.pop("text", "")
    return Shape(body=mark + text, sender=_SENDERS[fields.pop("sender", "service")], **fields)


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
    body = (
        shape.body if isinstance(shape.body, bytes) else with_identifiers(shape.body, rng).encode(shape.sender.encoding)
    )
    method, path = shape.request_line.split()
    request = request_to(_HOST, method, path, shape.request_body, rng)
    identifiers = service_identifiers(request, rng) if shape.sender.identifies else []
    headers = [*length_and_type(len(body), shape.sender.media_type, moment), *identifiers, *shape.headers.items()]
    return Exchange(shape.status, headers, body, request, shape.reason or phrase_of(shape.status))
