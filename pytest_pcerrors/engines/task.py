"""The check of pieces of recordings, for any process: what it needs, and what it returns."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import RuleError, UsageError
from pytest_pcerrors.exchange.archives.json_files import without_lines
from pytest_pcerrors.exchange.archives.plain_interactions import HEAD, TAIL, UncertainError, interaction_texts
from pytest_pcerrors.policy.age import Oldest
from pytest_pcerrors.policy.allowances import file_of
from pytest_pcerrors.policy.audit import Recording, audit_age, unreadable
from pytest_pcerrors.policy.counting import audit_counted, counts_interactions
from pytest_pcerrors.policy.from_settings import policy_of
from pytest_pcerrors.policy.lines import LineAudit, audited_lines
from pytest_pcerrors.reporting.totals import Totals, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.engines.pieces import Piece, Unit
    from pytest_pcerrors.exchange.archives.items import Item
    from pytest_pcerrors.policy.audit import Conforming, Finding
    from pytest_pcerrors.policy.policy import Policy
    from pytest_pcerrors.reporting.finding_data import FindingData
    from pytest_pcerrors.settings import Settings

MOST = 128
"""The number of findings in a `Part`."""

_OWN = ("contract", "others", "hosts", "forced_profile", "max_age", "root", "today")
"""What a policy has from options or files, and not from the settings."""


@dataclass
class Part:
    """Findings that follow each other, and the counts of all items up to them. It can be joined with the next one, in any grouping.

    In a piece of a file, lines are counted from `first`; `lines` is their number, and `oldest` the oldest response. `is_refused` is whether the
    rest of the file cannot be read. An `error` ends the audit, unless it is in a piece of a cassette: then the whole file is checked.
    """

    totals: Totals
    findings: "list[FindingData]" = field(default_factory=list)
    oldest: Oldest = field(default_factory=Oldest)
    first: int = 1
    lines: int = 0
    has_items: bool = False
    is_refused: bool = False
    error: UsageError | None = None

    def plus(self, other: "Part") -> "list[FindingData]":
        """Add the part that follows, which is not changed, apart from its findings; return these, with their lines in the whole."""
        if self.is_refused or self.error:
            return []
        moved = other.moved(self.lines + 1 - other.first)
        self.totals.plus(moved.totals)
        self.oldest.plus(moved.oldest)
        self.lines += other.lines
        self.has_items = self.has_items or other.has_items
        self.is_refused, self.error = other.is_refused, moved.error
        return moved.findings

    def moved(self, lines: int) -> "Part":
        """Return this part with so many lines before it."""
        if not lines:
            return self
        findings: list[FindingData] = [
            each if each["line"] is None else {**each, "line": each["line"] + lines} for each in self.findings
        ]
        oldest = Oldest()
        oldest.plus(self.oldest)
        if oldest.exchange is not None:
            oldest.exchange = oldest.exchange.at(_moved(oldest.exchange.origin or "", lines))
        totals, coverage = self.totals, self.totals.coverage
        if coverage is not None:
            places = {pairing: {_moved(each, lines) for each in found} for pairing, found in coverage.places.items()}
            totals = replace(totals, coverage=replace(coverage, places=defaultdict(set, places)))
        error = self.error.at(_moved(self.error.place, lines)) if isinstance(self.error, RuleError) else self.error
        return replace(self, findings=findings, oldest=oldest, totals=totals, error=error)

    def end_file(self, name: str, task: "Task") -> "Iterator[FindingData]":
        """Yield what is found at the end of a file of which this is all; the part that follows is of another file."""
        if not self.has_items and not self.error:
            yield from self.totals.counting(iter([unreadable(without_lines(name))]), task.policy, task.wanted)
        yield from self.totals.counting(audit_age(name, self.oldest, task.policy), task.policy, task.wanted)
        self.oldest, self.lines, self.has_items, self.is_refused = Oldest(), 0, False, False


def _moved(place: str, lines: int) -> str:
    file = file_of(place)
    line = place[len(file) + 1 :]
    return f"{file}:{int(line) + lines}" if line.isdecimal() else place


def _uncertain() -> "Item":
    """Refuse to read a piece of a cassette by the rules of YAML."""
    raise UncertainError


class Task:
    """The check of units: of small files, or a piece of a large one. It can be sent to another process."""

    def __init__(self, settings: "Settings", policy: "Policy", wanted: Wanted) -> None:
        self.policy = policy
        self.wanted = wanted
        self._settings = settings
        self._own = {name: getattr(policy, name) for name in _OWN}

    def __getstate__(self) -> dict[str, object]:
        """Leave out the policy, which has functions; the other process makes an equal one."""
        return {name: value for name, value in vars(self).items() if name != "policy"}

    @cached_property
    def policy(self) -> "Policy":
        """The policy, made once in each process."""
        return replace(policy_of(self._settings, contract=self._own["contract"]), **self._own)

    def parts(self, unit: "Unit") -> "Iterator[Part]":
        """Yield the result of a unit in parts."""
        wanted, lines, first = self.wanted, None, 1
        findings = self.audit(Recording.of_file(each.file, self.policy, each.name) for each in unit.pieces)
        if (piece := unit.piece) is not None:
            # only the first line of a file can refuse all of it; in a cassette, it is the head
            first = 2 if piece.start else 1
            lines = LineAudit(piece.name, self.policy, **self._kept)
            is_cassette = piece.is_cassette
            findings = self._of_cassette(piece, lines) if is_cassette else audited_lines(piece.chunks(), lines, first)
        part, seen = Part(self.totals(), first=first), Counter[str]()
        try:
            for finding in findings:
                part.totals.add(finding, self.policy)
                part.findings += wanted.of(finding, self.policy, seen)
                if len(part.findings) == MOST:
                    yield part
                    part = Part(self.totals(), first=first)
        except (UsageError, MemoryError, UncertainError) as error:
            text = str(error) or "not enough memory; check fewer or smaller files"
            part.error = error if isinstance(error, RuleError) else UsageError(text)
        if lines is not None:
            part.oldest, part.lines = lines.oldest, lines.lines
            part.has_items, part.is_refused = lines.has_items, lines.is_refused
        yield part

    def _of_cassette(self, piece: "Piece", lines: LineAudit) -> "Iterator[Finding | Conforming]":
        """Return the findings in a piece of a cassette, and count its lines; reading them raises an `UncertainError` if it cannot be read alone."""
        data = piece.interactions()
        lines.lines, lines.has_items = data.count(b"\n"), True
        cassette = (HEAD if piece.start else b"") + data + (b"" if piece.is_last else TAIL)
        texts = partial(interaction_texts, BytesIO(cassette))
        return self.audit([Recording(piece.name, iter(_uncertain, None), interactions=texts)])

    def audit(self, recordings: "Iterable[Recording]") -> "Iterator[Finding | Conforming]":
        """Yield the findings of recordings; conforming responses are only counted where the report needs no more of them."""
        return audit_counted(recordings, self.policy, **self._kept)

    @property
    def counts_interactions(self) -> bool:
        """Whether conforming interactions of cassettes are only counted."""
        return counts_interactions(self.policy, **self._kept)

    @property
    def _kept(self) -> dict[str, bool]:
        """What of conforming responses becomes findings, as keywords of audits."""
        return {"keeps_errors": self.wanted.lists_conforming, "is_detailed": self.wanted.needs_details}

    def totals(self) -> Totals:
        """Return counts of nothing yet."""
        return Totals.wanted(self.wanted, self.policy)


def certain(parts: "Iterable[tuple[Unit, Part | None]]", task: Task) -> "Iterator[tuple[Unit, Part | None]]":
    """Yield the parts of units, with None after the last of each.

    Those of a cassette wait for its last piece; if one of them has an error, the parts of the whole file come instead.
    """
    waiting: list[tuple[Unit, Part | None]] = []
    for unit, part in parts:
        piece = unit.piece
        if piece is None or not piece.is_cassette:
            yield unit, part
            continue
        waiting.append((unit, part))
        if part is not None or not piece.is_last:
            continue
        if any(each is not None and each.error for _, each in waiting):
            whole = unit._replace(pieces=(piece._replace(start=0, end=None),))
            waiting = []  # frees them
            yield from ((whole, each) for each in chain(task.parts(whole), [None]))
        yield from waiting
        waiting = []
