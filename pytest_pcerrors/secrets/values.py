"""Values that go by the name of a secret: nothing, sentences, plain words, and what is opaque."""

import re
from functools import lru_cache
from typing import Literal

from pytest_pcerrors.secrets import opacity
from pytest_pcerrors.secrets.placeholders import QUOTES, is_placeholder

Look = Literal["nothing", "sentence", "word", "opaque"]
"""What a value looks like. Only an opaque one is certainly a secret; ``nothing`` and a sentence never are."""

_LONGEST = 4096
_AROUND = ".,;:!?()[]{}<>\"'`\\"
"""Punctuation around a word of a sentence."""

_FORMATTED = re.compile(
    r"""(?x)
    [+-]?\d{4}-\d\d-\d\d(?:[T ][\d:.,+Z-]*)?          # a date (RFC 3339)
    | \d{8}T\d{6}Z?                                   # a date (ISO 8601, as Amazon writes it)
    | [A-Za-z]{3},?\ \d{1,2}\ [A-Za-z]{3}\ \d{4}.*    # a date (RFC 9110)
    | -?P(?=[T\d])(?:\d+[YMWD])*(?:T(?:[\d.]+[HMS])+)? # a period (ISO 8601)
    | \d{1,3}(?:\.\d{1,3}){3}(?::\d+)?                # an IPv4 address
    | [vV]?\d+(?:\.\d+)+(?:[-+][\w.]+)?               # a version
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                    # a mail address
    | (?:[A-Za-z][A-Za-z0-9+.-]*:)?//\S*              # a URL, which is searched for itself
    | data:\S*                                        # data in a URI
    | (?:[A-Za-z]+-)?(?:SHA|[HREP]S|MD)-?\d{1,3}       # an algorithm
    | \.{0,2}/[\w./-]*                                # a path
    | (?:application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+(?:;.*)?
    | [\d.,]+\ ?(?:ms|s|m|h|d|%|[kMG]i?B)             # a number with its unit
    """
)
_RESOURCE = re.compile(r"(?:urn|arn|crn|mailto|tel|about):\S*")
"""A name of a resource, also at Amazon and IBM, which is known to everybody, however long its numbers are."""

_NUMBER = re.compile(r"[+-]?\d[\d_.,]*(?:[eE][+-]?\d+)?")
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_GENERATED = re.compile(r"[a-z]{2,}(?:-[a-z]+)*(?:-[bcdfghjklmnpqrstvwxz2-9]{5,10}){1,2}")
"""A name of Kubernetes: words, and one or two short hashes in the letters that it writes them in."""


@lru_cache(maxsize=4096)
def look_of(value: str) -> Look:
    """Return what the value of a secret's name looks like.

    >>> [look_of(each) for each in ("<REDACTED>", "is required", "summer", "x7Kq02pLm")]
    ['nothing', 'sentence', 'word', 'opaque']
    """
    text = value.strip(QUOTES)
    if (
        is_placeholder(text)
        or _RESOURCE.fullmatch(text)
        or (_FORMATTED.fullmatch(text) and not any(map(is_opaque_word, text.split("/"))))
    ):
        return "nothing"
    words = text[:_LONGEST].split()
    if any(map(is_opaque_word, words)):
        return "opaque"
    return "sentence" if len(words) > 1 else "word"


def is_opaque(text: str) -> bool:
    """Return whether one of the words of a text is opaque.

    >>> is_opaque("hunter2xYz9Kq is wrong"), is_opaque("certificate2024 of shares")
    (True, False)
    """
    return any(map(is_opaque_word, text[:_LONGEST].split()))


def is_opaque_word(word: str) -> bool:
    """Return whether only a machine would make such a word, and it is not a number, a date, a version or the like.

    >>> [is_opaque_word(each) for each in ("x7Kq02pLm", "ExpiredAuthenticationToken", "AADSTS50013", "20260101T000000Z")]
    [True, False, False, False]
    """
    word = word.strip(_AROUND)
    if any(pattern.fullmatch(word) for pattern in (_NUMBER, _GENERATED, _RESOURCE)):
        return False
    if _FORMATTED.fullmatch(word):
        return "/" in word and any(map(is_opaque_word, word.split("/")[1:]))
    return is_guid(word) or opacity.is_opaque(word)


def is_guid(text: str) -> bool:
    """Return whether a text is a GUID, which is an identifier wherever no name makes it a secret.

    >>> is_guid("4f701070-c2ba-480d-b459-25d8081d6d04")
    True
    """
    return _GUID.fullmatch(text) is not None
