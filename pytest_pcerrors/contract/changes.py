"""A change from one contract to another, and its effect on a client."""

from dataclasses import dataclass, field
from typing import Literal

from pytest_pcerrors.contract.catalogue import Pairing

Effect = Literal["breaking", "behavioural", "compatible"]

EFFECTS: tuple[Effect, ...] = ("breaking", "behavioural", "compatible")
"""The effects of a change on a client, the worst first."""


@dataclass(frozen=True)
class Change:
    """One difference between two contracts.

    `what` names what changed: a code with its statuses, a property, a header. `pairings`, `statuses` and `pointer` are the
    (status, code) pairs, the HTTP statuses and the property that changed: they decide which recordings are affected.
    """

    kind: str
    what: str
    effect: Effect
    why: str
    before: str = ""
    after: str = ""
    pairings: frozenset[Pairing] = field(default=frozenset(), repr=False)
    statuses: frozenset[int] = field(default=frozenset(), repr=False)
    pointer: str | None = field(default=None, repr=False)
