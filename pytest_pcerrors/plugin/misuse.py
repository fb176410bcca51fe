"""How misuse that only a fixture can find is told: by its message, without a traceback through us."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pytest_pcerrors.errors import UsageError


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let a `UsageError` fail the test with its text alone: a broken cassette, a setting of vcrpy that it does not have."""
    try:
        yield
    except UsageError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
