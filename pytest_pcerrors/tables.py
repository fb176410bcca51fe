"""Detect misnamed settings tables, which would otherwise be ignored without a message."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from pytest_pcerrors.errors import UsageError

TABLE = "[tool.pcerrors]"
"""The name of the settings table in messages."""

OTHER_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
"""Configuration files of pytest that cannot contain our settings."""

_NAME = "pcerrors"
_ALSO = frozenset({_NAME, "pcerror", "pytestpcerrors", "pytestpcerror"})
_ALIKE = 0.87
_SECTION = re.compile(r"^[ \t]*\[+[ \t]*([^\]\n]+?)[ \t]*\]", re.MULTILINE)


def refuse_misnamed(document: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    """Raise a `UsageError` for a misnamed table of pyproject.toml; `keys` are the names of the settings."""
    for path, table in _tables(document):
        if path != ("tool", _NAME) and is_meant_for_us(path[-1], table, keys):
            raise UsageError(f"{where}: [{'.'.join(path)}] is not read; the settings are in {TABLE}: rename it")


def is_meant_for_us(name: str, table: object, keys: frozenset[str] = frozenset()) -> bool:
    """Return whether a table is clearly meant to hold our settings.

    Its name is ours apart from separators, or its name is similar and all of its keys are settings.

    >>> keys = frozenset({"profile", "collect"})
    >>> [is_meant_for_us(name, {"profile": "observed"}, keys) for name in ("PC_Errors", "pcerors", "pcerrors2", "errors")]
    [True, True, False, False]
    >>> is_meant_for_us("pcerors", {"strict": True}, keys)
    False
    """
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if plain in _ALSO:
        return True
    is_alike = _NAME not in plain and SequenceMatcher(None, plain, _NAME).ratio() >= _ALIKE
    return is_alike and isinstance(table, dict) and bool(table) and table.keys() <= keys


def refuse_section(text: str, where: str) -> None:
    """Raise a `UsageError` for a section of another configuration file that is meant to hold our settings."""
    for section in _SECTION.findall(text):
        name = section.removeprefix("tool").lstrip(".:").strip("\"' ")
        if is_meant_for_us(name, None):
            raise UsageError(
                f"{where}: [{section}] is not read; the settings are in {TABLE} of pyproject.toml: move it there"
            )


def _tables(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the tables of tools with their paths: in ``tool``, in the misspelling ``tools``, in ``tool.pytest``, at the top."""
    for path in (("tool",), ("tools",), ("tool", "pytest"), ()):
        parent: Any = document
        for step in path:
            parent = parent.get(step) if isinstance(parent, dict) else None
        if isinstance(parent, dict):
            yield from (((*path, name), table) for name, table in parent.items())
