"""The clock of a block, which is moved forward instead of waiting."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    import time_machine

_DURATIONS = {time.monotonic: 1, time.perf_counter: 1, time.monotonic_ns: 10**9, time.perf_counter_ns: 10**9}
_WALL = {time.time: 1, time.time_ns: 10**9}
_LATEST = 100 * 366 * 24 * 3600.0


class Clock:
    """The time that has passed for a client: real seconds, and those by which the clock was moved."""

    def __init__(self, traveller: "time_machine.Traveller | None", is_moved_here: Callable[[], bool]) -> None:
        self._traveller = traveller
        self._is_moved_here = is_moved_here
        self._moved = 0.0

    def move(self, seconds: float) -> None:
        """Move the clock forward, for a hundred years at most."""
        seconds = min(seconds, _LATEST - self._moved)
        self._moved += seconds
        if self._traveller is not None:
            self._traveller.shift(seconds)

    def replacements(self) -> dict[Any, Any]:
        """Return the functions that measure time, each with the one that adds the seconds by which the clock was moved.

        Queues, locks and event loops use them, so they are moved only for threads for which `is_moved_here`.
        """
        units = _DURATIONS if self._traveller is not None else {**_DURATIONS, **_WALL}
        return {function: self._moving(function, unit) for function, unit in units.items()}

    def _moving(self, function: Callable[[], Any], unit: int) -> Callable[[], Any]:
        kind = type(function())
        return lambda: function() + kind(self._moved * unit) if self._is_moved_here() else function()


@contextmanager
def moved_clock(is_moved_here: Callable[[], bool], *, is_exact: bool = True) -> Iterator[Clock]:
    """Let the wall clock of the process show a time that can be moved forward, until the end of the block.

    This needs time-machine. If it is not installed and the clock need not be exact, `datetime.now` shows the real time.

    >>> with moved_clock(lambda: True) as clock:
    ...     before = time.time()
    ...     clock.move(41)
    ...     round(time.time() - before)
    41
    """
    travel = _travel()
    if travel is None and is_exact:
        raise UsageError("assert_retries needs time-machine: pip install 'pytest-pcerrors[clients]'")
    with nullcontext() if travel is None else travel(time.time()) as traveller:
        yield Clock(traveller, is_moved_here)


def _travel() -> "type[time_machine.travel] | None":
    """Return what moves the wall clock; None if time-machine is not installed."""
    try:
        from time_machine import travel
    except ImportError:
        return None
    return travel
