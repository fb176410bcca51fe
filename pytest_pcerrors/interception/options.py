"""The options of a cassette, and the record mode of a test: that of the option, the marker, vcrpy's own settings, or the settings of the project."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import nearest, readable

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.redaction import Redaction

MODES = ("none", "once", "new_episodes", "all", "rewrite")
"""vcrpy's record modes, and ``rewrite``, which replaces the whole file."""

OPTION = "--pc-record"


@dataclass(frozen=True, kw_only=True)
class CassetteOptions:
    """The options of a cassette: its path, its record mode, and the functions that it calls.

    `config` has vcrpy's own settings. `bypasses` returns whether requests to a URL are sent without the cassette.
    `command` runs the test, for hints, and `others` are the files of other tests. `also` has further cassettes, which are only
    replayed, with their names. With `is_kept` false, nothing is written. `test` names the test. With `continues`, the
    file was recorded in this run, and is extended.
    """

    path: "Path"
    name: str
    mode: str
    command: str
    config: Mapping[str, Any]
    redaction: "Redaction"
    on_response: "Callable[[Exchange], object]"
    test: str
    bypasses: Callable[[str], bool] = lambda _: False
    others: frozenset[str] = frozenset()
    also: "Mapping[Path, str]" = field(default_factory=dict)
    is_kept: bool = True
    continues: bool = False


def record_mode(
    option: str | None, marker: str | None, config: str | None, setting: str, environment: Mapping[str, str]
) -> str:
    """Return the first mode that is given; if ``CI`` is set in `environment`, only the option may record.

    `config` is the ``record_mode`` of vcrpy's own settings. An unknown mode is a `UsageError` that names its source.
    """
    given = {
        OPTION: option,
        "the marker pc_cassette(record=...)": marker,
        "record_mode of the fixture pc_vcr_config or vcr_config": config,
        "the key record of [tool.pcerrors]": setting,
    }
    modes = {source: known_mode(mode, source) for source, mode in given.items() if mode is not None}
    source, mode = next(iter(modes.items()))
    is_ci = environment.get("CI", "").strip().lower() not in ("", "0", "false")
    return "none" if source != OPTION and is_ci else mode


def known_mode(mode: str, source: str) -> str:
    """Return the mode as plain text (in vcrpy's own settings it may be an enumeration's member); an unknown one is a `UsageError`."""
    if mode not in MODES:
        raise UsageError(f'{source}: "{readable(str(mode))}" is not a record mode; {nearest(str(mode), MODES)}')
    return MODES[MODES.index(mode)]
