"""Prove with Python's JSON parser that a JSON text, or most of it, has no secret: most bodies with a word of a secret have none."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.secrets.names import KEY_NAME, Kind, gives_name, kind_of, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.secrets.definition import Hidden, Secrets

_OBJECT = object()
_LONG_NAME = 16
"""The minimum length of a name that may itself be a token."""


class Proof:
    """What the parser proves about a JSON text: which of its strings are harmless, and which objects and arrays have no secret.

    >>> from pytest_pcerrors.secrets import Secrets
    >>> from pytest_pcerrors.secrets.definition import Hidden
    >>> [Proof(text, Secrets(), Hidden).is_clean for text in ('{"total_tokens": 490, "auth": "none"}', '{"auth": "x7Kq02pLm"}')]
    [True, False]
    """

    def __init__(self, text: str, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> None:
        """Parse a complete text; raise a `ValueError` or a `RecursionError` if it is not JSON. `inner` hides the secrets inside a string."""
        look = _Check(secrets)
        look.value(json.loads(text, object_pairs_hook=look.pairs, strict=False))
        texts = dict.fromkeys(look.texts)
        self._text = text
        self._secrets = secrets
        self._unsafe = frozenset(each for each in secrets.suspected(list(texts)) if inner(each).text != each)
        self.harmless = frozenset(texts) - self._unsafe
        self.is_clean = look.is_clean and not self._unsafe

    def end(self, start: int) -> int:
        """Return the end of the object or array that begins at a position if it has no secret, else 0."""
        look = _Check(self._secrets, is_first=False)
        decoder = json.JSONDecoder(object_pairs_hook=look.pairs, strict=False)
        try:
            value, end = decoder.raw_decode(self._text, start)
        except _NotCleanError:
            return 0
        look.value(value)
        return end if look.is_clean and self._unsafe.isdisjoint(look.texts) else 0


def proof(text: str, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> Proof | None:
    """Return the proof for a JSON text; None if it is incomplete or invalid, or if the project has names or patterns of its own."""
    if secrets.names or secrets.patterns or secrets.tenant_ids:
        return None
    try:
        return Proof(text, secrets, inner)
    except (ValueError, RecursionError):
        return None


class _NotCleanError(ValueError):
    """Ends the parsing of an object or array that must be searched."""


@lru_cache(maxsize=32768)
def _traits(name: str) -> tuple[Kind | None, bool, bool]:
    """Return the kind of a name, whether its value is the name of another value, and whether it is ``keyName``."""
    return kind_of(name), gives_name(name), squeezed(name) == KEY_NAME


class _Check:
    """Check the members of objects as they are parsed; `texts` are the values to search as text.

    Only the first check of a text reads all of it: others end at the first object that is not clean.
    """

    def __init__(self, secrets: "Secrets", *, is_first: bool = True) -> None:
        self.is_clean = True
        self.texts: list[str] = []
        self._is_first = is_first
        self._secrets = secrets

    def pairs(self, members: list[tuple[str, Any]]) -> object:
        """Check the names and values of an object, including repeated names; return a marker instead of the object."""
        for name, value in members:
            kind, is_name, is_key = _traits(name)
            if len(name) >= _LONG_NAME:
                self.texts.append(name)
            if kind is not None:
                self._named(kind, value)
            elif value.__class__ is str and not is_name:
                self.texts.append(value)
            elif value.__class__ is str or value.__class__ is list:
                self.value(value, is_name=is_name)
            if is_key:
                self.is_clean = False
        if not self.is_clean and not self._is_first:
            raise _NotCleanError
        return _OBJECT

    def value(self, value: Any, *, is_name: bool = False) -> None:
        """Check a value whose name is not that of a secret; `is_name` if it may be the name of another value."""
        if value.__class__ is str:
            if is_name and self._secrets.kind(value) is not None:
                self.is_clean = False
            self.texts.append(value)
        elif value.__class__ is list:
            for each in value:
                is_pair = each.__class__ is list and each and each[0].__class__ is str
                if is_pair and self._secrets.kind(each[0]) is not None:
                    self.is_clean = False
                self.value(each, is_name=is_name)

    def _named(self, kind: Kind, value: Any) -> None:
        """Check a value whose name is that of a secret; anything other than one text or number must be searched."""
        is_text, is_number = value.__class__ is str, value.__class__ in (int, float)
        if (is_text and (kind is Kind.CREDENTIALS or self._secrets.certainty(kind, value) is not None)) or (
            is_number and self._secrets.certainty_of_number(kind, str(value)) is not None
        ):
            self.is_clean = False
        elif is_text:
            self.texts.append(value)
        elif not is_number and value is not None and value.__class__ is not bool:
            self.is_clean = False
