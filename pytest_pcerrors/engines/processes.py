"""The audit in several processes, with the findings in the order of one.

Each process has a pipe of its own. So a process that ends, such as one that the system has killed to free memory, is noticed at once with the
unit that it was at; this unit and what was assigned after it are given to others, and a unit that ends a second process is an error.
Results that cannot be used yet wait in the pipes, which are read only as far as memory permits.
"""

import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from typing import Any

from pytest_pcerrors.engines.pieces import PIECE, Unit
from pytest_pcerrors.engines.task import Part, Task, certain
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.audit import Recording
from pytest_pcerrors.reporting.finding_data import FindingData
from pytest_pcerrors.reporting.totals import Totals

_AHEAD = 2  # units that a process has, so that it does not wait for the next
_MOST_UNITS = 8  # units for each process that are begun or done while the first of all is not done
_MOST_WAITING = 16  # parts of a unit that are kept until the units before it are done
_END = b"end"


def findings_in_processes(  # noqa: PLR0913 - two functions for what only this process can do
    units: Iterator[Unit],
    task: Task,
    totals: Totals,
    *,
    jobs: int,
    opened: Callable[[Path | None], Recording],
    on_read: Callable[[int], object],
) -> Iterator[FindingData]:
    """Yield the findings of units in their order, and count them; up to this number of processes check the units.

    `opened` returns the recording of a source that only this process can read. `on_read` is called with the size of each unit that is done.
    """
    joined = Part(totals)
    for unit, part in certain(_parts(units, task, jobs), task):
        if part is not None:
            yield from joined.plus(part)
            if joined.error:
                raise joined.error
            continue
        on_read(unit.size)
        if not unit.pieces:
            yield from totals.counting(task.audit([opened(unit.source)]), task.policy, task.wanted)
        elif unit.piece is not None and unit.piece.is_last:
            yield from joined.end_file(unit.piece.name, task)


def _parts(units: Iterator[Unit], task: Task, jobs: int) -> Iterator[tuple[Unit, Part | None]]:
    """Yield the parts of units in order, with None after the last part of each; up to this number of processes make them.

    This process checks the first file or piece, unless it is large, so that the others, as copies of it, have loaded what they need.
    """
    first = list(islice(units, 2))
    if first and first[0].pieces and (len(first) == 1 or first[0].size <= PIECE):
        unit = first.pop(0)
        if first and len(unit.pieces) > 1:
            first.insert(0, unit._replace(pieces=unit.pieces[1:]))
            unit = unit._replace(pieces=unit.pieces[:1])
        yield from ((unit, part) for part in chain(task.parts(unit), [None]))
    yield from Pool(task, jobs).parts(chain(first, units))


@dataclass(eq=False)
class _Assigned:
    """A unit, its parts that have not been yielded, and how many were received."""

    unit: Unit
    parts: deque[bytes] = field(default_factory=deque)
    received: int = 0
    repeated: int = 0
    """The number of next parts that were received from a process that has ended."""
    is_done: bool = False
    has_ended_process: bool = False


@dataclass(eq=False)
class _Worker:
    connection: "Connection[Any, Any]"
    process: BaseProcess
    queue: deque[_Assigned] = field(default_factory=deque)


