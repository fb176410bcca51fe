"""JSON objects read fast: by msgspec (the extra ``fast``) where it is installed, otherwise by the standard library."""

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_FEW = 64
_LONG = 4000  # characters; msgspec reads numbers of any length, the standard library those of up to 4300 digits


class PlainObjects:
    """Reads objects. Few of them do not load msgspec, which takes as long as hundreds of them."""

    def __init__(self) -> None:
        self._asked = 0
        self._decode: Callable[[str], Any] = self._first
        self._errors: tuple[type[Exception], ...] = (ValueError, StopIteration, RecursionError)

    def read(self, text: str) -> dict[str, Any] | None:
        """Return the object that a text consists of, as `jsontext.parse` does; None for any other text, and for repeated names.

        It is also None if the text does not begin with the object.

        >>> plain_object('{"code": 1}'), plain_object('{"code": 1, "code": 2}'), plain_object("[]")
        ({'code': 1}, None, None)
        """
        if text[:1] != "{":
            return None
        try:
            document = self._decode(text) if len(text) <= _LONG else _by_json(text)
            escaped = text.replace("\\\\", "").count('\\"') if "\\" in text else 0
            return document if text.count('"') - escaped == 2 * _strings_in(document) else None
        except self._errors:
            return None

    def _first(self, text: str) -> Any:
        self._asked += 1
        if self._asked >= _FEW:
            self._decode = _by_json
            with suppress(ImportError):
                import msgspec

                self._decode = msgspec.json.Decoder().decode
                self._errors += (msgspec.MsgspecError,)
        return _by_json(text)


def _by_json(text: str) -> Any:
    document, end = _scan(text, 0)
    if end < len(text) and text[end:].strip(" \t\n\r"):
        raise ValueError("more than one JSON value")
    return document


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON value")


_scan: "Callable[[str, int], tuple[Any, int]]" = json.JSONDecoder(parse_constant=_refuse).scan_once  # type: ignore[attr-defined]  # `raw_decode` calls it


def _strings_in(holder: Any) -> int:
    """Return the number of names and texts in an object or an array. A repeated name is once in it, and again in the text."""
    count, values = 0, holder
    if type(holder) is dict:
        count, values = len(holder), holder.values()
    for value in values:
        if type(value) is str:
            count += 1
        elif value and (type(value) is dict or type(value) is list):
            count += _strings_in(value)
    return count


plain_object = PlainObjects().read
