"""The check of pieces of recordings, for any process: what it needs, and what it returns."""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.audit import Finding, Recording, audit, audit_items
from pytest_pcerrors.policy.counting import audit_counted, audit_items_counted
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.reporting.totals import Totals, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.archives.pieces import Piece
    from pytest_pcerrors.policy.audit import Conforming
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.settings import Settings

    Unit = tuple[Piece, ...]

MOST = 128
"""The number of findings in a `Part`."""


class Recipe(NamedTuple):
    """What a policy is made from; unlike a policy, which has functions, it can be sent to another process."""

    settings: "Settings"
    contract: "Contract"
    others: "tuple[Contract, ...]"
    hosts: frozenset[str]
    profile: str | None
    max_age: str | None
    root: "Path"
    today: "date"

    def policy(self) -> "Policy":
        """Make the policy."""
        options = {"contract": self.contract, "profile": self.profile, "max_age": self.max_age, "root": self.root}
        return replace(policy_of(self.settings, **options), others=self.others, hosts=self.hosts, today=self.today)  # type: ignore[arg-type]  # one dict of several types


class Part(NamedTuple):
    """The next findings of a unit, and the counts of all items up to them.

    After a piece of a file, `oldest` is the oldest response of the piece. An `error` ends the audit.
    """

    findings: "list[FindingData]"
    totals: Totals
    oldest: Oldest | None = None
    error: str = ""


class Task:
    """The check of units: of small files, or a piece of a large one. It can be sent to another process."""

    def __init__(self, recipe: Recipe, wanted: Wanted, policy: "Policy") -> None:
        self._recipe = recipe
        self.wanted = wanted
        self.policy = policy

    def __getstate__(self) -> dict[str, object]:
        """Leave out the policy, which the other process makes."""
        return {name: value for name, value in vars(self).items() if name != "policy"}

    @cached_property
    def policy(self) -> "Policy":
        """The policy, made once in each process."""
        return self._recipe.policy()

    def parts(self, unit: "Unit") -> "Iterator[Part]":
        """Yield the result of a unit in parts."""
        oldest = Oldest(self.policy.judges)
        is_piece = unit[0].end is not None
        recordings = (Recording.of_piece(piece, self.policy) for piece in unit)
        findings = self.audit_items(next(recordings), oldest) if is_piece else self.audit(recordings)
        totals = self.totals()
        reported: list[FindingData] = []
        try:
            for finding in findings:
                totals.add(finding, self.policy)
                reported += self.wanted.of(finding, self.policy)
                if len(reported) == MOST:
                    yield Part(reported, totals)
                    totals, reported = self.totals(), []
        except (UsageError, MemoryError) as error:
            yield Part(reported, totals, error=str(error) or "not enough memory; check fewer or smaller files")
        else:
            yield Part(reported, totals, oldest if is_piece and self.policy.max_age is not None else None)

    def audit(self, recordings: "Iterable[Recording]") -> "Iterator[Finding | Conforming]":
        """Yield the findings of recordings; conforming responses are only counted where the report needs no more of them."""
        if self.wanted.needs_all:
            return audit(recordings, self.policy)
        return audit_counted(recordings, self.policy, keeps_errors=self.wanted.has_conforming)

    def audit_items(self, recording: Recording, oldest: Oldest) -> "Iterator[Finding | Conforming]":
        """Yield the findings of the items of a recording, as `audit` does; its items are added to `oldest`, if their age matters."""
        if self.wanted.needs_all:
            return audit_items(recording, self.policy, oldest)
        return audit_items_counted(recording, self.policy, oldest, keeps_errors=self.wanted.has_conforming)

    def totals(self) -> Totals:
        """Return counts of nothing yet."""
        return Totals.wanted(self.wanted, self.policy)
