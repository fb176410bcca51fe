"""Audits of archives: the kind of each recorded exchange, and the verdict on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.recordings import SecretsByItem
from pytest_pcerrors.rules.violation import UNREADABLE, Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.recordings import Recording
    from pytest_pcerrors.policy.verdict import Verdict
    from pytest_pcerrors.secrets import Found

Kind = Literal["error", "success", "other-host", "stale", "undated", "skipped", "unreadable", "recording"]


@dataclass(frozen=True)
class Finding:
    """An item of an archive and what was found in it; `kind` says how it was judged, or why it was not.

    An exchange with another host is not judged: it has no `verdict`. Skipped and unreadable items have no `exchange`, and neither
    have places of a file outside of its items, or a file of unknown age (kind undated). `recording` is the verdict on the recording:
    on its secrets, whatever the host, or on its age.
    """

    kind: Kind
    origin: str
    exchange: "Exchange | None" = None
    verdict: "Verdict | None" = None
    problem: Violation | None = None
    recording: "Verdict | None" = None

    @property
    def violations(self) -> tuple[Violation, ...]:
        """All violations, errors and warnings."""
        found = () if self.problem is None else (self.problem,)
        verdicts = (self.verdict, self.recording)
        return (*found, *(each for verdict in verdicts if verdict for each in verdict.violations))


def audit(recordings: "Iterable[Recording]", policy: "Policy") -> "Iterator[Finding]":
    """Yield a finding for every item of every archive as it is read. An unreadable item does not end the audit."""
    for recording in recordings:
        oldest = Oldest(policy.judges)
        yield from audit_items(recording, policy, oldest)
        yield from audit_age(recording.name, oldest, policy)


def audit_items(recording: "Recording", policy: "Policy", oldest: Oldest) -> "Iterator[Finding]":
    """Yield a finding for every item of an archive, or of a piece of one, and for each secret outside of its items; add the items to `oldest`."""
    secrets = SecretsByItem(recording)
    for number, item in enumerate(recording.items):
        found = secrets.of(number, item)
        if not isinstance(item, ArchiveError | Skipped):
            oldest.add(item)
        yield finding_of_item(item, policy, found)
    for origin, outside in secrets.rest():
        yield Finding("recording", origin, recording=policy.secrets_at([outside], origin))


def audit_age(name: str, oldest: Oldest, policy: "Policy") -> "Iterator[Finding]":
    """Yield a finding if the archive with this name and oldest response is stale, or has no date."""
    if verdict := policy.stale(oldest):
        yield Finding("stale", verdict.exchange.origin or "", verdict.exchange, recording=verdict)
    if name and policy.is_undated(oldest):  # a bare body is not a recording
        yield Finding("undated", name)


def finding_of_item(item: "Item", policy: "Policy", found: "Sequence[Found]" = ()) -> Finding:
    """Return the finding for an item of an archive, in which these secrets were found."""
    if isinstance(item, ArchiveError):
        return unreadable(item, policy.secrets_at(found, item.place))
    if isinstance(item, Skipped):
        return Finding("skipped", item.origin, recording=policy.secrets_at(found, item.origin))
    return finding(item, policy, found)


def finding(exchange: "Exchange", policy: "Policy", found: "Sequence[Found]" = ()) -> Finding:
    """Return the finding for a recorded exchange. It is judged if its host is; secrets found in it always count."""
    origin = exchange.origin or ""
    recording = policy.secrets_in(exchange, found)
    if not policy.judges(exchange):
        return Finding("other-host", origin, exchange, recording=recording)
    verdict = policy.judge(exchange)
    return Finding("error" if verdict.parsed.is_error else "success", origin, exchange, verdict, recording=recording)


def unreadable(error: ArchiveError, recording: "Verdict | None" = None) -> Finding:
    """Return the finding for a file, or an entry of one, that cannot be read."""
    problem = Violation(
        error.problem,
        expected="a cassette, HAR or NDJSON file",
        hint=error.fix or "record it again, or remove it",
        rule=UNREADABLE,
    )
    return Finding("unreadable", error.place, problem=problem, recording=recording)
