"""Where a fact that a client lost is nevertheless: in the text of its exception, its attributes, or the response that it keeps."""

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_pcerrors.clients._facts import Fact, facts_of
from pytest_pcerrors.clients._texts import text_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.context import current
from pytest_pcerrors.rules.parsed_response import read


def elsewhere(fact: Fact, caught: object) -> str:
    """Return a hint that names the places with the fact, such as ``it is in .args[0]``, or an empty text.

    >>> fact = Fact("code", "800064", "/code", lambda value: value == "800064")
    >>> elsewhere(fact, ValueError("409: code 800064"))
    'it is only in the text of .args[0]'
    """
    for label, value in _attributes(caught):
        if fact.equals(value):
            return f"it is in {label}"
    for label, text in _texts(caught):
        if fact.is_in(text):
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
