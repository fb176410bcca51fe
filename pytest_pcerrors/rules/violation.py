"""A violation, and the exception with all violations of a response."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

Severity = Literal["error", "warning", "off"]

SECRET_RECORDED, SECRET_SUSPECTED, STALE = "secret-recorded", "secret-suspected", "stale"
"""The rules for recordings. They apply to every recorded exchange, whatever its host and status."""

ALLOWANCE_EXPIRED = "allowance-expired"
"""The rule that an allowance breaks if it is used after its last day."""

UNREADABLE = "unreadable"
"""The rule that a file, an entry of it, or the body of a given response breaks if it cannot be read."""


@dataclass(frozen=True)
class Violation:
    """One rule broken at one place.

    `pointer` is a JSON Pointer (RFC 6901) into the body or the name of a header, empty for the response as a whole.
    `expected`, `actual` and `hint` are short texts and may be empty. All texts can be encoded as UTF-8, and secrets in
    them are masked. A rule leaves out `rule` and `severity`; they are filled in from the rule set and the profile.

    >>> from pytest_pcerrors import check
    >>> [violation.rule for violation in check((409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}'))]
    ['code-number']
    """

    message: str
    pointer: str = ""
    expected: str = ""
    actual: str = ""
    hint: str = ""
    rule: str = ""
    severity: Severity = "error"

    def __post_init__(self) -> None:
        for name in ("message", "pointer", "expected", "actual", "hint"):
            object.__setattr__(self, name, safe(getattr(self, name)))

    def judged(self, rule: str, severity: Severity) -> "Violation":
        """Return this violation with the name of its rule and a severity; its texts are already masked."""
        judged = object.__new__(Violation)
        vars(judged).update(vars(self), rule=rule, severity=severity)
        return judged

    def __str__(self) -> str:
        return f"{self.rule} {self.pointer}: {self.message}" if self.pointer else f"{self.rule}: {self.message}"


class ContractViolation(AssertionError):  # noqa: N818 - it is a failed assertion, not an error of the program
    """A response breaks the contract, or is not what the assertion expects; its text says how.

    `violations` has every violation of severity ``error``.

    >>> from pytest_pcerrors import ContractViolation, assert_pc_error
    >>> try:
    ...     assert_pc_error((409, b"{}"), 800064)
    ... except ContractViolation as error:
    ...     print(error.violations[0].rule)
    code-missing
    """

    def __init__(self, message: str, violations: "Sequence[Violation]") -> None:
        super().__init__(message)
        self.violations: tuple[Violation, ...] = tuple(violations)


ContractViolation.__module__ = "pytest_pcerrors"  # so that a failure names it as a test imports it
