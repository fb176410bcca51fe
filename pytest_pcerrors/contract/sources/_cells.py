"""Read single cells: error codes, patterns of codes, HTTP statuses, successes."""

import re
from http import HTTPStatus
from typing import NamedTuple

from pytest_pcerrors.text import phrase_of

EMPTY, NOT_A_CODE = "empty", "not a code"
_MOST_CHARACTERS = 200
_SHORT = 3
_WORD = re.compile(r"[-/]?\w[\w.:/#@+$~-]*", re.ASCII)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:[\w.:/#@+$~!?&=%;-]+", re.IGNORECASE | re.ASCII)
_PATTERN = re.compile(r"[*{}<>\u2026]|\.\.\.|%[sd]\b|\dx+$|(?<![a-z])x{3,}|[-_]$", re.IGNORECASE)
_WRITTEN = re.compile(r"-\d{3,}|\d{4,}|[06-9]\d\d|\w+_\w+|[A-Z]{1,8}-?\d{2,}", re.ASCII)
_ALONE = re.compile(r"[A-Z]+(?:-[A-Z0-9]+)+|[a-z]+(?:[-.][a-z0-9]+)+|\w*[a-z][A-Z]\w*", re.ASCII)
_CAPITALS = re.compile(r"[A-Z]{2,}")
_SEVERAL = re.compile(r"(?: ?[,;/|] ?| )(?:(?:or|and|&) )?", re.IGNORECASE)
_FOOTNOTES = "[\u2020\u2021\u00b9\u00b2\u00b3"
_RANGE = re.compile(r"(-?\d+)\s*(?:-|\u2013|\u2014|\.\.+|~|to)\s*(-?\d+)", re.IGNORECASE)
_PHRASES = {re.sub(r"\W", "", phrase_of(each)).lower(): (each,) for each in range(400, 600) if phrase_of(each)}
_EMPTY = {"", *"- -- --- \u2013 \u2014 n/a na none null tbd any all varies various string / ...".split()}
_NUMBER = r"(?:http(?:/\d(?:\.\d)?)?\s*)?(?:status\s*)?([1-5]\d\d)(?:\.0)?"
_LETTERS = r"[^\W\d_][^\d()/,;|]{0,60}"
_STATUS = re.compile(
    rf"{_NUMBER}(?:\s*[-:\u2013\u2014]?\s*(?:{_LETTERS}|[(\uff08]{_LETTERS}[)\uff09]))?|{_LETTERS}\s*[(\uff08]\s*{_NUMBER}\s*[)\uff09]",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[,;/|&]|\bor\b|\band\b)\s*", re.IGNORECASE)
_SUCCESS_CODES = {"ok", "success", "successful", "succeeded", "none", "noerror", "no_error"}
_SUCCESS_TEXT = re.compile(
    r"(?:ok|okay|success\w*|succeeded|no errors?|(?:the )?(?:request|call|operation)(?: \w+){0,2} (?:succeeded|successful\w*)"
    r"|(?:completed|processed) successfully)\b|\W*(?:\u8bf7\u6c42|\u64cd\u4f5c|\u8abf\u7528)?\u6210\u529f|\u6b63\u5e38",
    re.IGNORECASE,
)
_MORE_STATUSES = {419, 420, 430, 440, 444, 449, 498, 499, 509, 520, 521, 522, 523, 524, 525, 529, 530, 598, 599}
_ERRORS = HTTPStatus.BAD_REQUEST


class Cell(NamedTuple):
    """A cell in a column of codes: its codes without quotes, or what it is instead."""

    codes: tuple[str, ...] = ()
    other: str = ""


def read_code(cell: str) -> Cell:
    """Return what a cell is: a code is a word without spaces, or a URI; several are written as codes are, or some of them in capitals only.

    >>> [read_code(cell).codes for cell in ("DECK_FULL", "-32600", "urn:x:1")]
    [('DECK_FULL',), ('-32600',), ('urn:x:1',)]
    >>> [read_code(cell).other for cell in ("TIDE_*", "1000-1999", "two words", "-")]
    ['a pattern of codes', 'a range of codes', 'not a code', 'empty']
    >>> read_code("`DECK_FULL`, `DECK_WET`").codes
    ('DECK_FULL', 'DECK_WET')
    """
    text = _without_footnote(cell).strip("\"'`\u201c\u201d ")
    if text.lower() in _EMPTY:
        return Cell(other=EMPTY)
    if max(map(len, text.split())) > _MOST_CHARACTERS:
        return Cell(other=NOT_A_CODE)
    if _is_range(text):
        return Cell(other="a range of codes")
    if " " not in text and _PATTERN.search(text):
        return Cell(other="a pattern of codes")
    if (_WORD.fullmatch(text) or _URI.fullmatch(text)) and text[-1] not in ".:/":
        return Cell((text,))
    several = tuple(_SEVERAL.split(text.replace("`", "")))
    others = [each for each in several if not is_written_as_code(each)]
    are_codes = len(others) < len(several) and all(map(_CAPITALS.fullmatch, others))
    return Cell(several) if are_codes else Cell(other=NOT_A_CODE)


def is_code(text: str) -> bool:
    """Return whether a text is one code."""
    return len(read_code(text).codes) == 1


def is_written_as_code(word: str, *, is_alone: bool = True) -> bool:
    """Return whether a word is written as codes are, wherever it is; words such as ``no-ship`` only if no other words follow."""
    return bool(_WRITTEN.fullmatch(word) or (is_alone and _ALONE.fullmatch(word)))


def _without_footnote(cell: str) -> str:
    """Return the words of a cell, separated by single spaces, without a footnote mark such as ``^1`` at the end."""
    words = cell.split()
    marks = _FOOTNOTES + "*" * (len(words) > 1)  # a single word with one is a pattern
    return " ".join([*words[:-1], *(word.partition("^")[0].rstrip(marks) for word in words[-1:])]).strip()


def _is_range(text: str) -> bool:
    """Return whether a text is two numbers of one length, the first below the second; ``404-1`` is a code."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return False
    return len(match[1]) <= len(match[2]) and abs(int(match[1])) < abs(int(match[2]))


def read_statuses(cell: str) -> tuple[int, ...] | None:
    """Return the HTTP statuses in a cell: none in an empty one, and None if it is not readable.

    >>> [read_statuses(cell) for cell in ("409", "409 Conflict", "Conflict (409)", "400 / 422", "-", "4xx", "4090")]
    [(409,), (409,), (409,), (400, 422), (), None, None]
    """
    text = _without_footnote(cell)
    if text.lower() in _EMPTY:
        return ()
    if match := _STATUS.fullmatch(text):
        return (int(match[1] or match[2]),)
    matches = [_STATUS.fullmatch(part) for part in _BETWEEN.split(text)]
    if len(matches) > 1 and all(matches):
        return tuple(dict.fromkeys(int(match[1] or match[2]) for match in matches if match))
    return None


def read_named_statuses(cell: str) -> tuple[int, ...] | None:
    """Return the HTTP statuses in a cell of their column, where a reason phrase is enough; elsewhere, it may be a code.

    >>> read_named_statuses("Not Found"), read_named_statuses("409"), read_named_statuses("Taken")
    ((404,), (409,), None)
    """
    return _PHRASES.get(plain(cell)) or read_statuses(cell)


def first_status(cell: str) -> int | None:
    """Return the first of the HTTP statuses in a cell; None without one."""
    return next(iter(read_statuses(cell) or ()), None)


def is_known_status(cell: str) -> bool:
    """Return whether a cell is statuses that HTTP or well-known servers define.

    >>> is_known_status("404"), is_known_status("404 Not Found"), is_known_status("432"), is_known_status("")
    (True, True, False, False)
    """
    statuses = read_statuses(cell)
    return bool(statuses) and all(phrase_of(each) or each in _MORE_STATUSES for each in statuses or ())


def is_error(status: int) -> bool:
    """Return whether a status is that of an error response."""
    return status >= _ERRORS


def plain(text: str) -> str:
    """Return the letters and digits of a text in lower case.

    >>> plain("NOT_FOUND") == plain("Not Found")
    True
    """
    return re.sub(r"[\W_]", "", text).lower()


def is_number(code: str) -> bool:
    """Return whether a code is a number, which may be negative."""
    return code.lstrip("-").isdecimal()


def style_of(code: str) -> str:
    """Return how a code is written: as a number, a short word such as ``NL``, in capitals, or with small letters.

    >>> [style_of(code) for code in ("-32600", "EUR", "E12", "DECK_FULL", "deckFull")]
    ['number', 'short', 'capitals', 'capitals', 'small']
    """
    if is_number(code):
        return "number"
    if len(code) <= _SHORT and code.isalpha():
        return "short"
    return "capitals" if code.isupper() else "small"


def is_success(status: int | None, code: str, text: str) -> bool:
    """Return whether a row is a success and not an error: ``0`` or ``OK`` with 200, for example.

    >>> is_success(200, "0", "Done"), is_success(None, "200", "Success"), is_success(400, "0", "Unknown"), is_success(200, "10001", "Bad")
    (True, True, False, False)
    """
    if status is not None and not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return False
    is_word = code.lower() in _SUCCESS_CODES or not code.strip("0") or code == str(int(HTTPStatus.OK))
    if status is None:
        return code.lower() in _SUCCESS_CODES - {"none"} or (is_word and bool(_SUCCESS_TEXT.match(text.strip())))
    return is_word or plain(code) in (plain(phrase_of(status)), str(status)) or bool(_SUCCESS_TEXT.match(text.strip()))
