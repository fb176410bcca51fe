"""The threads of a client under test, as opposed to those of others that run in the process meanwhile."""

import asyncio
import sys
import threading


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
