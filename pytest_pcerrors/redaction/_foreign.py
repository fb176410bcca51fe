"""Search the JSON documents of other tools: where a reader finds the parts of an exchange, its secrets are searched for in the text."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.exchange.archives.foreign import body_file
from pytest_pcerrors.redaction._nodes import Node, nodes_in, text_of
from pytest_pcerrors.secrets import MASK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.archives.foreign import Tool
    from pytest_pcerrors.redaction._recordings import Changes

_PATTERNS = ("urlPattern", "urlPathPattern", "matches", "doesNotMatch", "matchesJsonPath", "matchesXPath")
_REGEX_MATCHERS = ("RegexMatcher",)
_LEVELS = 200
"""How deeply what names the parts of an exchange can be nested."""
_ANYTHING = ".*"
"""What a masked secret is in a regular expression, where `MASK` would be an error."""


class _Name(str):
    """The name of a member, and its position."""

    __slots__ = ("node",)
    node: Node


def search_document(top: Node, tool: "Tool", changes: "Changes", file: Path) -> None:
    """Search the document of a tool: its exchanges with their files, then everything that is not part of one."""
    seen: set[Node] = set()
    for number, (_, interaction, entry) in enumerate(tool.interactions(_plain(top))):
        if interaction is entry:
            continue  # what cannot be read is searched with the rest
        changes.item = number
        exchange = _nodes(interaction)
        seen.update(nodes_in(exchange))
        changes.exchange(exchange)
        named = tool.body_file(entry)
        if isinstance(named, Node) and (path := body_file(text_of(named), file)) is not None:
            changes.file(named, path)
    changes.item = None
    _search_rest(top, seen, changes)
    for node in _regular_expressions(top):
        if isinstance(new := changes.edits.get(node), str):
            changes.edits[node] = new.replace(MASK, _ANYTHING)


def _plain(node: Node, levels: int = _LEVELS) -> Any:
    """Return a value whose texts and numbers are nodes, as is what is nested deeper than so many levels."""
    if levels and node.kind == "list":
        return [_plain(each, levels - 1) for each in node.items]
    if levels and node.kind == "mapping":
        return {_name(key): _plain(value, levels - 1) for key, value in node.members()}
    return json.loads(text_of(node)) if node.kind == "null" else node


def _name(node: Node) -> _Name:
    name = _Name(text_of(node))
    name.node = node
    return name


def _nodes(value: Any) -> Node:
    """Return the node of a value whose scalars are nodes, names, or constants."""
    match value:
        case Node():
            return value
        case dict():
            return Node("mapping", 0, 0, items=[_nodes(each) for member in value.items() for each in member])
        case list():
            return Node("list", 0, 0, items=[_nodes(each) for each in value])
        case _Name():
            return value.node
        case _:
            return Node("null" if value is None else "text", 0, 0, str(value))


def _search_rest(top: Node, seen: set[Node], changes: "Changes") -> None:
    """Search the members of a document that belong to no exchange."""
    waiting = [(Node("text", 0, 0), top)]
    while waiting:
        key, node = waiting.pop()
        pairs = node.members() if node.kind == "mapping" else ((key, each) for each in node.items)
        for name, value in pairs:
            if value in seen:
                continue
            if seen.isdisjoint(nodes_in(value)):
                changes.other(name, value)
            else:
                waiting.append((name, value))


def _regular_expressions(top: Node) -> "Iterator[Node]":
    """Yield the texts of matchers that are regular expressions."""
    for node in nodes_in(top):
        matcher = node.get("Name")
        is_regex = matcher is not None and matcher.value in _REGEX_MATCHERS
        for key, value in node.members():
            if key.value in _PATTERNS or (is_regex and key.value == "Pattern"):
                yield value
