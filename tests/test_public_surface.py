"""The public names: all there, loaded on first use, documented, and every example runs."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_pcerrors

NAMES = {
    "Catalogue",
    "Contract",
    "ContractViolation",
    "Entry",
    "Exchange",
    "PcError",
    "PcErrorsWarning",
    "Request",
    "UsageError",
    "Violation",
    "assert_pc_error",
    "assert_pc_success",
    "check",
    "read_archive",
}
HEAVY = ("bs4", "click", "jsonschema", "markdown_it", "pytest", "requests", "rich", "vcr", "yaml")
MODULES = [
    "pytest_pcerrors",
    *(each.name for each in pkgutil.walk_packages(pytest_pcerrors.__path__, "pytest_pcerrors.")),
]


def printed(program):
    """Return what a program prints in a process of its own."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_the_names_are_these():
    """No more and no fewer, listed in order."""
    assert set(pytest_pcerrors.__all__) == NAMES
    assert pytest_pcerrors.__all__ == sorted(NAMES) == dir(pytest_pcerrors)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_loads_when_it_is_first_used(name):
    """In a fresh process each name alone can be had, and stays."""
    program = f"import pytest_pcerrors as p; before = '{name}' in vars(p); p.{name}; print(before, '{name}' in vars(p))"
    assert printed(program) == "False True\n"


def test_all_names_come_with_a_star():
    """As in the examples of an interactive session."""
    space = {}
    exec("from pytest_pcerrors import *", space)
    assert space.keys() >= NAMES


def test_an_unknown_name_is_an_attribute_error():
    """As of any module."""
    with pytest.raises(AttributeError, match=r"^module 'pytest_pcerrors' has no attribute 'assert_pc_eror'$"):
        _ = pytest_pcerrors.assert_pc_eror


def test_importing_the_package_loads_nothing_heavy():
    """It costs next to nothing until a name is used."""
    program = f"import sys, pytest_pcerrors; print([name for name in {HEAVY} if name in sys.modules])"
    assert printed(program) == "[]\n"


def test_importing_the_package_loads_one_module_of_ours():
    """Every room loads with the first name that needs it."""
    program = "import sys, pytest_pcerrors; print([name for name in sys.modules if name.startswith('pytest_pcerrors')])"
    assert printed(program) == "['pytest_pcerrors']\n"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_is_documented_with_an_example(name):
    """Its docstring shows how it is used."""
    assert ">>> " in getattr(pytest_pcerrors, name).__doc__


@pytest.mark.parametrize("name", MODULES)
def test_every_example_runs(name, monkeypatch, tmp_path):
    """In an empty folder, and prints what the docstring shows."""
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    result = doctest.testmod(module, verbose=False)
    assert result.failed == 0


def test_the_package_is_typed():
    """A marker file tells type checkers so."""
    assert Path(pytest_pcerrors.__file__).with_name("py.typed").is_file()
