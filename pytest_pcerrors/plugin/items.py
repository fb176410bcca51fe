"""One archive as a collector, its error responses as items, and what an item is called."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from pytest_pcerrors.checking.age import Oldest
from pytest_pcerrors.checking.check import judge
from pytest_pcerrors.checking.reading import read
from pytest_pcerrors.checking.violation import SECRET_RECORDED, STALE, ContractViolation
from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError, nearest
from pytest_pcerrors.exchange.archives.files import read_stream
from pytest_pcerrors.exchange.masking import masked
from pytest_pcerrors.plugin.recordings import RecordingItem
from pytest_pcerrors.plugin.warning import warn
from pytest_pcerrors.reporting.failure import failure_text

if TYPE_CHECKING:
    from pytest_pcerrors.checking.policy import Policy
    from pytest_pcerrors.checking.reading import Reading
    from pytest_pcerrors.checking.verdict import Verdict
    from pytest_pcerrors.exchange.model import Exchange

_IDENTIFIER = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32})(?=/|$)")
_LONGEST_REQUEST = 160
_LONGEST_CODE = 20


class CassetteFile(pytest.File):
    """One archive; its items are its error responses, or those of them that the command line names.

    `counts` hears what it holds, by kind: error, success, other-host, unreadable.
    """

    def __init__(self, *, policy: "Policy", named: frozenset[str], counts: Counter[str], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.not_found: dict[str, str] = {}
        self._policy = policy
        self._named = named
        self._counts = counts

    def collect(self) -> list[pytest.Item]:
        """Return the items; what is named and is not there stands in `not_found` afterwards, with a hint."""
        items = list(self._items())
        names = [item.name for item in items]
        self.not_found = {name: nearest(name, names) for name in sorted(self._named.difference(names))}
        return [item for item in items if item.name in self._named] if self._named else items

    def _items(self) -> Iterator[pytest.Item]:
        """Yield an item for every error response, and a failing one if the file cannot be read to its end."""
        self._counts["error"] = 0  # what was read has counts, if only this
        secrets: list[Verdict] = []
        oldest = Oldest()
        try:
            with self.path.open("rb") as stream:
                for number, exchange in enumerate(read_stream(stream, self.nodeid), start=1):
                    reading = read(exchange, self._policy.contract)
                    kind = self._kind(reading)
                    oldest.add(exchange)
                    secrets += filter(None, [self._policy.secrets_in(exchange)])
                    self._counts[kind] += 1
                    if kind == "error":
                        name = item_name(exchange, reading.code, number)
                        yield CassetteItem.from_parent(self, name=name, exchange=exchange)
        except ArchiveError as error:
            yield self._unreadable(error)
        except OSError as error:
            yield self._unreadable(ArchiveError(self.nodeid, f"cannot be read: {error.strerror or error}"))
        if any(verdict.violations or verdict.allowed for verdict in secrets):
            yield RecordingItem.from_parent(self, name=SECRET_RECORDED, verdicts=secrets)
        if verdict := self._policy.stale(oldest):
            yield RecordingItem.from_parent(self, name=STALE, verdicts=[verdict])

    def _kind(self, reading: "Reading") -> str:
        if not self._policy.concerns(reading.exchange):
            return "other-host"
        return "error" if reading.is_error else "success"

    def _unreadable(self, error: ArchiveError) -> "UnreadableItem":
        self._counts["unreadable"] += 1
        item: UnreadableItem = UnreadableItem.from_parent(self, name="unreadable", error=error)
        return item


class CassetteItem(pytest.Item):
    """One recorded error response, held against the contract."""

    def __init__(self, *, exchange: "Exchange", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.exchange = exchange

    def runtest(self) -> None:
        """Fail with everything that is wrong if some of it is an error, else warn of it."""
        verdict = judge(self.exchange)
        if not verdict.violations:
            return
        contract = verdict.reading.contract
        text = failure_text(self.exchange, verdict.violations, contract)
        if verdict.errors:
            raise ContractViolation(text, verdict.errors)
        reason = contract.reason(self.exchange.status)
        try:
            warn((f"{reason}: {each}" for each in verdict.warnings), f"{self.path}:{_line(self.exchange.origin) or 1}")
        except PcErrorsWarning:
            raise PcErrorsWarning(text) from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the violations alone; the traceback would be ours."""
        if isinstance(excinfo.value, ContractViolation | UsageError | PcErrorsWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name, as pytest shows them."""
        return self.path, (_line(self.exchange.origin) or 1) - 1, self.name


class UnreadableItem(pytest.Item):
    """A file that cannot be read, or not to its end: it fails, and the other files still run."""

    def __init__(self, *, error: ArchiveError, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._error = error

    def runtest(self) -> None:
        """Fail with what is wrong with the file."""
        raise self._error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show place and problem alone."""
        return f"unreadable  {excinfo.value}" if excinfo.value is self._error else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name, as pytest shows them."""
        return self.path, (_line(self._error.place) or 1) - 1, self.name


def item_name(exchange: "Exchange", code: str | None, number: int) -> str:
    """Return the name of an item: method, path with identifiers as ``{id}``, status, code, number of the interaction.

    It is ASCII without what has a meaning in the id of a test, so that it can be pasted back.

    >>> from pytest_pcerrors import Exchange, Request
    >>> item_name(Exchange(409, None, b"", Request("GET", "https://host/v1/orders/17?x=1")), "800064", 7)
    'GET /v1/orders/{id} 409 800064 #7'
    """
    request = exchange.request
    asked = f"{request.method} {_path(request.url)}" if request else "response"
    words = [asked[:_LONGEST_REQUEST], str(exchange.status), masked(code or "")[:_LONGEST_CODE], f"#{number}"]
    name = " ".join(filter(None, words)).replace("::", ":").replace("[", "(").replace("]", ")")
    return "".join(letter if letter.isascii() and letter.isprintable() else ascii(letter)[1:-1] for letter in name)


def _path(url: str) -> str:
    try:
        return _IDENTIFIER.sub("{id}", masked(urlsplit(url).path)) or "/"
    except ValueError:
        return "/"


def _line(place: str | None) -> int | None:
    """Return the line of a place such as ``path:line``, or None where it has none."""
    line = (place or "").rpartition(":")[2]
    return int(line) if line.isascii() and line.isdigit() else None
