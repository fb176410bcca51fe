"""Audits of archives: recordings, the kind of each recorded exchange, and the verdict on it."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain, tee
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple, Self

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.files import (
    cassette_interactions,
    file_items,
    ndjson_chunks,
    stream_chunks,
    stream_items,
)
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.exchange.archives.streams import of_pieces, pieces_of, rereadable
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.policy.age import Oldest, is_undated, stale
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.rules.head import content_type_of
from pytest_pcerrors.rules.violation import UNREADABLE, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.redaction.rewriting import InItem
    from pytest_pcerrors.secrets import Found

_SHORT = 1000
"""The longest body, in bytes, that is compared with others."""

Kind = Literal["error", "success", "other-host", "stale", "undated", "skipped", "unreadable", "recording"]


class Recording(NamedTuple):
    """An archive: its name, its items, and the secrets in it, in the order of the items."""

    name: str
    items: "Iterable[Item]"
    found: "Iterable[InItem]" = ()
    chunks: "Callable[[], Iterator[bytes | ArchiveError] | None]" = lambda: None
    """A function that returns the lines of an NDJSON file in chunks, to be read instead of the items; None for other files."""
    interactions: "Callable[[], Iterator[tuple[list[bytes], int]] | None]" = lambda: None
    """A function that returns the interactions of a cassette as texts, with the line of the first; None for other files."""

    @classmethod
    def of_file(
        cls, file: Path, policy: "Policy", name: str = "", on_read: "Callable[[int], object] | None" = None
    ) -> Self:
        """Return a file as a recording that is read item by item; `name` is the path that origins show.

        `on_read` is called with the number of bytes of every read.
        """
        name = name or str(file)
        items, found = file_items(file, name, on_read, policy.layout), _found_in_file(file, name, policy)
        chunks = partial(ndjson_chunks, file, name, on_read, has_layout=policy.layout is not None)
        return cls(name, items, found, chunks, interactions=partial(cassette_interactions, file, on_read))

    @classmethod
    def of_stream(cls, stream: IO[bytes], name: str, policy: "Policy") -> Self:
        """Return a stream as a recording that is read item by item, or in chunks if it is NDJSON."""
        stream = rereadable(stream)
        chunks = partial(stream_chunks, stream, name, has_layout=policy.layout is not None)
        if not policy.searches_for_secrets:
            return cls(name, stream_items(stream, name, policy.layout), (), chunks)
        from pytest_pcerrors.redaction.rewriting import found_in

        one, other = map(of_pieces, tee(pieces_of(stream)))
        found = found_in(other, name, policy.redaction, has_layout=policy.layout is not None)
        return cls(name, stream_items(one, name, policy.layout), found, chunks)


def searched(recording: Recording) -> "Iterator[tuple[Item | str, list[Found]]]":
    """Yield each item of a recording with the secrets in it, then the origin of each secret outside of all items, with that secret.

    Secrets are read no further than to the current item. A file that cannot be read at all is not searched.
    """
    found_in_items = iter(recording.found)
    following: InItem | None = None
    for number, item in enumerate(recording.items):
        if isinstance(item, ArchiveError) and item.place == recording.name:
            found_in_items = iter(())
        found: list[Found] = []
        last = -1
        while last < number and (following := following or next(found_in_items, None)):
            if following.item is None or following.item > number:
                break
            found += [at.found for at in following.locations]
            last, following = following.item, None
        yield item, found
    for each in chain([following] if following else [], found_in_items):
        yield from ((f"{recording.name}:{at.line}", [at.found]) for at in each.locations)


class Finding(NamedTuple):
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
        found: tuple[Violation, ...] = () if self.problem is None else (self.problem,)
        for verdict in (self.verdict, self.recording):
            found += () if verdict is None else verdict.violations
        return found


Met = tuple[int, str, str | None, str | None]
"""An error response that conforms: its status, code, source and day; the last two are None if they are unknown, or not counted."""


@dataclass
class Conforming:
    """Counts of conforming exchanges: the errors, the other responses that were searched, and other hosts. `name` is that of the archive."""

    errors: "Counter[Met]" = field(default_factory=Counter)
    successes: int = 0
    other_hosts: "Counter[str]" = field(default_factory=Counter)
    name: str = field(default="", compare=False)


def audit(recordings: "Iterable[Recording]", policy: "Policy") -> "Iterator[Finding]":
    """Yield a finding for every item of every archive as it is read. An unreadable item does not end the audit."""
    for recording in recordings:
        oldest = Oldest()
        yield from audit_items(recording, policy, oldest)
        yield from audit_age(recording.name, oldest, policy)


def audit_items(recording: "Recording", policy: "Policy", oldest: Oldest) -> "Iterator[Finding]":
    """Yield a finding for every item of an archive, or of a piece of one, and for each secret outside of its items; add the items to `oldest`."""
    for item, found in searched(recording):
        if isinstance(item, str):
            yield Finding("recording", item, recording=policy.secrets_at(found, item))
            continue
        if not isinstance(item, ArchiveError | Skipped):
            oldest.add(item, policy)
        yield finding_of_item(item, policy, found)


def audit_age(name: str, oldest: Oldest, policy: "Policy") -> "Iterator[Finding]":
    """Yield a finding if the archive with this name and oldest response is stale, or has no date."""
    if verdict := stale(oldest, policy):
        yield Finding("stale", verdict.exchange.origin or "", verdict.exchange, recording=verdict)
    if name and is_undated(oldest, policy):  # a bare body is not a recording
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
    verdict = _judged(exchange, policy)
    return Finding("error" if verdict.parsed.is_error else "success", origin, exchange, verdict, recording=recording)


def _judged(exchange: Exchange, policy: "Policy") -> Verdict:
    """Return the verdict of a policy, as `Policy.judge` does; equal errors, of which recordings have many, share their violations and the texts of these."""
    if exchange.body.startswith(b"{") and len(exchange.body) <= _SHORT and not policy.allowances:
        policy, profile = policy.of(exchange), policy.profile_for(exchange.origin)
        known = _of_equal(policy, profile, exchange.status, content_type_of(exchange), exchange.body)
        if known is not None:
            return Verdict(known.parsed.changed(exchange=exchange), known.violations)
    return policy.judge(exchange)


@lru_cache(maxsize=1024)
def _of_equal(policy: "Policy", profile: str, status: int, content_type: str | None, body: bytes) -> Verdict | None:
    """Return the verdict on error responses with this body, or None if it depends on more of the response."""
    if not policy.rules_under(profile).quick.is_by_body(status, content_type):
        return None
    headers = None if content_type is None else {"Content-Type": content_type}
    verdict = policy.judge(Exchange(status, headers, body), profile=profile)
    return verdict if verdict.parsed.is_object else None


def unreadable(error: ArchiveError, recording: "Verdict | None" = None) -> Finding:
    """Return the finding for a file, or an entry of one, that cannot be read."""
    problem = Violation(
        error.problem,
        expected="a cassette, HAR or NDJSON file",
        hint=error.fix or "record it again, or remove it",
        rule=UNREADABLE,
    )
    return Finding("unreadable", error.place, problem=problem, recording=recording)


def _found_in_file(file: Path, name: str, policy: "Policy") -> "Iterator[InItem]":
    if policy.searches_for_secrets:
        from pytest_pcerrors.redaction.rewriting import found_in

        with suppress(OSError), file.open("rb") as stream:
            yield from found_in(stream, name, policy.redaction, has_layout=policy.layout is not None)
