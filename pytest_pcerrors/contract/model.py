"""The contract: what a conforming error response must be, built from a contract document."""

from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.contract._schema_places import SchemaPlaces, unrequired
from pytest_pcerrors.contract.catalogue import Catalogue, Entry, Pairing
from pytest_pcerrors.contract.files import document_text, named_document, shipped_document
from pytest_pcerrors.documents import write_atomically
from pytest_pcerrors.jsontext import EACH, pointer_of, steps_of
from pytest_pcerrors.text import counted, phrase_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_pcerrors.contract._schema_places import Keyword
    from pytest_pcerrors.contract.changes import Change


class Deviation(NamedTuple):
    """A known deviation of the real service, with its own rule: a value of JSON type `type` at the path `at`."""

    rule: str
    at: tuple[str, ...]
    type: str
    note: str = ""


class Page(NamedTuple):
    """The documentation page that a contract was made from: title, date (YYYY-MM-DD) and locale, where known."""

    title: str = ""
    date: str = ""
    locale: str = ""


@dataclass(frozen=True, eq=False)
class Contract:
    """What a conforming error response must be.

    The fields are the keys of a contract file; `catalogue` has its `entries`, and `error_schema` its `schema`.

    >>> from pytest_pcerrors import Contract
    >>> contract = Contract.default()
    >>> contract.name, len(contract.statuses), (409, "800064") in contract.pairings
    ('Partner Center', 15, True)
    >>> contract
    Contract('Partner Center', 163 pairings)
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
    media_type: str | None = None
    errors_below_400: "Mapping[str, Any] | None" = None

    def __repr__(self) -> str:
        return f"Contract({self.name!r}, {counted(len(self.pairings), 'pairing')})"

    @staticmethod
    @cache
    def default() -> "Contract":
        """Return the shipped Partner Center contract (always the same object)."""
        return Contract.of_document(shipped_document())

    @classmethod
    def load(cls, path: str | Path, *, folder: Path | None = None) -> "Contract":
        """Read a contract file, or return the shipped contract for the word ``shipped``.

        A relative path is relative to `folder`, by default the working directory. Raises `UsageError` for an invalid file.

        >>> Contract.load("shipped") is Contract.default()
        True
        >>> Contract.load("missing.json")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        pytest_pcerrors.UsageError: missing.json: cannot be read: ...
        """
        document = named_document(path, folder)
        return cls.default() if document is shipped_document() else cls.of_document(document)

    @classmethod
    def of_document(cls, document: "Mapping[str, Any]") -> "Contract":
        """Return the contract of a complete contract document: the content of a contract file, with what it extends.

        >>> Contract.of_document(Contract.default().document()).pairings == Contract.default().pairings
        True
        """
        return cls(
            name=document["name"],
            statuses={int(status): phrase for status, phrase in document.get("statuses", {}).items()},
            catalogue=Catalogue(tuple(map(Entry.of_row, document["entries"]))),
            error_schema=document["schema"],
            members={name: steps_of(pointer) for name, pointer in document["members"].items()},
            hosts=tuple(host.lower() for host in document.get("hosts", ())),
            challenge=document.get("challenge"),
            deviations=tuple(
                Deviation(each["rule"], steps_of(each["at"]), each["type"], each.get("note", ""))
                for each in document.get("deviations", ())
            ),
            page=Page(**document.get("page", {})),
            media_type=document["media-type"].lower() if "media-type" in document else None,
            errors_below_400=document.get("errors-below-400"),
        )

    def document(self) -> dict[str, Any]:
        """Return the contract document, as `save` writes it."""
        return {
            "format": 1,
            "name": self.name,
            "page": {name: value for name, value in self.page._asdict().items() if value},
            "hosts": list(self.hosts),
            "statuses": {str(status): phrase for status, phrase in self.statuses.items()},
            **({"challenge": self.challenge} if self.challenge else {}),
            **({"media-type": self.media_type} if self.media_type else {}),
            "members": {name: pointer_of(steps) for name, steps in self.members.items()},
            "deviations": [{**deviation._asdict(), "at": pointer_of(deviation.at)} for deviation in self.deviations],
            "schema": self.error_schema,
            **({"errors-below-400": self.errors_below_400} if self.errors_below_400 is not None else {}),
            "entries": [entry.row for entry in self.catalogue],
        }

    @classmethod
    def from_page(cls, text: str) -> "Contract":
        r"""Return the contract of a documentation page (Markdown or HTML, any language); raise a `UsageError` for an invalid page.

        >>> page = "| Status | HTTP | Code | Text |\n|---|---|---|---|\n| Niet gevonden | 404 | 20.000 | Order-id niet gevonden |"
        >>> Contract.from_page(page).pairings
        frozenset({(404, '20000')})
        """
        from pytest_pcerrors.contract.sources._pages import parsed_page
        from pytest_pcerrors.contract.sources.partner_center import read_page

        return cls.of_document(read_page(parsed_page(text)).document)

    def diff(self, other: "Contract") -> "list[Change]":
        """Return the changes from this contract to another, those with the worst effect on a client first.

        >>> Contract.default().diff(Contract.default())
        []
        """
        from pytest_pcerrors.contract.changes import diff

        return diff(self, other)

    def extended(self, entries: "Iterable[Entry]") -> "Contract":
        """Return this contract with added entries; an entry with a known status and code replaces the old one.

        >>> Contract.default().extended([Entry(400, "60012", ("No licence is left",))]).catalogue["60012"][0].status
        400
        """
        added = tuple(entries)
        statuses = {each.status: self.phrase(each.status) for each in added if each.status}
        known = self.statuses and dict(sorted({**statuses, **self.statuses}.items()))
        catalogue = Catalogue(tuple({each.pairing: each for each in (*self.catalogue, *added)}.values()))
        return replace(self, statuses=known, catalogue=catalogue)

    def joined(self, others: "Sequence[Contract]") -> "Contract":
        """Return this contract with the statuses and entries of all, and all their names; an entry that several have is there once."""
        entries = {entry.pairing: entry for each in (*others, self) for entry in each.catalogue}
        statuses = {status: phrase for each in (*others, self) for status, phrase in each.statuses.items()}
        catalogue = Catalogue(tuple(sorted(entries.values(), key=lambda entry: entry.rank)))
        name = " and ".join(each.name for each in (self, *others))
        return replace(self, name=name, statuses=dict(sorted(statuses.items())), catalogue=catalogue)

    def save(self, path: str | Path) -> None:
        """Write the contract to a file that `load` can read; the file is replaced atomically."""
        write_atomically(Path(path), document_text(self.document()))

    @cached_property
    def pairings(self) -> frozenset[Pairing]:
        """The documented pairs (HTTP status, code); the status is None for a code that any error status may have."""
        return frozenset(entry.pairing for entry in self.catalogue)

    @cached_property
    def paired_statuses(self) -> frozenset[int]:
        """The statuses that are documented with at least one code."""
        return frozenset(status for status, _ in self.pairings if status is not None)

    @cached_property
    def has_codes_of_any_status(self) -> bool:
        """Whether a code is documented without a status."""
        return any(status is None for status, _ in self.pairings)

    def entry_of(self, status: int, code: str | None) -> Entry | None:
        """Return the entry of an error with this status and code: that with the status, or else that without one; None for an undocumented error.

        >>> Contract.default().entry_of(409, "800064").description, Contract.default().entry_of(404, "800064")
        ('Another request is already processing cart {0}', None)
        """
        return self._entries.get((status, code or "")) or self._entries.get((None, code or ""))

    @cached_property
    def _entries(self) -> dict[Pairing, Entry]:
        return {entry.pairing: entry for entry in self.catalogue}

    @cached_property
    def has_items(self) -> bool:
        """Whether the code is in the items of an array, so that a body may state several errors."""
        return EACH in self.members.get("code", ())

    @cached_property
    def is_of_problems(self) -> bool:
        """Whether errors are problem details by RFC 9457, as the media type says."""
        return self.media_type == "application/problem+json"

    @cached_property
    def is_partner_center(self) -> bool:
        """Whether this is the shipped contract, one made from a page of Partner Center, or an extension: it has the name or a host."""
        shipped = shipped_document()
        return self.name == shipped["name"] or not {*shipped["hosts"]}.isdisjoint(self.hosts)

    @cached_property
    def places(self) -> SchemaPlaces:
        """The places that the error schema describes."""
        return SchemaPlaces(self.error_schema)

    @cached_property
    def unrequired(self) -> "tuple[Keyword, ...]":
        """The keywords by which `error_schema` would require the code; none without a catalogue, or where the schema decides itself."""
        code = self.members.get("code")
        return tuple(unrequired(self.places, code)) if code and len(self.catalogue) else ()

    def status_of(self, entry: Entry) -> str:
        """Return the status of an entry with its reason phrase; ``any error status`` without one.

        >>> Contract.default().status_of(Contract.default().catalogue["800064"][0])
        '409 Conflict'
        """
        return "any error status" if entry.status is None else self.reason(entry.status)

    def reason(self, status: int) -> str:
        """Return a status with its reason phrase, if known: ``409 Conflict``.

        >>> Contract.default().reason(409), Contract.default().reason(499)
        ('409 Conflict', '499')
        """
        return f"{text_of(status)} {self.phrase(status)}".rstrip()

    def phrase(self, status: int) -> str:
        """Return the reason phrase of a status; empty for an unknown one."""
        return self.statuses.get(status) or phrase_of(status)
