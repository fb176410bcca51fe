"""Threads that ask at the same time: vcrpy's patches stay in place for all of them."""

import http.client
from contextlib import contextmanager, nullcontext
from types import FunctionType
from typing import TYPE_CHECKING, Any
from unittest import mock

import vcr.patch
from vcr.stubs import VCRHTTPSConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTTPS: Any = VCRHTTPSConnection._baseclass  # noqa: SLF001 - the real class, whatever is patched by now


@contextmanager
def patches_kept() -> "Iterator[None]":
    """Keep vcrpy's patches in place for a block, also where it makes a real connection or sends a request over one.

    It takes them out of the whole process for that moment, in which the requests of other threads slip past the cassette. It
    does so because `http.client.HTTPSConnection` asks its module for its own name, and would find what is patched in there.
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
