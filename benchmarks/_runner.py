"""Find the benchmarks and run their cases alternately."""

from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from benchmarks._results import Results, Table
from benchmarks._setting import Setting

if TYPE_CHECKING:
    from benchmarks._comparison import Comparison


def names() -> Iterator[str]:
    """Yield the names of all benchmarks: the modules that have `comparisons`."""
    for module in iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_") and hasattr(_module(module.name), "comparisons"):
            yield module.name


def run(chosen: list[str], setting: Setting, progress: Callable[[str], None]) -> Results:
    """Run the chosen benchmarks, one case after the other in each round, so that all of them share a slow moment.

    `progress` receives a line before each step.
    """
    compared: "list[tuple[str, Comparison]]" = []
    for name in chosen:
        progress(f"prepare {name}")
        compared += [(name, each) for each in _module(name).comparisons(setting)]
    times: list[list[list[float]]] = [[] for _ in compared]
    for number in count(1):
        active = [index for index, (_, each) in enumerate(compared) if setting.count(each.rounds, 1) >= number]
        if not active:
            break
        for index in active:
            name, comparison = compared[index]
            progress(f"round {number}: {name}: {comparison.what}")
            times[index].append([case.run() for case in comparison.cases])
    tables = [Table.of(*each, rounds, judge=not setting.quick) for each, rounds in zip(compared, times, strict=True)]
    return Results.of(tables, quick=setting.quick)


def _module(name: str) -> Any:
    return import_module(f"benchmarks.{name}")
