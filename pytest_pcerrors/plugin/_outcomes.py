"""Outcomes of a test other than a failed check: misuse of this library, and violations of severity ``warning``."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from pytest_pcerrors.errors import PcErrorsWarning, UsageError


@contextmanager
def misuse_without_traceback() -> Iterator[None]:
    """Fail the test with the message of a `UsageError` alone, such as a broken cassette or an unknown setting of vcrpy."""
    try:
        yield
    except UsageError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def warn(messages: Iterable[str], place: str) -> None:
    """Warn of each message once; where warnings are errors, raise a single one with all messages.

    The line number is 0, so that Python finds no source line to print: it would show what was recorded, unmasked.
    """
    distinct = list(dict.fromkeys(messages))
    try:
        for message in distinct:
            warnings.warn_explicit(message, PcErrorsWarning, place, 0)
    except PcErrorsWarning:
        raise PcErrorsWarning("\n".join(distinct)) from None
