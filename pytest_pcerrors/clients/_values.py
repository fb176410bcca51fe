"""Values of a client's objects: read at an attribute path or by a function, and formatted for messages."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pytest_pcerrors.clients._texts import repr_of, text_of, type_name
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.secrets.display import safe, shown
from pytest_pcerrors.text import cut, nearest

_LONGEST = 60
_OF_EXCEPTIONS = frozenset(dir(BaseException)) - {"args"}

Where = str | Callable[[Any], object]
"""A place of a value: an attribute path such as "error.code", "args.0", "body.code", or a function of the object."""


class Found(NamedTuple):
    """What was found at a place: a value, or the problem that prevented it."""

    value: Any = None
    problem: str = ""


def check_where(name: str, where: object) -> None:
    """Raise a `UsageError` for anything but an attribute path or a function."""
    is_path = isinstance(where, str) and all(where.split("."))
    if not is_path and not callable(where):
        raise UsageError(f'{name}: expected an attribute path such as "error.code", or a function, got {where!r}')


def value_at(subject: object, where: Where) -> Found:
    """Return the value at a place of an object; what the object raises is a problem, and no error.

    >>> value_at({"error": {"codes": [7]}}, "error.codes.0")
    Found(value=7, problem='')
    >>> value_at(ValueError(), "coed").problem
    'ValueError has no attribute "coed"; known are args'
    """
    if callable(where):
        try:
            return Found(where(subject))
        except Exception as error:  # noqa: BLE001 - the function is the user's, and reads what may not exist
            return Found(problem=f"the function raised {raised(error)}")
    value, path = subject, ""
    for step in where.split("."):
        found = _step(value, step)
        if found.problem:
            return Found(problem=f"{path or type(subject).__name__} {found.problem}")
        value, path = found.value, f"{path}.{step}" if path else step
    return found


def object_text(value: object) -> str:
    """Return a short description of any object, on one line and without secrets.

    >>> object_text("409"), object_text(7), object_text(None), object_text([1, 2])
    ('"409"', '7', 'None', '[1, 2]')
    """
    if isinstance(value, str):
        return shown(str(value))
    return cut(safe(repr_of(value)), _LONGEST)


def raised(error: Exception) -> str:
    """Return an exception as a message names it."""
    return cut(safe(f"{type_name(error)}: {text_of(error)}"), _LONGEST)


def _step(value: Any, step: str) -> Found:
    """Return the member of a mapping, the attribute of an object, or the item of a sequence."""
    if isinstance(value, Mapping) and step in value:
        return Found(value[step])
    try:
        return Found(getattr(value, step))
    except AttributeError:
        pass
    except Exception as error:  # noqa: BLE001 - a property of the client's
        return Found(problem=f'has an attribute "{step}" that raised {raised(error)}')
    if step.lstrip("-").isdecimal():
        try:
            return Found(value[int(step)])
        except (LookupError, TypeError):
            return Found(problem=f"has no item {step}")
    kind = "key" if isinstance(value, Mapping) else "attribute"
    known = _names(value)
    return Found(problem=f'has no {kind} "{step}"' + (f"; {nearest(step, known)}" if known else ""))


def _names(value: object) -> list[str]:
    """Return the public names of an object, without those of all exceptions, or the keys of a mapping."""
    if isinstance(value, Mapping):
        return [key for key in value if isinstance(key, str)]
    return [name for name in dir(value) if not name.startswith("_") and name not in _OF_EXCEPTIONS]
