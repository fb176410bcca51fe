"""The settings in the table ``[tool.pcerrors]`` of pyproject.toml; their JSON Schema defines the keys.

A misnamed table, which would be ignored without a message, is refused.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pytest_pcerrors.documents import published_schema, read_toml, validate, without_dates
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import value_at

SETTINGS_FILE = "pyproject.toml"

TABLE = "[tool.pcerrors]"
COLLECT = f"collect in {TABLE}"
"""The names of the settings table and of a setting in messages."""

_OTHER_FILES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
"""Configuration files of pytest that cannot contain our settings."""

_CASSETTES = "cassettes"
_SCHEMA = ("pytest_pcerrors", "settings.schema.json")

_NAME = "pcerrors"
_ALSO = frozenset({_NAME, "pcerror", "pytestpcerrors", "pytestpcerror"})
_ALIKE = 0.87
_SECTION = re.compile(r"^[ \t]*\[+[ \t]*([^\]\n]+?)[ \t]*\]", re.MULTILINE)


class AllowanceSetting(NamedTuple):
    """One ``[[tool.pcerrors.allow]]`` table; an empty `code` or `status`, and None, match any."""

    rule: str
    reason: str
    code: frozenset[str] = frozenset()
    status: frozenset[int] = frozenset()
    url: str | None = None
    path: Path | None = None
    until: date | None = None


class EntrySetting(NamedTuple):
    """One ``[[tool.pcerrors.entry]]`` table: an error added to the catalogue of the contract."""

    status: int
    code: str
    description: str
    note: str = ""


class RedactSetting(NamedTuple):
    """The table ``[tool.pcerrors.redact]``: what else is a secret in recordings, besides the built-in definition."""

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tenant_ids: bool = False


class Settings(NamedTuple):
    """The values of ``[tool.pcerrors]``, or the defaults. Paths are absolute; `contract` are names relative to `root`."""

    root: Path
    profile: str = "documented"
    contract: tuple[str, ...] = ()
    collect: tuple[Path, ...] = ()
    cassettes: Path = Path(_CASSETTES)
    record: str = "none"
    max_age: str | None = None
    watch: bool = False
    redact: RedactSetting = RedactSetting()
    base_url: str | None = None
    cloud: str = "global"
    token_command: tuple[str, ...] = ()
    hosts: tuple[str, ...] | None = None
    length_unit: str = "code-points"
    rules: tuple[str, ...] = ()
    severity: Mapping[str, str] = {}
    profile_by_path: tuple[tuple[Path, str], ...] = ()
    allow: tuple[AllowanceSetting, ...] = ()
    entries: tuple[EntrySetting, ...] = ()
    map: Mapping[str, str] | None = None
    coverage_exclude: tuple[str, ...] = ()

    @classmethod
    def find(cls, directory: Path) -> "Settings":
        """Return the settings that apply in a directory, or the defaults."""
        directory = directory.absolute()
        return cls.written(directory) or cls(root=directory, cassettes=directory / _CASSETTES)

    @classmethod
    def written(cls, directory: Path) -> "Settings | None":
        """Return the settings of the nearest pyproject.toml that has the table, in `directory` or above it."""
        directory = directory.absolute()
        for folder in (directory, *directory.parents):
            _refuse_sections(folder)
            file = folder / SETTINGS_FILE
            if file.is_file() and (table := _table(file)) is not None:
                return cls.of_table(table, folder, str(file))
        return None

    @classmethod
    def of_table(cls, table: dict[str, Any], root: Path, where: str = SETTINGS_FILE) -> "Settings":
        """Return the settings of a parsed table; raise a `UsageError` that lists the invalid keys."""
        table, where = without_dates(table, where), f"{where}: {TABLE}"
        validate(published_schema(*_SCHEMA), table, where)
        _check_entries(table.get("entry", []), where)
        as_written = {name: value for name, value in _fields(table).items() if name in cls._fields}
        return cls(root=root, **as_written)._replace(
            contract=tuple(_listed(table.get("contract", ()))),
            collect=tuple(root / path for path in table.get("collect", ())),
            cassettes=root / table.get("cassettes", _CASSETTES),
            redact=RedactSetting(**_fields(table.get("redact", {}))),
            hosts=tuple(host.lower() for host in table["hosts"]) if "hosts" in table else None,
            profile_by_path=tuple((root / each["path"], each["profile"]) for each in table.get("for", ())),
            allow=tuple(_allowance(each, root) for each in table.get("allow", ())),
            entries=tuple(EntrySetting(**{**each, "code": str(each["code"])}) for each in table.get("entry", ())),
            coverage_exclude=tuple(table.get("coverage", {}).get("exclude", ())),
        )

    def without_effect(self) -> Iterator[str]:
        """Yield a line for each path of a profile or an allowance that does not exist."""
        paths = (*(path for path, _ in self.profile_by_path), *(each.path for each in self.allow if each.path))
        for path in dict.fromkeys(paths):
            if not path.exists():
                yield f"{path}: no such file or folder, so the settings for this path have no effect"


def _table(file: Path) -> dict[str, Any] | None:
    document = read_toml(file)
    for path, misnamed in _tables(document):
        if path != ("tool", _NAME) and is_meant_for_us(path[-1], misnamed):
            raise UsageError(f"{file}: [{'.'.join(path)}] is not read; the settings are in {TABLE}: rename it")
    table = value_at(document, ("tool", _NAME))
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{file}: tool.pcerrors is a table, write {TABLE}")
    return table


def _refuse_sections(folder: Path) -> None:
    """Raise a `UsageError` for a section of another configuration file that is meant to hold our settings."""
    for file in filter(Path.is_file, map(folder.joinpath, _OTHER_FILES)):
        text = ""
        with suppress(OSError):
            text = file.read_bytes().decode("utf-8", "replace")
        for section in _SECTION.findall(text):
            name = section.removeprefix("tool").lstrip(".:").strip("\"' ")
            if is_meant_for_us(name, None):
                raise UsageError(
                    f"{file}: [{section}] is not read; the settings are in {TABLE} of pyproject.toml: move it there"
                )


def _check_entries(entries: list[dict[str, Any]], where: str) -> None:
    seen = set()
    for entry in entries:
        pairing = entry["status"], str(entry["code"])
        if pairing in seen:
            raise UsageError(f"{where}: at /entry: {pairing[0]} with {pairing[1]} is repeated; keep one of them")
        seen.add(pairing)


def _fields(table: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a table by the names of their fields, with tuples for lists."""
    values = ((key, tuple(value) if isinstance(value, list) else value) for key, value in table.items())
    return {key.replace("-", "_"): value for key, value in values}


