"""The calls of a client: each runs to its end, asynchronous ones in one event loop, and its outcome is described."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from json import JSONDecodeError
from types import TracebackType
from typing import NamedTuple, Self

from pytest_pcerrors.clients._answering import EndlessRetryError
from pytest_pcerrors.clients._calling import is_of_run, refuse_generator
from pytest_pcerrors.clients._texts import brief, type_name
from pytest_pcerrors.errors import UsageError

_ACCIDENTS = (ArithmeticError, AttributeError, LookupError, NameError, RecursionError, TypeError, UnicodeError)
_OF_PYTHON = "builtins"
_SHOWN = (bool, type(None))
"""The types of results that the matrix shows by their value."""


class Outcome(NamedTuple):
    """The outcome of a call, for the matrix: what it raised or returned, and whether that shows that the call has failed."""

    text: str
    value: object
    is_failure: bool

    @property
    def shown(self) -> str:
        """What the call raised or returned, for a message, without secrets."""
        if issubclass(type(self.value), BaseException):
            return f"{self.text}: {brief(self.value)}"
        return f"returned {brief(self.value)}"


class Caller:
    """Makes the calls. All asynchronous ones run in one event loop, so they may share a client.

    >>> with Caller(lambda: 7 / 0) as caller:
    ...     caller.call(None).text
    'crashed ZeroDivisionError'
    """

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._runner: asyncio.Runner | None = None
        self._pool: ThreadPoolExecutor | None = None

    def call(self, is_failure: Callable[[object], object] | None) -> Outcome:
        """Make one call and return its outcome; `is_failure` decides about what it returns."""
        try:
            value = self._call()
            refuse_generator(value)
            if inspect.isawaitable(value):
                value = self._awaited(value)
        except UsageError:
            raise
        except EndlessRetryError as error:
            return Outcome("never gives up", error, is_failure=True)
        except BaseException as error:  # any exception shows that the call has failed
            if is_of_run(error):
                raise
            verb = "crashed" if _is_accident(error) else "raised"
            return Outcome(f"{verb} {type_name(error)}", error, is_failure=True)
        shown = brief(value) if type(value) in _SHOWN else type_name(value)
        if is_failure is None or not is_failure(value):
            return Outcome(f"returned {shown}", value, is_failure=False)
        return Outcome(f"failed: returned {shown}", value, is_failure=True)

    def _awaited(self, value: Awaitable[object]) -> object:
        """Run an awaitable to its end; in another thread if an event loop already runs in this one."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._run(value)
        self._pool = self._pool or ThreadPoolExecutor(1)
        return self._pool.submit(copy_context().run, self._run, value).result()

    def _run(self, value: Awaitable[object]) -> object:
        self._runner = self._runner or asyncio.Runner()
        return self._runner.run(_coroutine(value))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            (self._pool.submit(self._runner.close).result if self._pool else self._runner.close)()
        if self._pool is not None:
            self._pool.shutdown()


async def _coroutine(value: Awaitable[object]) -> object:
    return await value


def _is_accident(error: BaseException) -> bool:
    """Return whether Python itself has raised an error because the client did not expect the response."""
    is_of_python = type(error).__module__ == _OF_PYTHON and isinstance(error, _ACCIDENTS)
    return is_of_python or isinstance(error, JSONDecodeError)
