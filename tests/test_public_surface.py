"""The public names exist, load on first use, are documented, and their examples run."""

import doctest
import importlib
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
    "assert_errors_surface",
    "assert_pc_error",
    "assert_pc_success",
    "assert_preserved",
    "assert_retries",
    "check",
    "read_archive",
}
HEAVY = ("click", "jsonschema", "markdown_it", "pytest", "requests", "rich", "vcr", "yaml")
PACKAGE = Path(pytest_pcerrors.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)


def printed(program):
    """Return the output of a program in its own process."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_the_names_are_these():
    """No more and no fewer, listed in order."""
    assert set(pytest_pcerrors.__all__) == NAMES
    assert pytest_pcerrors.__all__ == sorted(NAMES) == dir(pytest_pcerrors)


@pytest.mark.untraced
def test_a_name_loads_when_it_is_first_used():
    """Each name can be the first that is used of the package, whatever the others need."""
    program = f"""
import sys
for name in {sorted(NAMES)}:
    for module in [each for each in sys.modules if each.partition(".")[0] == "pytest_pcerrors"]:
        del sys.modules[module]
    import pytest_pcerrors
    before = name in vars(pytest_pcerrors)
    getattr(pytest_pcerrors, name)
    print(name, before, name in vars(pytest_pcerrors))
"""
    assert printed(program).splitlines() == [f"{name} False True" for name in sorted(NAMES)]


def test_all_names_come_with_a_star():
    """A star import has all names."""
    space = {}
    exec("from pytest_pcerrors import *", space)
    assert space.keys() >= NAMES


def test_an_unknown_name_is_an_attribute_error():
    """The error is that of any module."""
    with pytest.raises(AttributeError, match=r"^module 'pytest_pcerrors' has no attribute 'assert_pc_eror'$"):
        _ = pytest_pcerrors.assert_pc_eror


def test_importing_the_package_loads_nothing_heavy():
    """It is fast until a name is used."""
    program = f"import sys, pytest_pcerrors; print([name for name in {HEAVY} if name in sys.modules])"
    assert printed(program) == "[]\n"


def test_importing_the_package_loads_one_module_of_ours():
    """Every package loads with the first name that needs it."""
    program = "import sys, pytest_pcerrors; print([name for name in sys.modules if name.startswith('pytest_pcerrors')])"
    assert printed(program) == "['pytest_pcerrors']\n"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_is_documented_with_an_example(name, monkeypatch, tmp_path):
    """Its docstring shows how to use it, also if it names this package as its module."""
    monkeypatch.chdir(tmp_path)
    value = getattr(pytest_pcerrors, name)
    example = doctest.DocTestParser().get_doctest(value.__doc__, {name: value}, name, None, None)
    assert (doctest.DocTestRunner(verbose=False).run(example).failed, len(example.examples) > 0) == (0, True)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_every_example_runs(name, monkeypatch, tmp_path):
    """In an empty folder, with the output that the docstring shows."""
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    result = doctest.testmod(module, verbose=False)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_the_package_is_typed():
    """A marker file informs type checkers."""
    assert (PACKAGE / "py.typed").is_file()
