"""The promise: a contract, its catalogue of documented errors, and the entries of that catalogue."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.templates import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pytest_pcerrors.contract.changes import Change


@dataclass(frozen=True)
class Entry:
    """One documented error: an HTTP status, an error code and the texts that the page gives them.

    `note` is what somebody remarked on it, `origin` where it comes from if not from the contract itself.

    >>> entry = Entry(409, "800064", ("Another request is already processing cart {0}",))
    >>> entry.description, entry.placeholders
    ('Another request is already processing cart {0}', frozenset({'{0}'}))
    """

    status: int
    code: str
    templates: tuple[str, ...]
    note: str = ""
    origin: str = ""

    @property
    def description(self) -> str:
        """The first of the entry's templates."""
        return self.templates[0]

    @property
    def pairing(self) -> tuple[int, str]:
        """HTTP status and code."""
        return self.status, self.code

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """Every ``{n}`` in any of the templates."""
        return frozenset().union(*map(placeholders, self.templates))


class Catalogue:
    """The documented errors, in the order of the contract; iterates `Entry`.

    >>> from pytest_pcerrors import Contract
    >>> catalogue = Contract.default().catalogue
    >>> len(catalogue), [entry.status for entry in catalogue["2006"]]
    (163, [400, 403])
    """

    def __init__(self, entries: "tuple[Entry, ...]") -> None:
        self._entries = entries
        by_code = defaultdict(list)
        for entry in entries:
            by_code[entry.code].append(entry)
        self._by_code = {code: tuple(each) for code, each in by_code.items()}

    def __iter__(self) -> "Iterator[Entry]":
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, code: object) -> bool:
        return str(code) in self._by_code

    def __getitem__(self, code: int | str) -> tuple[Entry, ...]:
        """Return the entries of a code, one for each status it is documented with; KeyError if there is none."""
        return self._by_code[str(code)]

    @property
    def codes(self) -> tuple[str, ...]:
        """The distinct codes, in the order of the contract."""
        return tuple(self._by_code)

    def find(self, text: int | str) -> tuple[Entry, ...]:
        """Return the entries whose code or one of whose templates holds `text`, in any letter case.

        >>> from pytest_pcerrors import Contract
        >>> [entry.code for entry in Contract.default().catalogue.find("phone number")]
        ['600051']
        """
        wanted = str(text).casefold()
        return tuple(
            entry for entry in self if any(wanted in each.casefold() for each in (entry.code, *entry.templates))
        )

    def select(self, *, status: int | None = None, code: int | str | None = None) -> tuple[Entry, ...]:
        """Return the entries with this status, this code, or both.

        >>> from pytest_pcerrors import Contract
        >>> [entry.code for entry in Contract.default().catalogue.select(status=401)]
        ['400', '800001']
        """
        wanted = None if code is None else str(code)
        return tuple(entry for entry in self if status in (None, entry.status) and wanted in (None, entry.code))


@dataclass(frozen=True)
class Deviation:
    """A known departure of the real service, with a rule of its own: at `at`, a value of JSON type `type`."""

    rule: str
    at: tuple[str, ...]
    type: str
    note: str = ""


@dataclass(frozen=True)
class Page:
    """The documentation page a contract was made from: title, date (YYYY-MM-DD) and locale, as far as known."""

    title: str = ""
    date: str = ""
    locale: str = ""


@dataclass(frozen=True, eq=False)
class Contract:
    """What a conforming error response must be.

    >>> from pytest_pcerrors import Contract
    >>> contract = Contract.default()
    >>> contract.name, len(contract.statuses), (409, "800064") in contract.pairings
    ('Partner Center', 15, True)
    """

    name: str
    statuses: "Mapping[int, str]"
    catalogue: Catalogue
    error_schema: "Mapping[str, Any]"
    members: "Mapping[str, tuple[str, ...]]"
    hosts: tuple[str, ...] = ()
    challenge: str | None = None
    deviations: tuple[Deviation, ...] = ()
    page: Page = field(default_factory=Page)

    @classmethod
    def default(cls) -> "Contract":
        """Return the shipped Partner Center contract (always the same object)."""
        from pytest_pcerrors.contract.files import shipped_contract

        return shipped_contract()

    @classmethod
    def load(cls, path: "str | Path") -> "Contract":
        """Read a contract file, or return the shipped contract for the word ``shipped``; a `UsageError` says what does not fit, and where.

        >>> Contract.load("shipped") is Contract.default()
        True
        >>> Contract.load("missing.json")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        pytest_pcerrors.errors.UsageError: missing.json: cannot be read: ...
        """
        from pytest_pcerrors.contract.files import named_contract

        return named_contract(path)

    @classmethod
    def from_page(cls, text: str) -> "Contract":
        r"""Read a documentation page, Markdown or HTML, in any language; a `UsageError` says what it lacks, with the line.

        >>> page = "| Status | HTTP | Code | Text |\n|---|---|---|---|\n| Niet gevonden | 404 | 20.000 | Order-id niet gevonden |"
        >>> Contract.from_page(page).pairings
        frozenset({(404, '20000')})
        """
        from pytest_pcerrors.contract.pages.reading import read_page

        return read_page(text).contract

    def diff(self, other: "Contract") -> "list[Change]":
        """Return what changed from this contract to another, the worst for a client first.

        >>> Contract.default().diff(Contract.default())
        []
        """
        from pytest_pcerrors.contract.diff import diff

        return diff(self, other)

    def extended(self, entries: "Iterable[Entry]") -> "Contract":
        """Return this contract with more entries; one of the same status and code takes the place of the old one.

        >>> Contract.default().extended([Entry(400, "60012", ("No licence is left",))]).catalogue["60012"][0].status
        400
        """
        added = {entry.pairing: entry for entry in entries}
        kept = {entry.pairing: entry for entry in self.catalogue}
        statuses = {entry.status: self.reason(entry.status).partition(" ")[2] for entry in added.values()}
        return replace(
            self,
            statuses=dict(sorted({**statuses, **self.statuses}.items())),
            catalogue=Catalogue(tuple({**kept, **added}.values())),
        )

    def save(self, path: "str | Path") -> None:
        """Write the contract to a file that `load` reads back; the old file stays whole until the new one is."""
        from pytest_pcerrors.contract.files import save_contract

        save_contract(self, path)

    @cached_property
    def pairings(self) -> frozenset[tuple[int, str]]:
        """Every documented (HTTP status, code)."""
        return frozenset(entry.pairing for entry in self.catalogue)

    @cached_property
    def paired_statuses(self) -> frozenset[int]:
        """The statuses that at least one code is documented with."""
        return frozenset(entry.status for entry in self.catalogue)

    def reason(self, status: int) -> str:
        """Return ``409 Conflict``: a status with its reason phrase, as far as one is known.

        >>> Contract.default().reason(409), Contract.default().reason(499)
        ('409 Conflict', '499')
        """
        from http import HTTPStatus

        known = {each.value: each.phrase for each in HTTPStatus}
        return f"{status} {self.statuses.get(status) or known.get(status, '')}".rstrip()
