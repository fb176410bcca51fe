"""Values at a path of a document, in which `EACH` means every item of an array."""

from collections.abc import Callable, Sequence
from typing import Any

from pytest_pcerrors.jsontext import EACH
from pytest_pcerrors.rules._pointers import escaped


def selector(path: tuple[str, ...]) -> Callable[[Any], Sequence[Any]]:
    """Return a function that returns the values at a path of a document: none if a step is missing, several below `EACH`."""
    if not path:
        return lambda document: (document,)
    step, below = path[0], selector(path[1:])
    if step == EACH:
        return lambda items: [value for item in items for value in below(item)] if isinstance(items, list) else ()
    return lambda members: below(members[step]) if isinstance(members, dict) and step in members else ()


def values_at(document: Any, path: tuple[str, ...]) -> list[Any]:
    """Return the values at a path of a document: none if a step is missing, several below `EACH`.

    >>> values_at({"errors": [{"code": "a"}, {}, {"code": "b"}]}, ("errors", "*", "code"))
    ['a', 'b']
    """
    return [value for _, value in places_at(document, path)]


def places_at(document: Any, path: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Return the values at a path with their JSON Pointers: none if a step is missing, several below `EACH`."""
    found = [("", document)]
    for step in path:
        if step == EACH:
            lists = [(pointer, value) for pointer, value in found if isinstance(value, list)]
            found = [(f"{pointer}/{index}", each) for pointer, value in lists for index, each in enumerate(value)]
        else:
            found = [
                (f"{pointer}/{escaped(step)}", value[step])
                for pointer, value in found
                if isinstance(value, dict) and step in value
            ]
    return found
