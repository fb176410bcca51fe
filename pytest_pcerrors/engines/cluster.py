"""The audit as a Dask graph, over files of any storage."""

import pickle
import signal
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from itertools import groupby
from logging import ERROR
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.engines.task import Part, Task
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.engines.pieces import Unit

_WIDTH = 16
"""The number of parts that one step joins."""


def check_on_dask(units: "Iterable[Unit]", task: Task, address: str, jobs: int) -> Part:
    """Check units, and return all of their results as one part: on the cluster at an address, or on one of this machine with so many processes."""
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
    return result


@contextmanager
def _without_interrupts() -> "Iterator[None]":
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


def check_unit(packed: bytes, unit: "Unit") -> Part:
    """Check a unit, in a process of the cluster."""
    return join(packed, _task(packed).parts(unit))


def join(packed: bytes, parts: "Iterable[Part]", file: str = "") -> Part:
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
