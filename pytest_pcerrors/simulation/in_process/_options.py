"""The options of a simulation."""

from collections.abc import Mapping
from typing import TypedDict

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import nearest


class Options(TypedDict, total=False):
    """What a simulation may have besides its answer."""

    status: int | None
    """The status of a code that is documented with several."""
    method: str
    """The method of the requests; ``*``, the default, is any."""
    url: str
    """A glob for their URL; one that begins with ``/`` is for the path. The default is any URL."""
    times: int | None
    """How many requests are answered; None, the default, is any number. The last member of a sequence repeats."""
    headers: Mapping[str, str | None]
    """Headers to set in each answer, or, with the value None, to leave out."""
    retry_after: int | str | None
    """The header ``Retry-After`` of errors: seconds, or an HTTP date."""
    delay: float
    """Seconds until the answer: a client with a shorter time-out raises its error at once. Nothing sleeps."""
    required: bool
    """Whether it is an error if no request is answered, which is the default."""


def check_options(options: Options) -> None:
    """Raise a `UsageError` for a name that is not an option, and for headers that are not a mapping."""
    for name in options:
        if name not in Options.__annotations__:
            raise UsageError(f"{name}= is not an option of a simulation; {nearest(name, Options.__annotations__)}")
    headers = options.get("headers") or {}
    if not isinstance(headers, Mapping) or not all(isinstance(name, str) and name for name in headers):
        raise UsageError(f"headers: expected a mapping of names to values, got {headers!r}")
