"""The benchmarks run to their end on very little data, since a test measures nothing; their results are shown everywhere."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from pytest_pcerrors import check, read_archive
from pytest_pcerrors.reporting.formats import FORMATS

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.stem for path in ROOT.joinpath("benchmarks").glob("[!_]*.py"))
WITHOUT_COMPARISONS = {"cluster", "published_clients"}
LINKS = pytest.mark.skipif(sys.platform == "win32", reason="makes environments of symbolic links")


@pytest.fixture(scope="module", autouse=True)
def importable(request):
    """Let the folder of the benchmarks be imported. Their processes are forks, and load no plugin of pytest that none of them uses."""
    unused = ("anyio", "hypothesispytest", "recording", "rerunfailures")

    def run(command, **keywords):
        if command[0] == sys.executable and hasattr(os, "fork"):
            command = [request.getfixturevalue("programs") / "python", *command[1:]]
        return subprocess.run(command, **keywords)  # noqa: PLW1510 - the caller says

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        patch.setenv("PYTEST_ADDOPTS", " ".join(f"-pno:{name}" for name in unused))
        patch.setattr("benchmarks._comparison.subprocess", SimpleNamespace(run=run))
        patch.setattr("benchmarks._comparison._of_children", perf_counter)  # the time of a fork is not that of a child
        yield


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[LINKS] * (name == "start_up")) for name in MODULES if name not in WITHOUT_COMPARISONS],
)
def test_a_benchmark_compares(name):
    """Each comparison has a baseline, and each case a number."""
    from benchmarks._runner import run
    from benchmarks._setting import Setting

    with Setting(quick=True) as setting:
        tables = run([name], setting, lambda _: None).tables
    assert tables
    for table in tables:
        assert next(case.ratio for case in table.cases) == 1
        assert all(case.median >= 0 for case in table.cases)


def test_every_benchmark_is_found():
    """A module with comparisons needs no registration."""
    from benchmarks._runner import names

    assert set(names()) == {*MODULES} - WITHOUT_COMPARISONS


def test_a_matrix_of_clients_is_printed(capsys):
    """The script that shows what clients make of the errors measures nothing."""
    runpy.run_path(str(ROOT / "benchmarks/published_clients.py"))["main"]()
    assert "a client of a few lines" in capsys.readouterr().out


@pytest.fixture
def results(importable):
    """Return made-up results: one goal reached, one missed."""
    from benchmarks._comparison import Case, Comparison, cost, faster
    from benchmarks._results import Results, Table

    cases = [Case("theirs", float), Case("ours | <b>", float, faster(2)), Case("slow", float, cost(1.05))]
    rounds = [[2e-3, 1e-3, 4e-3], [4e-3, 1e-3, 8e-3], [2e-3, 0.9e-3, 4e-3]]
    return Results.of([Table.of("x", Comparison("both", cases), rounds, judge=True)], quick=False)


def test_the_command_shows_and_writes_results(results, tmp_path):
    """What was measured is read again; a missed goal is exit code 1."""
    from benchmarks.__main__ import main
    from benchmarks._results import Results

    results.write(tmp_path / "first.json")
    arguments = ["--read", "first.json", "--json", "second.json", "--picture", "speed.svg"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "missed: both: slow: goal at most 1.05 times the cost" in done.output
    assert Results.read(tmp_path / "second.json") == results
    texts = [each.text for each in ET.parse(tmp_path / "speed.svg").iter("{http://www.w3.org/2000/svg}text")]
    assert {"both", "theirs", "ours | <b>", "2.22"} < {*texts}


def test_the_page_gets_the_table_between_its_markers(results):
    """The text around it stays."""
    from benchmarks.__main__ import PAGE
    from benchmarks._table import BEGIN, END, inserted

    assert inserted(PAGE.read_text("utf-8"), results).count(BEGIN) == 1
    page = inserted(f"before\n{BEGIN}\nold\n{END}\nafter\n", results)
    assert page.startswith(f"before\n{BEGIN}\n\nMeasured on ")
    assert "| ours \\| <b> | 1 ms | 2.22 | 2.11 to 2.86 | 0.45 | at least 2 times as fast, reached |" in page
    assert "| at most 1.05 times the cost, missed |" in page
    assert page.endswith(f"{END}\nafter\n")
    assert inserted(page, results) == page


def test_goals_are_judged_by_the_pairs_of_rounds(importable):
    """If the machine becomes slower meanwhile, the ratio of the medians can be 2 while the median of the ratios is 1."""
    from benchmarks._comparison import Case, Comparison, below, cost, faster, more
    from benchmarks._results import Table

    goals = {
        faster(1.5): False,
        cost(1): True,
        more(0): True,
        below(2, "s"): True,
        cost(0.99): False,
        below(1, "s"): False,
    }
    cases = [Case("theirs", float), *(Case("ours", float, goal) for goal in goals)]
    rounds = [[base, *[ours] * len(goals)] for base, ours in ((1, 2), (4, 4), (4, 2))]
    table = Table.of("x", Comparison("both", cases), rounds, judge=True)
    assert [each.held for each in table.cases[1:]] == [*goals.values()]
    assert {each.ratio for each in table.cases} == {1}


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not report it to the parent")
def test_the_peak_of_memory_is_that_of_the_process(importable, tmp_path):
    """In MiB."""
    from benchmarks._comparison import peak

    small, large = (peak([sys.executable, "-c", f"b'x' * {size}"], tmp_path)() for size in (0, 2**26))
    assert 60 < large - small < 70


def test_a_process_that_fails_shows_its_output(importable, tmp_path):
    """It is not measured."""
    from benchmarks._comparison import process

    with pytest.raises(RuntimeError, match="exit code 3\nwhy"):
        process([sys.executable, "-c", "import sys; print('why'); sys.exit(3)"], tmp_path)()


def test_each_layout_is_read_as_what_was_written(importable, tmp_path):
    """Every status and the body of each exchange, whatever the layout; the violating ones are those that were asked for."""
    from benchmarks._layouts import LAYOUTS, exchanges, write

    expected = [(each.status, json.loads(each.body)) for each in exchanges(8, violating=3)]
    for name in LAYOUTS:
        folder = tmp_path / name
        folder.mkdir()
        read = [each for path in write(folder, name, 2, 4, violating=3) for each in read_archive(path)]
        assert [(each.status, json.loads(each.body)) for each in read] == expected, name
        assert [[violation.rule for violation in check(each)] for each in read] == [["code-number"]] * 3 + [[]] * 5, (
            name
        )


def test_an_unknown_benchmark_is_refused(importable):
    """The message lists those that there are."""
    from benchmarks.__main__ import main

    done = CliRunner().invoke(main, ["-k", "nothing"])
    assert done.exit_code == 2
    assert "no benchmark nothing; there are " in done.output


@pytest.mark.browser
def test_the_report_is_measured_in_a_browser(importable, tmp_path):
    """Its first paint, and its filter."""
    from benchmarks import html_report

    page = tmp_path / "report.html"
    page.write_text("".join(FORMATS["html"](html_report.report(30))), "utf-8")
    for measured in (html_report._painted, html_report._filtered):
        assert html_report._in_browser(shutil.which("chromium"), page, measured) > 0
