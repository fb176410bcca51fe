"""Places in a body as JSON Pointers (RFC 6901)."""

from typing import NamedTuple

from pytest_pcerrors.jsontext import escaped_step
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.secrets.display import LONGEST_SHOWN
from pytest_pcerrors.text import cut

_LONGEST_STEP = 60


class Place(NamedTuple):
    """A member or an item: its name or index, and its parent. A linked list, so that a deep body needs no long strings."""

    above: "Place | None"
    step: str | int


def pointer_to(place: Place | None) -> str:
    """Return the JSON Pointer of a place. None is the whole body.

    >>> pointer_to(Place(Place(None, "data"), 0))
    '/data/0'
    """
    steps: list[str] = []
    while place is not None:
        steps.append(f"/{escaped(str(place.step))}")
        place = place.above
    return "".join(reversed(steps))


def escaped(name: str) -> str:
    """Return a member name escaped for a JSON Pointer (RFC 6901, section 3), shortened if it is long.

    >>> escaped("a/b")
    'a~1b'
    """
    short = name if len(name) <= _LONGEST_STEP else cut(hide(name, longest=LONGEST_SHOWN), _LONGEST_STEP)
    return escaped_step(short)
