"""Parse valid JSON text into nodes with positions."""

from pytest_pcerrors.redaction.files._nodes import Node
from pytest_pcerrors.secrets.json_text import LITERALS, NUMBER, TOKEN, decoded, encoded


def json_nodes(text: str, start: int, end: int) -> Node:
    """Return the node of the value between two positions of a text."""
    top = Node("list", start, end)
    opened = [top]
    for match in TOKEN.finditer(text, start, end):
        lexeme = match[0]
        if lexeme in "}]":
            opened.pop().end = match.end()
        elif lexeme not in ",:":
            node = _node(lexeme, match.start(), match.end())
            opened[-1].items.append(node)
            if lexeme in "{[":
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


def _node(lexeme: str, start: int, end: int) -> Node:
    if lexeme in "{[":
        return Node("mapping" if lexeme == "{" else "list", start, end)
    if lexeme[0] == '"':
        return Node("text", start, end, decoded(lexeme) or "")
    return Node("null" if lexeme in LITERALS else "number", start, end, lexeme)
