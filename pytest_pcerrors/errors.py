"""What goes wrong with the use of this library, as opposed to a contract that is broken."""


class UsageError(Exception):
    """This library was misused: a bad argument, setting, contract file or archive.

    It never stands for a broken contract; that is `ContractViolation`.

    >>> from pytest_pcerrors import UsageError, check
    >>> try:
    ...     check(42)
    ... except UsageError as error:
    ...     print(str(error).splitlines()[0])
    an int is not a response
    """


class ArchiveError(UsageError):
    """A file of recordings, or an entry of one, cannot be read.

    `place` is ``path``, ``path:line`` or ``path#/pointer``; `problem` says what is wrong, `fix` what to do, where that is known.

    >>> str(ArchiveError("cart.yaml:7", "not YAML: a quote is never closed"))
    'cart.yaml:7: not YAML: a quote is never closed'
    """

    def __init__(self, place: str, problem: str, fix: str = "") -> None:
        super().__init__(f"{place}: {problem}; {fix}" if fix else f"{place}: {problem}")
        self.place = place
        self.problem = problem
        self.fix = fix


class PcErrorsWarning(UserWarning):
    """A violation whose severity is ``warning``: the test goes on, the warning is told.

    >>> from pytest_pcerrors import PcErrorsWarning
    >>> issubclass(PcErrorsWarning, UserWarning)
    True
    """
