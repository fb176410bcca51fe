"""What goes wrong with the use of this library, as opposed to a contract that is broken."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_KNOWN = 20
_MOST_CHARACTERS = 400


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


def nearest(word: str, known: "Iterable[str]") -> str:
    """Return a hint naming the known word that looks most like `word`, or some of those known.

    >>> nearest("profil", ["profile", "hosts"])
    'did you mean "profile"?'
    >>> nearest("zzz", ["b", "a"])
    'known are a, b'
    """
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    more = ", ..." if len(choices) > _MOST_KNOWN else ""
    return f"known are {', '.join(choices[:_MOST_KNOWN])}{more}"


def readable(text: str) -> str:
    r"""Return text from a foreign file as a message can hold it: not long, and encodable as UTF-8.

    >>> readable("no key \ud800")
    'no key \\ud800'
    """
    cut = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} ..."
    return cut.encode("utf-8", "backslashreplace").decode()
