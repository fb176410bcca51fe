"""Assertions about a client: what it does with the errors that it receives."""

from collections.abc import Sequence

from pytest_pcerrors.rules.violation import Violation

__all__ = ["ClientViolation"]


class ClientViolation(AssertionError):  # noqa: N818 - it is a failed assertion, not an error of the program
    """A client does not do with an error what the assertion expects; its text says where and how to fix it.

    `violations` has every difference: its `rule` is a name such as ``code-lost`` or ``retry-after-ignored``.

    >>> from pytest_pcerrors import assert_preserved
    >>> from pytest_pcerrors.clients import ClientViolation
    >>> try:
    ...     assert_preserved(ValueError("400"), (400, b'{"code": "2000", "description": "Bad"}'), code="code")
    ... except ClientViolation as failure:
    ...     print(failure.violations[0].rule)
    code-lost
    """

    def __init__(self, message: str, violations: Sequence[Violation]) -> None:
        super().__init__(message)
        self.violations: tuple[Violation, ...] = tuple(violations)
