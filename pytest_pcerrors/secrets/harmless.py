"""Decide at a word of a secret, from the bytes around it, that it is not the name of a secret, or that the value of the name is harmless.

Any doubt means that the text must be searched.
"""

import re
from functools import lru_cache
from typing import Literal

from pytest_pcerrors.secrets.names import (
    ENDING,
    NOUNS,
    SCHEMES_IN_TEXT,
    Kind,
    kind_of,
    kind_of_header,
    kind_of_parameter,
)
from pytest_pcerrors.secrets.values import is_opaque, is_placeholder
from pytest_pcerrors.text import late_pattern

Harmless = Literal["json", "yaml", "nothing"]
"""Which values may be harmless: those of JSON members, also those of YAML keys, or none."""

_RUN = r"[\w.~+/=%-]"
_THREE_WORDS = r"[ \n]".join([r"(?:[a-z]{1,15}|\d{1,15})(?![\w.~+/=%:-])"] * 3)
_NAME_END = rf"{ENDING}(?![-_.]*+[a-z0-9])"
_NO_SCHEME = "".join(f"(?<!{each.lower()})" for each in SCHEMES_IN_TEXT)
_THOUGHTS = "|".join(f"(?<=thought{sign}signature)" for sign in ("", "_", "-", " "))
_AFTER_NO_NOUN = "".join(f"(?<!{noun})" for noun in NOUNS)

NO_NAME = late_pattern(
    "|".join(
        (
            rf"(?:{_THOUGHTS})s?(?![-_. \n]*+[a-z0-9])",
            rf"(?!{_NAME_END})(?:(?=[a-z0-9])|{_RUN}{{0,15}}+(?!{_RUN})|{_AFTER_NO_NOUN})",
            rf'{ENDING}(?:\.[ \n][a-z-]|\\*"\s*+:\s*+(?:null|true|false)\b|=\(\))',
            rf"{_NO_SCHEME}{ENDING}[ \n](?:{_THREE_WORDS}|[a-z0-9]{{1,15}}[.,][ \n][a-z])",
            r"(?:(?<=bearer)|(?<=basic)|(?<=auth))[ \n](?:error|realm)=",
            r'(?<=error="invalid_token)"',
            r"(?:(?<=basic)|(?<=ntlm)|(?<=negotiate))(?![ \t\n%+\\&])",
        )
    ).encode(),
    re.ASCII,
)
"""The text, in lower case, after a word that is neither the end of a secret's name nor a scheme with credentials: the rest of a
longer name, more words of a sentence, an empty value, or a challenge of RFC 6750. It must not include a token: a sentence may contain one of 16 characters or more.
"""

_VALUE = r"([\w <>\[\]{}()*.$-]{0,80}?)"
_SCALAR = rf's?(\\*)"\s*:\s*(?:(\[\s*)?\1"{_VALUE}\1"(?(2)\s*\])|(\d{{1,20}})|\[\s*\]|\{{\s*\}})(?=\s*[,}}])'
_JSON_VALUE = late_pattern(_SCALAR.encode())
SCALAR_MEMBER = late_pattern(rf'"[\w-]*{_SCALAR}'.encode())
"""A member of JSON whose value has no members."""

_JSON_NAME = late_pattern(rb'"([\w. -]{1,100})(\\*)"')
_YAML_VALUE = late_pattern(
    rf"""s?:(?: |\n- (?=[^\n]*\n(?!-)))(["']?)(?!\*[\w-]){_VALUE}\1(?=\n(?:- )?[\w-]+:[ \n])""".encode()
)
_YAML_KEY = late_pattern(rb"(?:- )?([\w-]*)")
_LONGEST_NAME, _LONGEST_ESCAPE, _FEW_DIGITS = 100, 24, 5
_CODE = late_pattern(
    r"[A-Za-z_]\w*(?:(?:\.[A-Za-z_]\w*)+.*|\[\d{0,3}|\((?:[BbFfRrUu]{0,2}|[A-Za-z_]\w*[.(\[].*))|[a-z]+(?:_[a-z]+)+\(.*",
    re.DOTALL,
)
"""A path of attributes, an item of a list or a mapping, a call with a literal, a path or another call in it, or the call of a name of several words."""
_GROUP = late_pattern(r"(?:com|edu|gov|io|net|org)\.[a-z]")
_ARTIFACT = late_pattern(r"[a-z]+(?:[-._][a-z]+)*+(?![-._]?[A-Za-z0-9])")
"""The names of a dependency of Maven, such as ``io.jsonwebtoken:jjwt-jackson:0.11.5``."""

