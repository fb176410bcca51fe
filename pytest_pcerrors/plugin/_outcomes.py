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


def warn_at(item: pytest.Item, messages: Iterable[str]) -> None:
    """Warn of each message once, at the place of a test, as `warn` does."""
    path, line, _ = item.reportinfo()
    warn(messages, str(path), 0 if line is None else line + 1)


def warn(messages: Iterable[str], place: str, line: int = 0) -> None:
    """Warn of each message once; where warnings are errors, raise a single one with all messages.

    In a recording, the line is 0, so that Python finds no source line to print: it would show what was recorded, unmasked.
    """
    distinct = list(dict.fromkeys(messages))
    try:
        for message in distinct:
            warnings.warn_explicit(message, PcErrorsWarning, place, line)
    except PcErrorsWarning:
        raise PcErrorsWarning("\n".join(distinct)) from None
