"""YAML archives: vcrpy cassettes, read one interaction at a time."""

from typing import IO, TYPE_CHECKING, Any

from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import exchange_of_item, outline
from pytest_pcerrors.exchange.archives.yaml_events import Builder, YamlError, events, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.model import Exchange


def read_yaml_cassette(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read a vcrpy cassette in YAML; origins are ``name:line`` of the interaction."""
    try:
        for line, interaction in _interactions(Builder(events(stream)), name):
            yield exchange_of_item(interaction, f"{name}:{line}")
    except YamlError as error:
        raise ArchiveError(f"{name}:{error.line}", f"not a YAML cassette: {error}") from None


def _interactions(builder: Builder, name: str) -> "Iterator[tuple[int, Any]]":
    builder.next()
    if not isinstance(builder.next(), DocumentStartEvent):
        raise ArchiveError(name, "empty; expected a cassette, a mapping with interactions")
    top = builder.next()
    if not isinstance(top, MappingStartEvent):
        raise ArchiveError(
            name, f"no cassette: expected a mapping with interactions, found {outline(builder.item(top))}"
        )
    keys = []
    while not isinstance(event := builder.next(), MappingEndEvent):
        keys.append(builder.item(event))
        value = builder.next()
        if keys[-1] == "interactions" and isinstance(value, SequenceStartEvent):
            while not isinstance(event := builder.next(), SequenceEndEvent):
                yield line_of(event), builder.item(event)
        else:
            builder.item(value)
    if "interactions" not in keys:
        raise ArchiveError(
            name, f"no cassette: expected the key interactions, found {', '.join(map(str, keys[:5])) or 'none'}"
        )
    builder.next()  # the end of the document
    if not isinstance(following := builder.next(), StreamEndEvent):
        raise ArchiveError(f"{name}:{line_of(following)}", "a second YAML document; a cassette is one")
