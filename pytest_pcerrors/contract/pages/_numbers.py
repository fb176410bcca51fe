"""Read numbers as machine translation writes them: ``20.000``, ``1 024``, ``2100年``."""

import re
import unicodedata

_SPACES = r"\s\u00a0\u202f\u2009"
_MARKS = r".,'\u2019\u066c\u060c"
_ZERO_WIDTH = re.compile(r"[\u200b\u200e\u200f\u2060\ufeff]")
_GAP = rf"(?:[{_SPACES}]*[{_MARKS}][{_SPACES}]*|[{_SPACES}]+)"
_NUMBER = rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?:[{_SPACES}]\d{{1,2}})?|\d{{1,18}}"
_WHOLE = re.compile(rf"\W*?(?<![-\u2212])({_NUMBER})[{_SPACES}]*\D{{0,3}}")
_IN_TEXT = re.compile(
    rf"(?<![\d.,])\d{{1,3}}(?:[{_SPACES}.,'\u2019]\d{{3}}){{1,3}}(?!\d)|(?<!\d)\d{{3,9}}(?!\d)",
)
_STATUS = re.compile(
    r"\W*(?:HTTP\W+)?([1-5]\d\d)(?:[.,]0+)?(?:\W\D*)?|\D*[(\uff08]([1-5]\d\d)[)\uff09]\W*", re.IGNORECASE
)
_MAX_DIGITS = 18


def number_of(text: str) -> int | None:
    r"""Return the number in a cell, or None; digit grouping and up to three letters after it are ignored.

    Digits that are not in groups of three (two numbers, a decimal, a date) are not read as one number.

    >>> number_of("20.000"), number_of("1\u00a0024"), number_of("2100年"), number_of("8 000 64")
    (20000, 1024, 2100, 800064)
    >>> {number_of(text) for text in ("none", "2012, 2013", "1.5", "13.11.2020")}
    {None}
    """
    match = _WHOLE.fullmatch(_ZERO_WIDTH.sub("", text).strip())
    digits = _digits(match[1]) if match else ""
    return int(digits) if 0 < len(digits) <= _MAX_DIGITS else None


def status_of(text: str) -> int | None:
    """Return the HTTP status in a cell, alone or with its reason phrase, or None.

    >>> [status_of(text) for text in ("404", "404.0", "HTTP 404", "404 NotFound", "NotFound (404)")]
    [404, 404, 404, 404, 404]
    >>> {status_of(text) for text in ("400, 404", "4040", "NotFound", "after 404 days")}
    {None}
    """
    match = _STATUS.fullmatch(_ZERO_WIDTH.sub("", text).strip())
    return int(match[1] or match[2]) if match else None


def numbers_in(text: str) -> list[int]:
    """Return the numbers of three to nine digits in a sentence, grouped or not.

    >>> numbers_in("at most 1.024 characters"), numbers_in("1 024 and 7")
    ([1024], [1024])
    """
    return [int(_digits(match.group())) for match in _IN_TEXT.finditer(text)]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
