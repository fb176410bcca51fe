"""The audit in several processes, with the findings in the order of one."""

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.engines._pool import Pool
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.archives.pieces import PIECE, Piece, pieces_of
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.audit import audit_age

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pytest_pcerrors.engines.task import Part, Task
    from pytest_pcerrors.exchange.archives.layout import Layout
    from pytest_pcerrors.policy.audit import Recording
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.totals import Totals

_MOST_FILES = 64


class Unit(NamedTuple):
    """What one process does at a time: small files, one file or a piece of one; without them, a `source` that only this process can read.

    `size` is the number of bytes.
    """

    pieces: tuple[Piece, ...] = ()
    source: "Path | None" = None
    size: int = 0


def units_of(sources: "Iterable[Path | None]", layout: "Layout | None" = None) -> "Iterator[Unit]":
    """Yield the units of sources in their order; `layout` is that of the lines of logs. Standard input (None), pipes and devices are read by this process."""
    files = Unit()
    for source in sources:
        for unit in _units_of_source(source, layout):
            is_alone = unit.size >= PIECE or not unit.pieces or unit.pieces[0].end is not None
            if files.pieces and (is_alone or files.size >= PIECE or len(files.pieces) == _MOST_FILES):
                yield files
                files = Unit()
            if is_alone:
                yield unit
            else:
                files = Unit((*files.pieces, *unit.pieces), size=files.size + unit.size)
    if files.pieces:
        yield files


def _units_of_source(source: "Path | None", layout: "Layout | None") -> "Iterator[Unit]":
    if source is None or not source.is_file():
        yield Unit(source=source)
    else:
        yield from (Unit((piece,), size=piece.size) for piece in pieces_of(source, layout=layout))


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
    oldest = Oldest(task.policy.judges)
    for unit, part in parts:
        if part is not None:
            totals.plus(part.totals)
            yield from part.findings
            if part.error:
                raise UsageError(part.error)
            if part.oldest is not None:
                oldest.plus(part.oldest)
            continue
        on_read(unit.size)
        if not unit.pieces:
            yield from totals.counting(task.audit([opened(unit.source)]), task.policy, task.wanted)
        elif unit.pieces[-1].is_last:
            yield from totals.counting(audit_age(unit.pieces[-1].name, oldest, task.policy), task.policy, task.wanted)
            oldest = Oldest(task.policy.judges)


def in_processes(units: "Iterator[Unit]", task: "Task", jobs: int) -> "Iterator[tuple[Unit, Part | None]]":
    """Yield the parts of units in order, with None after the last part of each; up to this number of processes make them."""
    first = list(islice(units, 2))
    if len(first) < 2 and all(unit.pieces for unit in first):  # noqa: PLR2004 - one unit needs no other process
        yield from ((unit, part) for unit in first for part in chain(task.parts(unit.pieces), [None]))
    else:
        yield from Pool(task, jobs).parts(chain(first, units))
