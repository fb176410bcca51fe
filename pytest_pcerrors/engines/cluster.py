"""The engine for Dask: files of any storage of fsspec, which are read as local files are, and their audit as a Dask graph."""

import pickle
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from glob import glob, has_magic
from io import BufferedReader, RawIOBase
from itertools import groupby
from logging import ERROR
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import fsspec

from pytest_pcerrors.engines.pieces import Piece, Unit, has_lines, units_of
from pytest_pcerrors.engines.task import Part, Task
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.files import archive_files
from pytest_pcerrors.exchange.archives.folders import ending
from pytest_pcerrors.exchange.archives.formats import READERS
from pytest_pcerrors.exchange.archives.json_files import read_ndjson
from pytest_pcerrors.exchange.archives.streams import PACKED
from pytest_pcerrors.reporting.finding_data import FindingData
from pytest_pcerrors.reporting.totals import Totals
from pytest_pcerrors.secrets.display import safe

BLOCK = 32 * 1024 * 1024
"""The size of a piece for a process of a cluster, in bytes."""

_AHEAD = 8 * 1024 * 1024
"""The number of bytes that one request asks for."""

_WIDTH = 16
"""The number of parts that one step joins."""


class StoredFile:
    """A file of a storage, with the methods of `pathlib.Path` that readers call; any error of the storage is an `OSError`."""

    def __init__(self, storage: Any, path: str) -> None:
        self._storage = storage
        self._path = path
        self.name: str = Path(path).name
        self.suffix: str = Path(path).suffix

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


def units_of_paths(paths: Sequence[str], *, has_layout: bool) -> list[Unit]:
    """Return the units of files, folders and patterns: paths, or URLs such as ``s3://bucket/logs/*.ndjson``."""
    files: dict[str, Piece] = {}
    for path in paths:
        for file in _of_url(path) if "://" in path else _of_path(path):
            files.setdefault(str(file.file), file)

    def starts(file: Piece) -> Sequence[int]:
        if file.size <= BLOCK:
            return ()
        if isinstance(file.file, StoredFile):
            reader = READERS.get(ending(file.file))
            is_ndjson = reader is read_ndjson or (has_layout and reader is None)
            is_cut = is_ndjson and file.file.suffix.lower() not in PACKED
        else:
            is_cut = has_lines(file, has_layout=has_layout)
        return range(0, file.size, BLOCK) if is_cut else ()

    return list(units_of(files.values(), starts))


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


def findings_on_dask(
    units: Iterable[Unit], task: Task, totals: Totals, *, address: str, jobs: int
) -> Iterator[FindingData]:
    """Yield the samples of the findings of units, and count everything: on the cluster at an address, or on one of this machine with so many processes."""
    from dask.delayed import delayed
    from distributed import Client, KilledWorker

    packed = delayed(pickle.dumps(task))
    files = []
    for piece, of_file in groupby(units, lambda unit: unit.piece and unit.piece.name):
        parts = [delayed(check_unit)(packed, unit) for unit in of_file]
        files += parts if piece is None else [_tree(packed, parts, piece)]
    workers = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": ERROR}
    try:
        with nullcontext() if address else _without_interrupts():  # half a cluster would take a minute to end
            client = Client(address or None, set_as_default=False, **({} if address else workers))
    except OSError as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        try:
            result: Part = client.compute(_tree(packed, files)).result()
        except KilledWorker as error:
            raise UsageError(f"workers of the cluster have ended again and again: {error}") from None
        except ModuleNotFoundError as error:
            raise UsageError(f"the workers need pytest-pcerrors and your rules installed: {error}") from None
    totals.plus(result.totals)
    yield from result.findings
    if result.error:
        raise result.error


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C for a time; processes that start meanwhile ignore it always."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tree(packed: Any, parts: list[Any], file: str = "") -> Any:
    """Return the join of parts, which are those of a file if its name is given."""
    from dask.delayed import delayed

    while len(parts) > _WIDTH:
        parts = [delayed(join)(packed, parts[start : start + _WIDTH]) for start in range(0, len(parts), _WIDTH)]
    return delayed(join)(packed, parts, file)


def check_unit(packed: bytes, unit: Unit) -> Part:
    """Check a unit, in a process of the cluster."""
    return join(packed, _task(packed).parts(unit))


def join(packed: bytes, parts: Iterable[Part], file: str = "") -> Part:
    """Join parts that follow each other, those of a file if its name is given; they are not changed, since Dask may use them again."""
    task = _task(packed)
    joined = Part(task.totals())
    for part in parts:
        joined.findings = list(task.wanted.kept([*joined.findings, *joined.plus(part)]))
    if file:
        joined.findings = list(task.wanted.kept([*joined.findings, *joined.end_file(file, task)]))
    return joined


@lru_cache(maxsize=2)
def _task(packed: bytes) -> Task:
    task: Task = pickle.loads(packed)  # noqa: S301 - from the process that started the audit
    return task
