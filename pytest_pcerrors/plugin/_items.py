"""Archives as collectors, and their error responses and unreadable places as items."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError
from pytest_pcerrors.plugin._contents import RECORDING, RESPONSE, UNREADABLE_PLACE, Contents, Outline
from pytest_pcerrors.plugin._outcomes import warn
from pytest_pcerrors.plugin._recordings import PartItem, RecordingItem
from pytest_pcerrors.policy.check import judge
from pytest_pcerrors.policy.context import current
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.rules.violation import ContractViolation
from pytest_pcerrors.text import nearest

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange


class CassetteFile(pytest.File):
    """The collector of an archive. Its items are its error responses, or those that the command line names.

    `outline` returns the outline of the contents. `counts` and `hosts` receive its counts.
    """

    def __init__(
        self,
        *,
        contents: Contents,
        outline: Callable[[Contents], Outline],
        named: frozenset[str],
        counts: Counter[str],
        hosts: Counter[str],
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.not_found: dict[str, str] = {}
        self._contents = contents
        self._outline = outline
        self._named = named
        self._counts = counts
        self._hosts = hosts

    def collect(self) -> list[pytest.Item]:
        """Return the items; `not_found` then has the selected names that do not exist, each with a hint."""
        try:
            outline = self._outline(self._contents)
        except UsageError as error:
            raise self.CollectError(str(error)) from None
        self._counts.update(outline["counts"])
        self._hosts.update(outline["hosts"])
        names = [name for _, name, _ in outline["parts"]]
        self.not_found = {name: nearest(name, names) for name in sorted(self._named.difference(names))}
        if self._named:
            self._counts["undated"] = 0
        return [
            _ITEMS[kind].from_parent(self, name=name, contents=self._contents, number=number, line=line)
            for number, (kind, name, line) in enumerate(outline["parts"])
            if not self._named or name in self._named
        ]


class CassetteItem(PartItem):
    """A recorded error response that is checked against the contract. It has its `exchange` when it runs."""

    exchange: "Exchange | None" = None

    def runtest(self) -> None:
        """Fail with all violations if one is an error, otherwise warn of them."""
        self.exchange = exchange = self.content()
        verdict = judge(exchange)
        if not verdict.violations:
            return
        contract = verdict.parsed.contract
        text = failure_text(exchange, verdict.violations, contract)
        if verdict.errors:
            raise ContractViolation(text, verdict.errors)
        reason = contract.reason(exchange.status)
        current().on_warning(verdict)
        try:
            warn((f"{reason}: {each}" for each in verdict.warnings), f"{self.path}:{self.line + 1}")
        except PcErrorsWarning:
            raise PcErrorsWarning(text) from None


class UnreadableItem(PartItem):
    """A file, or a place in a file, that cannot be read. It fails, and the other items still run."""

    def runtest(self) -> None:
        """Fail with the problem."""
        raise self.content()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show only the place and the problem."""
        shown = super().repr_failure(excinfo, style)
        return f"unreadable  {shown}" if isinstance(excinfo.value, ArchiveError) else shown


_ITEMS: dict[str, type[PartItem]] = {
    RESPONSE: CassetteItem,
    UNREADABLE_PLACE: UnreadableItem,
    RECORDING: RecordingItem,
}
