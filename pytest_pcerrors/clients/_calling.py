"""One call of a client under test, synchronous or asynchronous, whatever it raises or returns."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pytest_pcerrors.errors import UsageError


def called(call: Callable[[], object]) -> BaseException | None:
    """Call a client, and await what it returns; return what it raised. Interrupts and misuse of this library are raised.

    >>> called(lambda: int("x"))
    ValueError("invalid literal for int() with base 10: 'x'")
    >>> called(lambda: asyncio.sleep(0))
    """
    try:
        result = call()
        refuse_generator(result)
        if inspect.isawaitable(result):
            _run(result)
    except UsageError:
        raise
    except BaseException as error:  # what the client raises is not judged
        if is_of_run(error):
            raise
        return error
    return None


def is_of_run(error: BaseException) -> bool:
    """Return whether an exception ends the test or the run, such as Ctrl-C, and is not one of the client."""
    if isinstance(error, BaseExceptionGroup):  # of an `asyncio.TaskGroup`
        return any(map(is_of_run, error.exceptions))
    return isinstance(error, KeyboardInterrupt | GeneratorExit | pytest.skip.Exception | pytest.fail.Exception)


def refuse_generator(result: object) -> None:
    """Raise a `UsageError` for a call that returned a generator, which sends no request before it is used."""
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise UsageError(
            f"the call returned a generator, {result!r}, which nobody has started; call= runs the client to its end"
        )


def _run(result: Awaitable[Any]) -> None:
    if asyncio._get_running_loop() is not None:  # noqa: SLF001 - documented; `get_running_loop` raises instead
        if inspect.iscoroutine(result):
            result.close()
        raise UsageError("assert_retries runs an event loop for each call; use it in a test that is not async")

    async def awaited() -> None:
        await result

    asyncio.run(awaited())
