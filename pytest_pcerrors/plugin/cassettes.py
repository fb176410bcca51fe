"""Cassettes as tests: every recorded error response of the contract's hosts is one item."""

import os
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from pytest_pcerrors.checking.check import judge
from pytest_pcerrors.checking.reading import read
from pytest_pcerrors.checking.violation import ContractViolation
from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError
from pytest_pcerrors.exchange.archives.files import archive_files, is_archive, read_stream
from pytest_pcerrors.reporting.failure import failure_text

if TYPE_CHECKING:
    from pytest_pcerrors.checking.policy import Policy
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange

_IDENTIFIER = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})(?=/|$)")
_LONGEST_NAME = 160


class Cassettes:
    """The cassettes of a run: where they lie, and what was seen in each.

    `seen` counts, for each file: error responses, other responses, and exchanges with other hosts.
    """

    def __init__(self, config: pytest.Config, configured: Iterable[Path], policy: "Policy") -> None:
        start = config.invocation_params.dir
        self._config = config
        self._policy = policy
        self._asked = [_normal(start / path) for path in config.getoption("pc_cassettes")]
        self._configured = [_normal(path) for path in configured]
        self.seen: dict[str, list[int]] = {}
        for path in self._asked:
            archive_files(path)

    def arguments(self) -> list[str]:
        """Return the paths to add to what pytest collects.

        Those of the option, but for one in which the command line names something itself (an item to run again, say);
        those of the settings only where the command line names nothing at all.
        """
        given = self._config.args_source is pytest.Config.ArgsSource.ARGS
        if not given:
            for path in self._configured:
                archive_files(path)
        named = (
            [_normal(self._config.invocation_params.dir / each.split("::")[0]) for each in self._config.args]
            if given
            else []
        )
        asked = [path for path in self._asked if not any(_lies_in(each, path) for each in named)]
        return [str(path) for path in dict.fromkeys([*asked, *(() if given else self._configured)])]

    def collected(self, file: Path, parent: pytest.Collector) -> "CassetteFile | None":
        """Return the collector for a file that belongs to the run, or None."""
        is_named = file in self._asked or file in self._configured
        if is_named or (any(_lies_in(file, path) for path in (*self._asked, *self._configured)) and is_archive(file)):
            return CassetteFile.from_parent(parent, path=file, policy=self._policy, seen=self.seen)
        return None

    def remarks(self) -> Iterator[str]:
        """Say which of the paths held nothing to check, and what was passed over."""
        for path in (*self._asked, *self._configured):
            counts = [count for name, count in self.seen.items() if _lies_in(self._config.rootpath / name, path)]
            errors, others, foreign = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0, 0)
            if not errors and (counts or not archive_files(path)):
                held = f"{others} other responses, {foreign} exchanges with other hosts" if counts else "no cassette"
                yield f"{_shortest(path, self._config.rootpath)} holds no error response to check ({held})"
            elif foreign:
                yield f"{_shortest(path, self._config.rootpath)} holds {foreign} exchanges with other hosts, which are not judged"


class CassetteFile(pytest.File):
    """One archive; its items are its error responses."""

    def __init__(self, policy: "Policy", seen: dict[str, list[int]], **arguments: Any) -> None:
        super().__init__(**arguments)
        self._policy = policy
        self._seen = seen

    def collect(self) -> Iterator["CassetteItem | UnreadableItem"]:
        """Yield an item for every error response, and a failing one if the file cannot be read to its end."""
        name = _shortest(self.path, self.config.rootpath)
        counts = self._seen[name] = [0, 0, 0]
        try:
            with self.path.open("rb") as stream:
                for number, exchange in enumerate(read_stream(stream, name), start=1):
                    concerned = self._policy.concerns(exchange)
                    reading = read(exchange, self._policy.contract)
                    counts[0 if concerned and reading.is_error else 1 if concerned else 2] += 1
                    if concerned and reading.is_error:
                        item = item_name(exchange, reading.code, number)
                        yield CassetteItem.from_parent(
                            self, name=item, exchange=exchange, contract=self._policy.contract
                        )
        except (ArchiveError, OSError) as error:
            yield UnreadableItem.from_parent(self, name="unreadable", problem=str(error))


class CassetteItem(pytest.Item):
    """One recorded error response, held against the contract."""

    def __init__(self, exchange: "Exchange", contract: "Contract", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.exchange = exchange
        self._contract = contract

    def runtest(self) -> None:
        """Fail with every violation of severity error, and warn of the others."""
        verdict = judge(self.exchange)
        if verdict.errors:
            raise ContractViolation(failure_text(self.exchange, verdict.violations, self._contract), verdict.errors)
        for violation in verdict.warnings:
            warnings.warn_explicit(
                f"{self.exchange.origin}: {violation}", PcErrorsWarning, str(self.path), self._line()
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violations alone; the traceback would be ours."""
        if isinstance(excinfo.value, ContractViolation | UsageError | PcErrorsWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name, as pytest shows them."""
        return self.path, self._line() - 1, self.name

    def _line(self) -> int:
        line = (self.exchange.origin or "").rpartition(":")[2]
        return int(line) if line.isdigit() else 1


class UnreadableItem(pytest.Item):
    """A file that cannot be read, or not to its end: it fails, and the other files still run."""

    def __init__(self, problem: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._problem = problem

    def runtest(self) -> None:
        """Fail with what is wrong with the file."""
        raise UsageError(self._problem)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002
        """Show place and problem alone."""
        return f"unreadable  {excinfo.value}"

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, no line, and name."""
        return self.path, None, self.name


def item_name(exchange: "Exchange", code: str | None, number: int) -> str:
    """Return the name of an item: method, path with identifiers as ``{id}``, status, code, number of the interaction.

    >>> from pytest_pcerrors import Exchange, Request
    >>> item_name(Exchange(409, None, b"", Request("GET", "https://host/v1/orders/17?x=1")), "800064", 7)
    'GET /v1/orders/{id} 409 800064 #7'
    """
    request = exchange.request
    asked = f"{request.method} {_path(request.url)}" if request else "response"
    words = [asked[:_LONGEST_NAME], str(exchange.status), (code or "")[:20], f"#{number}"]
    name = " ".join(filter(None, words)).replace("::", ":").replace("[", "(").replace("]", ")")
    return name.encode("ascii", "backslashreplace").decode() if name.isprintable() else ascii(name)[1:-1]


def _path(url: str) -> str:
    try:
        return _IDENTIFIER.sub("{id}", urlsplit(url).path) or "/"
    except ValueError:
        return "/"


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))


def _lies_in(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _shortest(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
