"""Audits of recordings in which conforming exchanges are only counted, if that is faster; all others become findings.

The findings and the counts are those of `audit.audit_items`.
"""

from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.plain_interactions import (
    FIRST_LINE,
    UncertainError,
    as_cassette,
    interaction_by_yaml,
    plain_interaction,
)
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.audit import Finding, audit_age, audit_items, finding_of_item
from pytest_pcerrors.policy.lines import Conforming, LineAudit, audited_lines
from pytest_pcerrors.redaction.files.rewriting import found_in, is_suspected_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.recordings import Recording
    from pytest_pcerrors.secrets import Found


def audit_counted(
    recordings: "Iterable[Recording]", policy: "Policy", *, keeps_errors: bool = False
) -> "Iterator[Finding | Conforming]":
    """Yield what `audit` yields, without the findings of conforming exchanges in NDJSON and cassettes: these are only counted.

    With `keeps_errors`, conforming error responses have findings.
    """
    for recording in recordings:
        oldest = Oldest(policy.judges)
        yield from audit_items_counted(recording, policy, oldest, keeps_errors=keeps_errors)
        yield from audit_age(recording.name, oldest, policy)


def audit_items_counted(
    recording: "Recording", policy: "Policy", oldest: Oldest, *, keeps_errors: bool = False
) -> "Iterator[Finding | Conforming]":
    """Yield what `audit_items` yields of an archive, or of a piece of one, without the findings of conforming exchanges.

    If an age is set, every exchange is read for its date; and the lines of logs, or for several contracts, are read one by one, too.
    """
    is_plain = policy.max_age is None and policy.layout is None and not policy.others
    if is_plain and (chunks := recording.chunks()) is not None:
        yield from audited_lines(chunks, recording, policy, keeps_errors=keeps_errors)
    elif is_plain and not keeps_errors and (texts := recording.interactions()) is not None:
        yield from _audited_interactions(texts, recording, policy)
    else:
        yield from audit_items(recording, policy, oldest)


def _audited_interactions(
    texts: "Iterable[tuple[bytes, int]]", recording: "Recording", policy: "Policy"
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the texts of interactions, and counts; from one that is not certain on, audit the recording as any other.

    From the first secret on, findings wait for the end of the file: a file that cannot be read is not searched.
    """
    interactions, counts, done = _Interactions(recording.name, policy), Conforming(), 0
    waiting: list[Finding] = []
    try:
        for text, line in texts:
            found = interactions.finding(text, line, counts)
            if found is not None and found.recording is not None and not waiting:
                yield counts
                counts = Conforming()
                waiting.append(found)
            elif found is not None and waiting:
                waiting.append(found)
            elif found is not None:
                yield found
            done += not waiting
    except UncertainError:
        if not waiting:
            yield counts
        yield from islice(audit_items(recording, policy, Oldest(policy.judges)), done, None)
    else:
        yield from waiting
        yield counts


class _Interactions:
    """Audits the texts of interactions under a policy."""

    def __init__(self, name: str, policy: "Policy") -> None:
        self._name = name
        self._policy = policy
        self._lines = LineAudit(name, policy, plain_interaction)
        self._secrets = policy.redaction.secrets if policy.searches_for_secrets else None

    def finding(self, text: bytes, line: int, counts: Conforming) -> Finding | None:
        """Return the finding for an interaction, or None for one that conforms and is counted."""
        is_suspected = self._secrets is not None and is_suspected_item(text, self._secrets)
        if not is_suspected and self._lines.conforms(text, counts):
            return None
        found = self._found(text) if self._secrets is not None else []
        if is_suspected and not found and self._lines.conforms(text, counts):
            return None
        item = interaction_by_yaml(text, f"{self._name}:{line}")
        if isinstance(item, ArchiveError) and line == FIRST_LINE:
            raise UncertainError  # perhaps another format
        return finding_of_item(item, self._policy, found)

    def _found(self, text: bytes) -> "list[Found]":
        found = []
        for each in found_in(BytesIO(as_cassette(text)), "a.yaml", self._policy.redaction):
            if each.item is None:
                raise UncertainError
            found += [at.found for at in each.locations]
        return found
