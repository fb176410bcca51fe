"""The catalogue of a contract: its documented errors, with look-ups by code, status and text.

Description templates are texts with the placeholders ``{0}``, ``{1}``, ... for values.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PLACEHOLDER = re.compile(r"(?<!\\[dsw])\{[0-9]\}")
_SIMILAR = 0.7
_MOST_COMPARED, _LONGEST_COMPARED = 1000, 1000
_LAST = 1000

Pairing = tuple[int | None, str]
"""An HTTP status, or None for any error status, and a code."""


@dataclass(frozen=True)
class Entry:
    """One documented error: an HTTP status, an error code and its description templates.

    Without a `status` (None), the code is documented with any error status. `note` is a remark on it; `origin` is the file that defines it, if that is not the contract itself.

    >>> entry = Entry(409, "800064", ("Another request is already processing cart {0}",))
    >>> entry.description, entry.placeholders
    ('Another request is already processing cart {0}', frozenset({'{0}'}))
    """

    status: int | None
    code: str
    templates: tuple[str, ...]
    note: str = ""
    origin: str = ""

    @classmethod
    def of_row(cls, row: "Mapping[str, Any]") -> "Entry":
        """Return the entry of a row of a contract document."""
        return cls(
            row.get("status"), row["code"], tuple(row["descriptions"]), row.get("note", ""), row.get("origin", "")
        )

    @property
    def row(self) -> dict[str, Any]:
        """The row of a contract document for this entry."""
        remarks = {name: value for name, value in (("note", self.note), ("origin", self.origin)) if value}
        status = {} if self.status is None else {"status": self.status}
        return {**status, "code": self.code, "descriptions": self.templates, **remarks}

    @property
    def __name__(self) -> str:
        """The status and the code; pytest has it as the id of a parameter, such as ``409-800064``."""
        return f"{self.status_text}-{self.code}".encode("unicode_escape").decode()

    @property
    def description(self) -> str:
        """The first of the entry's templates."""
        return self.templates[0]

    @property
    def pairing(self) -> "Pairing":
        """The HTTP status, or None for any error status, and the code."""
        return self.status, self.code

    @property
    def status_text(self) -> str:
        """The HTTP status as text; ``any`` without one.

        >>> Entry(409, "Busy", ("Try again",)).status_text, Entry(None, "Busy", ("Try again",)).status_text
        ('409', 'any')
        """
        return "any" if self.status is None else str(self.status)

    @property
    def rank(self) -> int:
        """The number by which entries are sorted: the status; entries without one are the last."""
        return _LAST if self.status is None else self.status

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """The placeholders ``{n}`` of all templates."""
        return frozenset().union(*map(placeholders, self.templates))


class Catalogue:
    """The documented errors, in the order of the contract; iterating yields `Entry` objects.

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
        return text_of(code) in self._by_code

    def __getitem__(self, code: int | str) -> tuple[Entry, ...]:
        """Return the entries of a code, one for each status it is documented with; raise KeyError for an unknown code."""
        return self._by_code[text_of(code)]

    def entries_of(self, code: str) -> tuple[Entry, ...]:
        """Return the entries of a code; none for an unknown code."""
        return self._by_code.get(code, ())

    @property
    def codes(self) -> tuple[str, ...]:
        """The distinct codes, in the order of the contract."""
        return tuple(self._by_code)

    def nearest(self, code: str) -> str | None:
        """Return an unknown code without separators and zeros, or else the most similar one, preferably of its length; None if none is.

        >>> from pytest_pcerrors import Contract
        >>> catalogue = Contract.default().catalogue
        >>> catalogue.nearest("8000640"), catalogue.nearest("20.000"), catalogue.nearest("teapot"), catalogue.nearest("8" * 5000)
        ('800064', '20000', None, None)
        """
        from difflib import get_close_matches

        bare = "".join(filter(str.isalnum, code)).lstrip("0")
        if bare in self:
            return bare
        near = self._compared_with(code) if len(code) <= _LONGEST_COMPARED else ()
        close = get_close_matches(code, near, cutoff=_SIMILAR)
        return next((each for each in close if len(each) == len(code)), close[0] if close else None)

    def _compared_with(self, code: str) -> "Sequence[str]":
        """Return the codes that may be similar; of very many, only those that begin or end most like it, since each comparison takes time."""
        if len(self.codes) <= _MOST_COMPARED:
            return self.codes
        near: list[str] = []
        for turn, codes in zip((1, -1), self._sorted_codes, strict=True):
            at = bisect_left(codes, code[::turn])
            near += (each[::turn] for each in codes[max(at - _MOST_COMPARED // 4, 0) : at + _MOST_COMPARED // 4])
        return list(dict.fromkeys(near))

    @cached_property
    def _sorted_codes(self) -> tuple[list[str], list[str]]:
        """The codes in order, and the codes written backwards in order."""
        return sorted(self.codes), sorted(code[::-1] for code in self.codes)

    def find(self, text: int | str) -> tuple[Entry, ...]:
        """Return the entries whose code or a template contains `text`, ignoring case.

        >>> from pytest_pcerrors import Contract
        >>> [entry.code for entry in Contract.default().catalogue.find("phone number")]
        ['600051']
        """
        wanted = text_of(text).casefold()
        return tuple(
            entry for entry in self if any(wanted in each.casefold() for each in (entry.code, *entry.templates))
        )

    def select(self, *, status: int | None = None, code: int | str | None = None) -> tuple[Entry, ...]:
        """Return the entries with this status, this code, or both.

        >>> from pytest_pcerrors import Contract
        >>> [entry.code for entry in Contract.default().catalogue.select(status=401)]
        ['400', '800001']
        """
        entries = self if code is None else self.entries_of(text_of(code))
        return tuple(entry for entry in entries if status in (None, entry.status))


def placeholders(template: str) -> frozenset[str]:
    r"""Return the placeholders ``{n}`` of a template; a quantifier such as ``\d{7}`` in a pattern is not one.

    >>> sorted(placeholders("Order {0} of customer {1}"))
    ['{0}', '{1}']
    >>> placeholders(r"must match ^(\d{7}|\d{10})$")
    frozenset()
    """
    return frozenset(PLACEHOLDER.findall(template))


def fits(description: str, template: str) -> bool:
    """Return whether a text is the template with its placeholders filled in, in linear time.

    >>> fits("Another request is already processing cart 7", "Another request is already processing cart {0}")
    True
    >>> fits("No such cart", "Another request is already processing cart {0}")
    False
    """
    pieces = PLACEHOLDER.split(template)
    if len(pieces) == 1:
        return description == template
    first, *middle, last = pieces
    if not description.startswith(first):
        return False
    at = len(first)
    for piece in middle:
        found = description.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return description.endswith(last) and at + len(last) <= len(description)
