"""Detect opaque words, such as generated keys: their pairs of letters differ from those of words and identifiers."""

import re
from functools import lru_cache

from pytest_pcerrors.text import late_pattern

_WORDLIKE = (
    "abcdfgiklmnprstuvwxy baceijlorsuy cacdehiklmorstuy dabcdefilmorstuy eabcdefgilmnopqrstvwxy facefilorstu gaeghilnorstu"
    " haeiortu iabcdefglmnoprstuvxz jes kaeis labcdefilnopstuvy mabdeilmopstuvy nacdefgiklmnopstuvy oabcdfgiklmnoprstuvwx"
    " padehiloprstuy qlu racdefgiklmnoprstuvy sacefghiklmnopqrstuwy tacdefhilmoprstuy uabcdefgilmnprst vaeimx waehinors"
    " xceimptv yelmnpst ze"
)
_PAIRS = frozenset(each[0] + letter for each in _WORDLIKE.split() for letter in each[1:])
"""Common pairs of letters: 97 % of the pairs in 187 000 identifiers of Python packages, and 47 % of random pairs.

Each word of `_WORDLIKE` is a letter followed by the possible second letters.
"""

_PARTS = late_pattern(r"[A-Za-z0-9]+")
_CHUNKS = late_pattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_HEX = late_pattern(
    r"(?=[a-z0-9]{10}|[A-Z0-9]{10})(?:[A-Fa-f]*+(?:\d++[A-Fa-f]++){2}|\d++[A-Fa-f]++\d)[0-9A-Fa-f]*+|(?:0x)?[0-9A-Fa-f]{32,}"
)
"""A digest or a key in hexadecimal digits: with alternating letters and digits, or very long."""

_ACRONYM = late_pattern(r"[A-Z]{2,5}")
_LETTERS = late_pattern(r"[^\da-z]*|.[^\dA-Z]*", re.DOTALL)
"""Letters of one case, as in most words."""

_SHORTEST, _SHORTEST_OF_LETTERS = 8, 12
_ALONE = 16
"""The minimum length of a part between separators that is judged separately from the words around it."""

_OPAQUE = 36
_RARE_PAIR, _COMMON_PAIR = 15, -3.5
_SHORT_CHUNK, _BESIDE_DIGITS = 10, 3
_DIGITS_INSIDE, _DIGITS_AT_THE_END = 11, 3
_SHORT = 2


def is_opaque(text: str) -> bool:
    """Return whether a text without spaces is unlikely to be written by a person.

    >>> [is_opaque(each) for each in ("x7Kq02pLm", "my-secret-v2", "ExpiredAuthenticationToken", "AADSTS50013")]
    [True, False, False, False]
    """
    if len(text) < (_SHORTEST_OF_LETTERS if _LETTERS.fullmatch(text) else _SHORTEST):
        return False
    parts = _PARTS.findall(text)
    return (
        any(_HEX.fullmatch(part) or (len(part) >= _ALONE and _points(part) >= _OPAQUE) for part in parts)
        or sum(map(_points, parts)) >= _OPAQUE
    )


@lru_cache(maxsize=4096)
def _points(part: str) -> float:
    """Return a score for how little a part without separators looks like words and numbers."""
    if _ACRONYM.fullmatch(part):
        return 0
    chunks = _CHUNKS.findall(part)
    return sum(map(_points_of_chunk, ["", *chunks], chunks, [*chunks[1:], ""]))


def _points_of_chunk(before: str, chunk: str, after: str) -> float:
    """Return the score of a number or of a word of camel case, given its neighbours."""
    if chunk.isdigit():
        return _DIGITS_INSIDE if after else _DIGITS_AT_THE_END
    lower = chunk.lower()
    common = sum(lower[at : at + 2] in _PAIRS for at in range(len(lower) - 1))
    points = common * _COMMON_PAIR + (len(lower) - 1 - common) * _RARE_PAIR
    if len(chunk) <= _SHORT and (before or after):
        points += _SHORT_CHUNK + _BESIDE_DIGITS * (before.isdigit() + after.isdigit())
    return points
