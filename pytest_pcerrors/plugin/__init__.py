"""The pytest plugin: thin hooks, fixtures, and cassette items. Here are its options and markers."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_pcerrors.settings import Settings

SETTINGS: "pytest.StashKey[Settings | None]" = pytest.StashKey()
"""The settings that were found when a run was configured, so that they are read once."""

OPTIONS: dict[str, dict[str, Any]] = {
    "--pc-cassettes": {
        "metavar": "PATH",
        "action": "append",
        "default": [],
        "help": "check the error responses in this cassette, HAR or NDJSON file, or in a folder of them (repeatable)",
    },
    "--pc-contract": {"metavar": "FILE", "help": "check responses against this contract file, or the word shipped"},
    "--pc-profile": {"metavar": "NAME", "help": "the profile for everything: documented or observed"},
    "--pc-watch": {
        "action": "store_true",
        "help": "check every error response that any test receives through a vcrpy cassette, from pc_server, or live",
    },
    "--pc-record": {
        "metavar": "MODE",
        "help": "how pc_cassette records (default: none, only replay); in CI, only this option can record",
    },
    "--pc-prune": {"action": "store_true", "help": "remove the cassettes that no test uses; run all tests with it"},
    "--pc-max-age": {"metavar": "DAYS", "help": "report cassettes with a response older than this, such as 180d"},
    "--pc-coverage": {
        "action": "store_true",
        "help": "print which of the documented errors the tests have met, and which are missing",
    },
    "--pc-coverage-report": {
        "metavar": "FORMAT:FILE",
        "action": "append",
        "default": [],
        "help": "write the error coverage to a file (- is the terminal) as text, json, markdown, badge or html (repeatable)",
    },
    "--pc-coverage-min": {
        "metavar": "PERCENT",
        "help": "fail the run if its tests have met fewer of the documented errors",
    },
    "--pc-live": {
        "action": "store_true",
        "help": "send requests to the live service instead of the cassettes; needs a token",
    },
    "--pc-base-url": {"metavar": "URL", "help": "where pc_session sends its requests"},
    "--pc-report": {
        "metavar": "FORMAT:FILE",
        "action": "append",
        "default": [],
        "help": "write what was found as text, json, junit, sarif, github, markdown or html; the file - is the terminal (repeatable)",
    },
}
"""The options. None has an optional value, because it would consume the next argument."""

MARKERS = {
    "pc_allow": (
        "pc_allow(rule, ..., reason=, code=None, status=None, url=None, path=None, until=None): "
        "allow violations of these rules in the test, with a reason"
    ),
    "pc_profile": "pc_profile(name): check the responses of the test under this profile",
    "pc_api": "pc_api(name): simulate, serve and select errors by the contract with this name, one of several in the settings",
    "pc_entries": "pc_entries(status=None, code=None): run the test once for each documented error, which is its pc_entry",
    "pc_mutants": (
        "pc_mutants(rule=None, status=None, code=None): run the test once for each way to break a rule, which is its pc_mutant"
    ),
    "pc_shapes": "pc_shapes(*names): run the test once for each observed shape, which is its pc_shape",
    "pc_cassette": "pc_cassette(name=None, record=None, also=()): answer the test's HTTP clients from a cassette of this name, then from others",
}
"""The markers, as ``pytest --markers`` lists them."""

MARKERS_OF_CASES = {"pc_entry": "pc_entries", "pc_mutant": "pc_mutants", "pc_shape": "pc_shapes"}
"""The fixtures of tests that run once for each of several cases, and the markers that select the cases."""


def has_marker(item: "pytest.Item") -> bool:
    """Return whether a test has a marker of ours; this looks at its markers once."""
    return not MARKERS.keys().isdisjoint(mark.name for mark in item.iter_markers())


def signature(marker: str) -> str:
    """Return a marker with its arguments, as it is written."""
    return f"{MARKERS[marker].partition('): ')[0]})"


def settings_folder(config: "pytest.Config") -> "Path":
    """Return the folder from which settings are searched upwards: the root directory, or, below another one of ``--rootdir``, the one that has pytest's own."""
    found = None if config.getoption("inifilename") else config.inipath
    return found.parent if found and found.is_relative_to(config.rootpath) else config.rootpath
