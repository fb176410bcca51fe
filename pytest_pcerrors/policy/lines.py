"""Audits of NDJSON by chunks of lines: conforming exchanges are only counted, all others become findings.

The findings and the counts are those of `audit.audit`.
"""

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.json_files import item_of_line, without_lines
from pytest_pcerrors.exchange.archives.plain_lines import plain_lines
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.policy.audit import Finding, finding_of_item, unreadable
from pytest_pcerrors.policy.hosts import is_with_host
from pytest_pcerrors.redaction.files.raw import LineSearch

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from pytest_pcerrors.exchange.archives.plain_lines import Reader
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.policy.recordings import Recording
    from pytest_pcerrors.secrets import Found

_HOST = re.compile(r"[a-z0-9.-]+", re.ASCII)
_AUTHORITY = re.compile(rf"https?://{_HOST.pattern}(?::[0-9]+)?", re.ASCII)
_SCHEME = len("https://")
_MOST_HOSTS = _MOST_KEPT = 4096
_SHORT = 1000


@dataclass
class Conforming:
    """Counts of conforming exchanges: the errors by status and code, the other responses that were searched, and other hosts."""

    errors: "Counter[tuple[int, str]]" = field(default_factory=Counter)
    successes: int = 0
    other_hosts: "Counter[str]" = field(default_factory=Counter)


class LineAudit:
    """Audits the lines of an NDJSON archive under a policy, by chunks; the chunks may be audited in any order.

    With `keeps_errors`, conforming error responses are findings too.
    """

    def __init__(
        self, name: str, policy: "Policy", read: "Reader | None" = None, *, keeps_errors: bool = False
    ) -> None:
        self._name = name
        self._policy = policy
        self._read = read or plain_lines()
        self._keeps_errors = keeps_errors
        self._quick = policy.profiled(policy.profile_for(f"{name}:1")).quick
        self._codes: dict[tuple[int, str | None, str], str | None] = {}
        self._hosts: dict[str, tuple[bool, str]] = {}
        self._search = LineSearch(policy.redaction.secrets)
        self._judged = tuple(f"https://{host}/" for host in policy.hosts if _HOST.fullmatch(host))

    def findings(self, data: bytes, first: int = 1) -> "Iterator[Finding | Conforming]":
        """Yield the findings in whole lines, in their order, then the counts of those without. `first` is the number of the first line.

        An archive of another format is an `ArchiveError`, which is raised by its first line.
        """
        conforming = Conforming()
        lines = list(BytesIO(data))
        suspected = self._suspected(data, lines)
        for index, line in enumerate(lines):
            if index not in suspected and self.conforms(line, conforming):
                continue
            found = self._found(line) if index in suspected else []
            if found or not (line.isspace() or (index in suspected and self.conforms(line, conforming))):
                yield finding_of_item(item_of_line(line, self._name, first + index), self._policy, found)
        yield conforming

    def _found(self, line: bytes) -> "list[Found]":
        from pytest_pcerrors.redaction.files.rewriting import found_in_line

        return found_in_line(line, self._name, self._policy.redaction)

    def _suspected(self, data: bytes, lines: list[bytes]) -> "Container[int]":
        """Return the indexes of the lines that must be searched for secrets."""
        if not self._policy.searches_for_secrets:
            return ()
        positions = self._search.positions(data)
        if positions is None:
            return range(len(lines))
        if not positions:
            return ()
        ends = list(accumulate(map(len, lines)))
        return {bisect_right(ends, position) for position in positions}

    def conforms(self, line: bytes, conforming: Conforming) -> bool:  # noqa: PLR0911 - one for each kind of line
        """Return whether the exchange of a line conforms or has another host, and count it."""
        plain = self._read(line)
        if plain is None:
            return False
        status, content_type, body, url, document = plain
        if url is not None and not url.startswith(self._judged):
            is_judged, host = self._host(url)
            if not is_judged:
                if host and status in _STATUSES:
                    conforming.other_hosts[host] += 1
                    return True
                return False
        if status in SUCCESSES:
            if self._quick.is_success(status, body):
                conforming.successes += 1
                return True
            return False
        code = None if self._keeps_errors else self._code(status, content_type, body, document)
        if code is None:
            return False
        conforming.errors[status, code] += 1
        return True

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
            known = bool(host) and is_with_host(host, self._policy.hosts), host
            if len(self._hosts) < _MOST_HOSTS:
                self._hosts[authority] = known
        return known


def audited_lines(
    chunks: "Iterable[bytes | ArchiveError]", recording: "Recording", policy: "Policy", *, keeps_errors: bool = False
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the chunks of an NDJSON archive, or of a piece of one, and the counts of its conforming exchanges."""
    lines, number, has_lines = LineAudit(recording.name, policy, keeps_errors=keeps_errors), recording.first, False
    try:
        for chunk in chunks:
            if isinstance(chunk, ArchiveError):
                raise chunk
            for found in lines.findings(chunk, number):
                has_lines = has_lines or found != _NOTHING
                yield found
            number += chunk.count(b"\n") or 1
        if not has_lines:
            raise without_lines(recording.name)
    except ArchiveError as error:
        yield unreadable(error)


_NOTHING = Conforming()
_STATUSES = range(100, 1000)
