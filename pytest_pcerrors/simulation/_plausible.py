"""Plausible requests and values for a documented error, chosen by the words of its description."""

import re
from collections.abc import Callable
from typing import NamedTuple

from pytest_pcerrors.contract.templates import placeholders


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

_ADDRESS = (r"(details|information): \{\d\}|at \{\d\}", "https://partner.microsoft.com")
VALUES = (
    (r"(pattern|expression) \{\d\}", r"^(\d{7}|\d{10})$"),
    (r"only \{\d\}", "10"),
    (r"\{\d\} (seats|assets)", "25"),
    (r"\{\d\} day", "7"),
    (r"duration \{\d\}", "P5Y"),
    (r"to the status \{\d\}", "active"),
    (r"status \{\d\}", "suspended"),
    _ADDRESS,
)
"""The value of a placeholder by the words around it; an identifier is used if none matches."""


def operation_for(description: str) -> Operation:
    """Return the first operation in `OPERATIONS` whose words occur in a description; the last one matches any.

    >>> operation_for("Cart {0} was submitted before and cannot be checked out again").path
    '/v1/customers/{customer}/carts/{cart}/checkout'
    """
    return next(each for each in OPERATIONS if re.search(each.words, description, re.IGNORECASE))


def fill_in(template: str, identifier: Callable[[], str], *, is_partner_center: bool = True) -> str:
    """Replace the placeholders of a template with plausible values; for another API, without the address of Partner Center.

    >>> fill_in("Seats wanted: only {1} more for {0}", lambda: "7f3c")
    'Seats wanted: only 10 more for 7f3c'
    """
    values = VALUES if is_partner_center else [each for each in VALUES if each is not _ADDRESS]
    for placeholder in sorted(placeholders(template)):
        value = next((value for words, value in values if _is_placeholder_in(placeholder, words, template)), None)
        template = template.replace(placeholder, value or identifier())
    return template


def _is_placeholder_in(placeholder: str, words: str, template: str) -> bool:
    return re.search(words.replace(r"\{\d\}", re.escape(placeholder)), template) is not None
