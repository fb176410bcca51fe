"""The hooks that every pytest run sees. They load the rest only for a run that uses it.

A run uses it by an option, by ``[tool.pcerrors]``, by a marker or a fixture, or by importing the checks in its tests.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.plugin.fixtures import pc_contract

if TYPE_CHECKING:
    from pytest_pcerrors.plugin.run import Run

__all__ = ["pc_contract"]

_OPTIONS = ("pc_cassettes", "pc_contract", "pc_profile")
_MARKERS = ("pc_allow", "pc_profile")
_FIXTURES = frozenset(__all__)
_CHECKS = "pytest_pcerrors.checking.context"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options; none has an optional value, which would swallow the next argument."""
    group = parser.getgroup("pcerrors", "Partner Center error contract")
    group.addoption(
        "--pc-cassettes",
        metavar="PATH",
        action="append",
        default=[],
        help="check the error responses in this cassette, HAR or NDJSON file, or in a folder of them (repeatable)",
    )
    group.addoption("--pc-contract", metavar="FILE", help="hold responses against this contract file")
    group.addoption("--pc-profile", metavar="NAME", help="the profile for everything: documented or observed")


def pytest_configure(config: pytest.Config) -> None:
    """Declare our markers, and load the rest for a run that asks for it."""
    config.addinivalue_line(
        "markers", "pc_allow(rule, reason=): excuse violations of this rule in the test, for a reason"
    )
    config.addinivalue_line("markers", "pc_profile(name): judge the responses of the test under this profile")
    if any(config.getoption(option) not in (None, []) for option in _OPTIONS) or _has_settings(config):
        run_of(config).cassettes.take_arguments()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Load the rest for tests that turned out to use the checks, a marker or a fixture of ours."""
    if _CHECKS in sys.modules or any(map(_uses_us, session.items)):
        run_of(session.config).check_markers(session.items)


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
