"""What was measured: plain data, which is written as JSON and read again to show it."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from statistics import median, quantiles
from typing import Self

from benchmarks import _peers
from benchmarks._comparison import Comparison, share


@dataclass(frozen=True)
class Measured:
    """A case: the median of its rounds, and how many times as fast as the baseline it was, with the quartiles.

    The ratio is the median of the rounds' own ratios, each to the baseline of the same round, and goals are judged in the same way: a slow
    moment of the machine affects both values of a round. The ratio of two medians compares values of different moments.
    """

    name: str
    median: float
    ratio: float
    low: float
    high: float
    goal: str | None
    held: bool | None


@dataclass(frozen=True)
class Table:
    """The measured cases of a comparison; the first one is the baseline."""

    benchmark: str
    what: str
    unit: str
    rounds: int
    cases: Sequence[Measured]

    @classmethod
    def of(cls, benchmark: str, comparison: Comparison, rounds: Sequence[Sequence[float]], *, judge: bool) -> Self:
        """Return the table of a comparison; each round has one value a case, and `judge` compares them with the goals."""
        columns = list(zip(*rounds, strict=True))
        cases = []
        for case, column in zip(comparison.cases, columns, strict=True):
            pairs = list(zip(column, columns[0], strict=True))
            shares = [share(*pair) for pair in pairs]
            most, middle, least = quantiles(shares, method="inclusive") if len(shares) > 1 else shares * 3
            goal = case.goal
            held = median(goal.figure(*pair) for pair in pairs) <= goal.limit if goal and judge else None
            text = goal.text if goal else None
            cases.append(Measured(case.name, median(column), 1 / middle, 1 / least, 1 / most, text, held))
        return cls(benchmark, comparison.what, comparison.unit, len(rounds), cases)


@dataclass(frozen=True)
class Results:
    """All tables of a run, and where it ran."""

    facts: Mapping[str, str]
    peers: Mapping[str, str | None]
    tables: Sequence[Table]

    @classmethod
    def of(cls, tables: Sequence[Table], *, quick: bool) -> Self:
        """Return the results of a run that ends now."""
        facts = {
            "date": datetime.now(UTC).date().isoformat(),
            "pytest-pcerrors": version("pytest-pcerrors"),
            "pytest": version("pytest"),
            "Python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}, {cpu_count()} cores",
        }
        return cls(facts | ({"quick": "not to be quoted"} if quick else {}), _peers.versions(), tables)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Return the results in a file that `write` made."""
        document = json.loads(file.read_text("utf-8"))
        tables = [
            Table(**{**table, "cases": [Measured(**each) for each in table["cases"]]}) for table in document["tables"]
        ]
        return cls(document["facts"], document["peers"], tables)

    def write(self, file: Path) -> None:
        """Write the results as JSON."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    @property
    def missed(self) -> list[str]:
        """What did not reach its goal."""
        return [
            f"{table.what}: {case.name}: goal {case.goal}"
            for table in self.tables
            for case in table.cases
            if case.held is False
        ]
