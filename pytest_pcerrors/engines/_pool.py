"""A pool of processes that returns the results of units in the order of the units.

Each process has a pipe of its own. So a process that ends, such as one that the system has killed to free memory, is noticed at once with the
unit that it was at; this unit and what was assigned after it are given to others, and a unit that ends a second process is an error.
Results that cannot be used yet wait in the pipes, which are read only as far as memory permits.
"""

import pickle
import signal
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pytest_pcerrors.engines.task import Part, Task
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_pcerrors.engines.pieces import Unit

_AHEAD = 2
"""The number of units that a process has, so that it does not wait for the next."""

_MOST_WAITING = 64
"""The number of parts of a unit that are kept until the units before it are done."""

_END = b"end"


class _Process(Protocol):
    @property
    def exitcode(self) -> int | None: ...

    def terminate(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...


@dataclass(eq=False)
class _Assigned:
    """A unit, its parts that have not been yielded, and how many were received."""

    unit: "Unit"
    parts: "deque[bytes]" = field(default_factory=deque)
    received: int = 0
    repeated: int = 0
    """The number of next parts that were received from a process that has ended."""
    is_done: bool = False
    has_ended_process: bool = False


@dataclass(eq=False)
class _Worker:
    connection: "Connection[Any, Any]"
    process: _Process
    queue: "deque[_Assigned]" = field(default_factory=deque)


class Pool:
    """Processes that check units; they start when there is work for them, and end with `parts`."""

    def __init__(
        self, task: Task, jobs: int, start: "Callable[[bytes], tuple[Connection[Any, Any], _Process]] | None" = None
    ) -> None:
        self._task = pickle.dumps(task)
        self._jobs = jobs
        self._start = start or _started
        self._workers: list[_Worker] = []

    def parts(self, units: "Iterable[Unit]") -> "Iterator[tuple[Unit, Part | None]]":
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

    def _fill(self, line: "deque[_Assigned]", waiting: "Iterator[Unit]") -> None:
        """Assign the next units, so that each process has enough of them."""
        while len(line) < _AHEAD * self._jobs and (unit := next(waiting, None)) is not None:
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
        """Wait for results: those of the first unit, and those of others as long as not too many of them wait."""
        readable = {
            worker.connection: worker
            for worker in self._workers
            if worker.queue and (worker.queue[0] is head or len(worker.queue[0].parts) < _MOST_WAITING)
        }
        for connection in wait(list(readable)):
            worker = readable[connection]  # type: ignore[index]  # only connections were given
            try:
                message = worker.connection.recv_bytes()
            except (EOFError, OSError):
                self._replace(worker)
            else:
                self._keep(worker, message)

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
            raise UsageError(
                f"{names}: the process that checked it has ended twice ({_how(worker.process.exitcode)}); "
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


def work(connection: "Connection[Any, Any]", packed: bytes) -> None:
    """Check the units that are received, and send their parts, until the other end of the pipe is closed."""
    task: Task = pickle.loads(packed)  # noqa: S301 - from our own process
    with suppress(EOFError, OSError):
        while True:
            for part in task.parts(connection.recv()):
                connection.send(part)
            connection.send_bytes(_END)


def work_without_interrupts(connection: "Connection[Any, Any]", packed: bytes) -> None:
    """Do `work` in a process of its own: Ctrl-C is for the process that started it, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(connection, packed)


def _started(packed: bytes) -> "tuple[Connection[Any, Any], _Process]":
    """Start a process; return our end of the pipe to it, and the process."""
    context = _context(_threads())
    ours, theirs = context.Pipe()
    process = context.Process(target=work_without_interrupts, args=(theirs, packed), daemon=True)  # type: ignore[attr-defined]  # each context has it
    with _held_interrupts():
        process.start()
    theirs.close()
    return ours, process


def _context(threads: int) -> BaseContext:
    """Return how a process with so many threads starts others: with one, by a copy of itself, which has imported everything already."""
    if threads == 1:
        return get_context("fork")
    ensure_running()  # it would let interrupts through after its own start
    return get_context("spawn")


def _threads() -> int:
    """Return the number of threads of this process, with those that Python does not know; 0 where that is unknown, other than on Linux."""
    return len(list(Path("/proc/self/task").glob("*")))


@contextmanager
def _held_interrupts() -> "Iterator[None]":
    """Hold Ctrl-C back while a process starts, which inherits that; so it prints no traceback before it can ignore it by itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how(exitcode: int | None) -> str:
    return f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"
