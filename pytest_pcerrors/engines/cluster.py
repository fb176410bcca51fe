"""The audit as a Dask graph, over files of any storage."""

import pickle
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.engines.task import Part, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_pcerrors.engines.pieces import Unit

_WIDTH = 16
"""The number of parts that one step joins."""


def check_on_dask(units: "Iterable[Unit]", task: Task, compute: "Callable[[Any], Any]") -> Part:
    """Check units, and return all of their results as one part; `compute` computes a delayed object of Dask."""
    from dask.delayed import delayed

    packed = delayed(pickle.dumps(task))
    files = []
    for piece, of_file in groupby(units, lambda unit: unit.piece and unit.piece.name):
        parts = [delayed(check_unit)(packed, unit) for unit in of_file]
        files += parts if piece is None else [_tree(packed, parts, piece)]
    result: Part = compute(_tree(packed, files))
    return result


def _tree(packed: Any, parts: list[Any], file: str = "") -> Any:
    """Return the join of parts, which are those of a file if its name is given."""
    from dask.delayed import delayed

    while len(parts) > _WIDTH:
        parts = [delayed(join)(packed, parts[start : start + _WIDTH]) for start in range(0, len(parts), _WIDTH)]
    return delayed(join)(packed, parts, file)


def check_unit(packed: bytes, unit: "Unit") -> Part:
    """Check a unit, in a process of the cluster."""
    return join(packed, _task(packed).parts(unit))


def join(packed: bytes, parts: "Iterable[Part]", file: str = "") -> Part:
    """Join parts that follow each other, those of a file if its name is given; they are not changed, since Dask may use them again."""
    task = _task(packed)
    joined = Part(task.totals())
    for part in parts:
        joined.findings = list(task.wanted.kept([*joined.findings, *joined.plus(part)]))
    if file:
        joined.findings = list(task.wanted.kept([*joined.findings, *joined.end_file(file, task)]))
    return joined


@lru_cache(maxsize=2)
def _task(packed: bytes) -> Task:
    task: Task = pickle.loads(packed)  # noqa: S301 - from the process that started the audit
    return task
