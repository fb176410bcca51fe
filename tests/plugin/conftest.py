"""Small cassettes, and pytest runs over them."""

import json
import os
import sys
from functools import partial
from importlib import import_module
from importlib.resources import files
from itertools import compress
from operator import is_not
from pathlib import Path
from pkgutil import walk_packages

import jinja2  # noqa: F401 - these are loaded once, not again by every run inside a test
import pytest
import vcr.stubs.aiohttp_stubs
import vcr.stubs.httplib2_stubs
import vcr.stubs.httpx_stubs
import vcr.stubs.tornado_stubs  # noqa: F401
import warm
import xdist.dsession
import xdist.remote  # noqa: F401
import yaml
from _pytest import config
from _pytest.pytester import SysModulesSnapshot
from execnet import gateway_io

import pytest_pcerrors
from pytest_pcerrors.simulation.server import ErrorServer

for module in walk_packages(pytest_pcerrors.__path__, "pytest_pcerrors."):
    if not module.name.endswith(".__main__"):
        import_module(module.name)

FOLDER = Path(__file__).parent
HOST = "https://api.partnercenter.microsoft.com"
BUSY = '{"code": "800064", "description": "Busy", "source": "PartnerFD"}'
BUILT_IN = (
    "doctest",
    "faulthandler",
    "pastebin",
    "setupplan",
    "stepwise",
    "unraisableexception",
)
OPTIONS = [f"-p {name}" for name in ("pcerrors", "xdist", *(f"no:{name}" for name in BUILT_IN))]
"""With a blank: argparse compares an argument that is an option and its value with the beginning of each option."""
NEEDED = tuple(name for name in config.default_plugins if name not in BUILT_IN)
POPEN_ARGS = gateway_io.popen_args


def restore_modules(self):
    """Restore the loaded modules one by one; pytest unloads all for a moment, and a thread that imports then would load its own."""
    saved, preserve = (vars(self)[f"_{SysModulesSnapshot.__name__}__{name}"] for name in ("saved", "preserve"))
    for name in sys.modules.keys() - saved.keys():
        if not (preserve and preserve(name)):
            del sys.modules[name]
    for name in compress(saved, map(is_not, saved.values(), map(sys.modules.get, saved))):
        if not (preserve and preserve(name)):
            sys.modules[name] = saved[name]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let every run of pytest and pytest-xdist be tried with their lowest versions, too."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker("libraries")


@pytest.fixture
def pytester(pytester, monkeypatch, request):
    """Run with this plugin, pytest-xdist and those that a test names by ``-p``, and leave out what is not needed.

    The plugins that are installed take as long to load as a run takes, and so does a part of pytest: version 8.4 collects garbage
    five times at the end of a run.
    The workers of a run in this process are forks of one that has loaded what this process has; those of a run in a process of
    its own load it by themselves.
    """

    def worker(spec):
        return [str(request.getfixturevalue("programs") / "python"), *POPEN_ARGS(spec)[1:]]

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(OPTIONS))
    if hasattr(os, "fork"):
        monkeypatch.setattr(gateway_io, "popen_args", worker)
    monkeypatch.setattr(SysModulesSnapshot, "restore", restore_modules)
    monkeypatch.setattr(config, "default_plugins", NEEDED)
    warm.quicken(partial(monkeypatch.setattr, raising=False))
    return pytester


@pytest.fixture
def run_forked(pytester, request):
    """Run in a process of its own: a fork of one that has loaded this plugin, so it uses us whatever its tests do."""
    if not hasattr(os, "fork"):
        return pytester.runpytest_subprocess
    return lambda *arguments: pytester.run(request.getfixturevalue("programs") / "pytest", *arguments)


@pytest.fixture
def installed(pytester, monkeypatch):
    """Let pytest find this plugin by itself, as it does where it is installed; the plugins of others stay left out."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    others = ("anyio", "hypothesispytest", "recording", "rerunfailures")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-pno:{name}" for name in others))
    return pytester


@pytest.fixture
def write(pytester):
    """Write a cassette with the given interactions; without any, it records none."""

    def write(name, *interactions):
        file = pytester.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump({"interactions": list(interactions), "version": 1}, sort_keys=False), "utf-8")
        return file

    return write


@pytest.fixture
def settings(pytester):
    """Write [tool.pcerrors] with these lines into pyproject.toml."""

    def settings(*lines):
        pytester.makepyprojecttoml("\n".join(["[tool.pcerrors]", *lines]))

    return settings


@pytest.fixture
def contract_file(pytester):
    """Write contract.json: the shipped one with other members at its top."""

    def contract_file(**changes):
        shipped = json.loads(files("pytest_pcerrors.contract").joinpath("partner_center.json").read_text("utf-8"))
        file = pytester.path / "contract.json"
        file.write_text(json.dumps(shipped | changes), "utf-8")
        return file

    return contract_file


@pytest.fixture
def ids(pytester):
    """Collect with these arguments, and return the ids as pytest prints them."""

    def ids(*arguments):
        printed = pytester.runpytest("--collect-only", "-q", *arguments).stdout.lines
        return [line for line in printed if "::" in line]

    return ids


@pytest.fixture
def tape(write):
    """Write a cassette of responses of one status, one for each path."""

    def tape(name, *paths, body=BUSY, status=409, date="Thu, 13 Apr 2017 21:29:11 GMT"):
        headers = {"Content-Type": ["application/json"], "Date": [date]}
        return write(
            name,
            *(
                {
                    "request": {"method": "GET", "uri": f"{HOST}{path}", "body": None, "headers": {}},
                    "response": {
                        "status": {"code": status, "message": "Conflict"},
                        "headers": headers,
                        "body": {"string": body},
                    },
                }
                for path in paths
            ),
        )

    return tape


@pytest.fixture
def test_file(pytester):
    """Write test_cart.py; ``get`` asks for a path by a requests.Session."""

    def test_file(text, name="test_cart.py"):
        file = pytester.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"import pytest, requests\nHOST = {HOST!r}\ndef get(path, host=HOST):\n    return requests.get(host + path, timeout=5)\n{text}",
            "utf-8",
        )
        return file

    return test_file


@pytest.fixture
def server():
    """Run a server that answers any path with a documented error, in another thread."""
    with ErrorServer() as server:
        yield server


@pytest.fixture
def not_in_ci(monkeypatch):
    """Leave CI, where the run that tests us may be."""
    monkeypatch.delenv("CI", raising=False)
