"""Error coverage: which of the documented errors were met, and how."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple, Self

from pytest_pcerrors.contract.catalogue import Entry, Pairing
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.policy.verdict import Verdict
from pytest_pcerrors.reporting.finding_data import natural
from pytest_pcerrors.rules.stages import RuleSet
from pytest_pcerrors.secrets.display import safe
from pytest_pcerrors.text import cut, readable

Way = Literal["asserted", "replayed", "served", "simulated"]

WAYS: tuple[Way, ...] = ("asserted", "replayed", "served", "simulated")
"""How an error can be met: an assertion with its code passed; a recording was checked, or a client received it; a server or a
simulation gave it to a client."""

VERSION = 1
"""The version of the document that `ErrorCoverage.document` returns."""

_MOST_PLACES = 5
_MOST_UNDOCUMENTED = 10_000
_LONGEST_CODE = 60
_OTHERS = (999, "and others")
"""Counts the undocumented codes beyond the first thousands, so that an archive with a new code in every response stays small."""


class Judged(NamedTuple):
    """A judged response: the rules that ran, those of them that it breaks, allowed or not, and the shapes that it has."""

    ran: Collection[str]
    broken: Collection[str]
    shapes: Collection[str]

    @classmethod
    def of(cls, verdict: Verdict, rules: RuleSet) -> Self:
        """Return what a verdict says; `rules` are those under its profile."""
        parsed = verdict.parsed
        broken = {each.rule for each in verdict.violations} | {each.rule for each in verdict.allowed}
        status, codes, contract = parsed.exchange.status, parsed.codes, parsed.contract
        if codes and not broken and all(contract.entry_of(status, code) for code in codes):
            return cls(rules.ran(parsed), broken, ())
        from pytest_pcerrors.simulation.shapes import shapes_of

        return cls(rules.ran(parsed), broken, shapes_of(parsed.exchange, contract))


@dataclass(eq=False, repr=False)
class ErrorCoverage:
    """Counts of what was met, by pairing, status, rule and shape; `undocumented` has the codes that the contract does not pair.

    `excluded` are the pairings that are not wanted.
    """

    contract: Contract
    excluded: frozenset[Pairing] = frozenset()
    pairings: Counter[tuple[int | None, str, Way]] = field(default_factory=Counter)
    statuses: Counter[tuple[int, Way]] = field(default_factory=Counter)
    rules: Counter[tuple[str, bool]] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    undocumented: Counter[tuple[int, str]] = field(default_factory=Counter)
    places: defaultdict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, way: Way, status: int, codes: Iterable[str], place: str = "", count: int = 1) -> None:
        """Count an error response, with its codes. `place` says where, for a code that the contract does not pair with the status."""
        self.statuses[status, way] += count
        for code in codes:
            entry = self.contract.entry_of(status, code)
            if entry is not None:
                self.pairings[*entry.pairing, way] += count
            elif way != "asserted":  # its response was received too, or is made up
                self._add_undocumented((status, cut(safe(code), _LONGEST_CODE)), count, [safe(place)] if place else [])

    def add_judged(self, judged: Judged, count: int = 1) -> None:
        """Count the rules and the shapes of judged responses."""
        for rule in judged.ran:
            self.rules[rule, rule in judged.broken] += count
        for shape in judged.shapes:
            self.shapes[shape] += count

    def add_recorded(self, verdict: Verdict, rules: RuleSet, place: str) -> None:
        """Count a recorded response that was judged by these rules."""
        parsed = verdict.parsed
        if parsed.is_error:
            self.add("replayed", parsed.exchange.status, parsed.codes, place)
        self.add_judged(Judged.of(verdict, rules))

    def plus(self, other: Self) -> None:
        """Add the counts of another coverage of the same contract, such as that of another shard. Excluded is what both exclude."""
        self.excluded &= other.excluded
        for name in ("pairings", "statuses", "rules", "shapes"):
            getattr(self, name).update(getattr(other, name))
        for pairing, count in other.undocumented.items():
            self._add_undocumented(pairing, count, other.places[pairing])

    def _add_undocumented(self, pairing: tuple[int, str], count: int, places: Iterable[str]) -> None:
        if len(self.undocumented) >= _MOST_UNDOCUMENTED:
            pairing = pairing if pairing in self.undocumented else _OTHERS
        self.undocumented[pairing] += count
        self.places[pairing] = set(_in_order({*self.places[pairing], *places})[:_MOST_PLACES])

    def most_undocumented(self, most: int) -> list[tuple[int, str, int, list[str]]]:
        """Return the statuses and codes that the contract does not pair and were met most, with their counts and places."""
        found = sorted(self.undocumented.items(), key=lambda each: (-each[1], each[0]))
        return [(*pairing, count, _in_order(self.places[pairing])) for pairing, count in found[:most]]

    def rules_run(self) -> list[tuple[str, int, int]]:
        """Return the rules that ran, with the number of responses that conform to them and that break them."""
        names = sorted({name for name, _ in self.rules})
        return [(name, self.rules[name, False], self.rules[name, True]) for name in names]

    def is_met(self, entry: Entry) -> bool:
        """Return whether an error was met in any way."""
        return any(self._counts(entry).values())

    def change(self, entry: Entry, base: Self) -> Literal["", "lost", "won"]:
        """Return what has become of an error since the coverage of another run; an excluded error is neither lost nor won."""
        if entry.pairing in self.excluded or self.is_met(entry) == base.is_met(entry):
            return ""
        return "won" if self.is_met(entry) else "lost"

    @property
    def wanted(self) -> list[Entry]:
        """The documented errors without those that are excluded."""
        return [entry for entry in self.contract.catalogue if entry.pairing not in self.excluded]

    def missing(self) -> list[Entry]:
        """Return the wanted errors that were not met."""
        met = {(status, code) for (status, code, _), count in self.pairings.items() if count}
        return [entry for entry in self.wanted if entry.pairing not in met]

    @property
    def met(self) -> int:
        """The number of wanted errors that were met."""
        return len(self.wanted) - len(self.missing())

    @property
    def percent(self) -> float:
        """The percentage of the wanted errors that were met, rounded down to one digit, so that 100 means all; 100 if none is wanted."""
        wanted = len(self.wanted)
        return 100.0 if not wanted else self.met * 1000 // wanted / 10

    def document(self) -> dict[str, Any]:
        """Return the coverage as plain data; its JSON Schema is ``coverage.schema.json``."""
        contract = self.contract
        statuses = sorted({*contract.statuses, *(status for status, _ in self.statuses)})
        return {
            "schema": VERSION,
            "tool": {"name": "pytest-pcerrors"},
            "kind": "coverage",
            "contract": contract.name,
            "summary": {
                "documented": len(contract.catalogue),
                "excluded": len(contract.catalogue) - len(self.wanted),
                "met": self.met,
                "percent": self.percent,
            },
            "pairings": [self._row(entry) for entry in contract.catalogue],
            "statuses": [
                {"status": status, **{way: self.statuses[status, way] for way in WAYS}} for status in statuses
            ],
            "rules": [
                {"rule": rule, "conforming": conforming, "breaking": breaking}
                for rule, conforming, breaking in self.rules_run()
            ],
            "shapes": [{"shape": shape, "met": count} for shape, count in sorted(self.shapes.items())],
            "undocumented": [
                {"status": status, "code": code, "count": count, "places": _in_order(self.places[status, code])}
                for (status, code), count in sorted(self.undocumented.items())
            ],
        }

    def _row(self, entry: Entry) -> dict[str, Any]:
        row = {"status": entry.status, "code": entry.code, "excluded": entry.pairing in self.excluded}
        return row | self._counts(entry)

    def _counts(self, entry: Entry) -> dict[Way, int]:
        get = self.pairings.get  # a Counter takes longer for what it lacks
        return {way: get((*entry.pairing, way), 0) for way in WAYS}

    @classmethod
    def of_document(cls, document: Mapping[str, Any], contract: Contract) -> Self:
        """Return the coverage in a document of this version and of a contract."""
        coverage = cls(contract)
        coverage.excluded = frozenset((row["status"], row["code"]) for row in document["pairings"] if row["excluded"])
        pairings = (((row["status"], row["code"], way), row[way]) for row in document["pairings"] for way in WAYS)
        for pairing, count in pairings:
            if count:
                coverage.pairings[pairing] += count
        for row in document["statuses"]:
            coverage.statuses.update({(row["status"], way): row[way] for way in WAYS if row[way]})
        for row in document["rules"]:
            coverage.rules.update({(row["rule"], False): row["conforming"], (row["rule"], True): row["breaking"]})
        coverage.shapes.update({row["shape"]: row["met"] for row in document["shapes"]})
        for row in document["undocumented"]:
            coverage._add_undocumented((row["status"], row["code"]), row["count"], row["places"])
        return coverage


def _in_order(places: Iterable[str]) -> list[str]:
    """Return places sorted by the values of their numbers, so that the first ones of a file are those of its pieces, too."""
    return sorted(places, key=lambda each: (natural(each), each))


def excluded_by(patterns: Iterable[str], contract: Contract) -> frozenset[Pairing]:
    """Return the pairings that patterns exclude; a pattern that fits none is a `UsageError`.

    A pattern is a code, such as ``800064``, a glob of codes, ``8000*``, or a status and a glob of codes, ``501/*``. A status alone is
    not a pattern, because a code may be the same number.
    """
    excluded: set[Pairing] = set()
    for pattern in patterns:
        found = {
            entry.pairing
            for entry in contract.catalogue
            if fnmatchcase(entry.code, pattern)
            or ("/" in pattern and fnmatchcase(f"{entry.status_text}/{entry.code}", pattern))
        }
        if not found:
            raise UsageError(
                f'[tool.pcerrors.coverage] exclude: "{readable(pattern)}" fits no error of the contract {contract.name}; '
                'write a code, a glob such as "8000*", or a status with one, such as "501/*"'
            )
        excluded |= found
    return frozenset(excluded)
