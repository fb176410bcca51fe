"""The counts that a worker of pytest-xdist sends to its controller, as plain data."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.reporting.summary import Tally

if TYPE_CHECKING:
    from pytest_pcerrors.plugin._run import Run


def counts_of(run: "Run") -> dict[str, Any]:
    """Return what a worker has counted, or the misuse with which it stopped."""
    return {
        "misuse": run.misuse,
        "tally": run.tally.as_data(),
        "seen": {file: dict(counts) for file, counts in run.cassettes.seen.items()},
        "hosts": {file: dict(counts) for file, counts in run.cassettes.hosts.items()},
        "has_judged": run.receiving.has_judged,
        "has_run": run.receiving.has_run,
        "has_received": run.receiving.has_received,
        "late": run.receiving.late.requests,
        "played": run.recorder.played,
        "orphans": list(map(str, run.recorder.files.orphans)),
        "unwritten": run.recorder.unwritten,
        "undated": list(run.recorder.undated),
    }


def add_counts(run: "Run", counts: dict[str, Any]) -> None:
    """Add the counts of a worker to those of the controller.

    Every worker collects all tests, so the counts of the collection (`seen`, `hosts`, `orphans`) are the same in each and are replaced.
    """
    run.tally.plus(Tally.of_data(counts["tally"]))
    run.receiving.late.plus(counts["late"])
    run.recorder.add_played(counts["played"])
    run.recorder.files.orphans = list(map(Path, counts["orphans"]))
    run.recorder.unwritten |= counts["unwritten"]
    run.recorder.undated.update(counts["undated"])
    run.receiving.has_judged |= counts["has_judged"]
    run.receiving.has_run |= counts["has_run"]
    run.receiving.has_received |= counts["has_received"]
    run.cassettes.seen.update((file, Counter(each)) for file, each in counts["seen"].items())
    run.cassettes.hosts.update((file, Counter(each)) for file, each in counts["hosts"].items())
