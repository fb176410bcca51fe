"""The verdict on an exchange: its violations, and the allowances that were used."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.allowances import Allowance
    from pytest_pcerrors.rules.parsed_response import ParsedResponse
    from pytest_pcerrors.rules.violation import Violation


@dataclass(slots=True)
class Verdict:
    """The verdict on an exchange: its violations (errors and warnings), and the allowances that were used.

    It is about the response, or, with `of_recording`, about the recording: its age and the secrets in it.
    """

    parsed: "ParsedResponse"
    violations: "tuple[Violation, ...]"
    allowed: "tuple[Allowance, ...]" = ()
    of_recording: bool = False

    def of_rule(self, rule: str) -> "Verdict | None":
        """Return the verdict for a single rule, or None if the rule was not broken."""
        violations = tuple(each for each in self.violations if each.rule == rule)
        allowed = tuple(each for each in self.allowed if each.rule == rule)
        return replace(self, violations=violations, allowed=allowed) if violations or allowed else None

    @property
    def exchange(self) -> "Exchange":
        """The exchange that was judged."""
        return self.parsed.exchange

    @property
    def errors(self) -> "tuple[Violation, ...]":
        """The violations of severity ``error``."""
        return tuple(violation for violation in self.violations if violation.severity == "error")

    @property
    def warnings(self) -> "tuple[Violation, ...]":
        """The violations of severity ``warning``."""
        return tuple(violation for violation in self.violations if violation.severity == "warning")
