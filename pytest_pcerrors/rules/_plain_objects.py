"""JSON objects read fast by the parser of the standard library."""

from collections.abc import Callable
from typing import Any

from pytest_pcerrors.jsontext import CERTAIN

_scan: Callable[[str, int], tuple[Any, int]] = CERTAIN.scan_once  # type: ignore[attr-defined]  # `raw_decode` calls it


def plain_object(text: str) -> dict[str, Any] | None:
    """Return the object that a text consists of, as `jsontext.parse` does; None for any other text, for repeated names, and for numbers beyond a float.

    It is also None if the text does not begin with the object.

    >>> plain_object('{"code": 1}'), plain_object('{"code": 1, "code": 2}'), plain_object("[]")
    ({'code': 1}, None, None)
    """
    if text[:1] != "{":
        return None
    try:
        document: dict[str, Any]
        document, end = _scan(text, 0)
        if end < len(text) and text[end:].strip(" \t\n\r"):
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
