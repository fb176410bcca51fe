"""What the benchmarks of one run have in common: the size of the data, temporary folders, corpora."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TypeVar

Made = TypeVar("Made")


@dataclass(frozen=True)
class Setting:
    """The setting of a run; as a context manager, it removes its folders at the end.

    `quick` shows that everything works, on very little data; `corpora` are folders of recordings that somebody named.
    """

    quick: bool = False
    corpora: Sequence[Path] = ()
    _open: ExitStack = field(default_factory=ExitStack)

    def count(self, number: int, quick: int = 3) -> int:
        """Return a number of things, or the small one of a quick run."""
        return quick if self.quick else number

    def some(self, cases: Iterable[Made]) -> list[Made]:
        """Return all cases that differ only in their data, or the last one in a quick run."""
        return [*cases][-1 if self.quick else 0 :]

    def folder(self) -> Path:
        """Return a new folder that is there until the run ends."""
        return Path(self._open.enter_context(TemporaryDirectory()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
