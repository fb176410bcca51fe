"""Identifiers, and the headers of requests and responses that contain them."""

import json
import re
from datetime import datetime
from email.utils import format_datetime
from random import Random
from uuid import UUID

from pytest_pcerrors.exchange.model import Exchange, Request


def guid(rng: Random) -> str:
    """Return a random identifier in the format of the service.

    >>> guid(Random(1))
    'cd613e30-d8f1-4adf-91b7-584a2265b1f5'
    """
    return str(UUID(int=rng.getrandbits(128), version=4))


def with_identifiers(template: str, rng: Random) -> str:
    """Replace every word in braces with an identifier.

    >>> len(with_identifiers("/v1/customers/{customer}", Random(1)))
    50
    """
    return re.sub(r"\{\w+\}", lambda _: guid(rng), template)


def request_to(host: str, method: str, path: str, body: object, rng: Random) -> Request:
    """Make a request to a path template; a `body` other than `None` is sent as JSON."""
    url = f"https://{host}{with_identifiers(path, rng)}"
    text = "" if body is None else with_identifiers(json.dumps(body), rng)
    headers = {"Accept": "application/json", "MS-CorrelationId": guid(rng), "MS-RequestId": guid(rng)}
    if text:
        headers["Content-Type"] = "application/json"
    return Request(method, url, headers, text.encode())


def length_and_type(length: int, media_type: str, moment: datetime) -> list[tuple[str, str]]:
    """Return the headers of every response; one without a body has no Content-Type."""
    typed = [("Content-Type", media_type)] if length else []
    return [("Content-Length", str(length)), *typed, ("Date", format_datetime(moment, usegmt=True))]


def service_identifiers(request: Request, rng: Random) -> list[tuple[str, str]]:
    """Return the headers that identify a call: those of the request are echoed, the others are new."""
    return [
        ("MS-CV", f"{rng.getrandbits(96):024x}.0"),
        ("MS-CorrelationId", request.headers.get("MS-CorrelationId") or ""),
        ("MS-RequestId", request.headers.get("MS-RequestId") or ""),
        ("MS-ServerId", f"{rng.randrange(10**9):09d}"),
    ]


def without_identifiers(exchange: Exchange) -> Exchange:
    """Return a response without the headers MS-*, which only Partner Center sends.

    >>> list(without_identifiers(Exchange(404, {"MS-CV": "1", "Retry-After": "7"}, b"")).headers)
    [('Retry-After', '7')]
    """
    headers = [(name, value) for name, value in exchange.headers or () if not name.lower().startswith("ms-")]
    return Exchange(exchange.status, headers, exchange.body, exchange.request, exchange.reason)
