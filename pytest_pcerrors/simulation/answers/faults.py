"""Network faults: each is a function that changes a response before it is sent.

To add a fault, write its function, and add it to `FAULTS` and `Faults`.
"""

from collections.abc import Callable, Mapping
from threading import TIMEOUT_MAX
from typing import Any, NamedTuple, TypedDict

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.simulation.answers.wire import End, Wire
from pytest_pcerrors.text import nearest

_PIECE = 64


class Faults(TypedDict, total=False):
    """The faults of an answer by name, with their values."""

    delay: float
    """Seconds to wait before the response is sent."""
    chunked: bool
    """Send the body in chunks, without Content-Length."""
    cut: int
    """Send this many bytes of the body, then close the connection; Content-Length gives the full length."""
    reset: bool
    """Send nothing and reset the connection."""


class Fault(NamedTuple):
    """A fault: its function, the description of its value, and a check of its value."""

    apply: Callable[[Wire, Any], Wire]
    wanted: str
    accepts: Callable[[Any], bool]


def _delay(wire: Wire, seconds: float) -> Wire:
    return wire._replace(wait=seconds)


def _chunked(wire: Wire, wanted: bool) -> Wire:  # noqa: FBT001 - the value of a fault
    if not wanted or not any(name == "Content-Length" for name, _ in wire.headers):
        return wire
    kept = tuple(each for each in wire.headers if each[0] != "Content-Length")
    pieces = [wire.body[start : start + _PIECE] for start in range(0, len(wire.body), _PIECE)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    return wire._replace(headers=(("Transfer-Encoding", "chunked"), *kept), body=body)


def _cut(wire: Wire, count: int) -> Wire:
    return wire._replace(body=wire.body[:count], end=End.CLOSE)


def _reset(wire: Wire, wanted: bool) -> Wire:  # noqa: FBT001 - the value of a fault
    return wire._replace(end=End.RESET) if wanted else wire


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= TIMEOUT_MAX


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


FAULTS: Mapping[str, Fault] = {
    "delay": Fault(_delay, "seconds", _is_seconds),
    "chunked": Fault(_chunked, "True or False", _is_switch),
    "cut": Fault(_cut, "a number of bytes", _is_count),
    "reset": Fault(_reset, "True or False", _is_switch),
}
"""Every fault, in the order in which they are applied."""


def check_faults(faults: Mapping[str, object]) -> None:
    """Raise a `UsageError` for an unknown fault, or for a value that it cannot have.

    >>> check_faults({"delay": -1})
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: delay: expected seconds, got -1
    """
    for name, value in faults.items():
        if name not in FAULTS:
            raise UsageError(f"{name} is not a fault; {nearest(name, FAULTS)}")
        if not FAULTS[name].accepts(value):
            raise UsageError(f"{name}: expected {FAULTS[name].wanted}, got {value!r}")


def with_faults(wire: Wire, faults: Mapping[str, object]) -> Wire:
    """Return the response with these faults applied."""
    for name, fault in FAULTS.items():
        if name in faults:
            wire = fault.apply(wire, faults[name])
    return wire
