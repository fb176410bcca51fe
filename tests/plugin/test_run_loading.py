"""What installing the plugin costs a suite that does not use it."""

import json

import pytest

from pytest_pcerrors.plugin import hooks
from pytest_pcerrors.settings import is_meant_for_us

HEAVY = {"jsonschema", "vcr", "requests", "yaml", "click", "rich", "markdown_it"}


OF_OTHERS = """
[project]
name = "x"
version = "1"
dependencies = ["pytest-pcerrors"]

[tool.other]
profile = "observed"

[tool.ruff.lint.per-file-ignores]
"tests/*" = ["S101"]

[tool.poetry.group.errors]
strict = true
"""
LIKE_OURS = """
[tool.pcerrors2]
strict = true

[tool.perrors]
strict = true
"""


@pytest.fixture
def loaded(pytester, installed):
    """Run one trivial test in a process of its own, and return the modules that it ended with."""
    pytester.makeconftest("""
        import json
        import sys

        def pytest_unconfigure():
            with open("modules.json", "w") as file:
                json.dump(sorted(sys.modules), file)
    """)
    pytester.makepyfile("def test_it(): pass")

    def loaded(*arguments):
        result = pytester.runpytest_subprocess(*arguments)
        result.assert_outcomes(passed=1)
        return set(json.loads(pytester.path.joinpath("modules.json").read_text()))

    return loaded


def test_an_unused_plugin_loads_next_to_nothing(loaded, pytester):
    """A run that does not use the plugin loads at most four further modules, all ours and none of them heavy."""
    pytester.makepyprojecttoml(OF_OTHERS)
    modules = loaded()
    more = modules - loaded("-p", "no:pcerrors")
    assert len(more) <= 4
    assert {name.partition(".")[0] for name in more} == {"pytest_pcerrors"}
    assert not {name.partition(".")[0] for name in modules} & HEAVY


@pytest.mark.parametrize(
    "name", ["pcerrors", "PC_Errors", "pc-errors", "pcerror", "pcerors", "pccerrors", "pcerrosr", "pytest-pcerrors"]
)
def test_the_fast_check_misses_no_misspelling(name):
    """Each name that is refused is found in the header of a table, whatever the table."""
    assert is_meant_for_us(name, {"profile": "observed"})
    for header in ("[{}]", " [ tool . {} ] # ours", "[tool.pytest.'{}'.severity]", "[[tools.{}]]", "[tool:{}]"):
        assert hooks._may_name_us(f"[other]\n{header.format(name)}\n".encode()), header


@pytest.mark.parametrize(
    ("text", "is_loaded"),
    [
        (LIKE_OURS, False),
        ("[tool.pcerrors]", True),
        ('[tool.pcerrors]\nprofile = "documented"', True),
    ],
    ids=["like ours", "empty", "default"],
)
def test_a_table_of_ours_is_enough_to_load_the_rest(pytester, text, is_loaded):
    """Even without settings; those with a name like ours are looked at, and left to their owners."""
    pytester.makepyprojecttoml(text)
    assert pytester.parseconfigure().pluginmanager.has_plugin("pcerrors-run") == is_loaded


@pytest.mark.parametrize(
    "table", ["[tool.pcerrors]\nprofile = 3", "[tool]\npcerrors = {profile = 3}", "[ tool . 'pcerrors' ]\nprofile = 3"]
)
def test_a_table_of_ours_is_found_however_it_is_written(pytester, table):
    """Settings hold as a table and inline."""
    assert hooks._may_name_us(table.encode())
    pytester.makepyprojecttoml(table)
    result = pytester.runpytest()
    result.stderr.fnmatch_lines(["ERROR: *at /profile: 3 is not known*"])


@pytest.mark.parametrize("name", ["tool.pytest-pcerrors", "tool.pcerors", "pc-errors", "tool.pytest.pcerrors"])
def test_a_misnamed_table_is_refused(pytester, name):
    """In a run that uses nothing else of ours, too."""
    pytester.makepyprojecttoml(f'[{name}]\nprofile = "observed"')
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *pyproject.toml: [[]{name}] is not read; *: rename it"])


def test_a_misnamed_section_is_refused(pytester):
    """As where somebody looks for our settings beside those of pytest."""
    pytester.makeini("[pytest]\n[pcerrors]\nprofile = observed")
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *tox.ini: [[]pcerrors] is not read; *: move it there"])


def test_authors_of_plugins_get_items(pytester):
    """`pytester` ends a session that has no exit code."""
    (item,) = pytester.getitems("from pytest_pcerrors import check\ndef test_a(pc_contract): pass")
    assert item.name == "test_a"
