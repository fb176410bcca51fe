"""A change from one contract to another, and what it does to a client."""

from dataclasses import dataclass, field
from typing import Literal

Effect = Literal["breaking", "behavioural", "compatible"]

EFFECTS: tuple[Effect, ...] = ("breaking", "behavioural", "compatible")
"""What a change does to a client, worst first."""


@dataclass(frozen=True)
class Change:
    """One difference between two contracts.

    `what` names the thing: a code with its statuses, a property, a header. `pairings` are the (status, code) it concerns,
    `statuses` the HTTP statuses, `pointer` the property: by them a recording is known to be touched.
    """

    kind: str
    what: str
    effect: Effect
    why: str
    before: str = ""
    after: str = ""
    pairings: frozenset[tuple[int, str]] = field(default=frozenset(), repr=False)
    statuses: frozenset[int] = field(default=frozenset(), repr=False)
    pointer: str | None = field(default=None, repr=False)
