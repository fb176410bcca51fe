"""Audits of NDJSON by chunks of lines: conforming exchanges are only counted, all others become findings."""

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from io import BytesIO
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.archives.items import Skipped
from pytest_pcerrors.exchange.archives.json_files import item_of_line
from pytest_pcerrors.exchange.archives.line_readers import plain_lines
from pytest_pcerrors.exchange.archives.plain_lines import ENCODED, ENCODING, STATUSES, exchange_of, type_in
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.jsontext import value_at
from pytest_pcerrors.policy.age import Oldest, date_in
from pytest_pcerrors.policy.audit import Conforming, Finding, finding_of_item, unreadable
from pytest_pcerrors.policy.policy import is_among
from pytest_pcerrors.redaction.raw import LineSearch
from pytest_pcerrors.rules.parsed_response import reader_of_members
from pytest_pcerrors.rules.quick import Quick

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.exchange.archives.line_readers import Reader
    from pytest_pcerrors.exchange.archives.plain_lines import PlainLine
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.secrets import Found

_HOST = re.compile(r"[a-z0-9.-]+", re.ASCII)
_AUTHORITY = re.compile(rf"https?://{_HOST.pattern}(?::[0-9]+)?", re.ASCII)
_SCHEME = len("https://")
_MOST_HOSTS = 4096
_SHORT = 1000
_RECORDED = (b"recorded_at", b"\\u00")
"""What a line has that may have a date outside of its headers: the name, or an escaped letter of it."""


class LineAudit:
    """Audits the lines of an NDJSON archive under a policy, by chunks; the chunks may be audited in any order.

    With `keeps_errors`, conforming error responses are findings too; with `is_detailed`, they are counted by source and day, and are
    findings if the contract does not pair them. If an age is set, or for logs, or with several contracts, all responses are findings.
    `counts` are those of the exchanges without a finding, `oldest` is the oldest response, if an age is set, `lines` the number of
    lines, and `has_items` whether one of them is not blank. `is_refused` is whether the rest cannot be read.
    """

    def __init__(self, name: str, policy: "Policy", *, keeps_errors: bool = False, is_detailed: bool = False) -> None:
        self.counts: Conforming = Conforming(name=name)
        self.oldest: Oldest = Oldest()
        self.lines: int = 0
        self.has_items: bool = False
        self.is_refused: bool = False
        self._name = name
        self._policy = policy
        self._keeps_errors = keeps_errors
        self._is_detailed = is_detailed
        self._secrets = policy.redaction.secrets if policy.searches_for_secrets else None
        self._quick = policy.rules_under(policy.profile_for(f"{name}:1")).quick
        self._successes = self._quick.successes
        self._hosts: dict[str, tuple[bool, str]] = {}
        self._judged = tuple(f"https://{host}/" for host in policy.hosts if _HOST.fullmatch(host))

    @cached_property
    def _read(self) -> "Reader":
        """The reader of lines, which may load msgspec."""
        return plain_lines() if is_countable(self._policy) else _nothing

    @cached_property
    def _search(self) -> LineSearch:
        return LineSearch(self._policy.redaction.secrets, (ENCODING, *self._quick.texts_of_names()))

    def findings(self, data: bytes, first: int = 1) -> "Iterator[Finding | Conforming]":
        """Yield the findings in whole lines, in their order, then the counts of those without. `first` is the number of the first line.

        An archive of another format is an `ArchiveError`, which is raised by its first line.
        """
        lines = list(BytesIO(data))
        suspected, marked = self._flagged(data, lines)
        for index, (line, plain) in enumerate(zip(lines, self._read(data, lines), strict=True)):
            if index not in suspected and self.conforms(plain, line, is_marked=index in marked):
                continue
            found = self._found(line) if index in suspected else []
            if found or not (line.isspace() or (index in suspected and self.conforms(plain, line))):
                item = self._item(plain, line, first + index)
                self.has_items = True
                if self._policy.max_age is not None and not isinstance(item, ArchiveError | Skipped):
                    self.oldest.add(item, self._policy)
                yield finding_of_item(item, self._policy, found)
        self.lines += len(lines)
        self.has_items = self.has_items or self.counts != _NOTHING
        yield self.taken()

    def _item(self, plain: "PlainLine | None", line: bytes, number: int) -> "Item":
        """Return the item of a line with these parts; it is parsed again where a rule of a user or the moment of its recording is wanted."""
        exchange = None
        is_dated = self._is_detailed and any(each in line for each in _RECORDED)
        if plain is not None and not self._policy.user_rules and not is_dated:
            exchange = exchange_of(plain, f"{self._name}:{number}")
        return exchange or item_of_line(line, self._name, number, self._policy.layout)

    def taken(self) -> Conforming:
        """Return the counts so far, and begin new ones."""
        taken, self.counts = self.counts, Conforming(name=self._name)
        return taken

    def _found(self, line: bytes) -> "list[Found]":
        from pytest_pcerrors.redaction.rewriting import found_in_line

        return found_in_line(line, self._name, self._policy.redaction)

    def _flagged(self, data: bytes, lines: list[bytes]) -> "tuple[Container[int], Container[int]]":
        """Return the indexes of the lines that must be searched for secrets, and of those that may be marked."""
        every = range(len(lines))
        if not self._secrets:
            return (), every
        if (positions := self._search.positions(data)) is None:
            return every, every
        ends = list(accumulate(map(len, lines))) if any(positions) else []
        suspected, marked = ([bisect_right(ends, each) for each in some or ()] for some in positions)
        return set(suspected), every if positions[1] is None else set(marked)

    def conforms(self, plain: "PlainLine | None", line: bytes, *, is_marked: bool = True) -> bool:
        """Return whether the exchange of a line with these parts conforms or has another host, and count it.

        If it is not marked, its body is not encoded, and has no name of an error.
        """
        if plain is None:
            return False
        status, headers, body, url = plain[:4]
        is_judged = url is None or url.startswith(self._judged)
        if is_judged and not is_marked and status in self._successes:
            self.counts.successes += 1
            return True
        content_type = type_in(headers)
        if content_type is ENCODED:
            return False
        if not is_judged:
            is_judged, host = self._host(url or "")
            if not is_judged:
                is_counted = host != "" and status in STATUSES
                if is_counted:
                    self.counts.other_hosts[host] += 1
                return is_counted
        if status in SUCCESSES:
            is_success = self._quick.is_success(status, body)
            self.counts.successes += is_success
            return is_success
        return not self._keeps_errors and self._counts_error(plain, content_type, line)

    def _counts_error(self, plain: "PlainLine", content_type: str | None, line: bytes) -> bool:
        """Return whether an error response conforms, and count it."""
        body, document = plain.body, plain.document
        found = _error_in_short if document is None and len(body) <= _SHORT else _error_in
        error = found(self._quick, plain.status, content_type, body, document, is_detailed=self._is_detailed)
        day = _day(plain.headers, line) if self._is_detailed and error is not None else None
        if error is None or day == _UNCERTAIN:
            return False
        self.counts.errors[(*error, day)] += 1
        return True

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


