"""Texts that are HTTP statuses."""

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import cut

STATUSES = range(100, 600)
"""All HTTP statuses."""

_DIGITS_OF_STATUS = 3
_LONGEST_NAME = 100


def is_number(text: str) -> bool:
    """Return whether a text has ASCII digits only."""
    return text.isascii() and text.isdecimal()


def is_status(text: str) -> bool:
    """Return whether a text is an HTTP status."""
    return len(text) <= _DIGITS_OF_STATUS and is_number(text) and int(text) in STATUSES


def status_number(text: str) -> int:
    """Return the status of a text such as ``409``; raise a `UsageError` for any other text."""
    if not is_number(text) or len(text) > _DIGITS_OF_STATUS:
        raise UsageError(f'"{cut(text, _LONGEST_NAME)}" is not an HTTP status; write status/code, such as 409/800064')
    return int(text)
