"""Read the codes of a page that are outside of its tables: in headings, defined terms and list items, with their statuses and texts."""

import re
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.contract.sources._cells import (
    first_status,
    is_code,
    is_error,
    is_written_as_code,
    plain,
    read_statuses,
    style_of,
)
from pytest_pcerrors.contract.sources._names import (
    is_status_name,
    names_error_codes,
    names_errors,
    names_parts,
    text_rank,
)
from pytest_pcerrors.contract.sources.model import Grid, Line
from pytest_pcerrors.text import phrase_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pytest_pcerrors.contract.sources.model import Source

_HEADER = ("error code", "status", "message")
_MIN_SHARE = 0.6
_MOST_CHARACTERS = 200
_NUMBERING = re.compile(r"^(?:[^\w`(-]+|\d{1,2}(?:[.)]\d*)+\s+)+")
_TERM = re.compile(
    r"(?:(?P<first>[45]\d\d)(?:\s*[-:\u2013\u2014|]\s*|\s+))?(?P<code>[^\s:()\uff08\uff09\uff1a]+(?::[^\s:()]+)*)"
    r"(?:\s?[(\uff08](?P<status>[^()\uff08\uff09]+)[)\uff09])?(?:(?P<gap>\s*[-:\uff1a\u2013\u2014|]\s*|\s+)(?P<text>\S.*))?:?"
)
_STATUS = re.compile(r"[1-5]\d\d")
_LABELLED = re.compile(r"([\w /]{1,30})[:\uff1a]\s*(.*)")
_IN_TEXT = re.compile(r"\b(?:HTTP|status)(?: status)?(?: code)?(?: of)?:? ([45]\d\d)\b", re.IGNORECASE)
_SERIES = re.compile(r"series|range|class|level|family|above|below|\dxx", re.IGNORECASE)


class _Term(NamedTuple):
    """A title that is a code: the code, its status as it is written, and the rest of the title."""

    code: str
    status: str
    text: str


def terms_of(source: "Source", members: "Collection[str]", values: "Collection[str]") -> list[Grid]:
    """Return the lists and the headings that are the codes of errors.

    All have the status of an error, or a title above them names errors (of lists, the nearest one) and they are not the
    `members` of samples. Words that may be anything, such as ``shelfFull``, have a status, are among the `values` of samples, or
    are headings below a title that names the codes of errors.
    """
    titles = (source.title, source.meta.get("title", ""))
    lists: list[Grid] = []
    headings: list[Line] = []
    for group in source.lists:
        terms = _terms(group.rows)
        if len(terms) > 1 and all(terms):
            rows = _rows(group.rows, terms, group)
            above = (*group.above, *titles) if all(row.cells[1] for row in rows) else group.above[-1:] or titles
            if _are_errors(group, terms, () if _are_plain(terms) else above, members):
                lists.append(Grid(_HEADER, rows, f"{group.place}, a list"))
    for group in source.sections:
        lines = _with_labels(group.rows)
        terms = _terms(lines)
        if sum(map(bool, terms)) >= _MIN_SHARE * len(terms):
            rows, above = _rows(lines, terms, group), (*group.above, *titles)
            if _are_plain(terms) and not any(row.cells[1] or row.cells[0] in values for row in rows):
                above = (*filter(names_error_codes, above),)
            headings += rows if _are_errors(group, terms, above, members) else ()
    return [*lists, *([Grid(_HEADER, tuple(headings), f"{headings[0].place}, headings")] if len(headings) > 1 else [])]


def have_more(terms: "Sequence[Grid]", codes: "Collection[str]") -> bool:
    """Return whether lists and headings have more codes than the tables of a page, most of whose codes they have too."""
    described = {row.cells[0] for grid in terms for row in grid.rows}
    return len(described) > len(codes) and 2 * len(described.intersection(codes)) >= len(codes) + bool(codes)


def _are_plain(terms: "Sequence[_Term | None]") -> bool:
    """Return whether codes are written as words and members are."""
    return any(term and style_of(term.code) in ("small", "short") for term in terms)


def _are_errors(
    group: Grid, terms: "Sequence[_Term | None]", titles: "Sequence[str]", members: "Collection[str]"
) -> bool:
    found = [term for term in terms if term]
    is_part = any(names_parts(title) or _term(title) for title in group.above[-1:])
    is_named = (
        any(map(names_errors, titles)) and not is_part and 2 * sum(each.code in members for each in found) <= len(found)
    )
    are_distinct = 2 * len({term.code for term in found}) > len(found)  # unlike the kinds of changes
    return is_named or (are_distinct and all(term and is_error(first_status(term.status) or 0) for term in terms))


