"""Files of any storage of fsspec, and their blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob, has_magic
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import fsspec
from fsspec.utils import read_block

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import archive_files
from pytest_pcerrors.exchange.archives.folders import ending
from pytest_pcerrors.exchange.archives.formats import READERS
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.streams import PACKED

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = 32 * 1024 * 1024
"""The size of a block, in bytes."""


class Block(NamedTuple):
    """A file of a storage, or the lines of it that begin in a range of its bytes. `name` is the path in origins."""

    name: str
    url: str
    start: int = 0
    length: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole file."""
        return not self.length


def blocks_of(paths: "Sequence[str]", *, has_layout: bool) -> list[Block]:
    """Return the blocks of files, folders and patterns: paths, or URLs such as ``s3://bucket/logs/*.ndjson``. Files with lines are cut."""
    blocks: dict[str, list[Block]] = {}
    for path in paths:
        for name, url, size in _of_url(path) if "://" in path else _of_path(path):
            starts = range(0, size, BLOCK) if _has_lines(name, has_layout=has_layout) and size > BLOCK else ()
            blocks[url] = [Block(name, url, start, BLOCK) for start in starts] or [Block(name, url)]
    return [block for of_file in blocks.values() for block in of_file]


@contextmanager
def opened(block: Block) -> Iterator[IO[bytes]]:
    """Open the file of a block."""
    with fsspec.open(block.url, "rb") as stream:
        yield cast("IO[bytes]", stream)


def plain_lines(stream: IO[bytes], block: Block) -> bytes:
    """Read the lines of a block."""
    return cast("bytes", read_block(stream, block.start, block.length, b"\n"))


def _of_path(path: str) -> Iterator[tuple[str, str, int]]:
    """Yield name, absolute path and size of local files."""
    if not path or path == "-":
        raise UsageError("the engine dask reads files; give their paths, not standard input")
    found = sorted(glob(path, recursive=True)) if has_magic(path) and not Path(path).exists() else [path]  # noqa: PTH207 - the pattern may be absolute
    if not found:
        raise UsageError(f"{path}: no file has such a name")
    for each in found:
        for file in archive_files(Path(each)):
            yield str(file), str(file.absolute()), file.stat().st_size


def _of_url(url: str) -> Iterator[tuple[str, str, int]]:
    try:
        storage, path = fsspec.core.url_to_fs(url)
        if has_magic(path):
            found = storage.glob(path, detail=True)
        elif storage.isdir(path):
            found = {
                name: each for name, each in storage.find(path, detail=True).items() if ending(Path(name)) in READERS
            }
        else:
            found = {path: storage.info(path)}
    except Exception as error:  # noqa: BLE001 - each storage has exceptions of its own
        raise UsageError(f"{url}: cannot be read: {type(error).__name__}: {error}") from None
    if not found:
        raise UsageError(f"{url}: no file has such a name")
    for name, each in sorted(found.items()):
        if each["type"] == "file":
            full = str(storage.unstrip_protocol(name))
            yield full, full, int(each["size"] or 0)


def _has_lines(name: str, *, has_layout: bool) -> bool:
    """Return whether a file can be cut at line ends, by its name."""
    suffix = Path(name).suffix.lower()
    reader = READERS.get(suffix)
    return suffix not in PACKED and (reader is read_ndjson or (has_layout and reader is None))
