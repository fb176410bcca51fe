"""The outcome of a call of a client, described for the matrix."""

from collections.abc import Callable
from json import JSONDecodeError
from typing import NamedTuple

from pytest_pcerrors.clients._calling import Called
from pytest_pcerrors.clients._client_simulator import EndlessRetriesError
from pytest_pcerrors.clients._texts import brief, type_name

NEVER_GIVES_UP = "never gives up"

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


def outcome_of(called: Called, is_failure: Callable[[object], object] | None) -> Outcome:
    """Return the outcome of a call that has ended; `is_failure` decides about what it returned.

    >>> outcome_of(Called(error=ZeroDivisionError()), None).text
    'crashed ZeroDivisionError'
    """
    error, value = called.error, called.value
    if isinstance(error, EndlessRetriesError):
        return Outcome(NEVER_GIVES_UP, error, is_failure=True)
    if error is not None:
        verb = "crashed" if _is_accident(error) else "raised"
        return Outcome(f"{verb} {type_name(error)}", error, is_failure=True)
    shown = brief(value) if type(value) in _SHOWN else type_name(value)
    if is_failure is None or not is_failure(value):
        return Outcome(f"returned {shown}", value, is_failure=False)
    return Outcome(f"failed: returned {shown}", value, is_failure=True)


def _is_accident(error: BaseException) -> bool:
    """Return whether Python itself has raised an error because the client did not expect the response."""
    is_of_python = type(error).__module__ == _OF_PYTHON and isinstance(error, _ACCIDENTS)
    return is_of_python or isinstance(error, JSONDecodeError)