def _with_labels(rows: "Sequence[Line]") -> list[Line]:
    """Return the rows of a group; one that is labelled, such as ``Status: 404``, belongs to the row before it."""
    joined: list[tuple[list[str], str]] = []
    for row in rows:
        label = _LABELLED.fullmatch(row.cells[0])
        if joined and label and (is_status_name(label[1]) or text_rank(label[1]) is not None):
            joined[-1][0].extend(row.cells)
        else:
            joined.append(([*row.cells], row.place))
    return [Line(tuple(cells), place) for cells, place in joined]


def _terms(rows: "Sequence[Line]") -> list[_Term | None]:
    """Return the terms of a group; a word in small letters or in capitals is one too if others are written so."""
    terms = [(row.cells[0], _term(row.cells[0])) for row in rows]
    cases = {_case(term.code) for _, term in terms if term} - {None}
    is_word = re.compile(r"[A-Za-z]+").fullmatch
    return [
        term or (_Term(title, "", "") if is_word(title) and _case(title) in cases else None) for title, term in terms
    ]


def _case(code: str) -> str | None:
    return "small" if code.islower() else "capitals" if code.isupper() else None


def _term(title: str) -> _Term | None:
    """Return the code that a title begins with; None for a sentence, a status, and anything else.

    >>> [_term(title) for title in ("-1000 UNKNOWN", "404 NO_SHIP", "No-ship errors", "Not Found (404)")]
    [_Term(code='-1000', status='', text='UNKNOWN'), _Term(code='NO_SHIP', status='404', text=''), None, None]
    """
    match = _TERM.fullmatch(_NUMBERING.sub("", title)) if len(title) <= _MOST_CHARACTERS else None
    if match is None or not is_code(match["code"]):
        return None
    code, written, text = match["code"], match["first"] or match["status"] or "", match["text"] or ""
    known, is_alone = first_status(written), not text or bool(match["gap"].strip())
    is_phrase = code.istitle() and plain(code) == plain(phrase_of(known or 0))
    has_status = match["status"] and known and not is_phrase and not _STATUS.fullmatch(code)
    is_term = has_status or is_written_as_code(code, is_alone=is_alone)
    return _Term(code, *((written, text) if known else ("", text or written))) if is_term else None


def _rows(rows: "Sequence[Line]", terms: "Sequence[_Term | None]", group: Grid) -> tuple[Line, ...]:
    """Return the rows of a group, one for each text, with codes, statuses and texts as cells; a title that is not a code remains as it is."""
    found: list[Line] = []
    for row, term in zip(rows, terms, strict=True):
        if term is None:
            found.append(Line((f"the heading {row.cells[0]}", "", ""), row.place))
        else:
            status = _status(term, row, group)
            found += [Line((term.code, status, text), row.place) for text in _texts(term, row)]
    return tuple(found)


def _status(term: _Term, row: Line, group: Grid) -> str:
    """Return the status in a title, after a label below it, in the text below it if there is one only, or in a heading above."""
    lines = (term.text, *row.cells[1:])
    labelled = (match[2] for line in lines if (match := _LABELLED.fullmatch(line)) and is_status_name(match[1]))
    written = {found for line in lines for found in _IN_TEXT.findall(line)}
    in_text = written.pop() if len(written) == 1 else ""
    return next(filter(read_statuses, (term.status, *labelled)), "") or in_text or status_above(group)


def status_above(group: Grid) -> str:
    """Return the status of an error in the nearest heading above that has one, such as ``404 Not Found`` or ``Conflicts (409)``."""
    titles = (_NUMBERING.sub("", each) for each in reversed(group.above) if len(each) <= _MOST_CHARACTERS)
    return next((each for each in titles if is_error(first_status(each) or 0) and not _SERIES.search(each)), "")


def _texts(term: _Term, row: Line) -> list[str]:
    """Return the texts of a code: after the label of a text below its title, or the first sentence there, or the rest of the title.

    A code has several texts if it has several such labels, or below a label such as ``Messages:``.
    """
    labelled: dict[int, list[str]] = {}
    sentences: list[str] = []
    rank, is_list = None, False
    for line in row.cells[1:]:
        label = _LABELLED.fullmatch(line)
        if label:
            rank = text_rank(label[1])
            is_list = rank == 0 and label[1].endswith("s")
            rank = rank if label[2] or is_list else None
        text = label[2] if label else line
        if rank is not None and text:
            labelled.setdefault(rank, []).append(text)
        elif not label and " " in line and line[-1] != ":":
            sentences.append(line)
        if text and not is_list:
            rank = None
    texts = labelled[min(labelled)] if labelled else [next(iter(sentences), term.text)]
    return [text.strip('"\u201c\u201d') for text in texts]
