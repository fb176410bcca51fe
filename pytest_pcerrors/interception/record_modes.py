"""Which record mode holds for a test: the option's, its marker's, vcrpy's own settings' or that of the project."""

from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import nearest, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES = ("none", "once", "new_episodes", "all", "rewrite")
"""vcrpy's modes that say what they do, and ``rewrite``: the file is recorded anew, whatever it held."""

_OPTION = "--pc-record"


def record_mode(
    option: str | None, marker: str | None, config: str | None, setting: str, environment: "Mapping[str, str]"
) -> str:
    """Return the mode of the first that says one; where `environment` has ``CI``, only the option may record.

    `config` is the ``record_mode`` of vcrpy's own settings. A `UsageError` names an unknown mode and where it stands.

    >>> record_mode(None, "once", None, "none", {})
    'once'
    >>> record_mode(None, "once", None, "none", {"CI": "true"})
    'none'
    """
    wishes = {
        _OPTION: option,
        "the marker pc_cassette(record=...)": marker,
        "record_mode of the fixture pc_vcr_config or vcr_config": config,
        "the key record of [tool.pcerrors]": setting,
    }
    modes = {source: _known(mode, source) for source, mode in wishes.items() if mode is not None}
    source, mode = next(iter(modes.items()))
    return "none" if source != _OPTION and _is_ci(environment) else mode


def _known(mode: str, source: str) -> str:
    """Return the mode as plain text: vcrpy's own settings may have it as a member of an enumeration."""
    if mode not in MODES:
        raise UsageError(
            f'{source}: "{readable(str(mode))}" is no record mode; {nearest(str(mode), MODES)}\n'
            f"record modes are {', '.join(MODES)}"
        )
    return MODES[MODES.index(mode)]


def _is_ci(environment: "Mapping[str, str]") -> bool:
    return environment.get("CI", "").strip().lower() not in ("", "0", "false")
