"""Audits of recordings in which conforming exchanges are only counted, if that is faster; all others become findings.

The findings and the counts are those of `audit.audit_items`.
"""

import re
from bisect import bisect_right
from io import BytesIO
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.json_files import item_of_line, without_lines
from pytest_pcerrors.exchange.archives.plain_interactions import (
    FIRST_LINE,
    UncertainError,
    as_cassette,
    plain_interaction,
)
from pytest_pcerrors.exchange.archives.plain_lines import plain_lines
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.audit import Conforming, Finding, audit_age, audit_items, finding_of_item, unreadable
from pytest_pcerrors.policy.policy import is_among
from pytest_pcerrors.redaction.raw import LineSearch, items_to_search

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from pytest_pcerrors.exchange.archives.plain_lines import Reader
    from pytest_pcerrors.policy.audit import Recording
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.secrets import Found

_HOST = re.compile(r"[a-z0-9.-]+", re.ASCII)
_AUTHORITY = re.compile(rf"https?://{_HOST.pattern}(?::[0-9]+)?", re.ASCII)
_SCHEME = len("https://")
_STATUSES = range(100, 1000)
_MOST_HOSTS = _MOST_KEPT = 4096
_SHORT = 1000


class LineAudit:
    """Audits the lines of an NDJSON archive under a policy, by chunks; the chunks may be audited in any order.

    With `keeps_errors`, conforming error responses are findings too. `counts` are those of the exchanges without a finding.
    """

    def __init__(
        self, name: str, policy: "Policy", read: "Reader | None" = None, *, keeps_errors: bool = False
    ) -> None:
        self.counts = Conforming()
        self._name = name
        self._policy = policy
        self._read = read or plain_lines()
        self._keeps_errors = keeps_errors
        self._secrets = policy.redaction.secrets if policy.searches_for_secrets else None
        self._search = LineSearch(policy.redaction.secrets)
        self._quick = policy.profiled(policy.profile_for(f"{name}:1")).quick
        self._codes: dict[tuple[int, str | None, str], str | None] = {}
        self._hosts: dict[str, tuple[bool, str]] = {}
        self._judged = tuple(f"https://{host}/" for host in policy.hosts if _HOST.fullmatch(host))

    def findings(self, data: bytes, first: int = 1) -> "Iterator[Finding | Conforming]":
        """Yield the findings in whole lines, in their order, then the counts of those without. `first` is the number of the first line.

        An archive of another format is an `ArchiveError`, which is raised by its first line.
        """
        lines = list(BytesIO(data))
        suspected = self._suspected(data, lines)
        for index, line in enumerate(lines):
            if index not in suspected and self.conforms(line):
                continue
            found = self._found(line) if index in suspected else []
            if found or not (line.isspace() or (index in suspected and self.conforms(line))):
                yield finding_of_item(item_of_line(line, self._name, first + index), self._policy, found)
        yield self.taken()

    def taken(self) -> Conforming:
        """Return the counts so far, and begin new ones."""
        taken, self.counts = self.counts, Conforming()
        return taken

    def _found(self, line: bytes) -> "list[Found]":
        from pytest_pcerrors.redaction.rewriting import found_in_line

        return found_in_line(line, self._name, self._policy.redaction)

    def _suspected(self, data: bytes, lines: list[bytes]) -> "Container[int]":
        """Return the indexes of the lines that must be searched for secrets."""
        positions = self._search.positions(data) if self._secrets else []
        if positions is None:
            return range(len(lines))
        ends = list(accumulate(map(len, lines))) if positions else []
        return {bisect_right(ends, position) for position in positions}

    def conforms(self, line: bytes) -> bool:
        """Return whether the exchange of a line conforms or has another host, and count it."""
        if (plain := self._read(line)) is None:
            return False
        status, content_type, body, url, document = plain
        if url is not None and not url.startswith(self._judged):
            is_judged, host = self._host(url)
            if not is_judged:
                is_counted = host != "" and status in _STATUSES
                if is_counted:
                    self.counts.other_hosts[host] += 1
                return is_counted
        if status in SUCCESSES:
            is_counted = self._quick.is_success(status, body)
            self.counts.successes += is_counted
            return is_counted
        code = None if self._keeps_errors else self._code(status, content_type, body, document)
        if code is not None:
            self.counts.errors[status, code] += 1
        return code is not None

    def _code(self, status: int, content_type: str | None, body: str, document: "Any") -> str | None:
        """Return the code of an error response that conforms, or None; that of a short body is kept, since many lines have the same."""
        key = status, content_type, body
        if key in self._codes:
            return self._codes[key]
        code = self._quick.code_of_error(status, content_type, body.encode(), document)
        if document is None and len(body) <= _SHORT and len(self._codes) < _MOST_KEPT:
            self._codes[key] = code
        return code

    def _host(self, url: str) -> tuple[bool, str]:
        """Return whether the policy judges the host of a URL, and the host; False and an empty text in doubt."""
        if url.startswith("/") and url[1:2].isalnum():
            return True, ""
        authority = url[: url.find("/", _SCHEME)]
        known = self._hosts.get(authority)
        if known is None:
            is_plain = len(authority) < len(url) - 1 and _AUTHORITY.fullmatch(authority) is not None
            host = (urlsplit(authority).hostname or "") if is_plain else ""
            known = bool(host) and is_among(host, self._policy.hosts), host
            if len(self._hosts) < _MOST_HOSTS:
                self._hosts[authority] = known
        return known


