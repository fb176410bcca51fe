"""Decide at a word of a secret, from the bytes around it, that it is not the name of a secret, or that the value of the name is harmless.

Any doubt means that the text must be searched.
"""

import re
from functools import lru_cache
from typing import Literal

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.secrets.names import (
    ENDING,
    KEY_NAME,
    Kind,
    gives_name,
    kind_of,
    kind_of_header,
    kind_of_parameter,
    squeezed,
)
from pytest_pcerrors.secrets.values import is_opaque, is_opaque_word, is_placeholder
from pytest_pcerrors.text import late_pattern

Harmless = Literal["json", "yaml", "nothing"]
"""Which values may be harmless: those of JSON members, also those of YAML keys, or none."""

_RUN = r"[\w.~+/=%-]"
_THREE_WORDS = r"[ \n]".join([r"[a-z0-9]{1,15}(?![\w.~+/=%:-])"] * 3)
_NAME_END = rf"{ENDING}(?![-_.]*+[a-z0-9])"
_NO_SCHEME = r"(?<!bearer)(?<!basic)(?<!ntlm)(?<!negotiate)(?<!sharedkey)(?<!lite)"
_NOUNS = "token key secret password passcode credential signature session cookie pin code verifier".split()
"""The words after which a secret may follow without a sign, as in a sentence."""

_AFTER_NO_NOUN = "".join(rf"(?<!{noun})" for noun in _NOUNS)

