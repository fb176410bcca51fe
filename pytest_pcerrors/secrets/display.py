"""Format received values for messages: short, on one line, encodable as UTF-8, without secrets."""

import json
from functools import lru_cache
from itertools import islice

from pytest_pcerrors.jsontext import type_of
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.text import counted, cut, visible

LONGEST_SHOWN = 4096
"""The number of characters of a text that are searched to show its beginning."""

_MAX_VALUE = 60
_MAX_TEXT = 600
_SHORT = 200


def shown(value: object) -> str:
    """Return a short description of a JSON value, of about sixty characters at most.

    >>> shown("Order 7"), shown(2000), shown([1, 2]), shown({}), shown(None)
    ('"Order 7"', '2000', 'an array with 2 items', 'an object without members', 'null')
    """
    match value:
        case str():
            return cut(json.dumps(hide(value, longest=LONGEST_SHOWN), ensure_ascii=False), _MAX_VALUE)
        case dict():
            return (
                f"an object with {cut(hide(', '.join(islice(value, 5)), longest=LONGEST_SHOWN), _MAX_VALUE)}"
                if value
                else "an object without members"
            )
        case list():
            return f"an array with {counted(len(value), 'item')}"
        case int() | float() if not isinstance(value, bool):
            return cut(json.dumps(value), _MAX_VALUE)
        case _:
            return json.dumps(value)


def safe(text: str) -> str:
    r"""Return a text that is safe to print: control characters and surrogates escaped, secrets hidden.

    >>> safe("a\ud800\x1b[31m")
    'a\\ud800\\x1b[31m'
    """
    return _safe(text) if len(text) <= _SHORT else _safe.__wrapped__(text)


@lru_cache(maxsize=4096)
def _safe(text: str) -> str:
    """Return what `safe` returns; the reports of many responses have the same short texts."""
    return cut(visible(hide(text, longest=LONGEST_SHOWN)), _MAX_TEXT) if text else ""


def typed(value: object) -> str:
    """Return a short description of a value, with its JSON type unless that is obvious.

    >>> typed(2000), typed(True), typed(None)
    ('the number 2000', 'the boolean true', 'null')
    """
    kind = {"integer": "number"}.get(type_of(value), type_of(value))
    return shown(value) if kind in ("array", "object", "null") else f"the {kind} {shown(value)}"
