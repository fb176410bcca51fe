"""One call of a client under test, synchronous or asynchronous, whatever it raises or returns."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from pytest_pcerrors.clients._retry_simulator import EndlessRetriesError
from pytest_pcerrors.errors import UsageError


def called(call: Callable[[], object]) -> BaseException | None:
    """Call a client, and await what it returns; return what it raised. Interrupts and misuse of this library are raised.

    >>> called(lambda: int("x"))
    ValueError("invalid literal for int() with base 10: 'x'")
    >>> called(lambda: asyncio.sleep(0))
    """
    try:
        result = call()
        if inspect.isawaitable(result):
            _run(result)
    except UsageError:
        raise
    except (Exception, EndlessRetriesError) as error:  # noqa: BLE001 - what the client raises is not judged
        return error
    except BaseExceptionGroup as group:  # a task of an `asyncio.TaskGroup` was ended
        if rest := group.split((Exception, EndlessRetriesError))[1]:
            raise rest from None
        return group
    return None


def _run(result: Awaitable[Any]) -> None:
    if asyncio._get_running_loop() is not None:  # noqa: SLF001 - documented; `get_running_loop` raises instead
        if inspect.iscoroutine(result):
            result.close()
        raise UsageError("assert_retries runs an event loop for each call; use it in a test that is not async")

    async def awaited() -> None:
        await result

    asyncio.run(awaited())
