"""Input of the command: files, folders, standard input (-) or a storage, and the findings of what is read, in this process or in others."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from stat import S_ISREG
from types import ModuleType
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import click

from pytest_pcerrors.cli._output import progress_bar
from pytest_pcerrors.documents import refuse_named_pipe
from pytest_pcerrors.errors import UsageError, misuse_of
from pytest_pcerrors.exchange.archives.files import archive_files, file_items, read_body, stream_items
from pytest_pcerrors.exchange.archives.folders import identity
from pytest_pcerrors.policy.audit import Recording, audit
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.settings import COLLECT

if TYPE_CHECKING:
    from pytest_pcerrors.engines.task import Task
    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.totals import Totals
    from pytest_pcerrors.settings import Settings

Source = Path | None
"""A file, or None for standard input."""

STDIN = "-"
_PROTOCOLS = ("tcp", "tls", "ucx", "ws", "wss")
_WORTH, _OPENING = 4 * 1024 * 1024, 4096
"""The size of what is worth a process, in bytes, and of what could be read in the time that it takes to open a file."""


class Input(NamedTuple):
    """What is checked: the files that must not be the output, and the function that yields the findings and counts everything."""

    files: Sequence[Source]
    findings: "Callable[[Task, Totals], Iterator[FindingData]]"


def standard_input() -> IO[bytes]:
    """Return the stream of standard input."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def sources_of(paths: Sequence[str]) -> list[Source]:
    """Return every file to read once, and None for standard input. A wrong path raises before anything is read."""
    found = [source for path in paths for source in ([None] if path == STDIN else archive_files(Path(path)))]
    if len(paths) == 1:
        return found
    sources: dict[object, Source] = {}
    for source in found:
        sources.setdefault(source and identity(source), source)
    return list(sources.values())


def from_here(path: Path) -> Path:
    """Return a path of the settings, relative to the working directory if it is inside it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def size_of(source: Source) -> int | None:
    """Return the size of a file in bytes, or None for what has none: standard input, a pipe or a device."""
    with suppress(OSError):
        if source is not None and S_ISREG((status := source.stat()).st_mode):
            return status.st_size
    return None


def items_in(source: Source) -> "Iterator[Item]":
    """Yield the items of a file or of standard input."""
    return stream_items(standard_input(), STDIN) if source is None else file_items(source)


def recording_of(source: Source, policy: "Policy", on_read: Callable[[int], object] | None = None) -> Recording:
    """Return a file or standard input as a recording; `on_read` is called with the number of bytes of every read of a file.

    A pipe such as ``<(zcat log.gz)`` of a shell can be read only once, as standard input.
    """
    if source is None:
        return Recording.of_stream(standard_input(), STDIN, policy)
    if source.is_fifo():
        stream = click.get_current_context().with_resource(source.open("rb"))
        return Recording.of_stream(stream, str(source), policy)
    return Recording.of_file(source, policy, on_read=on_read)


def refuse_overwriting(output: Path | None, sources: Iterable[Source]) -> None:
    """Raise a `UsageError` if the output is one of the files to read, under any name. None is standard input."""
    if output is None or not output.is_file():
        return
    taken = identity(output)
    if any(taken == (_identity_of_stdin() if source is None else identity(source)) for source in sources):
        raise UsageError(f"{output} is an input and cannot be the output; give another file")


def _identity_of_stdin() -> object:
    with suppress(UsageError, OSError, ValueError):
        status = os.fstat(standard_input().fileno())
        return status.st_dev, status.st_ino
    return None


def bodies(paths: Sequence[str], status: int) -> Input:
    """Return files (or standard input) with an error body alone, received with this status; they are checked in this process."""

    def findings(task: "Task", totals: "Totals") -> "Iterator[FindingData]":
        found = audit([Recording("", _bodies(paths, status))], task.policy)
        return totals.counting(found, task.policy, task.wanted)

    return Input([*map(Path, paths)], findings)


def _bodies(paths: Sequence[str], status: int) -> "Iterator[Exchange]":
    """Yield an exchange for each body. A wrong path is a `UsageError`."""
    if not paths:
        raise UsageError("--status needs a file with one error body, or - for standard input")
    for path in paths:
        if Path(path).is_dir():
            raise UsageError(f"{path}: is a folder; --status needs a file with one error body, or - for standard input")
        try:
            refuse_named_pipe(Path(path))
            with nullcontext(standard_input()) if path == STDIN else Path(path).open("rb") as stream:
                yield read_body(stream, path, status)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None


def address_of(engine: str) -> str | None:
    """Return the address of the scheduler of Dask, empty for one of this machine; None for the engine of this process."""
    name, _, address = engine.partition("=")
    if engine != "local" and (name != "dask" or (address and not _is_address(address))):
        raise UsageError("--engine: expected local, dask, or dask=ADDRESS, such as dask=tcp://scheduler:8786")
    return None if engine == "local" else address


def _is_address(address: str) -> bool:
    """Return whether it is that of a scheduler: with a protocol of Dask, a host and, unless it is in this process, a port."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "inproc" or (parts.scheme in _PROTOCOLS and bool(parts.hostname and parts.port))
    except ValueError:
        return False


