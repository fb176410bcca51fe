"""Parse YAML text into nodes with positions."""

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.yaml_events import MAX_NODES, scalar
from pytest_pcerrors.redaction._nodes import Node, nodes_in
from pytest_pcerrors.secrets.json_text import NUMBER
from pytest_pcerrors.yamltext import YamlError, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yaml.events import Event

_MAX_DEPTH = 200
_PROPERTIES = re.compile(r"(?:[&!]\S*+\s++)*+")
_COMMENT = re.compile(r"#(?<!\S#)([^\r\n\x85\u2028\u2029]*+)")
_BOOLEANS = frozenset(("true", "false", "yes", "no", "on", "off"))
_NAMED_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def yaml_nodes(parsed: "Iterable[Event]", size: int, name: str) -> Node:
    """Return the mapping of a cassette from the events of its text, which has `size` characters.

    The text must not begin with a byte order mark, which PyYAML's parsers count differently. Aliases are expanded to at most
    `MAX_NODES` values in total.
    """
    top = Node("list", 0, size)
    opened = [top]
    anchored: dict[str, Node] = {}
    remaining = MAX_NODES
    try:
        for event in parsed:
            if isinstance(event, CollectionEndEvent):
                closed = opened.pop()
                opened[-1].size += closed.size
                continue
            node = _node(event, anchored, opened)
            if node is None:
                continue
            opened[-1].items.append(node)
            if isinstance(event, CollectionStartEvent):
                opened.append(node)
                if len(opened) > _MAX_DEPTH:
                    raise YamlError("nested too deeply", line_of(event))  # noqa: TRY301 - handled like the errors of the parser
                continue
            opened[-1].size += node.size
            if node.target is not None:
                remaining -= node.size
                node.items = node.items if remaining > 0 else []
    except YamlError as error:
        raise ArchiveError(f"{name}:{error.line}" if error.line else name, f"not YAML: {error}") from None
    return top.items[0] if top.items else top


def comments(top: Node, text: str) -> "Iterator[Node]":
    """Yield the comments of a text, without their ``#``; they are outside all scalars."""
    end = 0
    if _COMMENT.search(text) is None:
        return
    nodes = nodes_in(top, with_aliased=False)
    scalars = ((each.start, each.end) for each in nodes if each.target or each.kind not in ("mapping", "list"))
    for scalar_start, scalar_end in (*scalars, (len(text), len(text))):
        for match in _COMMENT.finditer(text, end, scalar_start):
            yield Node("comment", *match.span(1), match[1])
        end = scalar_end


def yaml_written(node: Node, new: str | bytes, text: str) -> str:
    """Return the YAML text of a node's new value: its anchor and tag, a quoted scalar, and the blank lines after it."""
    if node.kind == "comment" and isinstance(new, str):
        return new
    old = text[node.start : node.end]
    quoted = f'"{b64encode(new).decode()}"' if isinstance(new, bytes) else _quoted(new)
    if node.kind == "number" and isinstance(new, str) and NUMBER.fullmatch(new):
        quoted = new
    if node.target is not None:
        return f"!!binary {quoted}" if isinstance(new, bytes) else quoted
    properties = _PROPERTIES.match(old)
    return f"{properties[0] if properties else ''}{quoted}{old[len(old.rstrip()) :]}"


def _node(event: Any, anchored: dict[str, Node], opened: list[Node]) -> Node | None:
    """Return the node that begins with an event; None for an event of the document or the stream.

    An alias of a value that is still open contains itself, and is nothing.
    """
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, ScalarEvent):
        node = _scalar_node(event, start, end)
    elif isinstance(event, CollectionStartEvent):
        node = Node("mapping" if isinstance(event, MappingStartEvent) else "list", start, end)
    elif isinstance(event, AliasEvent):
        target = anchored.get(str(event.anchor))
        if target is None or target in opened:
            return Node("null", start, end)
        return Node(target.kind, start, end, target.value, target.items, target, target.size)
    else:
        return None
    if event.anchor is not None:
        anchored[event.anchor] = node
    return node


def _scalar_node(event: "ScalarEvent", start: int, end: int) -> Node:
    """Return the node of a scalar; a plain null, boolean or number is not a text."""
    try:
        value = scalar(event)
    except YamlError:
        value = event.value  # a !!binary that is not base64
    if value is None:
        return Node("null", start, end)
    if event.tag is None and event.implicit[0] and isinstance(value, str):
        if value.lower() in _BOOLEANS:
            return Node("null", start, end, value)
        if NUMBER.fullmatch(value):
            return Node("number", start, end, value)
    return Node("text", start, end, value)


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else f"\\U{ord(letter):08x}"  # noqa: PLR2004 - the last code point of four digits
