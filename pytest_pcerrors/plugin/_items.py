"""Archives as collectors, their error responses as items, and the names of items."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.plugin._outcomes import warn
from pytest_pcerrors.plugin._recordings import RecordingItem
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.check import judge
from pytest_pcerrors.policy.context import current
from pytest_pcerrors.policy.recordings import Recording, SecretsByItem
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.reporting.other_hosts import host_of
from pytest_pcerrors.reporting.request_paths import generic_path
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.violation import SECRET_RECORDED, SECRET_SUSPECTED, STALE, UNREADABLE, ContractViolation
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.text import nearest

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_LONGEST_REQUEST = 160
_LONGEST_CODE = 20


class CassetteFile(pytest.File):
    """The collector of an archive. Its items are its error responses, or those that the command line names.

    `counts` receives the counts by kind: error, success, other-host, skipped, unreadable; undated is 1 if the age is unknown. `hosts` receives the hosts of the kind
    other-host.
    """

    def __init__(
        self,
        *,
        policy: "Policy",
        named: frozenset[str],
        counts: Counter[str],
        hosts: Counter[str],
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.not_found: dict[str, str] = {}
        self._policy = policy
        self._named = named
        self._counts = counts
        self._hosts = hosts

    def collect(self) -> list[pytest.Item]:
        """Return the items; `not_found` then has the selected names that do not exist, each with a hint."""
        items = list(self._items())
        names = [item.name for item in items]
        self.not_found = {name: nearest(name, names) for name in sorted(self._named.difference(names))}
        return [item for item in items if item.name in self._named] if self._named else items

    def _items(self) -> Iterator[pytest.Item]:
        """Yield an item for every error response, and a failing item for each unreadable place."""
        self._counts["error"] = 0  # a file that was read has at least this count
        recording = Recording.of_file(self.path, self._policy, self.nodeid)
        secrets, oldest = SecretsByItem(recording), Oldest(self._policy.judges)
        verdicts: list[Verdict | None] = []
        for number, item in enumerate(self._recorded(recording)):
            found = secrets.of(number, item)
            if isinstance(item, ArchiveError):
                self._counts["unreadable"] += 1
                verdicts.append(self._policy.secrets_at(found, item.place))
                yield self._unreadable(item)
            elif isinstance(item, Skipped):
                self._counts["skipped"] += 1
                verdicts.append(self._policy.secrets_at(found, item.origin))
            else:
                oldest.add(item)
                verdicts.append(self._policy.secrets_in(item, found))
                yield from self._judged(item, number + 1)
        verdicts += [self._policy.secrets_at([outside], origin) for origin, outside in secrets.rest()]
        yield from self._recording_items(list(filter(None, verdicts)))
        if verdict := self._policy.stale(oldest):
            yield RecordingItem.from_parent(self, name=STALE, verdicts=[verdict])
        self._counts["undated"] = int(not self._named and self._policy.is_undated(oldest))

    def _recording_items(self, verdicts: "list[Verdict]") -> Iterator[RecordingItem]:
        """Yield an item for each rule about secrets that the file breaks or that was allowed."""
        for rule in (SECRET_RECORDED, SECRET_SUSPECTED):
            of_rule = [each for each in (verdict.of_rule(rule) for verdict in verdicts) if each is not None]
            if of_rule:
                yield RecordingItem.from_parent(self, name=rule, verdicts=of_rule)

    def _recorded(self, recording: Recording) -> Iterator["Item"]:
        try:
            yield from recording.items
        except UsageError as error:
            raise self.CollectError(str(error)) from None

    def _judged(self, exchange: "Exchange", number: int) -> Iterator["CassetteItem"]:
        """Count an exchange, and yield its item if it is an error response."""
        parsed = read(exchange, self._policy.of(exchange).contract)
        kind = self._kind(parsed)
        self._counts[kind] += 1
        self._hosts.update([host_of(exchange)] if kind == "other-host" else [])
        if kind == "error":
            yield CassetteItem.from_parent(self, name=item_name(exchange, parsed.code, number), exchange=exchange)

    def _kind(self, parsed: "ParsedResponse") -> str:
        if not self._policy.judges(parsed.exchange):
            return "other-host"
        return "error" if parsed.is_error else "success"

    def _unreadable(self, error: ArchiveError) -> "UnreadableItem":
        """Return the failing item for an unreadable place; its name has the line or pointer, unless it is a whole file."""
        name = f"{UNREADABLE} {error.place.removeprefix(self.nodeid).lstrip(':')}".strip()
        item: UnreadableItem = UnreadableItem.from_parent(self, name=name, error=error)
        return item


class CassetteItem(pytest.Item):
    """A recorded error response that is checked against the contract."""

    def __init__(self, *, exchange: "Exchange", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.exchange = exchange

    def runtest(self) -> None:
        """Fail with all violations if one is an error, otherwise warn of them."""
        verdict = judge(self.exchange)
        if not verdict.violations:
            return
        contract = verdict.parsed.contract
        text = failure_text(self.exchange, verdict.violations, contract)
        if verdict.errors:
            raise ContractViolation(text, verdict.errors)
        reason = contract.reason(self.exchange.status)
        current().on_warning(verdict)
        try:
            warn((f"{reason}: {each}" for each in verdict.warnings), f"{self.path}:{_line(self.exchange.origin) or 1}")
        except PcErrorsWarning:
            raise PcErrorsWarning(text) from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show only the violations, since the traceback has only frames of this plugin."""
        if isinstance(excinfo.value, ContractViolation | UsageError | PcErrorsWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name for pytest."""
        return self.path, (_line(self.exchange.origin) or 1) - 1, self.name


class UnreadableItem(pytest.Item):
    """A file, or a place in a file, that cannot be read. It fails, and the other items still run."""

    def __init__(self, *, error: ArchiveError, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._error = error

    def runtest(self) -> None:
        """Fail with the problem."""
        raise self._error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show only the place and the problem."""
        return f"unreadable  {excinfo.value}" if excinfo.value is self._error else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name for pytest."""
        return self.path, (_line(self._error.place) or 1) - 1, self.name


def item_name(exchange: "Exchange", code: str | None, number: int) -> str:
    """Return the name of an item: method, path with identifiers as ``{id}``, status, code, number of the interaction.

    It is ASCII without characters that are special in the id of a test, so that it can be given as an argument.

    >>> from pytest_pcerrors import Exchange, Request
    >>> item_name(Exchange(409, None, b"", Request("GET", "https://host/v1/orders/17?x=1")), "800064", 7)
    'GET /v1/orders/{id} 409 800064 #7'
    """
    request = exchange.request
    request_text = f"{request.method} {generic_path(request.url)}" if request else "response"
    words = [request_text[:_LONGEST_REQUEST], str(exchange.status), _short(hide(code or "")), f"#{number}"]
    name = " ".join(filter(None, words)).replace("::", ":").replace("[", "(").replace("]", ")")
    return "".join(letter if letter.isascii() and letter.isprintable() else ascii(letter)[1:-1] for letter in name)


def _short(code: str) -> str:
    """Return the beginning of a code; of a longer URI the last step."""
    if len(code) > _LONGEST_CODE and "/" in code:
        code = code.rstrip("/").rpartition("/")[2]
    return code[:_LONGEST_CODE]


def _line(place: str | None) -> int | None:
    """Return the line of a place such as ``path:line``, or None without one."""
    line = (place or "").rpartition(":")[2]
    return int(line) if line.isascii() and line.isdigit() else None
