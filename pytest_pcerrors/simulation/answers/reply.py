"""Answers as replies to a request: with its identifiers, and the current date."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.http import phrase_of
from pytest_pcerrors.exchange.model import Exchange

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Request

_ECHOED = ("ms-correlationid", "ms-requestid")


def reply_to(request: "Request", exchange: Exchange) -> Exchange:
    """Return an exchange as the response to a request: with the current date, the and the identifiers that the request has.

    >>> from pytest_pcerrors import Request
    >>> request = Request("GET", "https://host/v1", {"MS-RequestId": "7"})
    >>> reply_to(request, Exchange(404, {"MS-RequestId": "1"}, b"")).header("MS-RequestId")
    '7'
    """
    now = format_datetime(datetime.now(UTC), usegmt=True)
    sent = {name: request.headers.get(name) for name in _ECHOED} | {"date": now}
    headers = [(name, sent.get(name.lower()) or value) for name, value in exchange.headers or ()]
    reason = phrase_of(exchange.status) if exchange.reason is None else exchange.reason
    return Exchange(exchange.status, headers, exchange.body, request, reason)
