"""Parse JSON texts and JSON Pointers; every kind of invalid text raises the same exception."""

import json
from collections import Counter
from math import isinf
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_SPACE = " \t\n\r"
_STARTS = f'{_SPACE}{{["-0123456789tfnNI'

EACH = "*"
"""The step of a path that means every item of an array."""


class JsonError(ValueError):
    """The text is not one JSON value; the message says where and why."""


class RepeatedNames(dict[str, object]):
    """An object with at least one repeated name; it has the last value of each name (RFC 8259, section 4)."""

    names: tuple[str, ...]


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(name for name, _ in pairs)
    repeated = RepeatedNames(members)
    repeated.names = tuple(name for name, count in counts.items() if count > 1)
    return repeated


def _refuse(constant: str) -> object:
    raise JsonError(f"{constant} is not a JSON value")


def _finite(number: str) -> float:
    value = float(number)
    if isinf(value):
        raise JsonError(f"{number} is too large")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)
_CERTAIN = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
"""Reads JSON values that `parse` accepts too; repeated names are not seen, and numbers beyond a float are refused."""

_scan: "Callable[[str, int], tuple[Any, int]]" = _CERTAIN.scan_once  # type: ignore[attr-defined]  # `raw_decode` calls it


def parse(text: str) -> object:
    """Parse one JSON value strictly by RFC 8259: NaN and Infinity are errors.

    An object with a repeated name is returned as `RepeatedNames`.
    """
    if text[:1] not in _STARTS:
        raise JsonError("Expecting value at line 1, column 1")
    try:
        document, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip(_SPACE)))
        return document if end == len(text) or not text[end:].strip(_SPACE) else _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonError(f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise JsonError("nested too deeply to read") from None
    except JsonError:
        raise
    except ValueError:
        raise JsonError("a number with too many digits to read") from None


def parse_certain(text: str) -> object:
    """Parse one JSON value that `parse` accepts too, with the last value of each name; refuse numbers beyond a float."""
    try:
        document, end = _CERTAIN.raw_decode(text)
    except (ValueError, RecursionError):
        raise JsonError("not one JSON value, or in doubt") from None
    if text[end:].strip(_SPACE):
        raise JsonError("more than one JSON value")
    return document


def plain_object(text: str) -> dict[str, Any] | None:
    """Return the object that a text begins with, as `parse` does; None for any other text, for repeated names, and for numbers beyond a float.

    >>> plain_object('{"code": 1}'), plain_object('{"code": 1, "code": 2}'), plain_object("[]")
    ({'code': 1}, None, None)
    """
    if text[:1] != "{":
        return None
    try:
        document: dict[str, Any]
        document, end = _scan(text, 0)
        if end < len(text) and text[end:].strip(_SPACE):
            return None
        escaped = text.replace("\\\\", "").count('\\"') if "\\" in text else 0
        return document if text.count('"') - escaped == 2 * strings_in(document) else None
    except (ValueError, StopIteration, RecursionError):
        return None


def strings_in(holder: Any) -> int:
    """Return the number of names and texts in an object or an array. A repeated name is once in it, and again in the text."""
    count, values = 0, holder
    if type(holder) is dict:
        count, values = len(holder), holder.values()
    for value in values:
        if type(value) is str:
            count += 1
        elif value and (type(value) is dict or type(value) is list):
            count += strings_in(value)
    return count


def is_cut_off(text: str) -> bool:
    """Return whether invalid JSON text is truncated: valid up to its end, or ending inside a string.

    >>> is_cut_off('{"code": "8000'), is_cut_off('{"code": '), is_cut_off("{'code'")
    (True, True, False)
    """
    end = len(text.rstrip())
    for missing in ("", '"'):
        try:
            _DECODER.decode(text + missing)
        except json.JSONDecodeError as error:
            if error.pos >= end:
                return True
        except (ValueError, RecursionError):
            return False
        else:
            return True
    return False


def repeated_names(document: object) -> "Iterator[Place]":
    """Yield the place of each repeated name."""
    for place, value, _ in holders(document):
        if isinstance(value, RepeatedNames):
            yield from (Place(place, name) for name in value.names)


class Place(NamedTuple):
    """A member or an item: its name or index, and its parent. A linked list, so that a deep body needs no long strings."""

    above: "Place | None"
    step: str | int


def steps_to(place: Place | None) -> tuple[str | int, ...]:
    """Return the names and indexes that lead to a place; none to the whole document, which is None."""
    steps: list[str | int] = []
    while place is not None:
        steps.append(place.step)
        place = place.above
    return tuple(reversed(steps))


def holders(
    document: Any, is_end: "Callable[[Place | None, Any], bool]" = lambda _, __: False
) -> "Iterator[tuple[Place | None, Any, bool]]":
    """Yield each object and array of a document with its place, and whether it is an end: what is in it is left out.

    It does not recurse, so any depth is safe.

    >>> [(steps_to(place), value) for place, value, _ in holders({"a": [1], "b": {}})]
    [((), {'a': [1], 'b': {}}), (('a',), [1]), (('b',), {})]
    """
    waiting: list[tuple[Place | None, Any]] = [(None, document)] if isinstance(document, dict | list) else []
    while waiting:
        place, value = waiting.pop()
        yield place, value, (ends := is_end(place, value))
        if not ends:
            members = value.items() if isinstance(value, dict) else enumerate(value)
            inside = [(Place(place, step), each) for step, each in members if isinstance(each, dict | list)]
            waiting += reversed(inside)


def type_of(value: object) -> str:
    """Return the JSON name of the type of a parsed value; a number without a fraction is an ``integer``."""
    return JSON_TYPES[type(value)]


def article(name: str) -> str:
    """Return the name of a JSON type with its indefinite article; ``null`` has none."""
    return name if name == "null" else f"{'an' if name[0] in 'aio' else 'a'} {name}"


JSON_TYPES: dict[type, str] = {
    str: "string",
    dict: "object",
    RepeatedNames: "object",
    list: "array",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
"""The JSON names of the types of parsed values, by class."""


def escaped_step(step: str | int) -> str:
    """Return one step of a path, escaped for a JSON Pointer (RFC 6901, section 3)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def pointer_of(steps: "Iterable[str | int]") -> str:
    """Return the JSON Pointer of a path, such as ``/data/0/a~1b``; the pointer of the whole document is empty."""
    return "".join(f"/{escaped_step(step)}" for step in steps)


def steps_of(pointer: str) -> tuple[str, ...]:
    """Return the path of a JSON Pointer; text before the first slash, such as ``#``, is ignored.

    >>> steps_of("/data/0/a~1b"), steps_of("#/$defs/code")
    (('data', '0', 'a/b'), ('$defs', 'code'))
    """
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def value_at(document: Any, steps: "Sequence[str | int] | None") -> Any:
    """Return the value at a path of member names and indexes, or None if there is no such value; `EACH` is the first item."""
    for step in () if steps is None else steps:
        index = 0 if step == EACH else step
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(index, int) and index < len(document):
            document = document[index]
        else:
            return None
    return None if steps is None else document


def is_deeper(value: object, levels: int) -> bool:
    """Return whether a JSON value has more levels of arrays and objects than this number; it does not recurse, so any depth is safe.

    >>> is_deeper({"data": [{}]}, 3), is_deeper({"data": [{}]}, 2)
    (False, True)
    """
    level: "Sequence[object]" = [value]
    for _ in range(levels + 1):
        holders = [each for each in level if isinstance(each, dict | list)]
        if not holders:
            return False
        level = [inner for each in holders for inner in (each.values() if isinstance(each, dict) else each)]
    return True
