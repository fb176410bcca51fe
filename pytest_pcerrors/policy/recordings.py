"""Recordings for an audit: the items of an archive, and the secrets that were found in it."""

from contextlib import suppress
from functools import partial
from io import BufferedReader, RawIOBase
from itertools import tee
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Self

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import (
    cassette_interactions,
    file_items,
    ndjson_chunks,
    stream_chunks,
    stream_items,
)
from pytest_pcerrors.exchange.archives.pieces import opened, piece_chunks, piece_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.archives.pieces import Piece
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.redaction.files.rewriting import InItem
    from pytest_pcerrors.secrets import Found

_PIECE = 64 * 1024


class Recording(NamedTuple):
    """An archive: its name, its items, and the secrets in it, in the order of the items."""

    name: str
    items: "Iterable[Item]"
    found: "Iterable[InItem]" = ()
    chunks: "Callable[[], Iterator[bytes | ArchiveError] | None]" = lambda: None
    """A function that returns the lines of an NDJSON file in chunks, to be read instead of the items; None for other files."""
    first: int = 1
    """The number of the first line of the chunks."""
    interactions: "Callable[[], Iterator[tuple[list[bytes], int]] | None]" = lambda: None
    """A function that returns the interactions of a cassette as texts, with the line of the first; None for other files."""

    @classmethod
    def of_file(
        cls, file: Path, policy: "Policy", name: str = "", on_read: "Callable[[int], object] | None" = None
    ) -> Self:
        """Return a file as a recording that is read item by item; `name` is the path that origins show.

        `on_read` is called with the number of bytes of every read.
        """
        name = name or str(file)
        items, found = file_items(file, name, on_read, policy.layout), _found_in_file(file, name, policy)
        chunks = partial(ndjson_chunks, file, name, on_read)
        return cls(name, items, found, chunks, interactions=partial(cassette_interactions, file, on_read))

    @classmethod
    def of_piece(cls, piece: "Piece", policy: "Policy") -> Self:
        """Return a piece of a file as a recording: the whole file, or the lines of NDJSON in a range of its bytes."""
        if piece.end is None:
            return cls.of_file(piece.file, policy, piece.name)
        found = _found_in_piece(piece, policy) if policy.searches_for_secrets else ()
        return cls(piece.name, piece_items(piece, policy.layout), found, partial(piece_chunks, piece), piece.first)

    @classmethod
    def of_stream(cls, stream: IO[bytes], name: str, policy: "Policy") -> Self:
        """Return a stream as a recording that is read item by item, NDJSON line by line or in chunks."""
        chunks = partial(stream_chunks, stream, name)
        if not policy.searches_for_secrets:
            return cls(name, stream_items(stream, name, policy.layout), (), chunks)
        from pytest_pcerrors.redaction.files.rewriting import found_in

        read = getattr(stream, "read1", stream.read)  # the available bytes, without waiting for more
        one, other = (BufferedReader(_Pieces(each)) for each in tee(iter(partial(read, _PIECE), b"")))
        found = found_in(other, name, policy.redaction, has_layout=policy.layout is not None)
        return cls(name, stream_items(one, name, policy.layout), found, chunks)


class SecretsByItem:
    """The secrets of a recording by item."""

    def __init__(self, recording: Recording) -> None:
        self._name = recording.name
        self._found = iter(recording.found)
        self._next: InItem | None = None

    def of(self, number: int, item: "Item") -> "list[Found]":
        """Return the secrets in an item. Call it with ascending numbers; a file that cannot be read at all is not searched."""
        if isinstance(item, ArchiveError) and item.place == self._name:
            self._found = iter(())
        found: list[Found] = []
        while (each := self._peek()) is not None and each.item is not None and each.item <= number:
            found += [at.found for at in each.locations]
            self._next = None
            if each.item == number:
                break
        return found

    def rest(self) -> "list[tuple[str, Found]]":
        """Return the remaining secrets, which are outside of all items, each with its origin."""
        left = []
        while (each := self._peek()) is not None:
            left += [(f"{self._name}:{at.line}", at.found) for at in each.locations]
            self._next = None
        return left

    def _peek(self) -> "InItem | None":
        if self._next is None:
            self._next = next(self._found, None)
        return self._next


class _Pieces(RawIOBase):
    """A stream made of pieces."""

    def __init__(self, pieces: "Iterator[bytes]") -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._left or next(self._pieces, b"")
        size = min(len(data), len(buffer))
        buffer[:size], self._left = data[:size], data[size:]
        return size


def _found_in_file(file: Path, name: str, policy: "Policy") -> "Iterator[InItem]":
    if policy.searches_for_secrets:
        from pytest_pcerrors.redaction.files.rewriting import found_in

        with suppress(OSError), file.open("rb") as stream:
            yield from found_in(stream, name, policy.redaction, has_layout=policy.layout is not None)


def _found_in_piece(piece: "Piece", policy: "Policy") -> "Iterator[InItem]":
    from pytest_pcerrors.redaction.files.rewriting import found_in_lines

    with suppress(OSError), opened(piece) as stream:
        yield from found_in_lines(stream, piece.name, policy.redaction)