def allowance_of(table: dict[str, Any], root: Path, where: str) -> AllowanceSetting:
    """Return the setting of one table ``[[tool.pcerrors.allow]]``; an invalid table is a `UsageError`."""
    schema = published_schema(*_SCHEMA)
    validate({**schema["properties"]["allow"]["items"], "$defs": schema["$defs"]}, table, where)
    return _allowance(table, root)


def _allowance(table: dict[str, Any], root: Path) -> AllowanceSetting:
    return AllowanceSetting(
        rule=table["rule"],
        reason=table["reason"],
        code=frozenset(str(code) for code in _listed(table.get("code", ()))),
        status=frozenset(_listed(table.get("status", ()))),
        url=table.get("url"),
        path=root / table["path"] if "path" in table else None,
        until=date.fromisoformat(table["until"]) if "until" in table else None,
    )


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def is_meant_for_us(name: str, table: object) -> bool:
    """Return whether a table is clearly meant to hold our settings.

    Its name is ours apart from separators, or its name is similar and all of its keys are settings.
    """
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if plain in _ALSO:
        return True
    from difflib import SequenceMatcher

    is_alike = _NAME not in plain and SequenceMatcher(None, plain, _NAME).ratio() >= _ALIKE
    return (
        is_alike
        and isinstance(table, dict)
        and bool(table)
        and table.keys() <= published_schema(*_SCHEMA)["properties"].keys()
    )


def _tables(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the tables of tools with their paths: in ``tool``, in the misspelling ``tools``, in ``tool.pytest``, at the top."""
    for path in (("tool",), ("tools",), ("tool", "pytest"), ()):
        parent = value_at(document, path)
        if isinstance(parent, dict):
            yield from (((*path, name), table) for name, table in parent.items())
