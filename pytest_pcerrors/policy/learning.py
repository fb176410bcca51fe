"""Proposed settings under which recordings pass: entries for undocumented errors, allowances for other violations."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_pcerrors.rules.violation import ALLOWANCE_EXPIRED
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.policy.audit import Finding
    from pytest_pcerrors.rules.parsed_response import ParsedResponse
    from pytest_pcerrors.rules.violation import Violation

_UNDOCUMENTED = ("code-unknown", "pairing")
_LONGEST_SAMPLE = 200
_PLACEHOLDER = re.compile(r"\{([0-9])\}")


@dataclass
class Occurrence:
    """How often something occurred, and where first; a sample description of an entry, the codes of a rule, and the statuses without a code."""

    count: int = 0
    first: str = ""
    sample: str = ""
    codes: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)

    def add(self, origin: str, sample: str = "") -> None:
        """Count an occurrence."""
        self.count += 1
        self.first = self.first or origin
        self.sample = self.sample or sample


@dataclass
class Proposal:
    """Undocumented pairings and broken rules. `unreadable` has the places that no setting can allow, each with what to do."""

    entries: dict[tuple[int, str], Occurrence] = field(default_factory=lambda: defaultdict(Occurrence))
    rules: dict[str, Occurrence] = field(default_factory=lambda: defaultdict(Occurrence))
    unreadable: dict[str, str] = field(default_factory=dict)
    expired: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to propose."""
        return not (self.entries or self.rules)


def learn(findings: "Iterable[Finding]", main: "Contract | None" = None) -> Proposal:
    """Collect the violations of severity ``error`` from findings. Entries belong to `main`, the first of several contracts."""
    proposal = Proposal()
    for finding in findings:
        if finding.problem is not None:
            proposal.unreadable[finding.origin] = finding.problem.hint
        elif finding.verdict is not None:
            for violation in finding.verdict.errors:
                _add(proposal, finding.origin, finding.verdict.parsed, violation, main)
    return proposal


def _add(
    proposal: Proposal, origin: str, parsed: "ParsedResponse", violation: "Violation", main: "Contract | None"
) -> None:
    error, status = parsed.stated_at(violation.pointer), parsed.exchange.status
    code = _writable(error.code)
    if violation.rule == ALLOWANCE_EXPIRED:
        proposal.expired += 1
    elif violation.rule in _UNDOCUMENTED and code and main in (None, parsed.contract):
        sample = _PLACEHOLDER.sub(r"(\1)", cut(safe(error.description or ""), _LONGEST_SAMPLE))
        proposal.entries[status, code].add(origin, sample)
    else:
        seen = proposal.rules[violation.rule]
        seen.add(origin)
        if code:
            seen.codes.add(code)
        else:
            seen.statuses.add(status)


def _writable(code: str | None) -> str | None:
    """Return a code that a settings file can contain; None if it is empty or not valid Unicode."""
    try:
        return code if code and code.encode() else None
    except UnicodeEncodeError:
        return None
