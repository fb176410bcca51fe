"""Which of the errors that a body states a violation is about."""

from typing import TYPE_CHECKING

from pytest_pcerrors.jsontext import EACH, steps_of
from pytest_pcerrors.rules.parsed_response import within

if TYPE_CHECKING:
    from pytest_pcerrors.rules.parsed_response import ParsedResponse, StatedError


def stated_at(parsed: "ParsedResponse", pointer: str) -> "StatedError | ParsedResponse":
    """Return the error in whose item a JSON Pointer is; for a pointer outside of all items, the first error.

    >>> from pytest_pcerrors import Contract, Exchange
    >>> from pytest_pcerrors.rules.parsed_response import read
    >>> stated_at(read(Exchange(409, {}, b'{"code": "800064"}'), Contract.default()), "/code").code
    '800064'
    """
    if parsed.contract.has_items:
        code, steps = parsed.contract.members["code"], steps_of(pointer)
        depth = len(code) - code[::-1].index(EACH)
        for each in parsed.errors:
            if steps[:depth] == tuple(map(str, within(code[:depth], each.items) or ())):
                return each
    return parsed
