"""Make the items of an archive from parsed values: an exchange, a request without a response, or an error."""

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pytest_pcerrors.errors import ArchiveError, UsageError
from pytest_pcerrors.exchange.adapters.har import has_no_response, is_har_response
from pytest_pcerrors.exchange.adapters.mappings import OWN_KEYS, from_mapping
from pytest_pcerrors.exchange.adapters.parts import NOT_KEPT, ResponseData
from pytest_pcerrors.exchange.archives._refused import refuse_entry
from pytest_pcerrors.exchange.archives.foreign.cassettes import in_common_form, is_unanswered
from pytest_pcerrors.exchange.encodings import TOO_LONG
from pytest_pcerrors.exchange.http import WITHOUT_BODY, Headers
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import JsonError, article, parse, type_of
from pytest_pcerrors.text import at_places, readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    Item: TypeAlias = "Exchange | Skipped | ArchiveError"

OWN = frozenset(OWN_KEYS)
"""The keys of an exchange in our own form."""

_BODIES = frozenset({"body", "body_base64"})
_PARTS = _BODIES | {"request"}


class Skipped(NamedTuple):
    """A recorded request without a response, such as one that a browser aborted."""

    origin: str


def item_of(value: Any, origin: str, *, is_har: bool = False) -> "Item":
    """Return the item of a parsed value: an exchange, `Skipped`, or an `ArchiveError` if it cannot be read."""
    if has_no_response(value, is_har=is_har) or is_unanswered(value):
        return Skipped(origin)
    try:
        exchange = exchange_of_item(in_common_form(value), origin)
    except ArchiveError as error:
        return error
    if exchange.body_problem == TOO_LONG:
        return ArchiveError(origin, f"the body is {TOO_LONG}", "leave it out")
    return exchange


def recorded_item(interaction: Any, body_problem: str | None, origin: str) -> "Item":
    """Return the item of an exchange in the recording of another tool: without an interaction, there was no response."""
    if interaction is None:
        return Skipped(origin)
    item = item_of(interaction, origin)
    if body_problem is None or not isinstance(item, Exchange):
        return item
    known = (item.request, item.reason, origin)
    return Exchange(item.status, item.headers, b"", *known, body_problem=body_problem, recorded_at=item.recorded_at)


def exchange_of_item(item: Any, origin: str) -> Exchange:
    """Return the exchange of a parsed item; raise an `ArchiveError` at its origin if it is not an exchange.

    An item that is itself an `ArchiveError`, because it could not be parsed, is raised.
    """
    if isinstance(item, ArchiveError):
        raise item
    if not isinstance(item, dict):
        raise ArchiveError(origin, f"expected an interaction, a mapping with request and response, got {outline(item)}")
    is_line_of_log = _is_own(item) and not OWN.issuperset(item)
    try:
        data = from_mapping(_without_further_keys(item), origin)
        if is_line_of_log and _BODIES.isdisjoint(item) and not _is_empty(data):
            data = data._replace(body_problem=NOT_KEPT)
        return Exchange.of_data(data)
    except UsageError as error:
        refuse_entry(item, origin)
        raise ArchiveError(origin, readable(str(error))) from None


def _without_further_keys(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item without the keys that logs add to an exchange in our own form, such as times and ids, and without an origin."""
    if isinstance(response := item.get("response"), dict) and "status" not in item:
        item = {**item, "response": _without_further_keys(response)}
    is_own = _is_own(item)
    if "origin" not in item and (not is_own or OWN.issuperset(item)):
        return item
    return {key: value for key, value in item.items() if key != "origin" and (not is_own or key in OWN)}


def _is_own(item: dict[str, Any]) -> bool:
    """Return whether an item is an exchange in our own form, which may have further keys."""
    return isinstance(item.get("status"), int) and not is_har_response(item) and not _PARTS.isdisjoint(item)


def _is_empty(data: ResponseData) -> bool:
    """Return whether the response of a line without a body was sent without one."""
    return data.status in WITHOUT_BODY or Headers(data.headers or ()).get("Content-Length") == "0"


def joined(errors: "Iterable[ArchiveError]") -> list[ArchiveError]:
    """Return errors; those of one file with the same problem are one, at the first of their places.

    >>> [str(each) for each in joined([ArchiveError("a.har#/log/entries/3", "empty"), ArchiveError("a.har#/log/entries/5", "empty")])]
    ['a.har#/log/entries/3: empty; the same at 1 more place: /log/entries/5']
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in errors:
        at = each.place.rpartition("#")[2].rpartition(":")[2]
        found.setdefault((each.place.removesuffix(at) or at, each.problem, each.fix), []).append(at)
    return [
        ArchiveError(file if file == first else file + first, at_places(problem, more), fix)
        for (file, problem, fix), (first, *more) in found.items()
    ]


def parsed(data: bytes, place: str) -> Any:
    """Parse JSON in UTF-8; raise an `ArchiveError` at this place for anything else."""
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ArchiveError(place, f"not UTF-8 at byte {error.start}") from None
    del data  # may be large
    if not text or text.isspace():
        raise ArchiveError(place, "empty; expected JSON")
    try:
        return parse(text)
    except JsonError as error:
        raise ArchiveError(place, f"not JSON: {error}") from None


def outline(value: Any) -> str:
    """Return a short description of a parsed value."""
    match value:
        case dict():
            return readable(f"an object with {', '.join(islice(value, 5)) or 'nothing'}")
        case bytes():
            return "binary data"
        case _:
            return article(type_of(value))
