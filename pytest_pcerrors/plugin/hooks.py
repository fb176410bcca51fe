"""The hooks that every pytest run sees. They load the rest only for a run that uses it.

A run uses it by an option, by ``[tool.pcerrors]``, by a marker or a fixture, or by importing the checks in its tests.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.plugin.fixtures import pc_cassette, pc_contract, pc_server, pc_session, pc_vcr_config

if TYPE_CHECKING:
    from pytest_pcerrors.plugin.run import Run

__all__ = ["pc_cassette", "pc_contract", "pc_server", "pc_session", "pc_vcr_config"]

_OPTIONS: dict[str, dict[str, Any]] = {
    "--pc-cassettes": {
        "metavar": "PATH",
        "action": "append",
        "default": [],
        "help": "check the error responses in this cassette, HAR or NDJSON file, or in a folder of them (repeatable)",
    },
    "--pc-contract": {"metavar": "FILE", "help": "hold responses against this contract file"},
    "--pc-profile": {"metavar": "NAME", "help": "the profile for everything: documented or observed"},
    "--pc-watch": {
        "action": "store_true",
        "help": "check every error response that any test receives through a vcrpy cassette, from pc_server, or live",
    },
    "--pc-record": {
        "choices": ["none", "once", "new_episodes", "all", "rewrite"],
        "help": "how pc_cassette records (default: none, it only replays); in CI, only this option records",
    },
    "--pc-max-age": {"metavar": "DAYS", "help": "report cassettes with a response older than this, such as 180d"},
    "--pc-live": {"action": "store_true", "help": "ask the live service instead of the cassettes; it needs a token"},
    "--pc-base-url": {"metavar": "URL", "help": "where pc_session sends its requests"},
}
"""The options; none has an optional value, which would swallow the next argument."""
_MARKERS = {
    "pc_allow": "pc_allow(rule, reason=): excuse violations of this rule in the test, for a reason",
    "pc_profile": "pc_profile(name): judge the responses of the test under this profile",
    "pc_cassette": "pc_cassette(name=None, record=None): answer the test's HTTP clients from a cassette of this name",
}
_FIXTURES = frozenset(__all__)
_CHECKS = "pytest_pcerrors.checking.context"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    group = parser.getgroup("pcerrors", "Partner Center error contract")
    for name, how in _OPTIONS.items():
        group.addoption(name, **how)


def pytest_configure(config: pytest.Config) -> None:
    """Declare our markers, and load the rest for a run that asks for it."""
    for line in _MARKERS.values():
        config.addinivalue_line("markers", line)
    given = (config.getoption(name.lstrip("-").replace("-", "_")) for name in _OPTIONS)
    if any(value not in (None, False, []) for value in given) or _has_settings(config):
        run_of(config).cassettes.take_arguments()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Load the rest for tests that turned out to use the checks, a marker or a fixture of ours."""
    if _CHECKS in sys.modules or any(map(_uses_us, session.items)):
        run_of(session.config).prepare(session.items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker of pytest-xdist has counted."""
    counted = getattr(node, "workeroutput", {}).get("pcerrors")
    if counted:
        run_of(node.config).add_counted(counted)


def run_of(config: pytest.Config) -> "Run":
    """Return what this run shares, made with the first use and registered as a plugin of its own."""
    from pytest_pcerrors.plugin.run import Run

    return Run.of(config)


def _uses_us(item: pytest.Item) -> bool:
    has_marker = any(item.get_closest_marker(name) for name in _MARKERS)
    return has_marker or not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def _has_settings(config: pytest.Config) -> bool:
    """Tell cheaply whether a pyproject.toml in or above the root directory may have a table of ours."""
    return any(map(_may_have_table, (config.rootpath, *config.rootpath.parents)))


def _may_have_table(folder: Path) -> bool:
    try:
        text = (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False
    return b"tool.pcerrors" in text or (b"[tool]" in text and b"pcerrors" in text)