def is_countable(policy: "Policy") -> bool:
    """Return whether conforming exchanges may be counted under a policy, rather than made to findings: if neither an age, nor a layout, nor a second contract is set."""
    return policy.max_age is None and policy.layout is None and not policy.others


def audited_lines(
    chunks: "Iterable[bytes | ArchiveError]", lines: LineAudit, first: int = 1
) -> "Iterator[Finding | Conforming]":
    """Yield the findings in the chunks of an NDJSON archive, or of a piece of one, and counts. `first` is the number of the first line."""
    try:
        for chunk in chunks:
            if isinstance(chunk, ArchiveError):
                raise chunk
            yield from lines.findings(chunk, first + lines.lines)
    except ArchiveError as error:
        lines.has_items = lines.is_refused = True
        yield unreadable(error)


def _error_in(  # noqa: PLR0913 - what the result depends on
    quick: Quick, status: int, content_type: str | None, body: str, document: Any, *, is_detailed: bool
) -> tuple[int, str, str | None] | None:
    """Return the status, code and source of an error response that conforms, or None."""
    found, contract = quick.error(status, content_type, body, document), quick.contract
    if found is None:
        return None
    code, _ = reader_of_members(contract)(found)
    if code is None or (is_detailed and contract.entry_of(status, code) is None):
        return None
    source = value_at(found, contract.members.get("source")) if is_detailed else None
    return status, code, source if isinstance(source, str) else None


_error_in_short = lru_cache(maxsize=4096)(_error_in)
"""The same for a short body, of which many are equal."""

_NOTHING = Conforming()
_UNCERTAIN = ""


def _nothing(_: bytes, lines: list[bytes]) -> "Iterator[None]":
    """Read no line."""
    return repeat(None, len(lines))


def _day(headers: "Mapping[str, str | list[str]] | None", line: bytes) -> str | None:
    """Return the day of the header `Date`; None without one, but `_UNCERTAIN` if the line may have another date."""
    dates = next((value for name, value in (headers or {}).items() if name.lower() == "date"), ())
    since = date_in(dates if isinstance(dates, str) else next(iter(dates), None))
    if since is not None:
        return str(since.date())
    return _UNCERTAIN if any(each in line for each in _RECORDED) else None
