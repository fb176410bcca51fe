"""Tables of configuration files that are surely meant for us and have another name, so that they would be passed over."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from pytest_pcerrors.errors import UsageError

TABLE = "[tool.pcerrors]"
"""The table that has the settings, as messages name it."""

OTHER_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
"""Configuration files of pytest that hold none of our settings."""

_NAME = "pcerrors"
_ALSO = frozenset({_NAME, "pcerror", "pytestpcerrors", "pytestpcerror"})
_ALIKE = 0.87
_SECTION = re.compile(r"^[ \t]*\[+[ \t]*([^\]\n]+?)[ \t]*\]", re.MULTILINE)


def refuse_misnamed(document: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    """Raise a `UsageError` for a table of pyproject.toml that is meant for us; `keys` are the settings that there are."""
    for path, table in _tables(document):
        if path != ("tool", _NAME) and is_meant_for_us(path[-1], table, keys):
            raise UsageError(f"{where}: [{'.'.join(path)}] is not read; the settings are in {TABLE}: rename it")


def is_meant_for_us(name: str, table: object, keys: frozenset[str] = frozenset()) -> bool:
    """Return whether a table is surely meant for us: by its name without separators, or by a name like it and all of its keys.

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
    """Raise a `UsageError` for a section of another configuration file that is meant for us."""
    for section in _SECTION.findall(text):
        name = section.removeprefix("tool").lstrip(".:").strip("\"' ")
        if is_meant_for_us(name, None):
            raise UsageError(
                f"{where}: [{section}] is not read; the settings are in {TABLE} of pyproject.toml: move it there"
            )


def _tables(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the tables of tools with their paths: below ``tool``, a slip of it, ``tool.pytest``, and at the top."""
    for path in (("tool",), ("tools",), ("tool", "pytest"), ()):
        holder: Any = document
        for step in path:
            holder = holder.get(step) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            yield from (((*path, name), table) for name, table in holder.items())