_NO_NAME = late_pattern(
    "|".join(
        (
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
"""The text after a word that is not the end of a secret's name: the rest of a longer name, more words of a sentence, an empty
value, or a challenge of RFC 6750. It must not include a token: a sentence may contain one of 16 characters or more.
"""

_LONG_RUN = late_pattern(rf"(?!{_NAME_END}(?!/))([\w.~+/=-]{{1,200}}+)(?!{_RUN})".encode(), re.ASCII)
"""A longer name, or a path after the name."""

_AFTER_SCHEME = late_pattern(
    rb"(?:(?<=basic)[ \t\n]++|(?<=bearer)[ \t]++)([a-z][\w.~+/=-]*+)(?![%\\&:])", re.ASCII | re.IGNORECASE
)
_ITEM_BEFORE = late_pattern(rb",[ \n][\w-]{0,60}\Z", re.ASCII)
_ITEM_AFTER = late_pattern(rf"{ENDING}(?:,[ \n]|\n[\w-]+:[ \n])".encode(), re.ASCII)
_MEMBER_BEFORE = late_pattern(rb'"([\w-]{1,40})(\\*)"\s{0,8}:\s{0,8}\2"([\w -]{0,60})\Z', re.ASCII)
_TEXT_AFTER = late_pattern(rf'(?:{_NO_SCHEME}|(?=\\*"))([\w -]{{0,60}})\\*"\s*[,}}]'.encode(), re.ASCII)
_LOOKBACK, _LONGEST_ESCAPE, _SHORTEST_TOKEN = 120, 24, 8

_VALUE = r"([\w <>\[\]{}()*.$-]{0,80}?)"
_CONTAINER = r"\{[^{}\[\]]{0,400}\}"
_SCALAR = rf's?(\\*)"\s*:\s*(?:(\[\s*)?\1"{_VALUE}\1"(?(2)\s*\])|(\d{{1,20}})|\[\s*\]|\{{\s*\}}'
_END_OF_VALUE = r")(?=\s*[,}])"
_LIST = rf"\[\s*{_CONTAINER}(?:,\s*{_CONTAINER}){{0,9}}\s*\]"
_JSON_VALUE = late_pattern(f"{_SCALAR}|({_CONTAINER}|{_LIST}){_END_OF_VALUE}".encode())
SCALAR_MEMBER = late_pattern(rf'"[\w-]*{_SCALAR}{_END_OF_VALUE}'.encode())
"""A member of JSON whose value has no members."""

_STRING = late_pattern(rb'"([^"]*)"')
_JSON_NAME = late_pattern(rb'"([\w. -]{1,100})(\\*)"')
_YAML_VALUE = late_pattern(
    rf"""s?:(?: |\n- (?=[^\n]*\n(?!-)))(["']?)(?!\*[\w-]){_VALUE}\1(?=\n(?:- )?[\w-]+:[ \n])""".encode()
)
_YAML_KEY = late_pattern(rb"(?:- )?([\w-]*)")
_LONGEST_NAME, _FEW_DIGITS = 100, 5
_OPAQUE_KINDS = (None, Kind.WEAK, Kind.AMBIGUOUS)


def is_inside(data: bytes, start: int) -> bool:
    """Return whether a position is inside a word; False if an escape may be before it."""
    before = data[max(start - _LONGEST_ESCAPE, 0) : start]
    return before[-1:].isalnum() and b"\\" not in before and b"%" not in before


def is_no_name(data: bytes, lower: bytes, start: int, end: int) -> bool:
    """Return whether the word in this range is neither the name of a secret nor a scheme with credentials. `lower` is `data` in lower case."""
    if _NO_NAME.match(lower, end) or _is_in_list(lower, start, end) or _is_text_of_member(data, lower, start, end):
        return True
    run = _LONG_RUN.match(lower, end)
    if run is not None:
        return not _is_opaque_run(data[end : run.end()])
    scheme = _AFTER_SCHEME.match(data, end)
    return scheme is not None and not _is_credentials(scheme[1])


def end_of_harmless(data: bytes, start: int, end: int, harmless: Harmless) -> int:
    """Return the end of the name with this word, or also of its value, if the value is harmless; else 0."""
    if harmless == "nothing":
        return 0
    done = _end_in_json(data, start, end)
    if harmless == "json" or (done and b"\n" not in data[start:done]):
        return done
    return 0 if done else _end_in_yaml(data, start, end)


def _end_in_json(data: bytes, start: int, end: int) -> int:
    match = _JSON_VALUE.match(data, end)
    if match is None:
        return 0
    text, number, container = match[3], match[4] or b"", match[5]
    if container is None and (len(number) <= _FEW_DIGITS if text is None else _is_harmless(text)):
        return match.end()
    name = data.rfind(b'"', max(start - _LONGEST_NAME, 0), start)
    whole = _JSON_NAME.match(data, name, match.end()) if name >= 0 else None
    if whole is None or whole.end(1) < end or not _needs_opaque(whole[1]):
        return 0
    if container is not None:
        return 0 if _has_opaque(container.replace(b"\\", b"")) else match.start(5)
    return 0 if text and _is_opaque(text) else match.start(4 if text is None else 3)


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


def _is_in_list(lower: bytes, start: int, end: int) -> bool:
    """Return whether the word is in an item, not the first one, of a list in a sentence or a header."""
    return (
        _ITEM_AFTER.match(lower, end) is not None and _ITEM_BEFORE.search(lower, max(start - 64, 0), start) is not None
    )


def _is_text_of_member(data: bytes, lower: bytes, start: int, end: int) -> bool:
    """Return whether the word is in the text of a JSON member that does not name another value."""
    after = _TEXT_AFTER.match(lower, end)
    member = after and _MEMBER_BEFORE.search(data, max(start - _LOOKBACK, 0), start)
    if not after or not member or not _is_plain_member(member[1]):
        return False
    rest = data[end : after.end(1)]
    return not any(map(_is_opaque, (member[3] + data[start:end] + rest, rest, rest[1:])))


@lru_cache(maxsize=4096)
def _is_plain_member(name: bytes) -> bool:
    text = name.decode()
    return not gives_name(text) and squeezed(text) != KEY_NAME and kind_of(text) is None


@lru_cache(maxsize=4096)
def _is_opaque_run(run: bytes) -> bool:
    text = run.decode("latin-1")
    return any(is_opaque_word(each) for word in (text, text[1:]) for each in (word, *re.split("[/=]", word)))


@lru_cache(maxsize=4096)
def _is_credentials(token: bytes) -> bool:
    text = token.decode("latin-1")
    has_digits = len(text) >= _SHORTEST_TOKEN and any(map(str.isdigit, text))
    return has_digits or is_opaque_word(text) or is_basic(text)


def is_basic(token: str) -> bool:
    """Return whether a token is a user and password encoded as in RFC 7617.

    >>> is_basic("dTpw"), is_basic("Support")
    (True, False)
    """
    try:
        pair = base64_decoded(token).decode()
    except ValueError:
        return False
    return ":" in pair and pair.isprintable()


def _has_opaque(container: bytes) -> bool:
    """Return whether the text of an object or a list, of its first item, or of a string in it is opaque."""
    return any(map(_is_opaque, (container, container.partition(b"}")[0], *_STRING.findall(container))))


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
