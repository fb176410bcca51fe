"""vcrpy's patches kept in place, so that concurrent requests of other threads use the cassette."""

import http.client
from contextlib import contextmanager, nullcontext
from types import FunctionType
from typing import TYPE_CHECKING, Any
from unittest import mock

import vcr.patch
from vcr.stubs import VCRHTTPSConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTTPS: Any = VCRHTTPSConnection._baseclass  # noqa: SLF001 - the real class, even if it is already patched


@contextmanager
def patches_kept() -> "Iterator[None]":
    """Keep vcrpy's patches in place for a block, also while it makes a real connection or sends a request.

    vcrpy removes them from the whole process for that time, and requests of other threads then bypass the cassette. It
    does so because `http.client.HTTPSConnection` looks up its own name in its module, and would find the patched class.
    """
    with (
        mock.patch.object(vcr.patch, "force_reset", nullcontext),
        mock.patch.object(_HTTPS, "__init__", _knowing_itself(_HTTPS.__init__)),
    ):
        yield


def _knowing_itself(function: Any) -> Any:
    """Return the constructor of `http.client.HTTPSConnection` with its name bound to the real class."""
    names = {**vars(http.client), "HTTPSConnection": _HTTPS}
    bound = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    bound.__kwdefaults__ = function.__kwdefaults__
    return bound
