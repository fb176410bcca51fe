"""Recordings as files: their secrets hidden, every other byte as it is."""

import gzip
from bisect import bisect_right
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import read_stream, read_yaml, reader_of
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.redaction.files.json_nodes import json_nodes, json_written
from pytest_pcerrors.exchange.redaction.files.nodes import Node
from pytest_pcerrors.exchange.redaction.files.recordings import Changes

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.redaction.redacting import Redaction

Writer = Callable[[Node, str | bytes, str], str]

_GZIP = b"\x1f\x8b"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Rewritten(NamedTuple):
    """What is to be in a file, and what was hidden in which of its lines."""

    data: bytes
    places: list[tuple[int, str]]


def rewritten(data: bytes, name: str, redaction: "Redaction") -> Rewritten:
    """Hide the secrets in the bytes of a recording, by the format that its name has; `ArchiveError` where it is broken.

    >>> from pytest_pcerrors.exchange.redaction import Redaction
    >>> line = b'{"status": 200, "body": "", "request": {"url": "/v1?sig=abc"}}'
    >>> rewritten(line, "seen.ndjson", Redaction()).data
    b'{"status": 200, "body": "", "request": {"url": "/v1?sig=***"}}'
    """
    count = sum(1 for _ in read_stream(BytesIO(data), name))
    is_packed = data.startswith(_GZIP)
    plain = gzip.decompress(data) if is_packed else data
    new, places = _of_plain(plain, name, redaction)
    if new == plain:
        return Rewritten(data, [])
    packed = gzip.compress(new, mtime=0) if is_packed else new
    if sum(1 for _ in read_stream(BytesIO(packed), name)) != count:
        raise ArchiveError(name, "cannot be edited in place; record it again")
    return Rewritten(packed, places)


def _of_plain(data: bytes, name: str, redaction: "Redaction") -> Rewritten:
    mark, encoding = next(((mark, each) for mark, each in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    text = data[len(mark) :].decode(encoding, "surrogatepass")
    changes = Changes(redaction)
    write = _tell(text, reader_of(data, name), changes)
    lines = [index for index, letter in enumerate(text) if letter == "\n"]
    pieces, done = [], 0
    places = []
    for node, new in sorted(changes.edits.items(), key=lambda each: each[0].start):
        if node.target is not None and changes.edits.get(node.target) == new:
            continue
        pieces += [text[done : node.start], write(node, new, text)]
        done = node.end
        if changes.places[node]:
            places.append((bisect_right(lines, node.start) + 1, changes.places[node]))
    return Rewritten(mark + "".join([*pieces, text[done:]]).encode(encoding, "surrogatepass"), places)


def _tell(text: str, reader: object, changes: Changes) -> Writer:
    """Tell of every exchange of a text; return what writes its scalars."""
    if reader is read_yaml:
        from pytest_pcerrors.exchange.redaction.files.yaml_nodes import comments, yaml_nodes, yaml_written

        top = yaml_nodes(text)
        _document(top, changes)
        for comment in comments(top, text):
            changes.comment(comment)
        return yaml_written
    if reader is read_ndjson:
        for start, end in _lines(text):
            changes.exchange(json_nodes(text, start, end))
    else:
        _document(json_nodes(text, 0, len(text)), changes)
    return json_written


def _document(top: Node, changes: Changes) -> None:
    log = top.get("log")
    for holder in (top, *([log] if log is not None else [])):
        for key, value in holder.members():
            if key.value in ("interactions", "entries") and value.kind == "list":
                for item in value.items:
                    changes.exchange(item)
            elif key.value != "log":
                changes.other(key, value)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line that is not blank begins and ends."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1
