"""The facts of an error response that a client must keep, and how a value of the client is compared with each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from pytest_pcerrors.clients._texts import has_word
from pytest_pcerrors.exchange.http import moment, with_offset
from pytest_pcerrors.policy.pc_error import PcError
from pytest_pcerrors.rules.properties import place

if TYPE_CHECKING:
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_TOLERANCE = timedelta(seconds=2)
"""Between the date of a response and the moment at which a client reads its clock."""


@dataclass(frozen=True)
class Fact:
    """A fact of a response: its name, its text, its place (JSON Pointer or header), and whether a value of the client equals it."""

    name: str
    text: str
    place: str
    equals: Callable[[object], bool]

    def is_in(self, text: str) -> bool:
        """Return whether a text contains the fact as a whole word."""
        return has_word([text], self.text)


def facts_of(parsed: "ParsedResponse") -> Iterator[Fact]:
    """Yield the facts that a response has.

    >>> from pytest_pcerrors import Contract, Exchange
    >>> from pytest_pcerrors.rules.parsed_response import read
    >>> response = Exchange(429, {"Retry-After": "41"}, b'{"statusCode": 429, "message": "Wait"}')
    >>> [(fact.name, fact.text, fact.place) for fact in facts_of(read(response, Contract.default()))]
    [('description', 'Wait', '/message'), ('retry_after', '41', 'Retry-After')]
    """
    error = PcError.of(parsed)
    if error.code is not None:
        yield Fact("code", error.code, place(parsed, "code"), partial(_is_text, error.code))
    if error.description is not None:
        yield Fact("description", error.description, _place(parsed), partial(_is_text, error.description))
    for name, header, value in (
        ("correlation_id", "MS-CorrelationId", error.correlation_id),
        ("request_id", "MS-RequestId", error.request_id),
    ):
        if value is not None:
            yield Fact(name, value, header, partial(_is_id, value))
    if error.retry_after is not None:
        is_wait = partial(_is_wait, parsed, error.retry_after)
        yield Fact("retry_after", str(error.retry_after), "Retry-After", is_wait)


def _place(parsed: "ParsedResponse") -> str:
    """Return the JSON Pointer of the description; empty if it is the whole body."""
    if parsed.description is not None:
        return place(parsed, "description")
    return "/message" if parsed.is_object else ""


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _is_text(wanted: str, value: object) -> bool:
    plain = _plain(value)
    return not isinstance(plain, bool) and isinstance(plain, int | str) and str(plain) == wanted


def _is_id(wanted: str, value: object) -> bool:
    return str(_plain(value)).lower() == wanted.lower()


def _is_wait(parsed: "ParsedResponse", seconds: int, value: object) -> bool:
    """Return whether a number, digits, a timedelta or a moment is that of ``Retry-After``."""
    header = (parsed.exchange.header("Retry-After") or "").strip()
    until = moment(header)
    if isinstance(value, datetime):
        since = moment(parsed.exchange.header("Date") or "")
        end = until or (since or datetime.now(with_offset(value).tzinfo)) + timedelta(seconds=seconds)
        return abs(with_offset(value) - end) <= _TOLERANCE
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        difference = abs(float(value) - seconds)
    except ValueError:
        return value == header
    return difference <= _TOLERANCE.total_seconds() if until else difference == 0
