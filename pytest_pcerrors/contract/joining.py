"""Several contracts as one."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_pcerrors.contract.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.model import Contract


def joined(contracts: "Sequence[Contract]") -> "Contract":
    """Return the first contract with the statuses and entries of all, and all their names; an entry that several have is there once.

    >>> from pytest_pcerrors import Contract
    >>> joined([Contract.default()]) is Contract.default()
    True
    """
    first, *others = contracts
    if not others:
        return first
    last_wins = (*others, first)
    entries = {entry.pairing: entry for each in last_wins for entry in each.catalogue}
    statuses = {status: phrase for each in last_wins for status, phrase in each.statuses.items()}
    return replace(
        first,
        name=" and ".join(each.name for each in contracts),
        statuses=dict(sorted(statuses.items())),
        catalogue=Catalogue(tuple(sorted(entries.values(), key=lambda entry: entry.rank))),
    )
