"""Items for a recording as a whole: its secrets and its age."""

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_pcerrors.errors import PcErrorsWarning
from pytest_pcerrors.plugin._outcomes import warn
from pytest_pcerrors.policy.context import current
from pytest_pcerrors.rules.violation import ContractViolation
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import counted

if TYPE_CHECKING:
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.rules.violation import Violation

_MOST_SHOWN = 10


class RecordingItem(pytest.Item):
    """A rule for recordings that a file breaks. The item fails or warns, depending on the severity."""

    def __init__(self, *, verdicts: "list[Verdict]", **arguments: Any) -> None:
        super().__init__(**arguments)
        self._verdicts = verdicts

    def runtest(self) -> None:
        """Fail or warn with all places, and count them."""
        for verdict in self._verdicts:
            current().on_verdict(verdict)
            current().on_warning(verdict)
        errors = [(verdict, each) for verdict in self._verdicts for each in verdict.errors]
        if errors:
            raise ContractViolation(_text(errors), [each for _, each in errors])
        located = ((verdict.exchange.origin, each) for verdict in self._verdicts for each in verdict.warnings)
        warn((f"{origin}: {each}; {each.hint}" for origin, each in located), str(self.path))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show only the places."""
        if isinstance(excinfo.value, ContractViolation | PcErrorsWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return file, line (counted from 0) and name for pytest."""
        return self.path, 0, self.name


def _text(errors: "list[tuple[Verdict, Violation]]") -> str:
    """Return the message with the first places and the hint."""
    first = errors[0][1]
    lines = [f"{first.rule}  {first.message}, in {counted(len(errors), 'place')}:"]
    lines += [f"  {safe(f'{verdict.exchange.origin}  {each.pointer}')}" for verdict, each in errors[:_MOST_SHOWN]]
    if len(errors) > _MOST_SHOWN:
        lines.append(f"  and {len(errors) - _MOST_SHOWN} more")
    return "\n".join([*lines, first.hint])
