"""Search the text of a recording file for secrets, and write it with its secrets hidden."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.curl_output import read_curl_output
from pytest_pcerrors.exchange.archives.flow_files import EXPORT, read_flows
from pytest_pcerrors.exchange.archives.foreign import tool_of
from pytest_pcerrors.exchange.archives.formats import read_yaml, reader_of_bytes
from pytest_pcerrors.exchange.archives.json_files import OF_LIST, is_exchange, read_ndjson
from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.redaction._foreign import search_document
from pytest_pcerrors.redaction._nodes import Node, json_nodes, json_written
from pytest_pcerrors.redaction._recordings import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yaml.events import Event

    from pytest_pcerrors.redaction._redaction import Redaction
    from pytest_pcerrors.secrets import Found

    Writer = Callable[["Node", str | bytes, str], str]

_ANCHOR = re.compile(r"&(?<![^\s\[{,:?-]&)[^\s&]")
"""The beginning of an anchor, or of a similar text; the search for its first character is fast."""

_LINE_END = re.compile("\n")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
"""A line that is not blank."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Location(NamedTuple):
    """A finding in a file: its line (from 1), the index of its item (from 0; None outside all items), and what was found."""

    line: int
    item: int | None
    found: "Found"


@dataclass(frozen=True)
class Document:
    """The text of a file, with the changes that hide its secrets; `mark` is its byte order mark."""

    text: str
    mark: bytes
    encoding: str
    changes: Changes
    write: "Writer"

    @classmethod
    def of(cls, data: bytes, name: str, redaction: "Redaction") -> "Document":
        """Search the bytes of a file in the format of its name; raise an `ArchiveError` if it is not in that format."""
        reader = reader_of_bytes(data, name)
        if reader is read_flows:
            raise ArchiveError(name, "flows of mitmproxy, which cannot be edited in place", EXPORT)
        mark, encoding = next(((mark, each) for mark, each in _MARKS if data.startswith(mark)), (b"", "utf-8"))
        try:
            text = data[len(mark) :].decode(encoding, "surrogatepass")
        except UnicodeDecodeError as error:
            raise ArchiveError(name, f"not {encoding.upper()} at byte {error.start}") from None
        changes = Changes(redaction)
        return cls(text, mark, encoding, changes, _search(text, reader, changes, name))

    @classmethod
    def of_cassette(cls, text: str, parsed: "Iterable[Event]", redaction: "Redaction") -> "Document":
        """Search a cassette that was parsed into events of YAML."""
        changes = Changes(redaction)
        return cls(text, b"", "utf-8", changes, _search_yaml(text, parsed, changes, ""))

    def locations(self) -> list[Location]:
        """Return the findings, in the order of the text."""
        lines = [match.start() for match in _LINE_END.finditer(self.text)]
        changes = self.changes
        return [
            Location(bisect_right(lines, node.start) + 1, item, found)
            for node, (item, all_found) in sorted(changes.found.items(), key=lambda each: each[0].start)
            if node.target is None or changes.edits.get(node.target) != changes.edits.get(node)
            for found in all_found
        ]

    def edited(self) -> bytes:
        """Return the bytes with the secrets hidden."""
        edits = self.changes.edits
        pieces, done = [], 0
        for node, new in sorted(edits.items(), key=lambda each: each[0].start):
            if node.target is None or edits.get(node.target) != new:
                pieces += [self.text[done : node.start], self.write(node, new, self.text)]
                done = node.end
        return self.mark + "".join([*pieces, self.text[done:]]).encode(self.encoding, "surrogatepass")


def _search(text: str, reader: object, changes: Changes, name: str) -> "Writer":
    """Search the items of a text and everything around them; return the function that writes its scalars."""
    if reader is read_yaml:
        from pytest_pcerrors.yamltext import events

        return _search_yaml(text, events(StringIO(text)), changes, name)
    if reader is read_ndjson:
        for number, match in enumerate(_LINE.finditer(text)):
            changes.item = number
            _search_line(text, *match.span(), changes)
    elif reader is read_curl_output:
        changes.item = 0
        changes.comment(Node("comment", 0, len(text), text))
    else:
        _search_json(text, name, changes)
    return json_written


def _search_yaml(text: str, parsed: "Iterable[Event]", changes: Changes, name: str) -> "Writer":
    from pytest_pcerrors.redaction._yaml_nodes import comments, yaml_nodes, yaml_written

    top = yaml_nodes(parsed, len(text), name)
    changes.has_aliases = _ANCHOR.search(text) is not None
    _search_document(top, text, changes)
    for comment in comments(top, text):
        changes.comment(comment)
    return yaml_written


def _search_json(text: str, name: str, changes: Changes) -> None:
    """Search a JSON document: of another tool, a list of exchanges, a cassette, HAR, or a single exchange."""
    document, top = _parsed(text, name), json_nodes(text, 0, len(text))
    if (tool := tool_of(document)) is not None:
        search_document(top, tool, changes, Path(name))
    elif is_exchange(document):
        changes.item = 0
        changes.exchange(top)
    else:
        _search_document(top, text, changes)


def _search_line(text: str, start: int, end: int, changes: Changes) -> None:
    """Search a line of NDJSON; an invalid line is searched as text."""
    try:
        _parsed(text[start:end], "")
    except ArchiveError:
        changes.comment(Node("comment", start, end, text[start:end]))
    else:
        changes.exchange(json_nodes(text, start, end))


def _parsed(text: str, name: str) -> Any:
    try:
        return parse(text.removeprefix("\ufeff"))
    except JsonError as error:
        raise ArchiveError(name, f"not JSON: {error}") from None


def _search_document(top: "Node", text: str, changes: Changes) -> None:
    """Search a list of exchanges, or a document with one."""
    if top.kind == "list":
        _search_items(top, 0, text, changes)
    log, number = top.get("log"), 0
    for parent in (top, *([log] if log is not None else [])):
        for key, value in parent.members():
            if key.value in (*OF_LIST, "entries") and value.kind == "list":
                number = _search_items(value, number, text, changes)
            elif key.value != "log":
                changes.other(key, value)


def _search_items(items: "Node", number: int, text: str, changes: Changes) -> int:
    """Search those exchanges of a list that may contain a secret, and a single one; return the number of the next one."""
    ends = [*(item.start for item in items.items[1:]), len(text)]
    for item, end in zip(items.items, ends, strict=False):  # an empty list has an end
        changes.item, number = number, number + 1
        if len(items.items) == 1 or changes.may_be_in(text[item.start : end]):
            changes.exchange(item)
    changes.item = None
    return number
