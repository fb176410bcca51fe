"""Whole archives held against the contract: what each recorded exchange is, and the verdict on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_pcerrors.checking.age import Oldest
from pytest_pcerrors.checking.violation import Violation
from pytest_pcerrors.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.checking.policy import Policy
    from pytest_pcerrors.checking.verdict import Verdict
    from pytest_pcerrors.exchange.model import Exchange

Kind = Literal["error", "success", "other-host", "stale", "unreadable"]

UNREADABLE = "unreadable"
"""The rule that a file breaks by not being readable, or not to its end."""


@dataclass(frozen=True)
class Finding:
    """One recorded exchange and what was found: `kind` says whether it was judged, and as what.

    An exchange with another host is not judged (`verdict` is None); a file that cannot be read has no exchange.
    `recording` is the verdict on its being recorded as it is, whatever the host: on secrets in it.
    """

    kind: Kind
    origin: str
    exchange: "Exchange | None" = None
    verdict: "Verdict | None" = None
    problem: Violation | None = None
    recording: "Verdict | None" = None

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Everything that is wrong, errors and warnings."""
        if self.problem is not None:
            return (self.problem,)
        return tuple(each for verdict in (self.verdict, self.recording) if verdict for each in verdict.violations)


def audit(archives: "Iterable[Iterator[Exchange]]", policy: "Policy") -> "Iterator[Finding]":
    """Yield a finding for every exchange of every archive, as it is read; one that is unreadable does not end it."""
    for exchanges in archives:
        yield from audit_exchanges(exchanges, policy)


def audit_exchanges(exchanges: "Iterator[Exchange]", policy: "Policy") -> "Iterator[Finding]":
    """Yield a finding for every exchange of one archive, and one more for it as a whole if it is unreadable, or stale."""
    oldest = Oldest()
    try:
        for exchange in exchanges:
            oldest.add(exchange)
            yield finding(exchange, policy)
    except ArchiveError as error:
        yield unreadable(error)
    if verdict := policy.stale(oldest):
        yield Finding("stale", verdict.exchange.origin or "", verdict.exchange, recording=verdict)


def finding(exchange: "Exchange", policy: "Policy") -> Finding:
    """Judge one recorded exchange, if it is with a host that is judged, and look for secrets in it in any case."""
    origin = exchange.origin or ""
    recording = policy.secrets_in(exchange)
    if not policy.concerns(exchange):
        return Finding("other-host", origin, exchange, recording=recording)
    verdict = policy.judge(exchange)
    return Finding("error" if verdict.reading.is_error else "success", origin, exchange, verdict, recording=recording)


def unreadable(error: ArchiveError) -> Finding:
    """Return the finding that stands for a file that cannot be read."""
    problem = Violation(
        error.problem,
        expected="a cassette, HAR or NDJSON file",
        hint="record it again, or take it out of the folder",
        rule=UNREADABLE,
    )
    return Finding("unreadable", error.place, problem=problem)
