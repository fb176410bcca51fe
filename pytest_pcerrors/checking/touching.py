"""Which recordings a change of the contract touches."""

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_pcerrors.checking.reading import read
from pytest_pcerrors.checking.walk import rule_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_pcerrors.checking.violation import Severity
    from pytest_pcerrors.contract.diff import Change
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange


def touched(
    changes: "Sequence[Change]", exchanges: "Iterable[Exchange]", old: "Contract", new: "Contract"
) -> "dict[Change, list[str]]":
    """Return the origins of the exchanges that each change touches.

    A change of the catalogue touches what has its code and status, a change of a status what has that status, and a change
    of a property what one of the contracts faults at that property and the other does not.
    """
    places: dict[Change, list[str]] = defaultdict(list)
    for exchange in exchanges:
        reading = read(exchange, old)
        if not reading.is_error and not read(exchange, new).is_error:
            continue
        differing = _faults(exchange, old) ^ _faults(exchange, new)
        for change in changes:
            if (
                (exchange.status, reading.code) in change.pairings
                or exchange.status in change.statuses
                or (change.pointer is not None and change.pointer in differing)
            ):
                places[change].append(exchange.origin or "")
    return dict(places)


def _faults(exchange: "Exchange", contract: "Contract") -> set[str]:
    rules = rule_set(contract)
    severities: dict[str, Severity] = dict.fromkeys(rules.rules, "error")
    return {violation.pointer for violation in rules.walk(read(exchange, contract), severities)}
