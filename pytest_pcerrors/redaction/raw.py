"""Decide from the bytes of a recording file, in one pass, whether it must be searched for secrets."""

from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets import Secrets
from pytest_pcerrors.secrets.names import Kind, kind_of_header
from pytest_pcerrors.secrets.values import is_opaque, is_placeholder
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Container

_UNCERTAIN = (b"!binary", b"base64", b"\\\r", b"bodyFileName", b"BodyAs")
"""Signs of binary data, of bodies of WireMock in files or base64, and of lines that YAML continues inside a word."""

_UNUSUAL = late_pattern(rb"\\(?:x|u00|U000000)[4-7][0-9A-Fa-f]|!(?<![^\s\[{,:?-]!)[!<A-Za-z]")
"""A letter written as an escape, which may be one of those signs, or a tag of YAML."""

_CONTINUED = late_pattern(rb"\\\r?\n[ \t]*\\?")
_VALUE = rb"([\w <>\[\]{}()*.$-]{0,80}?)"
_REST = rb's?"\s*:\s*(?:(\[\s*)?"' + _VALUE + rb'"(?(1)\s*\])|(\d{1,5})|\[\s*\]|\{\s*\})(?=\s*[,}])'
_JSON_VALUE = late_pattern(_REST)
_JSON_MEMBER = late_pattern(rb'"[\w-]*' + _REST)
_YAML_VALUE = late_pattern(rb""":(?: |\n- )(["']?)""" + _VALUE + rb"""\1(?=\n(?:- )?[\w-]+:[ \n])""")
_JSON_NAME = late_pattern(rb'(?<!\\)"([\w. -]{1,100})"')
_YAML_KEY = late_pattern(rb"[\w-]*")
_LONGEST_NAME = 100
_COMMON = 32  # times that it was seen
_MOST_COMMON, _MOST_SEEN = 4, 4096
_OPAQUE_KINDS = (None, Kind.WEAK, Kind.AMBIGUOUS)
_FOLDED = late_pattern(rb" >[-+\d]*\s")


def may_hold(data: bytes, secrets: Secrets) -> bool:
    """Return whether the bytes of a file may contain a secret, in any notation of JSON and YAML."""
    if b"\\\n" in data or b"\\\r" in data:
        data = _CONTINUED.sub(b"", data)
    if any(each in data for each in _UNCERTAIN) or _UNUSUAL.search(data):
        return True
    skip = None
    if not secrets.names:
        is_json = data.lstrip()[:1] in (b"{", b"[")
        skip = _end_in_json if is_json else None if _FOLDED.search(data) else _end_in_yaml
    return secrets.may_be_in(b"\n".join(map(bytes.strip, data.splitlines())), skip, has_headers=True)


class LineSearch:
    """Finds the lines that must be searched in a file given in chunks. Of harmless members that many lines have, each is looked at a few times."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._seen: Counter[bytes] = Counter()
        self._common: dict[bytes, bytes] = {}

    def positions(self, data: bytes) -> list[int] | None:
        """Return ascending positions in lines; each line that `may_hold` a secret has one of them. None means every line."""
        if b"\r" in data and b"\r" in data.replace(b"\r\n", b"\n"):
            return None
        for member, text in self._common.items():
            data = data.replace(member, text)
        return self._secrets.positions(data, _UNCERTAIN, self._end_of_member)

    def _end_of_member(self, text: bytes, start: int, end: int) -> int:
        """Return the end of the JSON member with this range if its value is a placeholder, and nothing in it must be searched; else 0."""
        match = _JSON_MEMBER.match(text, text.rfind(b'"', max(start - _LONGEST_NAME, 0), start))
        if match is None or match.end() < end or not _is_harmless_member(match[0]):
            return 0
        if len(self._seen) < _MOST_SEEN and len(self._common) < _MOST_COMMON:
            self._count(match[0] + text[match.end() : match.end() + 1])
        return match.end()

    def _count(self, member: bytes) -> None:
        """Count a member and the sign after it; a common one is replaced by a text of the same length."""
        self._seen[member] += 1
        if self._seen[member] == _COMMON and member.endswith((b",", b"}")):
            self._common[member] = b'"' + b"~" * (len(member) - 3) + b'"' + member[-1:]


def items_to_search(items: list[bytes], secrets: "Secrets") -> "Container[int]":
    """Return the indexes of the items of a file, given as their lines, that must be searched: at least of those that `may_hold` a secret.

    The items must have no tags of YAML and no carriage returns. They are searched in one pass.
    """
    positions = secrets.positions(_stripped(b"".join(items)), _UNCERTAIN, is_one=True)
    if positions is None:
        return range(len(items))
    ends = list(accumulate(len(_stripped(each)) for each in items)) if positions else []
    return {bisect_right(ends, position) for position in positions}


def _stripped(data: bytes) -> bytes:
    """Return lines without the spaces around each."""
    return b"\n".join(map(bytes.strip, data.split(b"\n")))


def _end_in_json(text: bytes, start: int, end: int) -> int:
    """Return the end of a JSON member, or of its only list item, if the value is harmless, or only the end of its name; else 0."""
    match = _JSON_VALUE.match(text, end)
    if match is None:
        return 0
    value = match[2] or match[3] or b""
    if not value or (match[3] is None and _is_harmless(value)):
        return match.end()
    name = text.rfind(b'"', max(start - _LONGEST_NAME, 0), start)
    whole = _JSON_NAME.match(text, name, match.end()) if name >= 0 else None
    is_clear = whole is not None and whole.end(1) >= end and _needs_opaque(whole[1])
    return match.end() - len(value) - 1 if is_clear and not _is_opaque(value) else 0


def _end_in_yaml(text: bytes, start: int, end: int) -> int:
    """Return the end of a placeholder that is the value of a YAML key, or its first list item, or of a JSON member on a line; else 0.

    The key must begin a line, without a blank line or an escape before it: such a line may be part of a folded text.
    """
    if b'"' in text[end : end + 2]:
        done = _end_in_json(text, start, end)
        return done if b"\n" not in text[start:done] else 0
    line = text.rfind(b"\n", 0, start)
    match = _YAML_VALUE.match(text, end)
    if match is None or _YAML_KEY.fullmatch(text, line + 1, start) is None:
        return 0
    before = text[max(line - 2, 0) : max(line, 0)]
    is_key = before.strip(b"\n") == before != b"" and b"\\" not in before
    return match.end() if is_key and _is_harmless(match[2]) else 0


@lru_cache(maxsize=4096)
def _is_harmless_member(member: bytes) -> bool:
    return b"\n" not in member and not may_hold(b"{" + member + b"}", Secrets())


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
    return Secrets().kind_of_parameter(text) in _OPAQUE_KINDS and kind_of_header(text) in _OPAQUE_KINDS
