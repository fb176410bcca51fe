"""The nodes of a recording, with their positions in the text of the file."""

import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # the parser of strings of `json`, in C
from typing import TYPE_CHECKING, Literal

from pytest_pcerrors.secrets.json_text import LITERALS, NUMBER, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.secrets.members import Members

_SIGN = re.compile(r"""[\]\[{}"]|[^\s\]\[{}",:\ufeff]++""")
"""A bracket, the opening quote of a string, a number, or a literal."""


@dataclass(eq=False, slots=True)
class Node:
    """A mapping, a list, or a scalar, from `start` to `end` of a text.

    A comment is one of the file. The `items` of a mapping alternate between names and values. An alias has the value and items
    of its `target`.
    """

    kind: Literal["mapping", "list", "text", "number", "null", "comment"]
    start: int
    end: int
    value: str | bytes = ""
    items: "list[Node]" = field(default_factory=list)
    target: "Node | None" = None
    size: int = 1

    def members(self) -> "Iterator[tuple[Node, Node]]":
        """Yield the names and values of a mapping; nothing for other nodes."""
        if self.kind == "mapping":
            yield from zip(self.items[::2], self.items[1::2], strict=True)

    def get(self, name: str) -> "Node | None":
        """Return the value of a name of a mapping, the last one if the name is repeated; else None."""
        found = [value for key, value in self.members() if key.value == name]
        return found[-1] if found else None


def fields_of(node: Node | None) -> "Iterator[tuple[Node, Node]]":
    """Yield the names and values of headers or parameters: a mapping (values may be lists), pairs, or a HAR list."""
    if node is None:
        return
    for name, value in node.members():
        yield from ((name, each) for each in (value.items if value.kind == "list" else [value]))
    for item in node.items if node.kind == "list" else ():
        named, value_of = item.get("name"), item.get("value")
        if named is not None and value_of is not None:
            yield from ((named, each) for each in (value_of.items if value_of.kind == "list" else [value_of]))
        elif item.kind == "list" and len(item.items) == len(("name", "value")):
            name, value = item.items
            yield from ((name, each) for each in (value.items if value.kind == "list" else [value]))


def text_of(node: Node) -> str:
    """Return the value of a scalar as text; bytes are decoded as Latin-1."""
    return node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value


def encoding_of(message: Node) -> str | None:
    """Return the content encodings in the headers of a request or response, joined by commas, or None."""
    values = [
        text_of(value)
        for name, value in fields_of(message.get("headers"))
        if text_of(name).lower() == "content-encoding"
    ]
    return ", ".join(values) or None


def nodes_in(node: Node, *, with_aliased: bool = True) -> "Iterator[Node]":
    """Yield a node and all nodes in it, in order; those of aliases only `with_aliased`. It does not recurse, so any depth is safe."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        if with_aliased or each.target is None:
            waiting += reversed(each.items)


def texts_of(node: Node) -> "Iterator[str]":
    """Yield the texts in a value."""
    return (text_of(each) for each in nodes_in(node) if each.kind == "text")


def pass_on(node: Node, members: "Members") -> None:
    """Pass a value, and everything in it, to `members`; any depth is safe."""
    waiting: list[tuple[Literal["value", "name", "following", "leave"], Node]] = [("value", node)]
    while waiting:
        step, each = waiting.pop()
        if step == "name":
            members.name(each, text_of(each))
        elif step == "following":
            members.following()
        elif step == "leave":
            members.leave()
        elif each.kind in ("text", "number"):
            members.value(each, text_of(each), "text" if each.kind == "text" else "number")
        elif each.kind in ("mapping", "list"):
            members.enter(is_object=each.kind == "mapping")
            waiting.append(("leave", each))
            for index in reversed(range(len(each.items))):
                is_name = each.kind == "mapping" and not index % 2
                item = each.items[index]
                waiting += [("name", item)] if is_name else [("following", item), ("value", item)]


def json_nodes(text: str, start: int, end: int) -> Node:
    """Return the node of the value between two positions of a text, which is valid JSON there."""
    top = Node("list", start, end)
    opened, at = [top], start
    while (match := _SIGN.search(text, at, end)) is not None:
        sign, at = match[0], match.end()
        if sign in "}]":
            opened.pop().end = at
            continue
        if sign == '"':
            value, at = scanstring(text, at, False)  # noqa: FBT003 - takes no keywords
            node = Node("text", match.start(), at, value)
        elif sign in "{[":
            node = Node("mapping" if sign == "{" else "list", match.start(), at)
        else:
            node = Node("null" if sign in LITERALS else "number", match.start(), at, sign)
        opened[-1].items.append(node)
        if sign in "{[":
            opened.append(node)
    return top.items[0]


def json_written(node: Node, new: str | bytes, text: str) -> str:
    """Return the JSON text of a node's new value."""
    plain = new.decode() if isinstance(new, bytes) else new
    if node.kind == "comment":
        return plain
    lexeme = text[node.start : node.end]
    return (
        plain
        if node.kind == "number" and NUMBER.fullmatch(plain)
        else encoded(plain, lexeme if lexeme[0] == '"' else '""')
    )
