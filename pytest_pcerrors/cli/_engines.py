"""The option for the number of processes, and the findings of an audit that they make."""

import os
from typing import TYPE_CHECKING

import click

from pytest_pcerrors.cli._input import recording_of
from pytest_pcerrors.cli._options import Decorator
from pytest_pcerrors.cli._progress import advancing, watched
from pytest_pcerrors.policy.audit import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_pcerrors.cli._input import Source
    from pytest_pcerrors.engines.task import Task
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.reporting.totals import Totals

jobs_option: Decorator = click.option(
    "--jobs",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="The number of processes; 0 is one for each CPU. The report is the same for any number.",
)


def findings_of(
    sources: "Sequence[Source]", task: "Task", totals: "Totals", jobs: int, *, quiet: bool
) -> "Iterator[FindingData]":
    """Yield the findings of the report for these sources, in their order, and count everything."""
    policy = task.policy
    if jobs == 1:
        with watched("Checking", sources, quiet=quiet) as each:
            recordings = (recording_of(source, policy, on_read) for source, on_read in each)
            yield from totals.counting(audit(recordings, policy), policy, task.wanted)
        return
    from pytest_pcerrors.engines.processes import checked, in_processes, units_of

    parts = in_processes(units_of(sources, policy.layout), task, jobs or os.cpu_count() or 1)
    with advancing("Checking", sources, quiet=quiet) as on_read:
        yield from checked(parts, task, totals, lambda source: recording_of(source, policy, on_read), on_read)
