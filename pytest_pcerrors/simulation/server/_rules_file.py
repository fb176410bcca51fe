"""The TOML file of rules: read when the server starts, and again when it has changed."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pytest_pcerrors.documents import read_toml, without_dates
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import article, type_of
from pytest_pcerrors.simulation.answers.answer import AnswerFactory
from pytest_pcerrors.simulation.answers.rules import ResponseRule
from pytest_pcerrors.simulation.server._rule_documents import rules_of
from pytest_pcerrors.text import nearest

_KEY = "rule"
_LINE_END = b"\n"
_TABLE = re.compile(rb"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)


class RulesFile:
    """A file of rules; `on_problem` is called once with the problem of each new version that cannot be used."""

    def __init__(self, path: Path, factory: AnswerFactory, on_problem: Callable[[str], object] | None = None) -> None:
        self._path, self._factory, self._on_problem = path, factory, on_problem
        self._version: object = None

    def read(self) -> list[ResponseRule]:
        """Return the rules of the file; one that is invalid is a `UsageError` with its line."""
        self._version = self._current_version()
        table = without_dates(read_toml(self._path), str(self._path))
        for name in table:
            if name != _KEY:
                raise UsageError(f'{self._path}: unknown key "{name}"; {nearest(name, [_KEY])}')
        documents = table.get(_KEY, [])
        if not isinstance(documents, list):
            raise UsageError(f"{self._path}: expected rules as [[rule]], got {article(type_of(documents))}")
        return rules_of(documents, self._factory, lambda index: self._place(index, len(documents)))

    def changed(self) -> list[ResponseRule] | None:
        """Return the rules of a new version of the file; None if there is no new version, or if it cannot be used."""
        if self._on_problem is None or self._current_version() == self._version:
            return None
        try:
            return self.read()
        except UsageError as error:
            self._on_problem(f"{error}\nthe rules of the last valid version are kept")
            return None

    def _current_version(self) -> object:
        with suppress(OSError):
            status = self._path.stat()
            return status.st_mtime_ns, status.st_size, status.st_ino
        return None

    def _place(self, index: int, count: int) -> str:
        """Return the path, the line of a rule if it can be found, and its number."""
        line = ""
        with suppress(OSError):
            data = self._path.read_bytes()
            starts = [match.start() for match in _TABLE.finditer(data)]
            if len(starts) == count:
                line = f":{data[: starts[index]].count(_LINE_END) + 1}"
        return f"{self._path}{line}: rule {index + 1}"
