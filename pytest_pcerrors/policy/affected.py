"""The recordings that a change of the contract affects."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_pcerrors.policy.policy import is_among
from pytest_pcerrors.rules.parsed_response import read
from pytest_pcerrors.rules.stages import rule_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_pcerrors.contract.changes import Change
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_ITEM = re.compile(r"/\d+(?=/|$)")


def touched(
    changes: "Sequence[Change]", exchanges: "Iterable[Exchange]", old: "Contract", new: "Contract"
) -> "dict[Change, list[str]]":
    """Return the origins of the exchanges that each change affects.

    A change of the catalogue affects exchanges with its code and status, a change of a status those with that status, and a
    change of a property those that break a rule for that property in only one of the contracts.
    """
    places: dict[Change, list[str]] = defaultdict(list)
    for exchange in exchanges:
        both = [read(exchange, contract) for contract in (old, new)]
        host = exchange.request.host if exchange.request else None
        if not is_among(host, {*old.hosts, *new.hosts}) or not any(each.is_error for each in both):
            continue
        pairings = {(status, code) for each in both for code in each.codes for status in (exchange.status, None)}
        differing = {pointer for pointer, _ in _faults(both[0]) ^ _faults(both[1])}
        for change in changes:
            if (
                pairings & change.pairings
                or exchange.status in change.statuses
                or (change.pointer is not None and change.pointer in differing)
            ):
                places[change].append(exchange.origin or "")
    return dict(places)


def _faults(parsed: "ParsedResponse") -> set[tuple[str, str]]:
    """Return the broken rules with their places; items of arrays are ``*``."""
    violations = rule_set(parsed.contract).violations(parsed)
    return {(_ITEM.sub("/*", violation.pointer), violation.rule) for violation in violations}
