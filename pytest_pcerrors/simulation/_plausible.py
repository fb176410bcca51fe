"""Plausible parts of exchanges: identifiers and the headers with them, and, by the words of a description, requests and values."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random
from typing import NamedTuple
from uuid import UUID

from pytest_pcerrors.contract.catalogue import placeholders
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.text import phrase_of

FIRST_MOMENT = datetime(2026, 3, 3, 9, 7, 11, tzinfo=UTC)


def guid(rng: Random) -> str:
    """Return a random identifier in the format of the service."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def with_identifiers(template: str, rng: Random) -> str:
    """Replace every word in braces with an identifier."""
    return re.sub(r"\{\w+\}", lambda _: guid(rng), template)


def request_to(host: str, method: str, path: str, body: object, rng: Random) -> Request:
    """Make a request to a path template; a `body` other than `None` is sent as JSON."""
    url = f"https://{host}{with_identifiers(path, rng)}"
    text = "" if body is None else with_identifiers(json.dumps(body), rng)
    headers = {"Accept": "application/json", "MS-CorrelationId": guid(rng), "MS-RequestId": guid(rng)}
    if text:
        headers["Content-Type"] = "application/json"
    return Request(method, url, headers, text.encode())


def as_json(value: object) -> bytes:
    """Return a JSON value as UTF-8; if it has characters that UTF-8 cannot encode, all that are not ASCII are escaped."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


class Sender(NamedTuple):
    """A sender of responses: the media type of its bodies, whether it sends the identifiers of the service, and its encoding."""

    media_type: str
    identifies: bool = False
    encoding: str = "utf-8"

    def exchange(  # noqa: PLR0913 - one argument for each part
        self,
        status: int,
        body: bytes,
        rng: Random,
        *,
        request: Request | None = None,
        headers: Mapping[str, str] = {},
        reason: str | None = None,
        moment: datetime = FIRST_MOMENT,
    ) -> Exchange:
        """Return a response of this sender, with random identifiers."""
        request = request or request_to("api.partnercenter.microsoft.com", "GET", "/", None, rng)
        media_type = {"Content-Type": self.media_type} if body else {}
        identifiers = _identifiers(request, rng) if self.identifies else {}
        own = {"Content-Length": str(len(body)), **media_type, "Date": format_datetime(moment, usegmt=True)}
        return Exchange(status, {**own, **identifiers, **headers}, body, request, reason or phrase_of(status))

    def json(self, status: int, value: object, headers: Mapping[str, str] = {}) -> Exchange:
        """Return a response with a JSON body; the same status has the same identifiers."""
        rng = Random(status)  # noqa: S311 - identifiers in a response are not secrets
        return self.exchange(status, as_json(value), rng, headers=headers)


def _identifiers(request: Request, rng: Random) -> dict[str, str]:
    """Return the headers that identify a call: those of the request are echoed, the others are new."""
    return {
        "MS-CV": f"{rng.getrandbits(96):024x}.0",
        "MS-CorrelationId": request.headers.get("MS-CorrelationId") or "",
        "MS-RequestId": request.headers.get("MS-RequestId") or "",
        "MS-ServerId": f"{rng.randrange(10**9):09d}",
    }


class Operation(NamedTuple):
    """An operation of the API: `words` in the descriptions of its errors, method, path template, and request body."""

    words: str
    method: str
    path: str
    body: object = None


OPERATIONS = (
    Operation(
        "registration|phone number", "POST", "/v1/customers", {"companyProfile": {"domain": "example.onmicrosoft.com"}}
    ),
    Operation("cart", "POST", "/v1/customers/{customer}/carts/{cart}/checkout"),
    Operation("transfer", "POST", "/v1/customers/{customer}/transfers", {"sourcePartnerTenantId": "{partner}"}),
    Operation("upgrade", "POST", "/v1/productupgrades", {"customerId": "{customer}", "productFamily": "azure"}),
    Operation("order", "PATCH", "/v1/customers/{customer}/orders/{order}", {"status": "cancelled"}),
    Operation(
        "subscription|autorenew|seat",
        "PATCH",
        "/v1/customers/{customer}/subscriptions/{subscription}",
        {"quantity": 10},
    ),
    Operation("agreement", "GET", "/v1/customers/{customer}/agreements"),
    Operation("MPN|profile", "GET", "/v1/profiles/mpn?mpnId=1234567"),
    Operation("license|user|object ID", "GET", "/v1/customers/{customer}/users/{user}"),
    Operation("offer|country|promotion", "GET", "/v1/offers?country=US"),
    Operation(
        "product|SKU|catalog|availability|item", "GET", "/v1/products/{product}/skus/0001/availabilities?country=US"
    ),
    Operation("", "GET", "/v1/customers/{customer}"),
)

VALUES = (
    (r"(pattern|expression) \{\d\}", r"^(\d{7}|\d{10})$"),
    (r"only \{\d\}", "10"),
    (r"\{\d\} (seats|assets)", "25"),
    (r"\{\d\} day", "7"),
    (r"duration \{\d\}", "P5Y"),
    (r"to the status \{\d\}", "active"),
    (r"status \{\d\}", "suspended"),
    (r"(details|information): \{\d\}|at \{\d\}", "https://example.com"),
)
"""The value of a placeholder by the words around it; an identifier is used if none matches."""


def operation_for(description: str) -> Operation:
    """Return the first operation in `OPERATIONS` whose words occur in a description; the last one matches any."""
    return next(each for each in OPERATIONS if re.search(each.words, description, re.IGNORECASE))


def fill_in(template: str, identifier: Callable[[], str]) -> str:
    """Replace the placeholders of a template with plausible values."""
    for placeholder in sorted(placeholders(template)):
        named = ((words.replace(r"\{\d\}", re.escape(placeholder)), value) for words, value in VALUES)
        value = next((value for words, value in named if re.search(words, template)), None)
        template = template.replace(placeholder, value or identifier())
    return template
