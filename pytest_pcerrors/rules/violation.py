"""A violation, and the exception with all violations of a response."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

from pytest_pcerrors.secrets.display import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

Severity = Literal["error", "warning", "off"]

Text: TypeAlias = str | Callable[[], str]
"""A text of a violation, or a function that returns it, which is called when a text of the violation is first read."""

SECRET_RECORDED, SECRET_SUSPECTED, STALE = "secret-recorded", "secret-suspected", "stale"
"""The rules for recordings. They apply to every recorded exchange, whatever its host and status."""

ALLOWANCE_EXPIRED = "allowance-expired"
"""The rule that an allowance breaks if it is used after its last day."""

UNREADABLE = "unreadable"
"""The rule that a file, an entry of it, or the body of a given response breaks if it cannot be read."""


_TEXTS = ("message", "pointer", "expected", "actual", "hint")


@dataclass(frozen=True, init=False)
class Violation:
    """One rule broken at one place.

    `pointer` is a JSON Pointer (RFC 6901) into the body or the name of a header, empty for the response as a whole.
    `expected`, `actual` and `hint` are short texts and may be empty. All texts can be encoded as UTF-8, and secrets in
    them are masked, when one of them is first read. A rule leaves out `rule` and `severity`; they are filled in from the
    rule set and the profile.

    >>> from pytest_pcerrors import check
    >>> [violation.rule for violation in check((409, b'{"code": 800064, "description": "Busy", "source": "PartnerFD"}'))]
    ['code-number']
    """

    message: str
    pointer: str
    expected: str
    actual: str
    hint: str
    rule: str
    severity: Severity

    def __init__(  # noqa: PLR0913, PLR0917 - one argument a field
        self,
        message: Text,
        pointer: Text = "",
        expected: Text = "",
        actual: Text = "",
        hint: Text = "",
        rule: str = "",
        severity: Severity = "error",
    ) -> None:
        members = self.__dict__
        members["_texts"] = message, pointer, expected, actual, hint
        members["rule"], members["severity"] = rule, severity

    @classmethod
    def explained_by(cls, texts: Callable[[], Iterable[Text]]) -> Self:
        """Return a violation with the message, pointer, expected, actual and hint that a function returns when one is first read."""
        violation = object.__new__(cls)
        members = violation.__dict__
        members["_texts"], members["rule"], members["severity"] = texts, "", "error"
        return violation

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def judged(self, rule: str, severity: Severity) -> "Violation":
        """Return this violation with the name of its rule and a severity."""
        judged = object.__new__(Violation)
        members = judged.__dict__
        members.update(self.__dict__)
        members["rule"], members["severity"] = rule, severity
        return judged

    def __str__(self) -> str:
        return f"{self.rule} {self.pointer}: {self.message}" if self.pointer else f"{self.rule}: {self.message}"


def _text_of(violation: Violation, name: str) -> str:
    """Return a text of a violation; all of them are computed and masked when the first one is read."""
    members = violation.__dict__
    given = members.get("_texts") if name in _TEXTS else None
    if given is not None:
        texts = [safe(text if isinstance(text, str) else text()) for text in (given() if callable(given) else given)]
        members.update(zip(_TEXTS, texts, strict=True))
        members.pop("_texts", None)
    if name not in members:
        raise AttributeError(f"a Violation has no attribute {name}")
    return str(members[name])


Violation.__getattr__ = _text_of  # type: ignore[attr-defined]  # in the class, it would hide unknown attributes from type checkers


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
