"""The items of archives: their error responses, their unreadable places, and the rules that they break as a whole."""

import os
from itertools import product
from typing import Any

import pytest

from pytest_pcerrors.errors import ArchiveError, PcErrorsWarning, UsageError
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.plugin._contents import RECORDING, RESPONSE, UNREADABLE_PLACE, Contents
from pytest_pcerrors.plugin._messages import encodable, warn
from pytest_pcerrors.policy.check import current, judge
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.failure import failure_text
from pytest_pcerrors.rules.violation import ContractViolation, Violation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

_MOST_SHOWN = 10


class PartItem(pytest.Item):
    """An item for a part of an archive, whose content is not needed until it runs. `line` is that in the file, from 0."""

    def __init__(self, *, contents: Contents, number: int, line: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.line = line
        self.contents = contents
        self._number = number

    def content(self) -> Any:
        """Return the content of the part."""
        return self.contents.content(self._number, self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show only the message, since the traceback has only frames of this plugin."""
        if isinstance(excinfo.value, ContractViolation | UsageError | PcErrorsWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name for pytest."""
        return encodable(self.path), self.line, self.name


class CassetteItem(PartItem):
    """A recorded error response that is checked against the contract. It has its `exchange` when it runs."""

    exchange: Exchange | None = None

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
        for each in current().observers:
            each.on_warning(verdict)
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


class RecordingItem(PartItem):
    """A rule for recordings that a file breaks. The item fails or warns, depending on the severity."""

    def runtest(self) -> None:
        """Fail or warn with all places, and count them."""
        verdicts: list[Verdict] = self.content()
        for verdict, observer in product(verdicts, current().observers):
            observer.on_verdict(verdict)
            observer.on_warning(verdict)
        errors = [(verdict, each) for verdict in verdicts for each in verdict.errors]
        if errors:
            raise ContractViolation(_text(errors), [each for _, each in errors])
        located = ((verdict.exchange.origin, each) for verdict in verdicts for each in verdict.warnings)
        warn((f"{origin}: {each}; {each.hint}" for origin, each in located), str(self.path))


def _text(errors: list[tuple[Verdict, Violation]]) -> str:
    """Return the message with the first places and the hint."""
    first = errors[0][1]
    lines = [f"{first.rule}  {first.message}, in {counted(len(errors), 'place')}:"]
    lines += [f"  {safe(f'{verdict.exchange.origin}  {each.pointer}')}" for verdict, each in errors[:_MOST_SHOWN]]
    if len(errors) > _MOST_SHOWN:
        lines.append(f"  and {len(errors) - _MOST_SHOWN} more")
    return "\n".join([*lines, first.hint])


ITEMS: dict[str, type[PartItem]] = {RESPONSE: CassetteItem, UNREADABLE_PLACE: UnreadableItem, RECORDING: RecordingItem}
"""The items for the kinds of parts."""
