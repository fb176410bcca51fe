"""The audit in several processes, with the findings in the order of one."""

from itertools import chain, islice
from typing import TYPE_CHECKING

from pytest_pcerrors.engines._pool import Pool
from pytest_pcerrors.engines.pieces import PIECE, Piece, Unit, has_lines, units_of
from pytest_pcerrors.engines.task import Part
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pytest_pcerrors.engines.task import Task
    from pytest_pcerrors.policy.audit import Recording
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.totals import Totals


def units_of_sources(sources: "Iterable[Path | None]", *, has_layout: bool) -> "Iterator[Unit]":
    """Yield the units of sources in their order. Standard input (None), pipes and devices are read by this process."""
    files = (
        Piece(source, str(source), source.stat().st_size)
        if source is not None and source.is_file()
        else Unit(source=source)
        for source in sources
    )
    return units_of(files, lambda file: has_lines(file, has_layout=has_layout), PIECE)


def checked(
    parts: "Iterator[tuple[Unit, Part | None]]",
    task: "Task",
    totals: "Totals",
    opened: "Callable[[Path | None], Recording]",
    on_read: "Callable[[int], object]" = lambda _: None,
) -> "Iterator[FindingData]":
    """Yield the findings of units in their order, and count them, from their parts with None after the last part of each.

    `opened` returns the recording of a source that only this process can read. `on_read` is called with the size of each unit that is done.
    """
    joined = Part(totals)
    for unit, part in parts:
        if part is not None:
            yield from joined.plus(part)
            if joined.error:
                raise UsageError(joined.error)
            continue
        on_read(unit.size)
        if not unit.pieces:
            yield from totals.counting(task.audit([opened(unit.source)]), task.policy, task.wanted)
        elif unit.piece is not None and unit.piece.is_last:
            yield from joined.end_file(unit.piece.name, task)


def in_processes(units: "Iterator[Unit]", task: "Task", jobs: int) -> "Iterator[tuple[Unit, Part | None]]":
    """Yield the parts of units in order, with None after the last part of each; up to this number of processes make them."""
    first = list(islice(units, 2))
    if len(first) < 2 and all(unit.pieces for unit in first):  # noqa: PLR2004 - one unit needs no other process
        yield from ((unit, part) for unit in first for part in chain(task.parts(unit), [None]))
    else:
        yield from Pool(task, jobs).parts(chain(first, units))
