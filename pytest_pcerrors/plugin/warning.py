"""How violations of severity ``warning`` are told: as Python warnings, at a place that is no file."""

import warnings
from collections.abc import Iterable

from pytest_pcerrors.errors import PcErrorsWarning


def warn(messages: Iterable[str], place: str) -> None:
    """Warn of each message once; where warnings are errors, raise a single one that has them all.

    Line 0 of the place is no line of a file, so that Python has none to print: it would show what was recorded, raw.
    """
    told = list(dict.fromkeys(messages))
    try:
        for message in told:
            warnings.warn_explicit(message, PcErrorsWarning, place, 0)
    except PcErrorsWarning:
        raise PcErrorsWarning("\n".join(told)) from None