def audit_counted(
    recordings: "Iterable[Recording]", policy: "Policy", *, keeps_errors: bool = False
) -> "Iterator[Finding | Conforming]":
    """Yield what `audit` yields; conforming exchanges in NDJSON and cassettes are only counted, errors not if it `keeps_errors`."""
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
        yield from _audited_lines(chunks, recording, policy, keeps_errors=keeps_errors)
    elif is_plain and not keeps_errors and (texts := recording.interactions()) is not None:
        yield from _audited_interactions(texts, recording, policy)
    else:
        yield from audit_items(recording, policy, oldest)


def _audited_lines(
    chunks: "Iterable[bytes | ArchiveError]", recording: "Recording", policy: "Policy", *, keeps_errors: bool = False
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the chunks of an NDJSON archive, or of a piece of one, and the counts of its conforming exchanges."""
    lines, number, has_lines = LineAudit(recording.name, policy, keeps_errors=keeps_errors), recording.first, False
    try:
        for chunk in chunks:
            if isinstance(chunk, ArchiveError):
                raise chunk
            for found in lines.findings(chunk, number):
                has_lines = has_lines or found != Conforming()
                yield found
            number += chunk.count(b"\n") or 1
        if not has_lines:
            raise without_lines(recording.name)
    except ArchiveError as error:
        yield unreadable(error)


def _audited_interactions(
    batches: "Iterable[tuple[list[bytes], int]]", recording: "Recording", policy: "Policy"
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the texts of interactions, and counts; from one that is not certain on, audit the recording as any other.

    From the first secret on, findings wait for the end of the file: a file that cannot be read is not searched.
    """
    interactions, done = _Interactions(recording.name, policy, plain_interaction), 0
    waiting: list[Finding] = []
    try:
        for texts, line in batches:
            for found in interactions.items(texts, line):
                if found is not None and found.recording is not None and not waiting:
                    yield interactions.taken()
                if found is not None and (found.recording is not None or waiting):
                    waiting.append(found)
                elif found is not None:
                    yield found
                done += not waiting
    except UncertainError:
        if not waiting:
            yield interactions.taken()
        yield from islice(audit_items(recording, policy, Oldest(policy.judges)), done, None)
    else:
        yield from waiting
        yield interactions.taken()


class _Interactions(LineAudit):
    """Audits the texts of interactions under a policy."""

    def items(self, texts: list[bytes], line: int) -> "Iterator[Finding | None]":
        """Yield the finding for each interaction, or None for one that conforms and is counted. `line` is that of the first."""
        suspected = items_to_search(texts, self._secrets) if self._secrets else ()
        for index, text in enumerate(texts):
            if index not in suspected and self.conforms(text):
                yield None
            else:
                first = line + sum(each.count(b"\n") for each in texts[:index])
                yield self._finding(text, first, is_suspected=index in suspected)

    def _finding(self, text: bytes, line: int, *, is_suspected: bool) -> Finding | None:
        found = self._found(text) if is_suspected else []
        if is_suspected and not found and self.conforms(text):
            return None
        from pytest_pcerrors.exchange.archives.yaml_files import interaction_by_yaml

        item = interaction_by_yaml(text, f"{self._name}:{line}")
        if isinstance(item, ArchiveError) and line == FIRST_LINE:
            raise UncertainError  # perhaps another format
        return finding_of_item(item, self._policy, found)

    def _found(self, text: bytes) -> "list[Found]":
        from pytest_pcerrors.redaction.rewriting import found_in

        found = []
        for each in found_in(BytesIO(as_cassette(text)), "a.yaml", self._policy.redaction):
            if each.item is None:
                raise UncertainError
            found += [at.found for at in each.locations]
        return found
