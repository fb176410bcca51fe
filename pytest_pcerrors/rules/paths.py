"""Paths in a JSON document, in which `EACH` means every item of an array, and JSON Pointers (RFC 6901) for messages."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from pytest_pcerrors.jsontext import EACH, Place, escaped_step, steps_to, value_at
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.secrets.display import LONGEST_SHOWN
from pytest_pcerrors.text import cut

_LONGEST_STEP = 60


def pointer_to(place: Place | None) -> str:
    """Return the JSON Pointer of a place. None is the whole body.

    >>> pointer_to(Place(Place(None, "data"), 0))
    '/data/0'
    """
    return pointer_at(steps_to(place))


def escaped(name: str) -> str:
    """Return a member name escaped for a JSON Pointer (RFC 6901, section 3), shortened if it is long.

    >>> escaped("a/b")
    'a~1b'
    """
    short = name if len(name) <= _LONGEST_STEP else cut(hide(name, longest=LONGEST_SHOWN), _LONGEST_STEP)
    return escaped_step(short)


def pointer_at(steps: Iterable[str | int]) -> str:
    """Return the JSON Pointer of a path; long names in it are shortened."""
    return "".join(f"/{escaped(str(step))}" for step in steps)


def getter(steps: Sequence[str] | None) -> Callable[[Any], Any]:
    """Return a function that returns the value at a path in a document, as `value_at` does.

    >>> getter(("code",))({"code": 7}), getter(("code",))([]), getter(("error", "code"))({"error": {"code": 7}})
    (7, None, 7)
    """
    if steps is None or len(steps) != 1 or EACH in steps:
        return partial(value_at, steps=steps)
    (name,) = steps
    return lambda document: document.get(name) if isinstance(document, dict) else None


def indexed(steps: Sequence[str] | None, items: tuple[int, ...]) -> tuple[str | int, ...]:
    """Return a path with the indexes of items instead of each `EACH`; without a path, that of the whole document.

    >>> indexed(("errors", "*", "code"), (1,))
    ('errors', 1, 'code')
    """
    indexes = iter(items)
    return tuple(next(indexes, 0) if step == EACH else step for step in steps or ())


def places_at(document: Any, path: Sequence[str]) -> list[tuple[tuple[str | int, ...], Any]]:
    """Return the values at a path with the names and indexes that lead to them: none if a step is missing, several below `EACH`.

    >>> places_at({"errors": [{"code": "a"}, {}, {"code": "b"}]}, ("errors", "*", "code"))
    [(('errors', 0, 'code'), 'a'), (('errors', 2, 'code'), 'b')]
    """
    found: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    for step in path:
        if step == EACH:
            lists = [(steps, value) for steps, value in found if isinstance(value, list)]
            found = [((*steps, index), each) for steps, value in lists for index, each in enumerate(value)]
        else:
            found = [
                ((*steps, step), value[step]) for steps, value in found if isinstance(value, dict) and step in value
            ]
    return found
