"""Rules about status and headers. They run first, and on every error response."""

import re
from typing import TYPE_CHECKING

from pytest_pcerrors.checking.retrying import seconds_to_wait
from pytest_pcerrors.checking.showing import shown
from pytest_pcerrors.checking.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.checking.reading import Reading

_UNAUTHORIZED, _TOO_MANY_REQUESTS, _SERVICE_UNAVAILABLE = 401, 429, 503
_FIRST_ERROR = 400
_JSON_TYPE = re.compile(r"application/(?:[\w.!#$&^+-]+\+)?json")
_TEMPLATE_PART = re.compile(r"\\\{[^{}]+\\\}")


def status_undocumented(reading: "Reading") -> "Iterator[Violation]":
    """A 4xx or 5xx status that the contract neither lists nor pairs with a code.

    Page: "HTTP status codes" lists 14 statuses; the table of error codes adds 417.
    Example: `418 I'm a teapot`
    Mend: Answer with a documented status. If the service really sends this one, allow the rule for it, with a reason.
    """
    status, contract = reading.exchange.status, reading.contract
    if status >= _FIRST_ERROR and status not in contract.statuses and status not in contract.paired_statuses:
        yield Violation(
            f"{contract.reason(status)} is not documented",
            expected=", ".join(map(str, contract.statuses)),
            actual=str(status),
        )


def content_type(reading: "Reading") -> "Iterator[Violation]":
    """A body that is declared as something else than JSON, or not declared at all.

    Page: every error response holds a JSON object; RFC 9110, section 8.3, has `Content-Type` say so.
    Example: `Content-Type: text/html`
    Mend: Send `Content-Type: application/json` (or `application/*+json`) with every body.
    """
    exchange = reading.exchange
    if exchange.headers is None:
        return
    media_type = exchange.media_type
    if media_type == "application/json" or not exchange.body or reading.is_empty:
        return
    if media_type is None:
        yield Violation("the body has no Content-Type", "Content-Type", expected="application/json")
    elif not _JSON_TYPE.fullmatch(media_type):
        yield Violation(
            f"the body is declared {shown(media_type)}, not application/json",
            "Content-Type",
            expected="application/json",
            actual=media_type,
        )


def challenge_missing(reading: "Reading") -> "Iterator[Violation]":
    """A 401 without a `WWW-Authenticate` header.

    Page: the sample of an error response ends with `WWW-Authenticate: OAuth realm=...`; RFC 9110, section 11.6.1, asks every
    401 for the header.
    Example: `401 Unauthorized` with `Content-Type` alone
    Mend: Send the documented challenge with every 401.
    """
    if reading.exchange.status == _UNAUTHORIZED and reading.exchange.headers is not None and not _challenges(reading):
        yield Violation(
            "a 401 carries a challenge", "WWW-Authenticate", expected=reading.contract.challenge or "any challenge"
        )


def challenge_other(reading: "Reading") -> "Iterator[Violation]":
    """A 401 whose challenge is not the documented one.

    Page: `WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:{some cid}`.
    Example: `WWW-Authenticate: Bearer error="invalid_token"`
    Mend: A mock sends the documented challenge. A client accepts `Bearer` as well: the real service sends it.
    """
    template = reading.contract.challenge
    if reading.exchange.status != _UNAUTHORIZED or template is None:
        return
    challenges = _challenges(reading)
    wanted = re.compile(rf"(?:^|,)\s*{_TEMPLATE_PART.sub('[^,]+', re.escape(template))}", re.IGNORECASE)
    if challenges and not any(wanted.search(challenge.replace('"', "")) for challenge in challenges):
        yield Violation(
            f"the challenge is {shown(challenges[0])}, documented is {template}",
            "WWW-Authenticate",
            expected=template,
            actual=challenges[0],
        )


def retry_after(reading: "Reading") -> "Iterator[Violation]":
    """A 429 without `Retry-After`, or a 429 or 503 whose `Retry-After` cannot be read.

    Page: says only that 429 means too many requests; RFC 9110, section 10.2.3, has seconds or an HTTP date.
    Example: `Retry-After: soon`
    Mend: Send whole seconds (`Retry-After: 57`) or an HTTP date. A client without either waits as it sees fit.
    """
    exchange = reading.exchange
    if exchange.status not in (_TOO_MANY_REQUESTS, _SERVICE_UNAVAILABLE) or exchange.headers is None:
        return
    value = exchange.header("Retry-After")
    expected = "seconds or an HTTP date"
    if value is None:
        if exchange.status == _TOO_MANY_REQUESTS:
            yield Violation("a 429 says when to try again", "Retry-After", expected=expected)
    elif seconds_to_wait(exchange) is None:
        yield Violation(
            f"{shown(value)} is neither seconds nor an HTTP date", "Retry-After", expected=expected, actual=value
        )


def _challenges(reading: "Reading") -> list[str]:
    headers = reading.exchange.headers
    return [] if headers is None else [value for value in headers.all("WWW-Authenticate") if value.strip()]


RULES = (status_undocumented, content_type, challenge_missing, challenge_other, retry_after)
