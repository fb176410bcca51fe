"""Which recordings a change of the contract touches."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.stages import rule_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_pcerrors.contract.changes import Change
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.rules.parsed_response import ParsedResponse
    from pytest_pcerrors.rules.violation import Severity

_ITEM = re.compile(r"/\d+(?=/|$)")


def touched(
    changes: "Sequence[Change]", exchanges: "Iterable[Exchange]", old: "Contract", new: "Contract"
) -> "dict[Change, list[str]]":
    """Return the origins of the exchanges that each change touches.

    A change of the catalogue touches what has its code and status, a change of a status what has that status, and a change
    of a property what one of the contracts faults at that property and the other does not.
    """
    places: dict[Change, list[str]] = defaultdict(list)
    for exchange in exchanges:
        both = [read(exchange, contract) for contract in (old, new)]
        if not _concerns(exchange, {*old.hosts, *new.hosts}) or not any(each.is_error for each in both):
            continue
        pairings = {(exchange.status, each.code) for each in both}
        differing = {pointer for pointer, _ in _faults(both[0]) ^ _faults(both[1])}
        for change in changes:
            if (
                pairings & change.pairings
                or exchange.status in change.statuses
                or (change.pointer is not None and change.pointer in differing)
            ):
                places[change].append(exchange.origin or "")
    return dict(places)


def _concerns(exchange: "Exchange", hosts: set[str]) -> bool:
    """Tell whether an exchange is with one of these hosts, or with an unknown one."""
    host = exchange.request.host if exchange.request else None
    return not hosts or host is None or host in hosts


def _faults(parsed: "ParsedResponse") -> set[tuple[str, str]]:
    """Return where which rules are broken, items of arrays as ``*``."""
    rules = rule_set(parsed.contract)
    severities: dict[str, Severity] = dict.fromkeys(rules.rules, "error")
    return {(_ITEM.sub("/*", violation.pointer), violation.rule) for violation in rules.violations(parsed, severities)}
