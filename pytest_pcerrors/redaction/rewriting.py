"""Hide the secrets of recording files, and keep every other byte."""

from io import BytesIO
from itertools import groupby
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NamedTuple

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import stream_items
from pytest_pcerrors.exchange.archives.flow_files import read_flows
from pytest_pcerrors.exchange.archives.formats import opened
from pytest_pcerrors.exchange.archives.json_files import MAX_LINE, read_ndjson
from pytest_pcerrors.exchange.archives.plain_interactions import UncertainError
from pytest_pcerrors.exchange.archives.streams import bounded, file_of, lines_of
from pytest_pcerrors.exchange.encodings import encode
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.redaction._documents import Document, Location
from pytest_pcerrors.redaction.raw import may_hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from yaml.events import Event

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.redaction._redaction import Redaction
    from pytest_pcerrors.secrets import Found


class Rewritten(NamedTuple):
    """The new bytes of a file, the findings in it, its entries that cannot be read, and new bytes of other files that it names."""

    data: bytes
    locations: list[Location]
    problems: tuple[ArchiveError, ...] = ()
    files: "Mapping[Path, bytes]" = MappingProxyType({})


def rewritten(data: bytes, name: str, redaction: "Redaction") -> Rewritten:
    """Hide the secrets in the bytes of a recording in the format of its name; raise an `ArchiveError` for an invalid file.

    >>> from pytest_pcerrors.redaction import Redaction
    >>> line = b'{"status": 200, "body": "", "request": {"url": "/v1?sig=x7Kq02pLm"}}'
    >>> rewritten(line, "seen.ndjson", Redaction()).data
    b'{"status": 200, "body": "", "request": {"url": "/v1?sig=***"}}'
    """
    items = list(_items(data, name))
    problems = tuple(item for item in items if isinstance(item, ArchiveError))
    _, stream, packing = opened(BytesIO(data), name)
    plain = (bounded(stream, name) if packing else stream).read()
    document = Document.of(plain, name, redaction)
    new, locations = document.edited(), document.locations()
    if new == plain:
        return Rewritten(data, locations, problems, document.changes.files)
    packed = encode(new, (packing,)) if packing else new
    if [type(item) for item in _items(packed, name)] != [type(item) for item in items]:
        raise ArchiveError(name, "cannot be edited in place; record it again")
    return Rewritten(packed, locations, problems, document.changes.files)


class InItem(NamedTuple):
    """The index of an item (from 0; None for outside all items), and the findings in it."""

    item: int | None
    locations: list[Location]


def found_in(stream: IO[bytes], name: str, redaction: "Redaction", *, has_layout: bool = False) -> "Iterator[InItem]":
    """Yield what `rewritten` would hide in a file, in the order of the items, then what is outside all items.

    NDJSON is searched one line at a time, and each of its items is yielded, even without a finding. A file that cannot be read
    yields nothing: its reader reports the error. With `has_layout`, lines may be those of a log.
    """
    redaction = redaction.for_finding()
    try:
        reader, plain, _ = opened(stream, name, has_layout=has_layout)
        if reader is read_ndjson:
            yield from found_in_lines(plain, name, redaction)
            return
        if reader is read_flows:
            yield from _found_in_flows(plain, name, redaction)
            return
        data = plain.read()
        if may_hold(data, redaction.secrets):
            yield from _by_item(Document.of(data, str(file_of(stream, name)), redaction).locations())
    except (ArchiveError, OSError):
        return


def _found_in_flows(stream: IO[bytes], name: str, redaction: "Redaction") -> "Iterator[InItem]":
    for number, item in enumerate(read_flows(stream, name)):
        found = redaction.found(item) if isinstance(item, Exchange) else []
        yield InItem(number, [Location(1, number, each) for each in found])


def _by_item(locations: list[Location]) -> "Iterator[InItem]":
    in_order = sorted(locations, key=_item_of)
    for _, group in groupby(in_order, key=_item_of):
        found = list(group)
        yield InItem(found[0].item, found)


def _item_of(location: Location) -> tuple[bool, int]:
    return location.item is None, location.item or 0


def found_in_lines(stream: IO[bytes], name: str, redaction: "Redaction") -> "Iterator[InItem]":
    """Yield what `rewritten` would hide in lines of NDJSON, for each item."""
    item = 0
    for number, line in enumerate(lines_of(stream, MAX_LINE), start=1):
        if line.isspace() and len(line) <= MAX_LINE:
            continue
        found = found_in_line(line, name, redaction) if len(line) <= MAX_LINE else []
        yield InItem(item, [Location(number, item, each) for each in found])
        item += 1


def found_in_interaction(cassette: str, parsed: "Iterable[Event]", redaction: "Redaction") -> "list[Found]":
    """Return the secrets in a cassette of one interaction, with its events; raise an `UncertainError` if it cannot be searched alone."""
    try:
        found = Document.of_cassette(cassette, parsed, redaction.for_finding()).locations()
    except ArchiveError:
        raise UncertainError from None
    if any(each.item is None for each in found):
        raise UncertainError
    return [each.found for each in found]


def found_in_line(line: bytes, name: str, redaction: "Redaction") -> "list[Found]":
    """Return the secrets in a line of NDJSON; none in one that is not UTF-8, which its reader reports."""
    if not may_hold(line, redaction.secrets):
        return []
    try:
        return [at.found for at in Document.of(line, f"{name}.ndjson", redaction).locations()]
    except ArchiveError:
        return []


def _items(data: bytes, name: str) -> "Iterator[Item]":
    """Yield the items of a file; raise an `ArchiveError` that concerns the whole file."""
    for item in stream_items(BytesIO(data), name):
        if isinstance(item, ArchiveError) and item.place == name:
            raise item
        yield item
