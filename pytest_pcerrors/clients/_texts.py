"""Texts in the objects of a client, whatever their class: for messages, and searched for what the server sent."""

import re
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from json import JSONDecodeError
from reprlib import Repr
from typing import Any

from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut

_LONGEST_SHOWN = 120
_LONGEST_NAME = 40
_LONGEST_EXCEPTION = 60
_LONGEST_PART = 1000
_LONGEST_TEXT = 20_000
_MOST_MEMBERS = 100
_MOST_VALUES = 500
_DEEPEST = 3
_MOST_CAUSES = 10
_HTTP_LIBRARIES = frozenset(
    "aiohttp azure http httpcore httplib2 httpx httpx2 niquests requests tornado urllib urllib3 vcr".split()
)


def brief(value: object) -> str:
    """Return a short repr of a value, or the text of an exception, without secrets; a class whose repr raises cannot break it."""
    text = text_of(value) if issubclass(type(value), BaseException) else repr_of(value)
    return cut(safe(text), _LONGEST_SHOWN)


def text_of(value: object, written: Callable[[object], str] = str) -> str:
    """Return an object as text; if that raises, the name of its class."""
    try:
        return written(value)
    except Exception:  # noqa: BLE001 - the class is that of a client
        return f"<{type_name(value)}>"


def repr_of(value: object) -> str:
    """Return the repr of an object, in which long and deep parts are left out; if that raises, the name of its class."""
    return text_of(value, _Bounded().repr)


class _Bounded(Repr):
    """Makes reprs of bounded length; an object whose own repr raises has the name of its class, without its address."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = _LONGEST_PART

    def repr_instance(self, x: object, level: int) -> str:  # noqa: ARG002 - the signature of the standard library
        """Return the repr of an object."""
        return cut(repr(x), self.maxother)


def raised(error: Exception) -> str:
    """Return an exception as a message names it."""
    return cut(safe(f"{type_name(error)}: {text_of(error)}"), _LONGEST_EXCEPTION)


def type_name(value: object) -> str:
    """Return the name of the class of a value."""
    return cut(safe(type(value).__name__), _LONGEST_NAME)


def is_http_response(value: object) -> bool:
    """Return whether a value is the response, the request or another object of an HTTP library that has the whole response."""
    kind = type(value)
    is_named = "Response" in kind.__name__ or "Request" in kind.__name__
    return is_named and kind.__module__.partition(".")[0] in _HTTP_LIBRARIES and not issubclass(kind, BaseException)


def texts_in(value: object) -> list[str]:
    """Return the texts and numbers in a value: an exception with its causes, or a result.

    Searched are the text, the arguments, the attributes and the properties of an exception, the members of collections, and the
    attributes of other objects, three levels deep. Responses and requests of HTTP libraries are not searched.
    """
    with warnings.catch_warnings(action="ignore"):  # properties of HTTP libraries may be deprecated
        return list(dict.fromkeys(islice(_texts(value), _MOST_VALUES)))


def has_word(texts: list[str], word: str) -> bool:
    """Return whether a word is in one of the texts, and is not a part of a longer word or number."""
    word = word.lower()
    # Most texts do not have it, and compiling a pattern takes longer than looking.
    holders = [text for text in map(str.lower, texts) if word in text]
    return any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) for text in holders)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value, those on the surface first. Types are not taken from ``__class__``, which a proxy may replace."""
    waiting, seen = deque((each, 0) for each in _causes(value)), set[int]()
    while waiting and len(seen) < _MOST_VALUES:
        each, depth = waiting.popleft()
        if issubclass(type(each), str | bytes | int | float):
            yield _text(each)
        elif id(each) not in seen and depth <= _DEEPEST and not is_http_response(each):
            seen.add(id(each))
            if issubclass(type(each), BaseException):
                yield _text(each)
            waiting += ((inner, depth + 1) for inner in _inside(each))


def _causes(value: Any) -> list[Any]:
    """Return a value, and if it is an exception, also those that it was raised from."""
    causes = [value]
    while issubclass(type(causes[-1]), BaseException) and causes[-1].__cause__ and len(causes) < _MOST_CAUSES:
        causes.append(causes[-1].__cause__)
    return causes


def _text(value: Any) -> str:
    try:
        return value[:_LONGEST_TEXT].decode("latin-1") if isinstance(value, bytes) else str(value)[:_LONGEST_TEXT]
    except Exception:  # noqa: BLE001 - the class is that of a client, or the number is too long
        return ""


def _inside(value: Any) -> list[Any]:
    """Return what a value consists of."""
    kind = type(value)
    if issubclass(kind, JSONDecodeError | UnicodeError):
        return []  # they have the whole body, which nobody has read
    try:
        if issubclass(kind, Mapping):
            return [each for pair in islice(value.items(), _MOST_MEMBERS) for each in pair]
        if issubclass(kind, list | tuple | set | frozenset):
            return list(islice(value, _MOST_MEMBERS))
    except Exception:  # noqa: BLE001 - the class is that of a client
        return []
    names = [*getattr(value, "__dict__", ()), *(name for base in kind.__mro__ for name in _slots(base))]
    if issubclass(kind, BaseException):
        properties = (name for base in kind.__mro__ for name, each in vars(base).items() if type(each) is property)
        names += ["args", *properties]
    return [_attribute(value, name) for name in names[:_MOST_MEMBERS]]


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    return [slots] if isinstance(slots, str) else list(slots)


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001 - the class is that of a client
        return None
