"""Prove with Python's JSON parser that a JSON text has no secret: most bodies with a word of a secret have none."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.secrets.members import TEXT_VALUES, begins_key
from pytest_pcerrors.secrets.names import KEY_NAME, Kind, gives_name, kind_of, last_word, squeezed

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.definition import Secrets
    from pytest_pcerrors.secrets.hiding import Hider

_LEVELS = 8
"""How often a text is checked at most, on average, since names of secrets may be nested."""

_LONG_NAME = 16
"""The minimum length of a name that may itself be a token."""


def is_clean(text: str, hider: "Hider") -> bool:
    """Return whether it is proved that a JSON text has no secret; False if the project has names or patterns of its own.

    >>> from pytest_pcerrors.secrets import Secrets
    >>> from pytest_pcerrors.secrets.hiding import Hider
    >>> [is_clean(text, Hider(Secrets())) for text in ('{"total_tokens": 490, "auth": "none"}', '{"auth": "x7Kq02pLm"}')]
    [True, False]
    """
    secrets = hider.secrets
    if secrets.names or secrets.patterns or secrets.tenant_ids:
        return False
    check = _Check(secrets)
    try:
        check.take(json.loads(text, object_pairs_hook=check.take_members, strict=False))
    except (ValueError, RecursionError):
        return False
    suspected = secrets.suspected(list(dict.fromkeys(check.texts)))
    return not any(begins_key(each) or hider.inner(each).text != each for each in suspected)


@lru_cache(maxsize=32768)
def _traits(name: str) -> tuple[Kind | None, bool, bool, bool]:
    """Return the kind of a name, whether its value is the name of another value, whether it may be that other value, and whether it is ``keyName``."""
    return kind_of(name), gives_name(name), last_word(name) in TEXT_VALUES, squeezed(name) == KEY_NAME


class _UncleanError(ValueError):
    """A name may make a value a secret."""


class _Check:
    """Check the members of objects as they are parsed, inner ones first; `texts` are the values to search as text.

    An object becomes the range of its texts.
    """

    def __init__(self, secrets: "Secrets") -> None:
        self.texts: list[str] = []
        self._checked = 0
        self._secrets = secrets

    def take_members(self, members: list[tuple[str, Any]]) -> range:
        """Take the texts of an object, which may have repeated names; raise a `ValueError` if one of its names makes a value a secret."""
        texts = self.texts
        first = len(texts)
        names_secret = has_value = False
        for name, value in members:
            kind, is_name, is_value, is_key = _traits(name)
            if is_key or (kind is not None and not self._is_harmless(kind, value)):
                raise _UncleanError
            if len(name) >= _LONG_NAME:
                texts.append(name)
            names_secret |= is_name and self._names_secret(value)
            has_value |= is_value
            first = min(first, self.take(value))
        if names_secret and has_value:
            raise _UncleanError
        return range(first, len(texts))

    def take(self, value: Any) -> int:
        """Take the texts of a value, and return the index of the first one."""
        first = len(self.texts)
        if value.__class__ is str:
            self.texts.append(value)
        elif value.__class__ is list:
            for each in value:
                if each.__class__ is list and each and self._names_secret(each[0]):
                    raise _UncleanError  # a pair of a name and a value
                first = min(first, self.take(each))
        return value.start if value.__class__ is range else first

    def _names_secret(self, value: Any) -> bool:
        """Return whether a value, or an item of it, is the name of a secret."""
        if value.__class__ is list:
            return any(map(self._names_secret, value))
        return value.__class__ is str and self._secrets.kind(value) is not None

    def _is_harmless(self, kind: Kind, value: Any) -> bool:
        """Return whether a value whose name is that of a secret is harmless, with everything that inherits the name."""
        if value.__class__ is str:
            return kind is not Kind.CREDENTIALS and self._secrets.certainty(kind, value) is None
        if value.__class__ in (int, float):
            return self._secrets.certainty_of_number(kind, str(value)) is None
        if value.__class__ is range:
            texts = self.texts[value.start : value.stop]
            self._checked += len(texts)
            if self._checked > _LEVELS * len(self.texts):
                raise _UncleanError  # `Members` reads each text once
            return all(self._secrets.certainty(Kind.WEAK, each) is None for each in texts)
        if value.__class__ is list:
            return all(each.__class__ is not list and self._is_harmless(kind, each) for each in value)
        return True
