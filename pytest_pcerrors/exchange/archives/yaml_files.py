"""YAML archives: vcrpy cassettes, read one interaction at a time."""

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

from pytest_pcerrors.errors import ArchiveError, readable
from pytest_pcerrors.exchange.archives.items import exchange_of_item, outline
from pytest_pcerrors.exchange.archives.yaml_events import Builder, YamlError, events, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.model import Exchange

_SHOWN_KEYS = 5


def read_yaml_cassette(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read a vcrpy cassette in YAML; origins are ``name:line`` of the interaction."""
    for interaction, origin in read_yaml_interactions(stream, name, {}):
        yield exchange_of_item(interaction, origin)


def read_yaml_interactions(stream: IO[bytes], name: str, others: dict[str, Any]) -> "Iterator[tuple[Any, str]]":
    """Yield each interaction of a vcrpy cassette in YAML as plain data, with its origin; `others` takes what else it holds."""
    try:
        for line, interaction in _interactions(Builder(events(stream)), name, others):
            yield interaction, f"{name}:{line}"
    except YamlError as error:
        place = name if error.line is None else f"{name}:{error.line}"
        raise ArchiveError(place, readable(f"not a YAML cassette: {error}")) from None


def _interactions(builder: Builder, name: str, others: dict[str, Any]) -> "Iterator[tuple[int, Any]]":
    _enter(builder, name)
    some = False
    while not isinstance(event := builder.next(), MappingEndEvent):
        key = builder.item(event)
        value = builder.next()
        if key == "interactions":
            some = True
            yield from _items(builder, value, name)
        else:
            others[key if isinstance(key, str) else outline(key)] = builder.item(value)
    if not some:
        found = readable(", ".join(islice(others, _SHOWN_KEYS)) or "none")
        raise ArchiveError(name, f"no cassette: expected the key interactions, found {found}")
    builder.next()  # the end of the document
    if not isinstance(following := builder.next(), StreamEndEvent):
        raise ArchiveError(f"{name}:{line_of(following)}", "a second YAML document; a cassette is one")


def _enter(builder: Builder, name: str) -> None:
    """Take the beginning of a stream, up to the first key of the mapping that a cassette is."""
    builder.next()
    if not isinstance(builder.next(), DocumentStartEvent):
        raise ArchiveError(name, "empty; expected a cassette, a mapping with interactions")
    top = builder.next()
    if not isinstance(top, MappingStartEvent):
        found = outline(builder.item(top))
        raise ArchiveError(name, f"no cassette: expected a mapping with interactions, found {found}")


def _items(builder: Builder, value: Event, name: str) -> "Iterator[tuple[int, Any]]":
    """Yield each item of a list as it is read, with its line."""
    if not isinstance(value, SequenceStartEvent):
        found = outline(builder.item(value))
        raise ArchiveError(f"{name}:{line_of(value)}", f"expected a list of exchanges, found {found}")
    while not isinstance(event := builder.next(), SequenceEndEvent):
        yield line_of(event), builder.item(event)
