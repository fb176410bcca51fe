"""The calls of a client under test: each runs to its end, synchronous or asynchronous, whatever it raises or returns."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import NamedTuple, Self

import pytest

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import represented

__tracebackhide__ = True  # pytest leaves out the frames of this module, so a failing test shows its own line


class Called(NamedTuple):
    """What a call has returned, or the exception that it has raised."""

    value: object = None
    error: BaseException | None = None


class Caller:
    """Makes the calls. All asynchronous ones run in one event loop, so they may share a client.

    Interrupts of the run and misuse of this library are raised; anything but a function is a `UsageError`.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        if not callable(call):
            raise UsageError(f"expected a function without arguments that makes one request, got {represented(call)}")
        self._call = call
        self._runner: asyncio.Runner | None = None
        self._pool: ThreadPoolExecutor | None = None

    def call(self) -> Called:
        """Make one call."""
        try:
            value = self._call()
            _refuse_unfinished(value)
            return Called(self._awaited(value) if inspect.isawaitable(value) else value)
        except UsageError:
            raise
        except BaseException as error:
            if _is_of_run(error):
                raise
            return Called(error=error)

    def _awaited(self, value: Awaitable[object]) -> object:
        """Run an awaitable to its end; in another thread if an event loop already runs in this one."""
        if not _is_in_loop():
            return self._run(value)
        self._pool = self._pool or ThreadPoolExecutor(1)
        return self._pool.submit(copy_context().run, self._run, value).result()

    def _run(self, value: Awaitable[object]) -> object:
        self._runner = self._runner or asyncio.Runner()
        return self._runner.run(_coroutine(value))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner is not None:
            (self._pool.submit(self._runner.close).result if self._pool else self._runner.close)()
        if self._pool is not None:
            self._pool.shutdown()


def _is_in_loop() -> bool:
    """Return whether an event loop runs in this thread."""
    try:
        return asyncio.get_running_loop() is not None
    except RuntimeError:
        return False


def _refuse_unfinished(value: object) -> None:
    """Raise a `UsageError` for what a call returned before it has sent its request: a generator, or a future of the running event loop."""
    if inspect.isgenerator(value) or inspect.isasyncgen(value):
        raise UsageError("the call returned a generator, which nobody has started; call= runs the client to its end")
    if isinstance(value, asyncio.Future):
        raise UsageError("the call returned a future of an event loop, which cannot end meanwhile; return a coroutine")


async def _coroutine(value: Awaitable[object]) -> object:
    return await value


def _is_of_run(error: BaseException) -> bool:
    """Return whether an exception ends the test or the run, such as Ctrl-C, and is not one of the client."""
    if isinstance(error, BaseExceptionGroup):  # of an `asyncio.TaskGroup`
        return any(map(_is_of_run, error.exceptions))
    return isinstance(error, KeyboardInterrupt | GeneratorExit | pytest.skip.Exception | pytest.fail.Exception)
