"""Each benchmark runs to its end: one short round, since a test measures nothing."""

import re
import runpy
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parents[1].joinpath("benchmarks").glob("*.py"))


IN_A_BROWSER = pytest.mark.browser


@pytest.mark.parametrize(
    "file", [pytest.param(each, id=each.stem, marks=[IN_A_BROWSER] * (each.stem == "html_report")) for each in FILES]
)
def test_a_benchmark_prints_a_ratio(file, capsys):
    """It compares with something that people know; the page is measured in a browser, in milliseconds."""
    main = runpy.run_path(str(file))["main"]
    main.__globals__.update(ROUNDS=1, CALLS=10, SMALL=3, MIDDLE=3, LARGE=3, ITEMS=3, FINDINGS=30)
    main()
    assert re.search(r"\d\.\d\d( |$)|first paint \d+ ms", capsys.readouterr().out, re.MULTILINE)
