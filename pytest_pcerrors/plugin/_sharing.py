"""What the workers of pytest-xdist share of a collection, so that each archive is read and searched for secrets by one of them.

Every worker collects everything, and the controller collects nothing. So each of them goes through the archives in an order of its own, and leaves
the outline of what it has read in a folder of the controller, where the others find it. No worker waits for another one.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from pytest_pcerrors.plugin._contents import Contents, Outline

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
