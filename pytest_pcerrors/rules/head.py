"""Rules for the status and the headers. They run first, for every error response."""

import re
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.http import media_type, seconds_to_wait
from pytest_pcerrors.rules.rule import rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_UNAUTHORIZED = HTTPStatus.UNAUTHORIZED.value
_DELAYED = frozenset({HTTPStatus.TOO_MANY_REQUESTS.value, HTTPStatus.SERVICE_UNAVAILABLE.value})
_WITH_RULES = _DELAYED | {_UNAUTHORIZED}
_CHALLENGE = "WWW-Authenticate"
_JSON = "application/json"
_LONGEST_LIST = 80
_JSON_TYPE = re.compile(r"application/(?:[\w.!#$&^+-]+\+)?json")
_TEMPLATE_PART = re.compile(r"\\\{[^{}]+\\\}")


def status_undocumented(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """The status is 4xx or 5xx, and the contract neither lists it nor pairs it with a code.

    Documentation: The section "HTTP status codes" lists 14 statuses. The table of error codes adds 417.
    Example: `418 I'm a teapot`
    Fix: Send a documented status. If the service really sends this one, allow the rule for it, with a reason.
    """
    status, contract = parsed.exchange.status, parsed.contract
    known = contract.statuses
    if known and status >= HTTPStatus.BAD_REQUEST and status not in known and status not in contract.paired_statuses:
        documented = ", ".join(map(str, contract.statuses))
        yield Violation(
            f"{contract.reason(status)} is not a documented status (documented: {cut(documented, _LONGEST_LIST)})",
            expected=documented,
            actual=str(status),
        )


def content_type(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A response with a body has no `Content-Type` header, or one that is not JSON.

    Documentation: Every error response contains a JSON object. `Content-Type` declares the media type of a body (RFC 9110, section 8.3).
    Example: `Content-Type: text/html`
    Fix: Send `Content-Type: application/json` (or `application/*+json`) with every body.
    """
    exchange, received = parsed.exchange, parsed.exchange.media_type
    has_body = bool(exchange.body) and not parsed.is_empty
    documented = parsed.contract.media_type
    expected = documented or _JSON
    if exchange.headers is None or received == expected or (parsed.is_body_known and not has_body):
        return
    if received is None:
        if has_body:
            yield Violation(f"no Content-Type header, expected {expected}", "Content-Type", expected=expected)
    elif documented or not _JSON_TYPE.fullmatch(received):
        yield Violation(
            lambda: f"Content-Type {shown(received)} instead of {expected}",
            "Content-Type",
            expected=expected,
            actual=received,
        )


def challenge_missing(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A 401 response has no `WWW-Authenticate` header, or an empty one.

    Documentation: The sample of an error response ends with `WWW-Authenticate: OAuth realm=...`. RFC 9110, section 11.6.1, requires the
    header in every 401 response.
    Example: `401 Unauthorized` with `Content-Type` as its only header
    Fix: Send the documented challenge with every 401 response.
    """
    exchange = parsed.exchange
    if exchange.status == _UNAUTHORIZED and exchange.headers is not None and not _challenges(parsed):
        found = (
            "no WWW-Authenticate header" if exchange.header(_CHALLENGE) is None else "an empty WWW-Authenticate header"
        )
        expected = parsed.contract.challenge or "a challenge such as Bearer"
        yield Violation(f"{found}, expected {expected}", _CHALLENGE, expected=expected)


def challenge_other(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A 401 response has a challenge, but not the documented one.

    Documentation: `WWW-Authenticate: OAuth realm=urn:cpsvc:cpid:{some cid}`.
    Example: `WWW-Authenticate: Bearer error="invalid_token"`
    Fix: A mock sends the documented challenge. A client also accepts `Bearer`, because the real service sends it.
    """
    template = parsed.contract.challenge
    if parsed.exchange.status != _UNAUTHORIZED or template is None:
        return
    challenges, wanted = _challenges(parsed), _challenge_pattern(template)
    if challenges and not any(wanted.search(challenge.replace('"', "")) for challenge in challenges):
        yield Violation(
            lambda: f"WWW-Authenticate {shown(challenges[0])} instead of {template}",
            _CHALLENGE,
            expected=template,
            actual=challenges[0],
        )


def retry_after(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A 429 response has no `Retry-After` header, or a 429 or 503 response has one that cannot be parsed.

    Documentation: The page says only that 429 means too many requests. `Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
    Example: `Retry-After: soon`
    Fix: Send whole seconds (`Retry-After: 57`) or an HTTP date. A client that receives neither uses its own delay.
    """
    exchange = parsed.exchange
    if exchange.status not in _DELAYED or exchange.headers is None:
        return
    value = exchange.header("Retry-After")
    expected = "seconds or an HTTP date"
    if value is None and exchange.status == HTTPStatus.TOO_MANY_REQUESTS:
        yield Violation(f"no Retry-After header, expected {expected}", "Retry-After", expected=expected)
    elif value is not None and seconds_to_wait(exchange.headers) is None:
        yield Violation(
            lambda: f"Retry-After {shown(value)} instead of {expected}", "Retry-After", expected=expected, actual=value
        )


def is_unusual(parsed: "ParsedResponse") -> bool:
    """Return whether a rule of this module may find something."""
    return has_rules_for(parsed.contract, parsed.exchange.status, content_type_of(parsed.exchange))


def content_type_of(exchange: "Exchange") -> str | None:
    """Return the value of the header, empty without one, or None if the headers are unknown."""
    headers = exchange.headers
    return None if headers is None else headers.get("Content-Type") or ""


@lru_cache(maxsize=4096)
def has_rules_for(contract: "Contract", status: int, content_type: str | None) -> bool:
    """Return whether a rule of this module may find something: the status has a rule or is not listed, or the type is not plain JSON.

    `content_type` is that of `content_type_of`.
    """
    return (
        status in _WITH_RULES
        or status not in contract.statuses
        or (content_type is not None and media_type(content_type) != (contract.media_type or _JSON))
    )


@lru_cache(maxsize=32)
def _challenge_pattern(template: str) -> re.Pattern[str]:
    pattern = _TEMPLATE_PART.sub("[^,]+", re.escape(template.replace('"', "")))
    return re.compile(rf"(?:^|,)\s*{pattern}", re.IGNORECASE)


def _challenges(parsed: "ParsedResponse") -> list[str]:
    headers = parsed.exchange.headers
    return [] if headers is None else [value for value in headers.all(_CHALLENGE) if value.strip()]


RULES = (
    rule(status_undocumented, "head", observed="warning"),
    rule(content_type, "head", observed="warning"),
    rule(challenge_missing, "head", documented="warning", observed="off"),
    rule(challenge_other, "head", documented="warning", observed="off"),
    rule(retry_after, "head", documented="warning"),
)
