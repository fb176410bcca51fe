"""YAML as plain data, built from libyaml's events one item at a time: nothing is resolved, run, or expanded without bound.

Scalars stay text: a header ``12e5`` is no number and ``2020-10-01`` no date. ``!!binary`` becomes bytes, a plain null None.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from typing import IO, TYPE_CHECKING, Any

import yaml
from yaml.events import AliasEvent, Event, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NODES = 200_000
"""How many values one item may hold, each alias counted with all that it stands for."""
DEEPEST = 64
"""How deep the values of one item may nest."""

_NULLS = ("", "~", "null", "Null", "NULL")
_BINARY = "tag:yaml.org,2002:binary"


class YamlError(ValueError):
    """The stream is no YAML that can be read; `line` counts from 1, and is None where it is not known."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.line = line


def events(stream: IO[bytes] | IO[str]) -> "Iterator[Event]":
    """Yield the parse events of a YAML stream, by libyaml where PyYAML has it; `YamlError` where it is no YAML."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(stream, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or "broken", mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        raise YamlError(f"{error.reason} at position {error.position}", None) from None
    except (ValueError, OverflowError) as error:  # PyYAML without libyaml, on an escape such as \\UFFFFFFFF
        raise YamlError(str(error), None) from None


def line_of(event: Event) -> int:
    """Return the line that an event begins on, counted from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1


class Builder:
    """Builds plain data from events, and remembers what anchors stand for."""

    def __init__(self, source: "Iterator[Event]") -> None:
        self._source = source
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def next(self) -> Event:
        """Return the next event."""
        return next(self._source)

    def item(self, event: Event) -> Any:
        """Build the value that begins with `event`."""
        self._nodes = 0
        return self._value(event, 0)

    def _value(self, event: Event, depth: int) -> Any:
        if depth > DEEPEST:
            raise YamlError("nested too deeply for a recording", line_of(event))
        before = self._nodes
        self._count(1, event)
        value: Any
        if isinstance(event, ScalarEvent):
            value = scalar(event)
        elif isinstance(event, AliasEvent):
            return self._aliased(event)
        elif isinstance(event, MappingStartEvent):
            value = self._mapping(depth)
        else:
            value = self._sequence(depth)
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchored[anchor] = value, self._nodes - before
        return value

    def _mapping(self, depth: int) -> dict[str, Any]:
        mapping = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            key = self._value(event, depth + 1)
            value = self._value(self.next(), depth + 1)
            if isinstance(key, str):
                mapping[key] = value
        return mapping

    def _sequence(self, depth: int) -> list[Any]:
        sequence = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            sequence.append(self._value(event, depth + 1))
        return sequence

    def _aliased(self, event: Any) -> Any:
        if event.anchor not in self._anchored:
            raise YamlError(f"the alias *{event.anchor} stands for nothing", line_of(event))
        value, nodes = self._anchored[event.anchor]
        self._count(nodes, event)
        return value

    def _count(self, nodes: int, event: Event) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise YamlError(f"one item holds more than {MOST_NODES} values, aliases counted", line_of(event))


def scalar(event: Any) -> str | bytes | None:
    """Return what a scalar stands for; a `!!binary` that is no base64 is a `YamlError`."""
    if event.tag == _BINARY:
        try:
            return b64decode("".join(event.value.split()), validate=True)
        except (Base64Error, ValueError):
            raise YamlError("the !!binary is no base64", line_of(event)) from None
    if event.tag is None and event.implicit[0] and event.value in _NULLS:
        return None
    text: str = event.value
    return text
