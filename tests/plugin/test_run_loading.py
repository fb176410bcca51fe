"""What installing the plugin costs a suite that does not use it."""

import json

import pytest

HEAVY = {"jsonschema", "vcr", "requests", "yaml", "click", "rich", "markdown_it", "bs4"}


@pytest.fixture
def loaded(pytester):
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
        result = pytester.runpytest_subprocess("-p", "no:recording", *arguments)
        result.assert_outcomes(passed=1)
        return set(json.loads(pytester.path.joinpath("modules.json").read_text()))

    return loaded


def test_an_unused_plugin_loads_next_to_nothing(loaded):
    """A run that uses nothing of ours loads at most four modules more, all ours, and nothing heavy."""
    more = loaded() - loaded("-p", "no:pcerrors")
    assert len(more) <= 4
    assert {name.partition(".")[0] for name in more} == {"pytest_pcerrors"}
    assert not {name.partition(".")[0] for name in loaded()} & HEAVY


def test_settings_of_others_load_nothing(loaded, pytester):
    """A pyproject.toml that does not mention us leaves it at that."""
    pytester.makepyprojecttoml("[tool.other]\nprofile = 'observed'")
    assert "pytest_pcerrors.plugin.run" not in loaded()


def test_a_run_that_uses_us_loads_the_rest(loaded, settings):
    """Settings are enough."""
    settings('profile = "observed"')
    assert "pytest_pcerrors.plugin.run" in loaded()


def test_a_dependency_on_us_loads_nothing(loaded, pytester):
    """A pyproject.toml that names us among its dependencies has no table of ours."""
    pytester.makepyprojecttoml('[project]\nname = "x"\nversion = "1"\ndependencies = ["pytest-pcerrors"]')
    assert len(loaded() - loaded("-p", "no:pcerrors")) <= 4


@pytest.mark.parametrize(
    "table", ["[tool.pcerrors]\nprofile = 3", "[tool]\npcerrors = {profile = 3}", "[ tool . 'pcerrors' ]\nprofile = 3"]
)
def test_a_table_of_ours_is_found_however_it_is_written(pytester, table):
    """Settings hold as a table and inline."""
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


@pytest.mark.parametrize("table", ["tool.pcerrors2", "tool.poetry.group.errors", "tool.perrors"])
def test_a_table_with_a_name_like_ours_loads_no_run(loaded, pytester, table):
    """It is looked at, and left to its owner."""
    pytester.makepyprojecttoml(f"[{table}]\nstrict = true")
    assert "pytest_pcerrors.plugin.run" not in loaded()


@pytest.mark.parametrize("option", ["--pc-cassettes=", "--pc-contract=", "--pc-profile="])
def test_an_empty_option_is_misuse(pytester, option):
    """A variable of the shell that is not set does not mean everything, or nothing."""
    result = pytester.runpytest(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {option[:-1]} is empty*"])
