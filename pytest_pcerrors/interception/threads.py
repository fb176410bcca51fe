"""The threads that a test starts: a request that one of them sends after the end of its test is refused.

vcrpy's patches hold for the whole process, so such a request would be recorded in the cassette of the next test, or replayed from it.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from queue import Queue
from socketserver import BaseServer
from types import FrameType
from typing import Any
from unittest import mock

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.check import current
from pytest_pcerrors.secrets.display import safe

_AWAITING = frozenset({Queue.get.__code__, BaseServer.serve_forever.__code__})
"""The functions in which a thread waits for work of others."""


class StartedThreads:
    """The threads, and the jobs for thread pools, that a test starts. Observers receive each request after the end of the test."""

    def __init__(self, test: str) -> None:
        self.test = test
        self.has_ended: bool = False
        self.main: int = threading.get_ident()
        """The thread that runs the test."""
        self._observers = current().observers

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Follow what is started in a block; at its end, the test has ended.

        What works for several tests belongs to none: a thread that `shared` starts, the threads of pools, a thread that waits for work at
        the end of the block, and tasks of an event loop in another thread, which have the context of the code that adds them.
        """
        _release_awaiting()
        _open.append(self)
        with (
            mock.patch.object(threading.Thread, "start", _starting(threading.Thread.start)),
            mock.patch.object(ThreadPoolExecutor, "submit", _submitting(ThreadPoolExecutor.submit)),
        ):
            try:
                yield
            finally:
                _open.remove(self)
                _release_awaiting()
                self.has_ended = True

    def refusal(self, request: str) -> UsageError:
        """Report a request of this thread after the end of the test, and return the error for its client."""
        thread = safe(threading.current_thread().name)
        for each in self._observers:
            each.on_late(self.test, f"{request} ({thread})")
        return UsageError(
            f"{request} is neither recorded nor replayed: the thread {thread} was started by {self.test}, which has ended; "
            "wait for the thread in that test, or start it in a fixture with a wider scope if it works for several tests"
        )


@dataclass(eq=False)
class _Work:
    """What a thread does for the test that started it, until it is released to work for others."""

    threads: StartedThreads
    is_released: bool = False


_open: list[StartedThreads] = []
"""The threads of the tests that run, from the outermost test to the innermost one."""
_here = threading.local()
_current: ContextVar[_Work | None] = ContextVar("pytest_pcerrors_work", default=None)
_running: dict[int, _Work] = {}
"""The work of each thread, by its identifier."""


@contextmanager
def shared() -> Iterator[None]:
    """Start threads for several tests in a block, such as a fixture of a wider scope."""
    before = getattr(_here, "is_shared", False)
    _here.is_shared = True
    try:
        yield
    finally:
        _here.is_shared = before


def ended_here() -> StartedThreads | None:
    """Return the threads of the test that has started what runs here, if the test has ended."""
    work = _work_here()
    return work.threads if work is not None and work.threads.has_ended else None


def _starting(start: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a `Thread.start` after which the thread knows which test has started it."""

    @wraps(start)
    def starting(thread: Any) -> None:
        run, work = thread.run, None if _is_of_pool(thread) else _new_work()

        def working() -> None:
            vars(thread).pop("run", None)
            with _doing(work):
                run()

        thread.run = working
        start(thread)

    return starting


def _submitting(submit: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `ThreadPoolExecutor.submit` for jobs that know which test has submitted them; the threads belong to no test."""

    @wraps(submit)
    def submitting(pool: Any, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        work = _new_work()

        def working(*arguments: Any, **options: Any) -> Any:
            with _doing(work):
                return function(*arguments, **options)

        with shared():
            return submit(pool, working, *arguments, **options)

    return submitting


def _new_work() -> _Work | None:
    """Return the work of a thread that is started here; None if it is not a test that starts it."""
    if getattr(_here, "is_shared", False):
        return None
    if starter := _work_here():
        return _Work(starter.threads)
    return _Work(_open[-1]) if _open and _open[-1].main == threading.get_ident() else None


def _work_here() -> _Work | None:
    work = _current.get()
    return None if work is None or work.is_released else work


@contextmanager
def _doing(work: _Work | None) -> Iterator[None]:
    token, thread = _current.set(work), threading.get_ident()
    if work is not None:
        _running[thread] = work
    try:
        yield
    finally:
        _current.reset(token)
        _running.pop(thread, None)


def _release_awaiting() -> None:
    """Release the threads that wait for work; they do not work for the test that started them any more."""
    frames = sys._current_frames() if _running else {}  # noqa: SLF001 - documented, for debuggers
    for thread, work in list(_running.items()):
        work.is_released |= _is_awaiting(frames.get(thread))


def _is_awaiting(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code in _AWAITING:
            return True
        frame = frame.f_back
    return False


def _is_of_pool(thread: object) -> bool:
    """Return whether a thread is of `multiprocessing.pool.ThreadPool`, which may work for several tests."""
    dummy = sys.modules.get("multiprocessing.dummy")
    return dummy is not None and isinstance(thread, dummy.DummyProcess)
