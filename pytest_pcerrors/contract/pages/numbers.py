"""Numbers as translation machines write them: ``20.000``, ``1 024``, ``2100年``."""

import re
import unicodedata

_SPACES = r"\s\u00a0\u202f\u2009\u200b\u2060\ufeff"
_WHOLE = re.compile(rf"[^\w]*?(\d+(?:[{_SPACES}.,'\u2019\u066c\u060c]+\d+)*)[{_SPACES}]*(\D{{0,3}})")
_IN_TEXT = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:[{_SPACES}.,'\u2019]\d{{3}})+(?!\d)|(?<!\d)\d{{3,}}(?!\d)")


def number_of(text: str) -> int | None:
    r"""Return the one number that a cell holds, or None: grouping characters and up to three letters behind are passed over.

    >>> number_of("20.000"), number_of("1\\u00a0024"), number_of("2100年"), number_of("8 000 64")
    (20000, 1024, 2100, 800064)
    >>> number_of("none") is None
    True
    """
    match = _WHOLE.fullmatch(text.strip())
    return int(_digits(match[1])) if match else None


def numbers_in(text: str) -> list[int]:
    """Return the numbers of three digits and more in a sentence, grouped or not.

    >>> numbers_in("at most 1.024 characters"), numbers_in("1 024 and 7")
    ([1024], [1024])
    """
    return [int(_digits(match.group())) for match in _IN_TEXT.finditer(text)]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
