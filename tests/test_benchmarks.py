"""Each benchmark runs to its end: one short round, since a test measures nothing."""

import re
import runpy
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parents[1].joinpath("benchmarks").glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=[each.stem for each in FILES])
def test_a_benchmark_prints_a_ratio(file, capsys):
    """It compares with something that people know."""
    main = runpy.run_path(str(file))["main"]
    main.__globals__.update(ROUNDS=1, CALLS=10, SMALL=3, MIDDLE=3, LARGE=3, ITEMS=3)
    main()
    assert re.search(r"\d\.\d\d( |$)", capsys.readouterr().out, re.MULTILINE)
