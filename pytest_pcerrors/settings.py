"""The settings in the table ``[tool.pcerrors]`` of pyproject.toml; their JSON Schema defines the keys."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.documents import published_schema, read_toml, validate, without_dates
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.tables import OTHER_FILES, TABLE, refuse_misnamed, refuse_section

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE = "pyproject.toml"


@dataclass(frozen=True)
class AllowanceSetting:
    """One ``[[tool.pcerrors.allow]]`` table; an empty `code` or `status`, and None, match any."""

    rule: str
    reason: str
    code: frozenset[str] = frozenset()
    status: frozenset[int] = frozenset()
    url: str | None = None
    path: Path | None = None
    until: date | None = None


@dataclass(frozen=True)
class EntrySetting:
    """One ``[[tool.pcerrors.entry]]`` table: an error added to the catalogue of the contract."""

    status: int
    code: str
    description: str
    note: str = ""


@dataclass(frozen=True)
class RedactSetting:
    """The table ``[tool.pcerrors.redact]``: what else is a secret in recordings, besides the built-in definition."""

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tenant_ids: bool = False


@dataclass(frozen=True)
class Settings:
    """The values of ``[tool.pcerrors]``, or the defaults. Paths are absolute; `contract` are names relative to `root`.

    >>> Settings(root=Path("/project")).profile
    'documented'
    """

    root: Path
    profile: str = "documented"
    contract: tuple[str, ...] = ()
    collect: tuple[Path, ...] = ()
    cassettes: Path = Path("cassettes")
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
    severity: "Mapping[str, str]" = field(default_factory=dict)
    profile_by_path: tuple[tuple[Path, str], ...] = ()
    allow: tuple[AllowanceSetting, ...] = ()
    entries: tuple[EntrySetting, ...] = ()
    map: "Mapping[str, str] | None" = None
    coverage_exclude: tuple[str, ...] = ()

    @classmethod
    def find(cls, directory: Path) -> "Settings":
        """Return the settings of the nearest pyproject.toml that has the table, in `directory` or above it."""
        directory = directory.absolute()
        for folder in (directory, *directory.parents):
            _refuse_sections(folder)
            file = folder / SETTINGS_FILE
            if file.is_file() and (table := _table(file)) is not None:
                return cls.of_table(table, folder, str(file))
        return cls(root=directory, cassettes=directory / cls.cassettes)

    @classmethod
    def of_table(cls, table: dict[str, Any], root: Path, where: str = SETTINGS_FILE) -> "Settings":
        """Return the settings of a parsed table; raise a `UsageError` that lists the invalid keys.

        >>> Settings.of_table({"profil": "observed"}, Path("/project"))
        Traceback (most recent call last):
        pytest_pcerrors.errors.UsageError: pyproject.toml: [tool.pcerrors]: at the top: unknown key "profil"; did you mean "profile"?
        """
        table, where = without_dates(table, where), f"{where}: {TABLE}"
        validate(published_schema("pytest_pcerrors", "settings.schema.json"), table, where)
        _check_entries(table.get("entry", []), where)
        return cls(
            root=root,
            profile=table.get("profile", cls.profile),
            contract=tuple(_listed(table.get("contract", ()))),
            collect=tuple(root / path for path in table.get("collect", ())),
            cassettes=root / table.get("cassettes", cls.cassettes),
            record=table.get("record", cls.record),
            max_age=table.get("max-age"),
            watch=table.get("watch", cls.watch),
            redact=_redact(table.get("redact", {})),
            base_url=table.get("base-url"),
            cloud=table.get("cloud", cls.cloud),
            token_command=tuple(table.get("token-command", ())),
            hosts=tuple(host.lower() for host in table["hosts"]) if "hosts" in table else None,
            length_unit=table.get("length-unit", cls.length_unit),
            rules=tuple(table.get("rules", ())),
            severity=table.get("severity", {}),
            profile_by_path=tuple((root / each["path"], each["profile"]) for each in table.get("for", ())),
            allow=tuple(_allowance(each, root) for each in table.get("allow", ())),
            entries=tuple(EntrySetting(**{**each, "code": str(each["code"])}) for each in table.get("entry", ())),
            map=table.get("map"),
            coverage_exclude=tuple(table.get("coverage", {}).get("exclude", ())),
        )


def _table(file: Path) -> dict[str, Any] | None:
    document = read_toml(file)
    refuse_misnamed(document, _keys(), str(file))
    tools = document.get("tool", {})
    table = tools.get("pcerrors") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{file}: tool.pcerrors is a table, write {TABLE}")
    return table


@cache
def _keys() -> frozenset[str]:
    return frozenset(published_schema("pytest_pcerrors", "settings.schema.json")["properties"])


def _refuse_sections(folder: Path) -> None:
    for file in map(folder.joinpath, OTHER_FILES):
        with suppress(OSError):
            refuse_section(file.read_bytes().decode("utf-8", "replace"), str(file))


def _check_entries(entries: list[dict[str, Any]], where: str) -> None:
    seen = set()
    for entry in entries:
        pairing = entry["status"], str(entry["code"])
        if pairing in seen:
            raise UsageError(f"{where}: at /entry: {pairing[0]} with {pairing[1]} is repeated; keep one of them")
        seen.add(pairing)


def _redact(table: dict[str, Any]) -> RedactSetting:
    return RedactSetting(
        names=tuple(table.get("names", ())),
        patterns=tuple(table.get("patterns", ())),
        tenant_ids=table.get("tenant-ids", RedactSetting.tenant_ids),
    )


def allowance_of(table: dict[str, Any], root: Path, where: str) -> AllowanceSetting:
    """Return the setting of one table ``[[tool.pcerrors.allow]]``; an invalid table is a `UsageError`.

    >>> allowance_of({"rule": "pairing", "reason": "seen", "status": "404"}, Path("/project"), "here")
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: here: at /status: expected an integer or an array, got "404"
    """
    schema = published_schema("pytest_pcerrors", "settings.schema.json")
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
