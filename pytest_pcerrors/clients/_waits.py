"""Waits of a client: recorded and skipped, and the clock moved forward by each, in the threads of the client only."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import TYPE_CHECKING, Any
from unittest import mock

from pytest_pcerrors.clients._replacing import replaced
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    import time_machine

_DURATIONS = {time.monotonic: 1, time.perf_counter: 1, time.monotonic_ns: 10**9, time.perf_counter_ns: 10**9}
_WALL = {time.time: 1, time.time_ns: 10**9}
_LATEST = 100 * 366 * 24 * 3600.0
"""The most seconds by which the clock is moved."""
_SLEEP, _WAIT, _NOW = time.sleep, threading.Event.wait, time.monotonic
_SLEEP_ASYNC: Any = FunctionType(asyncio.tasks.sleep.__code__, vars(asyncio.tasks), "sleep", (None,))
_GRACE = 0.5
"""Seconds for another thread of the client to set an event, before the wait for it is skipped."""
_LONG = 10
"""Seconds that really pass between two tries only if the client really waits."""
_current: "list[Waits]" = []


class Participants:
    """The thread that calls the client, those that have started since, and those that have sent a request.

    Only in these is a wait skipped, and only these see the moved clock.
    """

    def __init__(self) -> None:
        self._has_ended = False
        self._main = threading.get_ident()
        self._senders: set[int] = set()
        self._others = set(sys._current_frames()) - {self._main}  # noqa: SLF001 - documented, for debuggers

    def end(self) -> None:
        """End the block: a function that was kept from it now works as the real one."""
        self._has_ended = True

    def add(self) -> None:
        """Add this thread, because it sends a request."""
        self._senders.add(threading.get_ident())

    def waits_here(self) -> bool:
        """Return whether a wait of this thread is one of the client; a thread that never sent a request may wait for any reason."""
        here = threading.get_ident()
        return not self._has_ended and (here == self._main or here in self._senders)

    def waits_in_loop_here(self) -> bool:
        """Return whether a wait in an event loop of this thread is one of the client."""
        here = threading.get_ident()
        return not self._has_ended and (here not in self._others or here in self._senders)

    def is_moved_here(self) -> bool:
        """Return whether the clock of this thread is moved. That of an event loop that was running before is not."""
        here = threading.get_ident()
        if self._has_ended or here not in self._others:
            return not self._has_ended
        return here in self._senders and asyncio._get_running_loop() is None  # noqa: SLF001 - documented; `get_running_loop` raises instead

    def has_others(self) -> bool:
        """Return whether another thread of the client is alive, which may end a wait of this one."""
        known = (thread.ident for thread in threading.enumerate())
        return any(
            each is not None and each != threading.get_ident() and (each not in self._others or each in self._senders)
            for each in known
        )


class Waits:
    """The waits of a client since the last `take`. Each moves the clock forward: the wall clock with the traveller, if there is one."""

    def __init__(self, participants: Participants, traveller: "time_machine.Traveller | None") -> None:
        self.participants = participants
        self._traveller = traveller
        self._lock = threading.Lock()
        self._moved = 0.0
        self._seconds = 0.0
        self._since = _NOW()

    def record(self, seconds: float) -> None:
        """Record a wait, and move the clock forward instead of waiting, for a hundred years at most."""
        with self._lock:
            self._seconds += seconds
            step = min(seconds, _LATEST - self._moved)
            self._moved += step
            if self._traveller is not None:
                self._traveller.shift(step)

    def take(self) -> float:
        """Return the seconds waited since the last call, and begin again. Long waits that were not skipped are among them."""
        with self._lock:
            now = _NOW()
            passed = now - self._since
            waited = self._seconds + (passed if passed >= _LONG else 0)
            self._seconds, self._since = 0.0, now
            return waited

    def clocks(self) -> dict[Any, Any]:
        """Return the functions that measure time, each with the one that adds the seconds by which the clock was moved.

        Queues, locks and event loops use them, so they are moved only in the threads of the client.
        """
        units = _DURATIONS if self._traveller is not None else {**_DURATIONS, **_WALL}
        return {function: self._moving(function, unit) for function, unit in units.items()}

    def _moving(self, function: Callable[[], Any], unit: int) -> Callable[[], Any]:
        kind, is_moved_here = type(function()), self.participants.is_moved_here
        return lambda: function() + kind(self._moved * unit) if is_moved_here() else function()


@contextmanager
def waits_recorded(*, is_exact: bool = True) -> Iterator[Waits]:
    """Record and skip the waits of this thread, and of those that send requests, until the end of the block.

    These are `time.sleep`, `asyncio.sleep`, and `threading.Event.wait` with a time-out. `asyncio.sleep` is a function in Python, so its
    code is replaced. `time.sleep` is not; it is replaced where modules name it, in classes, and in the defaults of arguments.

    The wall clock needs time-machine. If it is not installed and the clock need not be exact, `datetime.now` shows the real time.
    """
    participants, travel = Participants(), _travel()
    if travel is None and is_exact:
        raise UsageError("assert_retries needs time-machine: pip install 'pytest-pcerrors[clients]'")
    with ExitStack() as stack:
        waits = Waits(participants, None if travel is None else stack.enter_context(travel(time.time())))
        sleeps = dict.fromkeys((_SLEEP, time.sleep), _skipping(waits))
        stack.enter_context(replaced({**sleeps, **waits.clocks()}))
        stack.enter_context(mock.patch.object(threading.Event, "wait", _skipping_event(waits)))
        _current.append(waits)
        stack.callback(_current.remove, waits)
        stack.callback(setattr, asyncio.tasks.sleep, "__code__", asyncio.tasks.sleep.__code__)
        asyncio.tasks.sleep.__code__ = _recording_sleep.__code__
        stack.callback(participants.end)
        yield waits


def _travel() -> "type[time_machine.travel] | None":
    """Return what moves the wall clock; None if time-machine is not installed."""
    try:
        from time_machine import travel
    except ImportError:
        return None
    return travel


def _is_wait(seconds: object) -> bool:
    """Return whether a wait can be skipped; others are invalid, which the real function reports, or have no end."""
    return isinstance(seconds, int | float) and 0 < seconds <= threading.TIMEOUT_MAX


def _skipping(waits: Waits) -> Any:
    def sleep(seconds: Any, /) -> None:
        if _is_wait(seconds) and waits.participants.waits_here():
            waits.record(seconds)
            seconds = 0
        _SLEEP(seconds)

    return sleep


async def _recording_sleep(delay: Any, result: Any = None) -> Any:
    """Record a wait; this code runs as that of `asyncio.sleep`, with the names of its module."""
    from pytest_pcerrors.clients._waits import sleep_async

    return await sleep_async(delay, result)


async def sleep_async(delay: Any, result: Any) -> Any:
    """Record a wait of an event loop, and give way to its other tasks."""
    for waits in _current[-1:]:
        if _is_wait(delay) and waits.participants.waits_in_loop_here():
            waits.record(delay)
            delay = 0
    return await _SLEEP_ASYNC(delay, result)


def _skipping_event(waits: Waits) -> Any:
    def wait(event: threading.Event, timeout: Any = None) -> bool:
        if not _is_wait(timeout) or event.is_set() or not waits.participants.waits_here():
            return _WAIT(event, timeout)
        if waits.participants.has_others() and _WAIT(event, min(timeout, _GRACE)):
            return True
        waits.record(timeout)
        return event.is_set()

    return wait