def input_of(paths: Sequence[str], settings: "Settings", *, jobs: int, address: str | None, quiet: bool) -> Input:
    """Return the files of these paths, or else those that the settings collect; a wrong path raises before anything is read.

    They are checked in so many processes (0: as many as are useful), or on Dask if there is an `address`.
    """
    wanted = paths or [str(from_here(path)) for path in settings.collect]
    if not wanted:
        raise UsageError("give a file or folder to check, or set `collect` in [tool.pcerrors]")
    named_by = nullcontext() if paths else misuse_of(COLLECT)
    if address is not None:
        cluster = _cluster()
        with named_by:
            units = cluster.units_of_paths(wanted, has_layout=settings.map is not None)
        files = [Path(str(piece.file)) for unit in units for piece in unit.pieces]
        return Input(files, partial(cluster.findings_on_dask, units, jobs=jobs or _cpus(), address=address))
    if url := next((path for path in wanted if "://" in path and not Path(path).exists()), ""):
        raise UsageError(f"{safe(url)}: is a URL; read it with --engine dask")
    with named_by:
        sources = sources_of(wanted)
    return Input(sources, partial(_findings_here, sources, jobs=jobs, quiet=quiet))


def _findings_here(
    sources: Sequence[Source], task: "Task", totals: "Totals", *, jobs: int, quiet: bool
) -> "Iterator[FindingData]":
    """Yield the findings of the report for these sources, in their order, and count everything, in processes of this machine."""
    policy, sizes = task.policy, [size_of(source) for source in sources]
    jobs = jobs or max(1, min(_cpus(), sum(size + _OPENING for size in sizes if size is not None) // _WORTH))
    with progress_bar(sizes, quiet=quiet) as on_read:
        opened = partial(recording_of, policy=policy, on_read=on_read)
        if jobs == 1:
            yield from totals.counting(task.audit(map(opened, sources)), policy, task.wanted)
            return
        from pytest_pcerrors.engines.pieces import units_of_sources
        from pytest_pcerrors.engines.processes import findings_in_processes

        units = units_of_sources(
            zip(sources, sizes, strict=True),
            has_layout=policy.layout is not None,
            cuts_cassettes=task.counts_interactions,
        )
        counted = on_read or (lambda _: None)
        yield from findings_in_processes(units, task, totals, jobs=jobs, opened=opened, on_read=counted)


def _cpus() -> int:
    """Return the number of CPUs that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cluster() -> ModuleType:
    """Return the module of the engine for Dask; a missing package is a `UsageError`."""
    try:
        import distributed  # noqa: F401 - it takes long, and storage is not read without it

        return import_module("pytest_pcerrors.engines.cluster")
    except ImportError:
        raise UsageError("--engine dask needs Dask: pip install 'pytest-pcerrors[dask]'") from None
