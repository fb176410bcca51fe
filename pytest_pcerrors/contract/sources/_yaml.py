"""Read YAML as the JSON data that it means (YAML 1.2), with the line of every object, and a limit for aliases."""

import re
from typing import TYPE_CHECKING, Any

from yaml.events import AliasEvent, CollectionEndEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

from pytest_pcerrors.contract.sources.model import MAX_DEPTH, Located
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import readable
from pytest_pcerrors.yamltext import YamlError, events, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event

MAX_NODES = 3_000_000
"""The maximum number of values of a document; an alias counts as all values that it refers to."""
_MERGE = "<<"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True"), True),
    **dict.fromkeys(("false", "False"), False),
}


def read_yaml(text: str) -> Any:
    """Return the data of a YAML document; raise a `UsageError` with the line if it is broken, too large, or repeats a key.

    A word such as ``NO`` or ``0012`` is a text.

    >>> read_yaml("a: {404: NO, b: [0012, 7, true, null]}")
    {'a': {'404': 'NO', 'b': ['0012', 7, True, None]}}
    """
    try:
        return _Builder(events(text)).document()
    except YamlError as error:
        where = f"line {error.line}: " if error.line else ""
        raise UsageError(readable(f"{where}not YAML: {error}; correct it there")) from None


class _Builder:
    """Build plain data from the events of a YAML document."""

    def __init__(self, events: "Iterator[Event]") -> None:
        self._events = events
        self._anchored: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def document(self) -> Any:
        """Return the data of the first document."""
        for event in self._events:
            if isinstance(event, ScalarEvent | AliasEvent | MappingStartEvent | SequenceStartEvent):
                return self._value(event, 0)
        return None

    def _value(self, event: "Event", depth: int) -> Any:
        line = line_of(event)
        before = self._nodes
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise UsageError(f"line {line}: nested more than {MAX_DEPTH} levels deep; write it flatter")
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchored:
                raise UsageError(f"line {line}: *{event.anchor} refers to itself or to nothing; write the value there")
            value, nodes = self._anchored[event.anchor]
            self._nodes += nodes
        elif isinstance(event, ScalarEvent):
            value = _scalar(event)
        else:
            value = self._mapping(line, depth) if isinstance(event, MappingStartEvent) else self._sequence(depth)
        if self._nodes > MAX_NODES:
            raise UsageError(f"line {line}: more than {MAX_NODES} values; import the part with the error codes")
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchored[anchor] = value, self._nodes - before
        return value

    def _sequence(self, depth: int) -> list[Any]:
        values = []
        while not isinstance(event := next(self._events), CollectionEndEvent):
            values.append(self._value(event, depth + 1))
        return values

    def _mapping(self, line: int, depth: int) -> Located:
        mapping, defaults = Located(), {}
        mapping.line = line
        while not isinstance(event := next(self._events), CollectionEndEvent):
            if not isinstance(event, ScalarEvent):
                raise UsageError(f"line {line_of(event)}: a key that is not a text; write a word")
            key, following = event.value, next(self._events)
            value = self._value(following, depth + 1)
            if isinstance(value, Located) and isinstance(following, MappingStartEvent):
                value.line = line_of(event)
            if key in mapping:
                raise UsageError(readable(f'line {line_of(event)}: "{key}" is repeated; keep one of them'))
            if key == _MERGE and not event.style:
                for each in reversed(value if isinstance(value, list) else [value]):
                    defaults.update(each if isinstance(each, dict) else {})
            else:
                mapping[key] = value
        for name, each in defaults.items():
            mapping.setdefault(name, each)
        return mapping


def _scalar(event: ScalarEvent) -> Any:
    text: str = event.value
    if event.style or (event.tag and event.tag.endswith(":str")):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
