"""Audits of recordings in which conforming exchanges are only counted, if that is faster; all others become findings.

The findings and the counts are those of `audit.audit_items`.
"""

from itertools import islice
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.json_files import without_lines
from pytest_pcerrors.exchange.archives.plain_interactions import (
    LAST_LINE_OF_FIRST,
    PACKED,
    UncertainError,
    plain_interaction,
)
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.audit import Conforming, Finding, audit_age, audit_items, finding_of_item, unreadable
from pytest_pcerrors.policy.lines import LineAudit, audited_lines, is_countable
from pytest_pcerrors.redaction.raw import may_hold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.exchange.archives.plain_lines import PlainLine
    from pytest_pcerrors.policy.audit import Recording
    from pytest_pcerrors.policy.policy import Policy


def audit_counted(
    recordings: "Iterable[Recording]", policy: "Policy", *, keeps_errors: bool = False, is_detailed: bool = False
) -> "Iterator[Finding | Conforming]":
    """Yield what `audit` yields, without the findings of conforming exchanges in NDJSON and cassettes: these are only counted.

    `keeps_errors` and `is_detailed` are those of a `LineAudit`. The last counts of cassettes come at the end.
    """
    of_profiles: dict[str, _Interactions] = {}
    for recording in recordings:
        oldest = Oldest()
        if (chunks := recording.chunks()) is not None:
            lines = LineAudit(recording.name, policy, keeps_errors=keeps_errors, is_detailed=is_detailed)
            yield from audited_lines(chunks, lines)
            if not lines.has_items:
                yield unreadable(without_lines(recording.name))
            oldest = lines.oldest
        elif (
            counts_interactions(policy, keeps_errors=keeps_errors, is_detailed=is_detailed)
            and (texts := recording.interactions()) is not None
        ):
            profile = policy.profile_for(f"{recording.name}:1")
            if profile not in of_profiles:
                of_profiles[profile] = _Interactions(recording.name, policy)
            yield from _audited_interactions(texts, recording, policy, of_profiles[profile])
        else:
            yield from audit_items(recording, policy, oldest)
        if policy.max_age is not None:
            yield from audit_age(recording.name, oldest, policy)
    yield from (each.taken() for each in of_profiles.values())


def counts_interactions(policy: "Policy", *, keeps_errors: bool, is_detailed: bool) -> bool:
    """Return whether `audit_counted` counts the interactions of cassettes."""
    return is_countable(policy) and not (keeps_errors or is_detailed)


def _audited_interactions(
    batches: "Iterable[tuple[list[bytes], int]]",
    recording: "Recording",
    policy: "Policy",
    interactions: "_Interactions",
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the texts of interactions; from one that is not certain on, audit the recording as any other.

    Conforming ones are counted in `interactions`. From the first secret on, findings wait for the end of the file: a file that cannot be read is not searched.
    """
    waiting: list[Finding] = []
    done = 0
    try:
        for texts, line in batches:
            for found in interactions.items(texts, line, recording.name):
                if found is not None and found.recording is not None and not waiting:
                    yield interactions.taken()
                if found is not None and (found.recording is not None or waiting):
                    waiting.append(found)
                elif found is not None:
                    yield found
                done += not waiting
    except UncertainError:
        if waiting:
            interactions.taken()  # since the first secret
        yield from islice(audit_items(recording, policy, Oldest()), done, None)
    else:
        yield from waiting


class _Interactions(LineAudit):
    """Audits the texts of interactions under a policy, those of one cassette after the other."""

    def items(self, texts: list[bytes], line: int, name: str) -> "Iterator[Finding | None]":
        """Yield the finding for each interaction, or None for one that conforms and is counted. `line` is that of the first in the cassette of this name."""
        may_one_hold = len(texts) == 1 or self._may_hold(b"".join(text for text in texts if PACKED not in text))
        for index, text in enumerate(texts):
            is_packed = PACKED in text
            parts = plain_interaction(text) if is_packed else None
            is_suspected = (may_one_hold or is_packed) and self._may_hold(parts[1] if parts else text)
            if not is_suspected and self._conforms(parts, text):
                yield None
                continue
            from pytest_pcerrors.exchange.archives.yaml_files import events_of_interaction, interaction_by_yaml
            from pytest_pcerrors.redaction.rewriting import found_in_interaction

            cassette, parsed = events_of_interaction(text)
            found = found_in_interaction(cassette, parsed, self._policy.redaction) if is_suspected else []
            if is_suspected and not found and self._conforms(parts, text):
                yield None
                continue
            first = line + sum(each.count(b"\n") for each in texts[:index])
            item = interaction_by_yaml(parsed, f"{name}:{first}")
            if isinstance(item, ArchiveError) and first <= LAST_LINE_OF_FIRST:
                raise UncertainError  # perhaps another format
            yield finding_of_item(item, self._policy, found)

    def _may_hold(self, text: bytes) -> bool:
        """Return whether a text must be searched; several at once are faster than one by one."""
        return self._secrets is not None and may_hold(text, self._secrets)

    def _conforms(self, parts: "tuple[PlainLine, bytes] | None", text: bytes) -> bool:
        plain, _ = parts or plain_interaction(text) or (None, text)
        return self.conforms(plain, text)
