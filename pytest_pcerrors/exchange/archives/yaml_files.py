"""Read YAML archives: cassettes of vcrpy and of the tools that are like it, one interaction at a time."""

import re
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives._refused import CHOOSE_RECORDINGS, READ, unsupported_format
from pytest_pcerrors.exchange.archives.foreign.cassettes import LISTS, har_from_text, is_interaction
from pytest_pcerrors.exchange.archives.items import item_of, outline
from pytest_pcerrors.exchange.archives.plain_interactions import HEAD, TAIL, UncertainError
from pytest_pcerrors.exchange.archives.yaml_events import Builder, YamlValueError
from pytest_pcerrors.text import readable
from pytest_pcerrors.yamltext import YamlError, events, line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from pytest_pcerrors.exchange.archives.items import Item

_SHOWN_KEYS = 5
_UNINDENTED = re.compile(rb"\n[^\n ]")


def read_yaml_cassette(stream: IO[bytes], name: str) -> "Iterator[Item]":
    """Read a cassette in YAML, of vcrpy or of another tool; origins are ``name:line`` of the interaction."""
    is_first = True
    for interaction, origin in read_yaml_interactions(stream, name, {}, of_any_tool=True):
        item = item_of(interaction, origin)
        if is_first and isinstance(item, ArchiveError) and (unsupported := unsupported_format([interaction])):
            raise ArchiveError(name, *unsupported)
        is_first = False
        del interaction  # frees a large body
        yield item


def read_yaml_interactions(
    stream: IO[bytes], name: str, others: dict[str, Any], *, of_any_tool: bool = False
) -> "Iterator[tuple[Any, str]]":
    """Yield the interactions of a YAML cassette as plain data with their origins; add its other members to `others`.

    An interaction that cannot be read is yielded as an `ArchiveError`. With `of_any_tool`, the list of interactions may have the key
    of another tool than vcrpy, or be the document.
    """
    try:
        yield from _interactions(Builder(events(stream)), name, others, LISTS if of_any_tool else LISTS[:1])
    except YamlError as error:
        place = name if error.line is None else f"{name}:{error.line}"
        raise ArchiveError(place, readable(f"not a YAML cassette: {error}")) from None


def events_of_interaction(text: bytes) -> tuple[str, list[Event]]:
    """Return a cassette with the lines of an interaction, and its events; raise an `UncertainError` if they cannot be read alone."""
    cassette = (HEAD + text + TAIL).decode()
    try:
        if _UNINDENTED.search(text) is None:
            return cassette, list(events(cassette))
    except YamlError:
        pass
    raise UncertainError


def interaction_by_yaml(parsed: list[Event], origin: str) -> "Item":
    """Return the item of an interaction, given as the events of a cassette; raise an `UncertainError` if it cannot be read alone."""
    others: dict[str, Any] = {}
    try:
        ((interaction, _),) = _interactions(Builder(iter(parsed)), "", others, LISTS[:1])
    except (ArchiveError, ValueError):  # the latter for another number of interactions, or a value that is not allowed
        raise UncertainError from None
    if isinstance(interaction, ArchiveError) or others != {"version": "1"}:
        raise UncertainError
    return item_of(interaction, origin)


def _interactions(
    builder: Builder, name: str, others: dict[str, Any], lists: tuple[str, ...]
) -> "Iterator[tuple[Any, str]]":
    builder.next()
    if not isinstance(builder.next(), DocumentStartEvent):
        raise ArchiveError(name, "empty; expected a cassette, a mapping with interactions")
    top = builder.next()
    if isinstance(top, MappingStartEvent):
        has_interactions = yield from _members(builder, name, others, lists)
        if not has_interactions:
            keys = readable(", ".join(islice(others, _SHOWN_KEYS)) or "none")
            raise _not_a_cassette(name, others, f"the key interactions, found {keys}")
    else:
        yield from _list(builder, top, name, is_allowed=len(lists) > 1)
    builder.next()  # the end of the document
    if not isinstance(following := builder.next(), StreamEndEvent):
        raise ArchiveError(f"{name}:{line_of(following)}", "a second YAML document; expected one document")


def _not_a_cassette(name: str, document: Any, problem: str) -> ArchiveError:
    found = f"not a cassette: expected {problem}; known formats: {READ}"
    return ArchiveError(name, *(unsupported_format(document) or (found, CHOOSE_RECORDINGS)))


def _members(
    builder: Builder,
    name: str,
    others: dict[str, Any],
    lists: tuple[str, ...],
    read: "Callable[[Any], Any] | None" = None,
) -> "Generator[tuple[Any, str], None, bool]":
    """Yield the interactions of a mapping; at its end, the other members that cannot be read. Return whether it has a list of them."""
    has_interactions, broken = False, []
    while not isinstance(event := builder.next(), MappingEndEvent):
        key = builder.item(event)
        value = builder.next()
        if key in lists:
            has_interactions = True
            if not isinstance(value, SequenceStartEvent):
                found = outline(builder.item(value))
                raise ArchiveError(f"{name}:{line_of(value)}", f"expected a list of exchanges, found {found}")
            yield from _items(builder, name, read)
        elif key == "log" and len(lists) > 1 and isinstance(value, MappingStartEvent):  # HAR, as Polly.js can write it
            others[key] = {}
            has_interactions = yield from _members(builder, name, others[key], ("entries",), har_from_text)
        else:
            other = _value(builder, value, name)
            others[key if isinstance(key, str) else outline(key)] = other
            broken += [(other, other.place)] if isinstance(other, ArchiveError) else []
    if has_interactions:
        yield from broken
    return has_interactions


def _list(builder: Builder, top: Event, name: str, *, is_allowed: bool) -> "Iterator[tuple[Any, str]]":
    """Yield the items of a document that is a list of interactions."""
    first = builder.next() if isinstance(top, SequenceStartEvent) else None
    value = [] if isinstance(first, SequenceEndEvent) else [builder.item(first)] if first else builder.item(top)
    if not (is_allowed and first and value and is_interaction(value[0])):
        raise _not_a_cassette(name, value, f"a mapping with interactions, found {outline(value)}")
    yield value[0], f"{name}:{line_of(first)}"
    yield from _items(builder, name)


def _items(builder: Builder, name: str, read: "Callable[[Any], Any] | None" = None) -> "Iterator[tuple[Any, str]]":
    """Yield the rest of the items of a list with their origins, one at a time."""
    while not isinstance(event := builder.next(), SequenceEndEvent):
        value = _value(builder, event, name)
        yield read(value) if read else value, f"{name}:{line_of(event)}"


def _value(builder: Builder, event: Event, name: str) -> Any:
    """Return a value, or an `ArchiveError` if it cannot be built; the events continue after it."""
    try:
        return builder.item(event)
    except YamlValueError as error:
        return ArchiveError(f"{name}:{error.line}", readable(str(error)))
