"""Prove with Python's JSON parser that a JSON text, or most of it, has no secret: most bodies with a word of a secret have none."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.secrets.members import begins_key
from pytest_pcerrors.secrets.names import KEY_NAME, Kind, gives_name, kind_of, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.secrets.definition import Hidden, Secrets

_LONG_NAME = 16
"""The minimum length of a name that may itself be a token."""

_END = json.JSONDecoder(strict=False)


class _Object:
    """An object of the text: its objects and arrays, and the range of its texts. `is_clean` if no name in it makes a value a secret."""

    __slots__ = ("first", "inner", "is_clean", "last")

    def __init__(self, first: int) -> None:
        self.first, self.last = first, first
        self.inner: list[Any] = []
        self.is_clean = True


class Proof:
    """What the parser proves about a JSON text: which of its strings are harmless, and which objects and arrays have no secret.

    The objects and arrays are entered and left in the order of the text.

    >>> from pytest_pcerrors.secrets import Secrets
    >>> from pytest_pcerrors.secrets.definition import Hidden
    >>> [Proof(text, Secrets(), Hidden).is_clean for text in ('{"total_tokens": 490, "auth": "none"}', '{"auth": "x7Kq02pLm"}')]
    [True, False]
    """

    def __init__(self, text: str, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> None:
        """Parse a complete text; raise a `ValueError` or a `RecursionError` if it is not JSON. `inner` hides the secrets inside a string."""
        check = _Check(secrets)
        top = [json.loads(text, object_pairs_hook=check.pairs, strict=False)]
        is_clean = check.is_clean(top)
        texts = dict.fromkeys(check.texts)
        self._text = text
        self._check = check
        suspected = secrets.suspected(list(texts))
        self._unsafe = frozenset(t for t in suspected if inner(t).text != t or begins_key(t))
        self._open: list[Iterator[Any]] = [iter(top)]
        self.harmless = frozenset(texts) - self._unsafe
        self.is_clean = is_clean and not self._unsafe

    def enter(self, start: int, *, may_skip: bool) -> int:
        """Enter the object or array that begins at a position; return its end if it has no secret, else 0."""
        value = next(each for each in self._open[-1] if each.__class__ is _Object or each.__class__ is list)
        inner: list[Any] = value.inner if isinstance(value, _Object) else value
        self._open.append(iter(inner))
        return _END.raw_decode(self._text, start)[1] if may_skip and self._has_no_secret(value) else 0

    def leave(self) -> None:
        """Leave an object or array."""
        self._open.pop()

    def _has_no_secret(self, value: Any) -> bool:
        if value.__class__ is _Object:
            return value.is_clean and self._unsafe.isdisjoint(self._check.texts[value.first : value.last])
        if value.__class__ is list:
            return not self._check.names_pair(value) and all(map(self._has_no_secret, value))
        return value not in self._unsafe


def proof(text: str, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> Proof | None:
    """Return the proof for a JSON text; None if it is incomplete or invalid, or if the project has names or patterns of its own."""
    if secrets.names or secrets.patterns or secrets.tenant_ids:
        return None
    try:
        return Proof(text, secrets, inner)
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=32768)
def _traits(name: str) -> tuple[Kind | None, bool, bool]:
    """Return the kind of a name, whether its value is the name of another value, and whether it is ``keyName``."""
    return kind_of(name), gives_name(name), squeezed(name) == KEY_NAME


class _Check:
    """Check the members of objects as they are parsed, inner ones first; `texts` are the values to search as text."""

    def __init__(self, secrets: "Secrets") -> None:
        self.texts: list[str] = []
        self._secrets = secrets

    def pairs(self, members: list[tuple[str, Any]]) -> _Object:
        """Check the names and values of an object, including repeated names, and return what is known about it."""
        texts = self.texts
        known = _Object(len(texts))
        for name, value in members:
            kind, is_name, is_key = _traits(name)
            if len(name) >= _LONG_NAME:
                texts.append(name)
            if value.__class__ is str:
                texts.append(value)
                if is_name and self._secrets.kind(value) is not None:
                    known.is_clean = False
            elif value.__class__ is _Object or value.__class__ is list:
                known.inner.append(value)
                if not self.is_clean(value, known, is_name=is_name):
                    known.is_clean = False
            if is_key or (kind is not None and not self._is_harmless(kind, value)):
                known.is_clean = False
        known.last = len(texts)
        return known

    def is_clean(self, value: Any, around: _Object | None = None, *, is_name: bool = False) -> bool:
        """Return whether no name in a value makes another value a secret; `is_name` if its strings may be names. Take the texts of arrays."""
        if value.__class__ is _Object:
            if around is not None:
                around.first = min(around.first, value.first)
            is_clean: bool = value.is_clean
            return is_clean
        if value.__class__ is list:
            clean = [self.is_clean(each, around, is_name=is_name) for each in value]
            return all(clean) and not self.names_pair(value)
        if value.__class__ is str:
            self.texts.append(value)
            return not is_name or self._secrets.kind(value) is None
        return True

    def names_pair(self, values: list[Any]) -> bool:
        """Return whether an array has pairs of a secret's name and a value."""
        return any(
            each.__class__ is list and each and each[0].__class__ is str and self._secrets.kind(each[0]) is not None
            for each in values
        )

    def _is_harmless(self, kind: Kind, value: Any) -> bool:
        """Return whether a value whose name is that of a secret is harmless, with everything that inherits the name."""
        if value.__class__ is str:
            return kind is not Kind.CREDENTIALS and self._secrets.certainty(kind, value) is None
        if value.__class__ in (int, float):
            return self._secrets.certainty_of_number(kind, str(value)) is None
        if value.__class__ is _Object:
            texts = self.texts[value.first : value.last]
            return all(self._secrets.certainty(Kind.WEAK, each) is None for each in texts)
        if value.__class__ is list:
            return all(each.__class__ is not list and self._is_harmless(kind, each) for each in value)
        return True
