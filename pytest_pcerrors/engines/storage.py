"""Files of any storage of fsspec, which are read as local files are."""

from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob, has_magic
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import fsspec

from pytest_pcerrors.engines.pieces import Piece, Unit, has_lines, units_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import archive_files
from pytest_pcerrors.exchange.archives.folders import ending
from pytest_pcerrors.exchange.archives.formats import READERS
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.streams import PACKED
from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = 32 * 1024 * 1024
"""The size of a piece for a process of a cluster, in bytes."""

_AHEAD = 8 * 1024 * 1024
"""The number of bytes that one request asks for."""


class StoredFile:
    """A file of a storage, with the methods of `pathlib.Path` that readers call; any error of the storage is an `OSError`."""

    def __init__(self, storage: Any, path: str) -> None:
        self._storage = storage
        self._path = path
        self.name = Path(path).name
        self.suffix = Path(path).suffix

    def __str__(self) -> str:
        """Return the URL, without credentials."""
        return str(self._storage.unstrip_protocol(self._path))

    def is_file(self) -> bool:
        """Return that it is one."""
        return True

    def open(self, *_: object, **__: object) -> IO[bytes]:
        """Open it to read its bytes."""
        with _as_oserror():
            return BufferedReader(_Stream(self._storage.open(self._path, "rb", block_size=_AHEAD)))


class _Stream(RawIOBase):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, position: int, whence: int = 0) -> int:
        return self._file.seek(position, whence)

    def readinto(self, buffer: Any) -> int:
        with _as_oserror():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


@contextmanager
def _as_oserror() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - each storage has exceptions of its own
        raise OSError(_reason(error)) from None


def _reason(error: Exception, hidden: str = "") -> str:
    text = " ".join(str(error).split())
    return safe(f"{type(error).__name__}: {text.replace(hidden, '***') if hidden else text}")


def units_of_paths(paths: "Sequence[str]", *, has_layout: bool) -> list[Unit]:
    """Return the units of files, folders and patterns: paths, or URLs such as ``s3://bucket/logs/*.ndjson``."""
    files: dict[str, Piece] = {}
    for path in paths:
        for file in _of_url(path) if "://" in path else _of_path(path):
            files.setdefault(str(file.file), file)

    def is_cut(file: Piece) -> bool:
        if not isinstance(file.file, StoredFile):
            return has_lines(file, has_layout=has_layout)
        reader = READERS.get(ending(file.file))
        return file.file.suffix.lower() not in PACKED and (reader is read_ndjson or (has_layout and reader is None))

    return list(units_of(files.values(), is_cut, BLOCK))


def _of_path(path: str) -> Iterator[Piece]:
    """Yield local files with absolute paths."""
    if not path or path == "-":
        raise UsageError("the engine dask reads files; give their paths, not standard input")
    found = sorted(glob(path, recursive=True)) if has_magic(path) and not Path(path).exists() else [path]  # noqa: PTH207 - the pattern may be absolute
    if not found:
        raise UsageError(f"{path}: no file has such a name")
    for each in found:
        for file in archive_files(Path(each)):
            yield Piece(file.absolute(), str(file), file.stat().st_size)


def _of_url(url: str) -> Iterator[Piece]:
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
        credentials = urlsplit(url).netloc.rpartition("@")[0]
        reason = _reason(error, credentials)
        raise UsageError(f"{safe(url)}: cannot be read: {reason}") from None
    if not found:
        raise UsageError(f"{safe(url)}: no file has such a name")
    for name, each in sorted(found.items()):
        if each["type"] == "file":
            file = StoredFile(storage, name)
            yield Piece(cast("Path", file), str(file), int(each["size"] or 0))