class Pool:
    """Processes that check units; they start when there is work for them, and end with `parts`."""

    def __init__(
        self, task: Task, jobs: int, start: "Callable[[Task], tuple[Connection[Any, Any], BaseProcess]] | None" = None
    ) -> None:
        self._task = task
        self._jobs = jobs
        self._start = start or _started
        self._workers: list[_Worker] = []

    def parts(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Part | None]]:
        """Yield the parts of the units in order, with None after the last part of each; a unit without pieces has only this None."""
        waiting = iter(units)
        line: deque[_Assigned] = deque()
        try:
            while True:
                self._fill(line, waiting)
                if not line:
                    return
                head = line[0]
                if head.parts:
                    yield head.unit, pickle.loads(head.parts.popleft())  # noqa: S301 - from our own process
                elif head.is_done:
                    line.popleft()
                    yield head.unit, None
                else:
                    self._receive(head)
        finally:
            self._end()

    def _fill(self, line: deque[_Assigned], waiting: Iterator[Unit]) -> None:
        """Assign the next units, so that each process has enough of them, also while the first unit takes long."""
        while (
            len(line) < _MOST_UNITS * self._jobs
            and (len(self._workers) < self._jobs or any(len(each.queue) < _AHEAD for each in self._workers))
            and (unit := next(waiting, None)) is not None
        ):
            assigned = _Assigned(unit, is_done=not unit.pieces)
            line.append(assigned)
            if unit.pieces:
                self._assign(assigned)

    def _assign(self, assigned: _Assigned) -> None:
        worker = min(self._workers, key=lambda each: len(each.queue), default=None)
        if worker is None or (worker.queue and len(self._workers) < self._jobs):
            worker = _Worker(*self._start(self._task))
            self._workers.append(worker)
        worker.queue.append(assigned)
        with suppress(OSError):  # if its process has ended, this is noticed when its results are received
            worker.connection.send(assigned.unit)

    def _receive(self, head: _Assigned) -> None:
        """Wait for results: those of the process with the first unit, and those of others as long as not too many of them wait."""
        readable = {
            worker.connection: worker
            for worker in self._workers
            if worker.queue and (head in worker.queue or len(worker.queue[0].parts) < _MOST_WAITING)
        }
        for connection in wait(list(readable)):
            worker = readable[connection]  # type: ignore[index]  # only connections were given
            try:
                self._keep(worker, worker.connection.recv_bytes())
            except (EOFError, OSError):
                self._replace(worker)

    def _keep(self, worker: _Worker, message: bytes) -> None:
        assigned = worker.queue[0]
        if message == _END:
            assigned.is_done = True
            worker.queue.popleft()
        elif assigned.repeated:
            assigned.repeated -= 1
        else:
            assigned.received += 1
            assigned.parts.append(message)

    def _replace(self, worker: _Worker) -> None:
        """Give the units of a process that has ended to others."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()
        first = worker.queue[0]
        if first.has_ended_process:
            names = " and ".join(dict.fromkeys([first.unit.pieces[0].name, first.unit.pieces[-1].name]))
            how = f"signal {-code}" if (code := worker.process.exitcode or 0) < 0 else f"exit code {code}"
            raise UsageError(
                f"{names}: the process that checked it has ended twice ({how}); "
                "check it with --jobs 1, or on a machine with more memory"
            )
        first.has_ended_process, first.repeated = True, first.received
        for assigned in worker.queue:
            self._assign(assigned)

    def _end(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.connection.close()
            worker.process.join()


def work(connection: "Connection[Any, Any]", task: Task) -> None:
    """Check the units that are received, and send their parts, until the other end of the pipe is closed."""
    with suppress(EOFError, OSError):
        while True:
            for part in task.parts(connection.recv()):
                connection.send(part)
            connection.send_bytes(_END)


def work_without_interrupts(connection: "Connection[Any, Any]", task: Task) -> None:
    """Do `work` in a process of its own: Ctrl-C is for the process that started it, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work(connection, task)


def _started(task: Task) -> "tuple[Connection[Any, Any], BaseProcess]":
    """Start a process; return our end of the pipe to it, and the process."""
    context = _context(_threads())
    ours, theirs = context.Pipe()
    process = context.Process(target=work_without_interrupts, args=(theirs, task), daemon=True)
    with _held_interrupts():
        process.start()
    theirs.close()
    return ours, process


def _context(threads: int) -> Any:
    """Return how a process with so many threads starts others: with one, by a copy of itself, which has loaded everything already."""
    if threads == 1:
        return get_context("fork")
    if hasattr(signal, "pthread_sigmask"):
        ensure_running()  # it would let interrupts through after its own start; Windows has no such process
    return get_context("spawn")


def _threads() -> int:
    """Return the number of threads of this process, with those that Python does not know; 0 where that is unknown, other than on Linux."""
    return len(list(Path("/proc/self/task").glob("*")))


@contextmanager
def _held_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts, which inherits that; so it prints no traceback before it can ignore it by itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
