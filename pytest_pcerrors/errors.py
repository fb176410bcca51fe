"""Errors in the use of this library, as opposed to violations of a contract."""

from collections.abc import Iterator
from contextlib import contextmanager


class UsageError(Exception):
    """This library was misused: a bad argument, setting, contract file or archive.

    A violated contract raises `ContractViolation` instead.

    >>> from pytest_pcerrors import UsageError, check
    >>> try:
    ...     check(42)
    ... except UsageError as error:
    ...     print(str(error).splitlines()[0])
    an int is not a response
    """


@contextmanager
def misuse_of(name: str) -> Iterator[None]:
    """Let the message of a `UsageError` begin with a name: of a file, an option or a setting.

    >>> with misuse_of("--pc-cassettes"):
    ...     raise UsageError("cart: no such file or folder")
    Traceback (most recent call last):
    pytest_pcerrors.UsageError: --pc-cassettes: cart: no such file or folder
    """
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


class ArchiveError(UsageError):
    """An archive, or an entry of one, cannot be read.

    `place` is ``path``, ``path:line`` or ``path#/pointer``; `problem` is what is wrong, `fix` what to do about it, if known.

    >>> str(ArchiveError("cart.yaml:7", "not YAML: a quote is never closed"))
    'cart.yaml:7: not YAML: a quote is never closed'
    """

    def __init__(self, place: str, problem: str, fix: str = "") -> None:
        super().__init__(f"{place}: {problem}; {fix}" if fix else f"{place}: {problem}")
        self.place = place
        self.problem = problem
        self.fix = fix


class RuleError(UsageError):
    """A rule of the project has raised an exception, or returned what is not a violation, for the response at `place`."""

    def __init__(self, rule: str, place: str, problem: str) -> None:
        super().__init__(rule, place, problem)
        self.place = place

    def at(self, place: str) -> "RuleError":
        """Return this error for another place."""
        return RuleError(self.args[0], place, self.args[2])

    def __str__(self) -> str:
        return "your rule {} failed on {}: {}".format(*self.args)


class PcErrorsWarning(UserWarning):
    """A violation of severity ``warning``, which does not fail the test.

    >>> from pytest_pcerrors import PcErrorsWarning
    >>> issubclass(PcErrorsWarning, UserWarning)
    True
    """


# A failure names them as a test imports them.
UsageError.__module__ = PcErrorsWarning.__module__ = "pytest_pcerrors"
