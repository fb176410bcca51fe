"""Errors in the use of this library, as opposed to violations of a contract."""


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


class PcErrorsWarning(UserWarning):
    """A violation of severity ``warning``, which does not fail the test.

    >>> from pytest_pcerrors import PcErrorsWarning
    >>> issubclass(PcErrorsWarning, UserWarning)
    True
    """
