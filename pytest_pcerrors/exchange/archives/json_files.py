"""JSON archives: vcrpy cassettes, HAR, and NDJSON."""

from typing import IO, TYPE_CHECKING, Any

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import exchange_of_item, outline, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.exchange.model import Exchange

LONGEST_LINE = 64 * 1024 * 1024
"""The longest line of an NDJSON file, in bytes."""


def read_json_document(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read a JSON document: a vcrpy cassette (origins ``name#/interactions/3``) or HAR 1.2 (``name#/log/entries/3``)."""
    match parsed(stream.read(), name):
        case {"interactions": items}:
            pointer = "/interactions"
        case {"log": {"entries": items}}:
            pointer = "/log/entries"
        case document:
            raise ArchiveError(
                name, f"neither a cassette (interactions) nor HAR (log.entries), but {outline(document)}"
            )
    if not isinstance(items, list):
        raise ArchiveError(f"{name}#{pointer}", f"expected a list of exchanges, found {outline(items)}")
    for index, item in enumerate(items):
        if not _was_aborted(item):
            yield exchange_of_item(item, f"{name}#{pointer}/{index}")


def read_ndjson(stream: IO[bytes], name: str) -> "Iterator[Exchange]":
    """Read NDJSON, one exchange a line; origins are ``name:line``; memory holds one line."""
    number, some = 0, False
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise ArchiveError(f"{name}:{number}", f"a line of more than {LONGEST_LINE} bytes")
        if line.strip():
            some = True
            yield exchange_of_item(parsed(line, f"{name}:{number}"), f"{name}:{number}")
    if not some:
        raise ArchiveError(name, "empty; expected one exchange a line")


def _was_aborted(item: Any) -> bool:
    """Tell whether a browser wrote this HAR entry for a request that got no response (its status is 0)."""
    match item:
        case {"response": {"status": 0, "content": _}}:
            return True
        case _:
            return False
