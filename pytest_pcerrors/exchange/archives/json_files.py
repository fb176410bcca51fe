"""Read JSON archives: cassettes, HAR, stubs and collections of other tools, and NDJSON."""

from typing import IO, TYPE_CHECKING, Any

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives._refused import CHOOSE_RECORDINGS, READ, refuse_bare, unsupported_format
from pytest_pcerrors.exchange.archives.foreign import Source, tool_of
from pytest_pcerrors.exchange.archives.items import OWN, item_of, outline, parsed, recorded_item
from pytest_pcerrors.exchange.archives.streams import file_of, lines_of
from pytest_pcerrors.jsontext import RepeatedNames
from pytest_pcerrors.secrets.display import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_pcerrors.exchange.archives.foreign import Tool
    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.archives.layout import Layout

MAX_LINE = 64 * 1024 * 1024
"""The longest line of an NDJSON file, in bytes."""

_OF_EXCHANGE = frozenset({"response", "status", "status_code"})
_OPENINGS, _AROUND, _LONGEST_OPENING = (b"{", b"[", b"[{"), b"\xef\xbb\xbf \t\r\n", 80
_SPREAD = (
    "JSON over several lines, expected one exchange per line",
    "name the file .json, or write each exchange on a line: jq -c . FILE",
)
"""The problem of a file whose first line only opens an object or an array, and its fix."""

_MAP = "if these are the lines of a log, give the paths of its parts: --map status=.status,body=.body"
OF_LIST = frozenset({"interactions", "http_interactions", "log"})
"""The keys of documents that hold a list of exchanges."""


def read_json_document(stream: IO[bytes], name: str) -> "Iterator[Item]":
    """Read a JSON document.

    It is a cassette (origins ``name#/interactions/3``), HAR 1.2 (``name#/log/entries/3``), a document of another tool
    (``name#/mappings/3``), an array of exchanges (``name#/3``), or a single exchange (``name:1``).
    """
    document = parsed(stream.read(), name)
    if is_exchange(document) and tool_of(document) is None:
        yield item_of(document, f"{name}:1")
        return
    _refuse_repeated(document, name)
    if (tool := tool_of(document)) is not None:
        yield from _items_of_tool(tool, document, name, file_of(stream, name))
        return
    values, pointer = _list_in(document, name)
    del document
    is_har = pointer == "/log/entries"
    for index in range(len(values)):
        item = item_of(values[index], f"{name}#{pointer}/{index}", is_har=is_har)
        values[index] = None  # frees a large body
        yield item


def _refuse_repeated(document: Any, name: str) -> None:
    """Raise an `ArchiveError` if a document has two lists of exchanges, or two logs, with the same name: only the last one was parsed."""
    for holder in (document, document.get("log", {}) if isinstance(document, dict) else {}):
        names = holder.names if isinstance(holder, RepeatedNames) else ()
        for repeated in names:
            if isinstance(holder[repeated], list | dict):
                problem = f"{shown(repeated)} is repeated, and only the last one would be read"
                raise ArchiveError(name, problem, "keep one of them, or join them")


def _items_of_tool(tool: "Tool", document: Any, name: str, file: "Path") -> "Iterator[Item]":
    """Yield the items of a document; files that it names are looked for beside `file`."""
    for pointer, interaction, entry in tool.interactions(document):
        origin = f"{name}#{pointer}" if pointer else f"{name}:1"
        if interaction is entry:
            yield ArchiveError(origin, f"expected {tool.name}, got {outline(entry)}")
        else:
            yield recorded_item(*tool.completed(interaction, Source(document, entry, file)), origin)


def is_exchange(document: Any) -> bool:
    """Return whether a JSON document is a single exchange."""
    return isinstance(document, dict) and bool(document.keys() & _OF_EXCHANGE) and not document.keys() & OF_LIST


def read_ndjson(stream: IO[bytes], name: str, layout: "Layout | None" = None) -> "Iterator[Item]":
    """Read NDJSON, one exchange per line and one line at a time; origins are ``name:line``.

    With a `layout`, the lines are those of a log.
    """
    has_lines = False
    for number, line in enumerate(lines_of(stream, MAX_LINE), start=1):
        if len(line) > MAX_LINE or not line.isspace():
            has_lines = True
            yield item_of_line(line, name, number, layout)
    if not has_lines:
        raise without_lines(name)


def opens_document(line: bytes) -> bool:
    """Return whether a line only opens an object or an array, as the first line of JSON that is written over several lines."""
    return len(line) <= _LONGEST_OPENING and line.endswith(b"\n") and line.strip(_AROUND) in _OPENINGS


def without_lines(name: str) -> ArchiveError:
    """Return the error of NDJSON without a line."""
    return ArchiveError(name, "empty; expected one exchange per line")


def item_of_line(line: bytes, name: str, number: int, layout: "Layout | None" = None) -> "Item":
    """Return the item of a line; if the first one is of another format, raise an `ArchiveError` for the whole file."""
    origin = f"{name}:{number}"
    if len(line) > MAX_LINE:
        return ArchiveError(origin, f"a line of more than {MAX_LINE} bytes")
    try:
        value = parsed(line, origin)
    except ArchiveError as error:
        if number == 1 and opens_document(line):
            raise ArchiveError(name, *_SPREAD) from None
        return error
    if layout is not None:
        return layout.item(value, origin)
    item = item_of(value, origin)
    if not isinstance(item, ArchiveError):
        return item
    if number == 1 and (unsupported := unsupported_format(value)):
        raise ArchiveError(name, *unsupported)
    is_of_log = item.fix in ("", CHOOSE_RECORDINGS) and isinstance(value, dict) and not OWN.issuperset(value)
    return ArchiveError(origin, item.problem, _MAP) if is_of_log else item


def _list_in(document: Any, name: str) -> tuple[list[Any], str]:
    """Return the list of exchanges in a document, and its JSON Pointer."""
    match document:
        case {"interactions": items}:
            pointer = "/interactions"
        case {"http_interactions": items}:
            pointer = "/http_interactions"
        case {"log": {"entries": items}}:
            pointer = "/log/entries"
        case [*items] if any(isinstance(each, dict) for each in items):
            pointer = ""
        case _:
            refuse_bare(document, name)
            found = f"expected a cassette (interactions) or HAR (log.entries), found {outline(document)}; known formats: {READ}"
            raise ArchiveError(name, *(unsupported_format(document) or (found, CHOOSE_RECORDINGS)))
    if not isinstance(items, list):
        raise ArchiveError(f"{name}#{pointer}", f"expected a list of exchanges, found {outline(items)}")
    if items and (unsupported := unsupported_format(document)):
        raise ArchiveError(name, *unsupported)
    return items, pointer
