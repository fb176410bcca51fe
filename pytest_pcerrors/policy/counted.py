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
    plain_interaction,
)
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.audit import Finding, audit_age, audit_items, finding_of_item
from pytest_pcerrors.policy.lines import Conforming, LineAudit, audited_lines
from pytest_pcerrors.redaction.files.raw import items_to_search

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
        if policy.max_age is not None:
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
    batches: "Iterable[tuple[list[bytes], int]]", recording: "Recording", policy: "Policy"
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the texts of interactions, and counts; from one that is not certain on, audit the recording as any other.

    From the first secret on, findings wait for the end of the file: a file that cannot be read is not searched.
    """
    interactions, done = _Interactions(recording.name, policy), 0
    waiting: list[Finding] = []
    try:
        for texts, line in batches:
            for found in interactions.findings(texts, line):
                if found is not None and found.recording is not None and not waiting:
                    yield interactions.counts
                    interactions.counts = Conforming()
                    waiting.append(found)
                elif found is not None and waiting:
                    waiting.append(found)
                elif found is not None:
                    yield found
                done += not waiting
    except UncertainError:
        if not waiting:
            yield interactions.counts
        yield from islice(audit_items(recording, policy, Oldest(policy.judges)), done, None)
    else:
        yield from waiting
        yield interactions.counts


class _Interactions:
    """Audits the texts of interactions under a policy; `counts` are those of the interactions without a finding."""

    def __init__(self, name: str, policy: "Policy") -> None:
        self.counts = Conforming()
        self._name = name
        self._policy = policy
        self._conforms = LineAudit(name, policy, plain_interaction).conforms
        self._secrets = policy.redaction.secrets if policy.searches_for_secrets else None

    def findings(self, texts: list[bytes], line: int) -> "Iterator[Finding | None]":
        """Yield the finding for each interaction, or None for one that conforms and is counted. `line` is that of the first."""
        suspected = () if self._secrets is None else items_to_search(texts, self._secrets)
        for index, text in enumerate(texts):
            if index not in suspected and self._conforms(text, self.counts):
                yield None
            else:
                first = line + sum(each.count(b"\n") for each in texts[:index])
                yield self._finding(text, first, is_suspected=index in suspected)

    def _finding(self, text: bytes, line: int, *, is_suspected: bool) -> Finding | None:
        found = self._found(text) if self._secrets is not None else []
        if is_suspected and not found and self._conforms(text, self.counts):
            return None
        from pytest_pcerrors.exchange.archives.yaml_files import interaction_by_yaml

        item = interaction_by_yaml(text, f"{self._name}:{line}")
        if isinstance(item, ArchiveError) and line == FIRST_LINE:
            raise UncertainError  # perhaps another format
        return finding_of_item(item, self._policy, found)

    def _found(self, text: bytes) -> "list[Found]":
        from pytest_pcerrors.redaction.files.rewriting import found_in

        found = []
        for each in found_in(BytesIO(as_cassette(text)), "a.yaml", self._policy.redaction):
            if each.item is None:
                raise UncertainError
            found += [at.found for at in each.locations]
        return found
