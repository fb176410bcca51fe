"""Measure `pcerrors check` of NDJSON as a whole process, compared with a process that does no more than json.loads of each line.

Secrets are searched for, and the report is written to a file. With msgspec (the extra `fast`), the command is also measured without that extra.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks._comparison import MEBIBYTES, Case, Comparison, Goal, below, faster, peak, process
from benchmarks._layouts import write
from benchmarks._peers import has
from benchmarks._setting import Setting

EXCHANGES = 200_000
MOST_MEMORY = 100
PARSE = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"
CHECK = "import sys\n{}from pytest_pcerrors.cli.main import main\nsys.exit(main())"
WITHOUT = "sys.modules['msgspec'] = sys.modules['hyperscan'] = None\n"
GOALS = {0: (0.8, 2.3, 3.8), 3: (0.5, 1.7, 3.0)}
"""For so many violating exchanges in a hundred: how many times as fast as json.loads without and with msgspec, and in two processes."""


def comparisons(setting: Setting) -> Iterator[Comparison]:
    """Yield the check of archives whose lines all conform, and of which 3 % do not, in one process and in two; and the memory of it."""
    number = setting.count(EXCHANGES, 40)
    for violating, (without, with_fast, jobs) in setting.some(GOALS.items()):
        folder = setting.folder()
        (file,) = write(folder, "NDJSON", 1, number, violating)
        what = f"{number} lines of NDJSON, {violating} % violating"
        cases = [
            Case("json.loads", process(_command(PARSE, file), folder)),
            _case("pcerrors check", WITHOUT, file, faster(without)),
        ]
        if has("msgspec"):
            cases.append(_case("pcerrors check, fast", "", file, faster(with_fast)))
        yield Comparison(what, cases, rounds=5)
        fast = faster(jobs) if has("msgspec") else None
        yield Comparison(
            f"{what}, until the process ends",
            [
                Case("json.loads", process(_command(PARSE, file), folder, wall=True)),
                _case("pcerrors check --jobs 2", "", file, fast, 2),
            ],
            rounds=5,
        )
    if sys.platform != "win32":
        yield Comparison(
            f"the memory for {what}",
            [
                Case("json.loads", peak(_command(PARSE, file), folder)),
                Case(
                    "pcerrors check",
                    peak(_check("", file), folder),
                    below(MOST_MEMORY, MEBIBYTES),
                ),
            ],
            MEBIBYTES,
            rounds=3,
        )


def _case(name: str, before: str, file: Path, goal: Goal | None, jobs: int = 1) -> Case:
    return Case(name, process(_check(before, file, jobs), file.parent, wall=jobs > 1), goal)


def _check(before: str, file: Path, jobs: int = 1) -> list[str]:
    return _command(
        CHECK.format(before),
        "check",
        file,
        "--quiet",
        "--fail-on",
        "never",
        "--output",
        file.with_suffix(".txt"),
        "--jobs",
        str(jobs),
    )


def _command(code: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]
