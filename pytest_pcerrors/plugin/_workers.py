"""What the processes of pytest-xdist exchange: outlines of archives among the workers, and counts from each worker to the controller.

Every worker collects everything, and the controller collects nothing. So each worker goes through the archives in an order of its own, and
leaves the outline of what it has read in a folder of the controller, where the others find it. No worker waits for another one, and
each archive is read and searched for secrets by one of them.
"""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.reporting.summary import Tally

if TYPE_CHECKING:
    import pytest

    from pytest_pcerrors.plugin._contents import Contents, Outline
    from pytest_pcerrors.plugin._run import Run

_FOLDER = "pcerrors_outlines"


class Sharing:
    """The outlines that the workers of a run share. Without workers, or on another machine than the controller, nothing is shared."""

    def __init__(self, config: "pytest.Config") -> None:
        self._config = config
        self._made = ""
        worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._worker: str = worker.get("workerid", "")
        given: str = worker.get(_FOLDER, "")
        self._folder = Path(given) if given and Path(given).is_dir() else None

    @property
    def is_on(self) -> bool:
        """Whether this is a worker that shares its outlines."""
        return self._folder is not None

    def start(self, worker: dict[str, Any]) -> None:
        """Give the folder to a worker, by its `workerinput`; the first call makes it, and the end of the run removes it."""
        if not self._made:
            made = TemporaryDirectory(prefix="pcerrors-", ignore_cleanup_errors=True)
            self._made = made.name
            self._config.add_cleanup(made.cleanup)
        worker[_FOLDER] = self._made

    def ordered(self, paths: Iterable[Path]) -> list[Path]:
        """Return paths in the order in which this worker goes through them."""
        return sorted(paths, key=self._rank) if self.is_on else list(paths)

    def outline(self, contents: "Contents") -> "Outline":
        """Return the outline of an archive, which is read unless another worker has done so."""
        if self._folder is None:
            return contents.outline()
        file = self._folder / _digest(contents.name)
        with suppress(OSError):
            outline: Outline = json.loads(file.read_bytes())
            return outline
        outline = contents.outline()
        with suppress(OSError):
            written = file.with_suffix(f".{self._worker}")
            written.write_text(json.dumps(outline), "utf-8")
            written.replace(file)
        return outline

    def _rank(self, path: Path) -> str:
        return _digest(f"{self._worker} {path}")


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


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
