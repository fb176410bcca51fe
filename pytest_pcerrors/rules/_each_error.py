"""Rules that are checked for each error that a body states."""

from functools import wraps
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.rules.parsed_response import ParsedResponse, StatedError
    from pytest_pcerrors.rules.violation import Violation

_MOST_FOUND = 5


def of_each_error(
    check: "Callable[[ParsedResponse, StatedError | ParsedResponse], Iterator[Violation]]",
) -> "Callable[[ParsedResponse], Iterator[Violation]]":
    """Return the function of a rule that checks each error of a body, and yields the first violations."""

    @wraps(check)
    def of_all(parsed: "ParsedResponse") -> "Iterator[Violation]":
        if not parsed.contract.has_items:
            return check(parsed, parsed)
        return islice(chain.from_iterable(check(parsed, error) for error in parsed.errors), _MOST_FOUND)

    return of_all
