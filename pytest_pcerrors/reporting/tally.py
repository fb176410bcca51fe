"""What a run has seen, counted: one summary for the plugin and the command."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pytest_pcerrors.checking.audit import Finding
    from pytest_pcerrors.checking.verdict import Verdict

_MOST_NAMED = 8


@dataclass
class Tally:
    """Counts of judged responses, broken rules by severity, used allowances, and what was passed over."""

    errors: int = 0
    successes: int = 0
    broken: "Counter[str]" = field(default_factory=Counter)
    warned: "Counter[str]" = field(default_factory=Counter)
    allowed: "Counter[str]" = field(default_factory=Counter)
    other_hosts: int = 0
    unreadable: int = 0

    def hear(self, verdict: "Verdict") -> None:
        """Count a verdict; one on a recording counts no response."""
        if not verdict.of_recording:
            self.errors += verdict.reading.is_error
            self.successes += not verdict.reading.is_error
        self.broken.update(violation.rule for violation in verdict.errors)
        self.warned.update(violation.rule for violation in verdict.warnings)
        self.allowed.update(allowance.rule for allowance in verdict.allowed)

    def add(self, finding: "Finding") -> None:
        """Count what was found in an archive."""
        if finding.recording is not None:
            self.hear(finding.recording)
        if finding.verdict is not None:
            self.hear(finding.verdict)
        elif finding.kind == "other-host":
            self.other_hosts += 1
        elif finding.kind == "unreadable":
            self.unreadable += 1

    def plus(self, other: Self) -> None:
        """Add the counts of another run."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def as_data(self) -> dict[str, Any]:
        """Return the counts as plain data, as `of_data` takes them."""
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Self:
        """Make a tally of plain data."""
        counts: dict[str, Any] = {
            name: Counter(each) if isinstance(each, dict) else each for name, each in data.items()
        }
        return cls(**counts)

    @property
    def is_empty(self) -> bool:
        """Nothing was seen."""
        return not any(vars(self).values())

    def sentence(self) -> str:
        """Say all of it in one line.

        >>> Tally(errors=3, broken=Counter({"pairing": 2}), other_hosts=1).sentence()
        '3 error responses checked, 2 violations (pairing 2), 1 exchange with another host passed over'
        """
        parts = [f"{_count(self.errors, 'error response')} checked"]
        if self.successes:
            parts.append(f"{_count(self.successes, 'other response')} searched")
        parts.append(f"{_count(self.broken.total(), 'violation')}{_listed(self.broken)}")
        if self.warned:
            parts.append(f"{_count(self.warned.total(), 'warning')}{_listed(self.warned)}")
        if self.allowed:
            parts.append(f"{_count(self.allowed.total(), 'violation')} allowed{_listed(self.allowed)}")
        if self.unreadable:
            parts.append(f"{_count(self.unreadable, 'unreadable file')}")
        if self.other_hosts:
            parts.append(
                f"{_count(self.other_hosts, 'exchange')} with {'another host' if self.other_hosts == 1 else 'other hosts'} passed over"
            )
        return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(rules: "Counter[str]") -> str:
    """Name the rules, the most frequent first, and say how many more there are."""
    if not rules:
        return ""
    in_order = sorted(rules.items(), key=lambda each: (-each[1], each[0]))
    named = ", ".join(f"{rule} {count}" for rule, count in in_order[:_MOST_NAMED])
    more = f", {_count(len(rules) - _MOST_NAMED, 'more rule')}" if len(rules) > _MOST_NAMED else ""
    return f" ({named}{more})"
