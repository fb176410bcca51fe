"""Build plain data from libyaml's events one item at a time, safely: no objects are created, and aliases have a limit.

Scalars stay text: a header ``12e5`` is not a number and ``2020-10-01`` is not a date. ``!!binary`` becomes bytes, a plain null
None. Only structured bodies (``parsed_body``, and the ``body`` of a ``request`` that is a mapping or list) have the types
that YAML gives them. Tags create no objects; for the two tags of file-like request bodies, which vcrpy replays, the content is
returned.
"""

from typing import TYPE_CHECKING, Any

from yaml.constructor import SafeConstructor
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.yamltext import YamlError, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NODES = 200_000
"""The maximum number of values in one item; a text counts once more for each KiB, an alias with all values it refers to."""
MAX_DEPTH = 64
"""The maximum depth of the values of one item."""
_MAX_OPEN = 500
"""The maximum number of open collections while the rest of an item is skipped; libyaml 0.2.6 itself stops at 1000."""

_NULLS = ("", "~", "null", "Null", "NULL")
_CORE = "tag:yaml.org,2002:"
_BINARY = (f"{_CORE}binary", f"{_CORE}python/bytes", "!binary")  # the last one is Ruby's
_TYPED = tuple(f"{_CORE}{each}" for each in ("int", "float", "bool", "null"))
_FILE, _ITERATOR = f"{_CORE}python/object/new:_io.BytesIO", f"{_CORE}python/object/apply:builtins.iter"
_MERGE = "<<"
_TEXT_OF_NODE = 1024


class YamlValueError(YamlError):
    """A value cannot be built from valid YAML."""

    def __init__(self, problem: str, event: Event) -> None:
        super().__init__(problem, line_of(event))


class Builder:
    """Build plain data from events, and keep the values of anchors."""

    def __init__(self, source: "Iterator[Event]") -> None:
        self._source = source
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._nodes = self._open = 0

    def next(self) -> Event:
        """Return the next event."""
        return next(self._source)

    def item(self, event: Event) -> Any:
        """Build the value that begins with `event`; after a `YamlValueError`, the events continue after the value."""
        self._nodes = self._open = 0
        try:
            return self._value(event)
        except YamlValueError:
            self._close()
            raise

    def _value(self, event: Event, key: str = "", *, is_typed: bool = False) -> Any:
        before, is_collection = self._nodes, isinstance(event, CollectionStartEvent)
        self._open += is_collection
        if self._open - is_collection > MAX_DEPTH:
            raise YamlValueError("nested too deeply for a recording", event)
        value: Any
        if isinstance(event, ScalarEvent):
            self._count(1 + len(event.value) // _TEXT_OF_NODE, event)
            value = _typed(event) if is_typed else scalar(event)
        elif isinstance(event, AliasEvent):
            return self._aliased(event)
        else:
            self._count(1, event)
            is_mapping = isinstance(event, MappingStartEvent)
            value = self._mapping(event, key, is_typed=is_typed) if is_mapping else self._sequence(is_typed=is_typed)
            self._open -= 1
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchored[anchor] = value, self._nodes - before
        return value

    def _mapping(self, start: Any, within: str, *, is_typed: bool) -> Any:
        mapping: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            key = self._value(event)
            following = self.next()
            name = key if isinstance(key, str) else ""
            is_body = name == "parsed_body" or (name == "body" and within == "request")
            is_json = is_body and isinstance(following, CollectionStartEvent)
            value = self._value(following, name, is_typed=is_typed or is_json)
            if isinstance(event, ScalarEvent) and event.implicit[0] and key == _MERGE:
                merged |= _mappings_in(value, event)
            elif isinstance(key, str):
                mapping[key] = value
        return _content(merged | mapping if merged else mapping, start.tag)

    def _sequence(self, *, is_typed: bool) -> list[Any]:
        sequence = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            sequence.append(self._value(event, is_typed=is_typed))
        return sequence

    def _aliased(self, event: Any) -> Any:
        if event.anchor not in self._anchored:
            raise YamlValueError(f"the alias *{event.anchor} has no anchor", event)
        value, nodes = self._anchored[event.anchor]
        self._count(nodes, event)
        return value

    def _count(self, nodes: int, event: Event) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise YamlValueError(f"one item has more than {MAX_NODES} values or KiB, including aliases", event)

    def _close(self) -> None:
        """Skip the rest of the open collections, up to a depth that older versions of libyaml read in quadratic time."""
        while self._open:
            event = self.next()
            self._open += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if self._open > _MAX_OPEN:
                raise YamlError("nested too deeply for a recording", line_of(event))


def scalar(event: Any) -> str | bytes | None:
    """Return the value of a scalar; raise a `YamlValueError` for a `!!binary` that is not base64."""
    if event.tag in _BINARY:
        try:
            return base64_decoded(event.value)
        except ValueError:
            raise YamlValueError("the !!binary is not base64", event) from None
    if event.tag is None and event.implicit[0] and event.value in _NULLS:
        return None
    text: str = event.value
    return text


def _typed(event: Any) -> Any:
    """Return a scalar as a number, boolean, null or text by the rules of YAML; a date stays text."""
    tag = event.tag or _RESOLVER.resolve(ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
    if tag not in _TYPED:
        return scalar(event)
    try:
        return _CONSTRUCTOR.construct_object(ScalarNode(tag, event.value))
    except (ValueError, KeyError):  # a text that does not fit its tag, or more digits than Python can read
        return event.value


def _mappings_in(value: Any, event: Event) -> dict[str, Any]:
    """Return the members that a merge key adds, from one mapping or several; the first mapping with a key has priority."""
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) for each in several):
        raise YamlValueError("expected a mapping or a list of mappings as the value of a merge key", event)
    return {key: each[key] for each in reversed(several) for key in each}


def _content(mapping: dict[str, Any], tag: str | None) -> Any:
    """Return the content of a request body that was a file or an iterator; any other mapping unchanged."""
    if tag == _FILE:
        state = mapping.get("state")
        return state[0] if isinstance(state, list) and state else mapping
    if tag == _ITERATOR:
        parts = mapping.get("args")
        parts = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
        return b"".join(each if isinstance(each, bytes) else str(each).encode() for each in parts)
    return mapping


_RESOLVER, _CONSTRUCTOR = Resolver(), SafeConstructor()
