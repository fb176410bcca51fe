"""One item of an archive, whatever its format: parsed JSON, and the exchange it stands for."""

from itertools import islice
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.errors import ArchiveError, UsageError, readable
from pytest_pcerrors.exchange.kinds.plain import from_mapping
from pytest_pcerrors.jsontext import JsonError, article, parse, type_of

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange


def exchange_of_item(item: Any, origin: str) -> "Exchange":
    """Make the exchange of one parsed item; what it lacks is an `ArchiveError` at its origin."""
    if not isinstance(item, dict):
        raise ArchiveError(origin, f"an interaction is a mapping with request and response, this is {outline(item)}")
    try:
        return from_mapping({key: value for key, value in item.items() if key != "origin"}, origin)
    except UsageError as error:
        raise ArchiveError(origin, readable(str(error))) from None


def parsed(data: bytes, place: str) -> Any:
    """Parse JSON in UTF-8; `ArchiveError` at this place where it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArchiveError(place, f"not UTF-8 at byte {error.start}") from None
    if not text.strip():
        raise ArchiveError(place, "empty; expected JSON")
    try:
        return parse(text)
    except JsonError as error:
        raise ArchiveError(place, f"not JSON: {error}") from None


def outline(value: Any) -> str:
    """Say in a few words what a parsed value is.

    >>> outline({"openapi": "3.1.0", "info": {}}), outline([])
    ('an object with openapi, info', 'an array')
    """
    match value:
        case dict():
            return readable(f"an object with {', '.join(islice(value, 5)) or 'nothing'}")
        case bytes():
            return "binary data"
        case _:
            return article(type_of(value))