_OPAQUE_KINDS = (None, Kind.WEAK, Kind.AMBIGUOUS)


def is_expression(value: str) -> bool:
    """Return whether a value may be an expression of a program, such as ``os.getenv("API_KEY")``."""
    return _CODE.fullmatch(value) is not None


def is_dependency(group: str, artifact: str) -> bool:
    """Return whether a name and its value are a dependency of Maven."""
    return _GROUP.match(group) is not None and _ARTIFACT.match(artifact) is not None


def is_inside(data: bytes, start: int) -> bool:
    """Return whether a position is inside a word; False if an escape may be before it."""
    before = data[max(start - _LONGEST_ESCAPE, 0) : start]
    return before[-1:].isalnum() and b"\\" not in before and b"%" not in before


def end_of_harmless(data: bytes, start: int, end: int, harmless: Harmless) -> int:
    """Return the end of the name with this word, or also of its value, if the value is harmless; else 0."""
    if harmless == "nothing":
        return 0
    done = _end_in_json(data, start, end)
    if harmless == "json" or (done and b"\n" not in data[start:done]):
        return done
    return 0 if done else _end_in_yaml(data, start, end)


def _end_in_json(data: bytes, start: int, end: int) -> int:
    """Return the end of the member, or of its name if its value is not opaque, and only an opaque one is a secret."""
    match = _JSON_VALUE.match(data, end)
    if match is None:
        return 0
    text, number = match[3], match[4] or b""
    if len(number) <= _FEW_DIGITS if text is None else _is_harmless(text):
        return match.end()
    name = data.rfind(b'"', max(start - _LONGEST_NAME, 0), start)
    whole = _JSON_NAME.match(data, name, match.end()) if name >= 0 else None
    if whole is None or whole.end(1) < end or not _needs_opaque(whole[1]) or (text and _is_opaque(text)):
        return 0
    return match.start(4 if text is None else 3)


def _end_in_yaml(data: bytes, start: int, end: int) -> int:
    """Return the end of the key, or of its value, which may be its only list item.

    The key must begin a line, without a blank line or an escape before it: such a line may be part of a folded text.
    """
    line = data.rfind(b"\n", 0, start)
    match, key = _YAML_VALUE.match(data, end), _YAML_KEY.fullmatch(data, line + 1, start)
    before = data[max(line - 2, 0) : max(line, 0)]
    if match is None or key is None or before.strip(b"\n") != before or not before or b"\\" in before:
        return 0
    if _is_harmless(match[2]):
        return match.end()
    is_one = b"[" not in match[2] and b"{" not in match[2]
    is_clear = is_one and _needs_opaque(key[1] + data[start:end]) and not _is_opaque(match[2])
    return match.start(2) if is_clear else 0


@lru_cache(maxsize=4096)
def _is_harmless(value: bytes) -> bool:
    text = value.decode("ascii", "replace")
    return is_placeholder(text) and not is_opaque(text)


@lru_cache(maxsize=4096)
def _is_opaque(value: bytes) -> bool:
    return is_opaque(value.decode("ascii", "replace"))


@lru_cache(maxsize=4096)
def _needs_opaque(name: bytes) -> bool:
    """Return whether only an opaque value is a secret, whatever has the name: a member, a header, or a parameter."""
    text = name.decode("ascii", "replace")
    return kind_of_parameter(text, kind_of(text)) in _OPAQUE_KINDS and kind_of_header(text) in (
        *_OPAQUE_KINDS,
        Kind.PUBLIC,
    )
