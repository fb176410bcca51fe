"""A mutant: a conforming response changed so that it breaks exactly one rule."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.exchange.model import Exchange


@dataclass(frozen=True)
class Mutant:
    """A response that breaks exactly one rule, and what it was made from.

    `rule` is the name of the rule, `variant` a short word for the way in which `exchange` breaks it (empty if there is only
    one). `base` is the conforming response that was changed, and `entry` its documented error, or None if it has none. Its
    text is the id of a test: status and code of the entry (or the status of the base), rule and variant.

    >>> from pytest_pcerrors.simulation import mutants, synthesize
    >>> print(*mutants(synthesize(800064), rule="code-type"))
    409-800064-code-type-null 409-800064-code-type-boolean 409-800064-code-type-float 409-800064-code-type-array 409-800064-code-type-object
    """

    rule: str
    variant: str
    exchange: "Exchange"
    base: "Exchange" = field(repr=False)
    entry: "Entry | None" = field(default=None, repr=False)

    def __str__(self) -> str:
        made_from = f"{self.entry.status_text}-{self.entry.code}" if self.entry else str(self.base.status)
        return "-".join(filter(None, (made_from, self.rule, self.variant)))
