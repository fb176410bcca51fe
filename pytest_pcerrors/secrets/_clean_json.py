"""Prove with Python's JSON parser that a JSON text has no secret: most bodies with a word of a secret have none."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.secrets.members import KEY_NAME, gives_name
from pytest_pcerrors.secrets.names import Kind, kind_of, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.secrets.definition import Secrets
    from pytest_pcerrors.secrets.members import Hidden

_OBJECT = object()
_LONG_NAME = 16
"""The minimum length of a name that may itself be a token."""


def is_clean(text: str, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> bool:
    """Return whether a JSON text certainly has no secret; False if it must be searched, or is incomplete.

    `inner` hides the secrets inside a string.

    >>> from pytest_pcerrors.secrets import Secrets
    >>> from pytest_pcerrors.secrets.members import Hidden
    >>> [is_clean(text, Secrets(), Hidden) for text in ('{"total_tokens": 490, "auth": "none"}', '{"auth": "x7Kq02pLm"}')]
    [True, False]
    """
    if secrets.names or secrets.patterns or secrets.tenant_ids:
        return False
    look = _Check(secrets)
    try:
        look.value(json.loads(text, object_pairs_hook=look.pairs, strict=False))
    except (ValueError, RecursionError):  # also _NotCleanError
        return False
    if not look.is_clean or not secrets.may_be_in("\n".join(look.texts)):
        return look.is_clean
    return all(inner(each).text == each for each in look.texts if secrets.may_be_in(each))


class _NotCleanError(ValueError):
    """Ends the parsing of a text that must be searched."""


@lru_cache(maxsize=32768)
def _traits(name: str) -> tuple[Kind | None, bool, bool]:
    """Return the kind of a name, whether its value is the name of another value, and whether it is ``keyName``."""
    return kind_of(name), gives_name(name), squeezed(name) == KEY_NAME


class _Check:
    """Check the members of objects as they are parsed; `texts` are the values to search as text."""

    def __init__(self, secrets: "Secrets") -> None:
        self.is_clean = True
        self.texts: list[str] = []
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
            else:
                self.value(value, is_name=is_name)
            if is_key:
                self.is_clean = False
        if not self.is_clean:
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
