"""The facts of an error response that a client must keep, how a value of the client is compared with each, and where else a lost one is."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from pytest_pcerrors.clients._texts import has_word, text_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import moment, with_offset
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.check import current
from pytest_pcerrors.policy.verdict import PcError
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read

_TOLERANCE = timedelta(seconds=2)
"""Between the date of a response and the moment at which a client reads its clock."""


class Fact(NamedTuple):
    """A fact of a response: its name, its text, its place (JSON Pointer or header), and whether a value of the client equals it."""

    name: str
    text: str
    place: str
    equals: Callable[[object], bool]


def facts_of(parsed: ParsedResponse) -> Iterator[Fact]:
    """Yield the facts that a response has."""
    error = PcError.of(parsed)
    if error.code is not None:
        yield Fact("code", error.code, parsed.pointer("code"), partial(_is_text, error.code))
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


def _place(parsed: ParsedResponse) -> str:
    """Return the JSON Pointer of the description; empty if it is the whole body."""
    if parsed.description is not None:
        return parsed.pointer("description")
    return "/message" if parsed.is_object else ""


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _is_text(wanted: str, value: object) -> bool:
    plain = _plain(value)
    return not isinstance(plain, bool) and isinstance(plain, int | str) and str(plain) == wanted


def _is_id(wanted: str, value: object) -> bool:
    return str(_plain(value)).lower() == wanted.lower()


def _is_wait(parsed: ParsedResponse, seconds: int, value: object) -> bool:
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


def elsewhere(fact: Fact, caught: object) -> str:
    """Return a hint that names the places with the fact, such as ``it is in .args[0]``, or an empty text."""
    for label, value in _attributes(caught):
        if fact.equals(value):
            return f"it is in {label}"
    for label, text in _texts(caught):
        if has_word([text], fact.text):
            return f"it is only in the text of {label}"
    if _is_in_response(fact, caught):
        return "it is only in .response, which callers have to parse"
    return ""


def _attributes(caught: Any) -> Iterator[tuple[str, object]]:
    """Yield the attributes, members and arguments of an object, one level deep."""
    if isinstance(caught, Mapping):
        yield from ((f"[{key!r}]", value) for key, value in caught.items())
        return
    for number, value in enumerate(getattr(caught, "args", ())):
        yield f".args[{number}]", value
        if isinstance(value, Mapping):
            yield from ((f".args[{number}][{key!r}]", member) for key, member in value.items())
    yield from ((f".{name}", value) for name, value in getattr(caught, "__dict__", {}).items() if name != "response")


def _texts(caught: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of an object: those of its attributes, its own, and that of its cause."""
    yield from ((label, value) for label, value in _attributes(caught) if isinstance(value, str))
    if isinstance(caught, BaseException):
        yield "str(exception)", text_of(caught)
        cause = caught.__cause__ or caught.__context__
        yield "its cause" if caught.__cause__ else "its context", text_of(cause)


def _is_in_response(fact: Fact, caught: Any) -> bool:
    """Return whether the object keeps a response that has the fact."""
    try:
        exchange = Exchange.of(caught.response)
        kept = read(exchange, current().policy.of(exchange).contract)
    except (AttributeError, UsageError):
        return False
    return any(each.name == fact.name and each.text == fact.text for each in facts_of(kept))
