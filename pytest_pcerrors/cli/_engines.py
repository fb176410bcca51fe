"""Where an audit runs, as options say, and the findings of it."""

import os
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pytest_pcerrors.cli._input import recording_of, size_of, sources_of
from pytest_pcerrors.cli._options import from_here
from pytest_pcerrors.cli._output import progress_bar
from pytest_pcerrors.errors import UsageError, misuse_of
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.settings import COLLECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from pytest_pcerrors.cli._input import Source
    from pytest_pcerrors.engines.task import Task
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.totals import Totals
    from pytest_pcerrors.settings import Settings

_PROTOCOLS = ("tcp", "tls", "ucx", "ws", "wss")
_WORTH = 4 * 1024 * 1024
"""The size of what is worth a process, in bytes."""


class Input(NamedTuple):
    """What is checked: the files that must not be the output, and the function that yields the findings and counts everything."""

    files: "Sequence[Source]"
    findings: "Callable[[Task, Totals], Iterator[FindingData]]"


def address_of(engine: str) -> str | None:
    """Return the address of the scheduler of Dask, empty for one of this machine; None for the engine of this process."""
    name, _, address = engine.partition("=")
    if engine != "local" and (name != "dask" or (address and not _is_address(address))):
        raise UsageError("--engine: expected local, dask, or dask=ADDRESS, such as dask=tcp://scheduler:8786")
    return None if engine == "local" else address


def input_of(paths: "Sequence[str]", settings: "Settings", *, jobs: int, address: str | None, quiet: bool) -> Input:
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
    sizes = [size_of(source) for source in sources]
    jobs = jobs or max(1, min(_cpus(), sum(filter(None, sizes)) // _WORTH))
    bar = partial(progress_bar, sizes, quiet=quiet)
    return Input(sources, partial(_findings_of, sources, jobs=jobs, bar=bar))


def _cpus() -> int:
    """Return the number of CPUs that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _findings_of(
    sources: "Sequence[Source]",
    task: "Task",
    totals: "Totals",
    *,
    jobs: int,
    bar: "Callable[[], AbstractContextManager[Callable[[int], object] | None]]",
) -> "Iterator[FindingData]":
    """Yield the findings of the report for these sources, in their order, and count everything."""
    policy = task.policy
    with bar() as on_read:
        if jobs == 1:
            recordings = (recording_of(source, policy, on_read) for source in sources)
            yield from totals.counting(task.audit(recordings), policy, task.wanted)
            return
        from pytest_pcerrors.engines.pieces import units_of_sources
        from pytest_pcerrors.engines.processes import findings_in_processes

        units = units_of_sources(sources, has_layout=policy.layout is not None)
        opened = partial(recording_of, policy=policy, on_read=on_read)
        yield from findings_in_processes(
            units, task, totals, jobs=jobs, opened=opened, on_read=on_read or (lambda _: None)
        )


def _is_address(address: str) -> bool:
    """Return whether it is that of a scheduler: with a protocol of Dask, a host and, unless it is in this process, a port."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "inproc" or (parts.scheme in _PROTOCOLS and bool(parts.hostname and parts.port))
    except ValueError:
        return False


def _cluster() -> ModuleType:
    """Return the module of the engine for Dask; a missing package is a `UsageError`."""
    try:
        import distributed  # noqa: F401 - it takes long, and storage is not read without it

        return import_module("pytest_pcerrors.engines.cluster")
    except ImportError:
        raise UsageError("--engine dask needs Dask: pip install 'pytest-pcerrors[dask]'") from None
