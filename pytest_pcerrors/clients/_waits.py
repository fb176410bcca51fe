"""Waits of a client: recorded and skipped, and the clock moved forward by each."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any
from unittest import mock

from pytest_pcerrors.clients._clock import Clock, moved_clock
from pytest_pcerrors.clients._participants import Participants
from pytest_pcerrors.clients._replacing import replaced

_SLEEP, _WAIT, _NOW = time.sleep, threading.Event.wait, time.monotonic
_SLEEP_ASYNC: Any = FunctionType(asyncio.tasks.sleep.__code__, vars(asyncio.tasks), "sleep", (None,))
_GRACE = 0.5
"""Seconds for another thread of the client to set an event, before the wait for it is skipped."""
_LONG = 10
"""Seconds that really pass between two tries only if the client really waits."""
_current: "list[Waits]" = []


class Waits:
    """The waits of a client since the last `take`."""

    def __init__(self, clock: Clock, participants: Participants) -> None:
        self.participants = participants
        self._clock = clock
        self._lock = threading.Lock()
        self._seconds = 0.0
        self._since = _NOW()

    def record(self, seconds: float) -> None:
        """Record a wait, and move the clock forward instead of waiting."""
        with self._lock:
            self._seconds += seconds
            self._clock.move(seconds)

    def take(self) -> float:
        """Return the seconds waited since the last call, and begin again. Long waits that were not skipped are among them."""
        with self._lock:
            now = _NOW()
            passed = now - self._since
            waited = self._seconds + (passed if passed >= _LONG else 0)
            self._seconds, self._since = 0.0, now
            return waited


@contextmanager
def waits_recorded(*, is_exact: bool = True) -> Iterator[Waits]:
    """Record and skip the waits of this thread, and of those that send requests, until the end of the block.

    These are `time.sleep`, `asyncio.sleep`, and `threading.Event.wait` with a time-out. `asyncio.sleep` is a function in Python, so its
    code is replaced. `time.sleep` is not; it is replaced where modules name it, in classes, and in the defaults of arguments.

    >>> with waits_recorded() as waits:
    ...     time.sleep(30)
    ...     _ = threading.Event().wait(11)
    ...     waits.take()
    41.0
    """
    participants = Participants()
    with ExitStack() as stack:
        clock = stack.enter_context(moved_clock(participants.is_moved_here, is_exact=is_exact))
        waits = Waits(clock, participants)
        sleeps = dict.fromkeys((_SLEEP, time.sleep), _skipping(waits))
        stack.enter_context(replaced({**sleeps, **clock.replacements()}))
        stack.enter_context(mock.patch.object(threading.Event, "wait", _skipping_event(waits)))
        _current.append(waits)
        stack.callback(_current.remove, waits)
        stack.callback(setattr, asyncio.tasks.sleep, "__code__", asyncio.tasks.sleep.__code__)
        asyncio.tasks.sleep.__code__ = _recording_sleep.__code__
        stack.callback(participants.end)
        yield waits


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
