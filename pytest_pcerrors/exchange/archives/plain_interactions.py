"""Read usual interactions of vcrpy's YAML without PyYAML; any other interaction is read by the rules of YAML.

An interaction is read here only if `items.item_of` would make an exchange of it with a known body, and then it has the same parts.
"""

import re
from functools import cache
from typing import IO, TYPE_CHECKING

from pytest_pcerrors.exchange.archives.plain_lines import CHUNK, STARTS, PlainLine

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD, _START, _TAIL = b"interactions:\n", b"- request:\n", b"version: 1\n"
"""How a cassette of vcrpy and each of its interactions begin, and how it ends."""

FIRST_LINE = 2
"""The line of the first interaction of a cassette of vcrpy."""

_USUAL = bytes(range(0x20, 0x7F)) + b"\n"
_DEEP = b"\n        "
"""What begins another line of a header or of a body; before an interaction is matched, a NUL replaces it."""

_NULL = r"(?:null|Null|NULL|~)"
_ESCAPE = r'(?:[nrtabvf"\\]|x[0-9A-F]{2}|u(?!D[89A-F])[0-9A-F]{4}|U000[1-9A-F][0-9A-F]{4})'
_REST = r"[^\n\0:#]*+(?:(?::(?=[^\ \n\0])|(?<![\ \0])\#)[^\n\0:#]*+)*+(?<!\ )"
_PLAIN = rf"(?!{_NULL}\n)(?:[\w/.(<$^+~;=\\]|-(?=[\w.])){_REST}"
_NEXT = rf"[\w/.(<$^+~;=\\'\"*&@%]{_REST}"
_ONE_LINE = rf"(?:{_PLAIN}|'[^'\n\0]*+')"
_LINES = rf"(?:{_PLAIN}(?:\0{_NEXT})*+|'[^'\n]*+(?:''[^'\n]*+)*+')"
_LINE = r"(?:\0|\n\ {6})"
_BREAK = rf"(?:\\|(?<=[^\ \"\\])){_LINE}\ *+(?:\\(?=\ ))?+(?![\n\0])"
_QUOTED = rf"""(?:'[^']*+(?:''[^']*+)*+'|"(?:[^"\\\n\0]++|\\{_ESCAPE}|{_BREAK})*+")"""
_FIELDS = rf"(?:\n\ {{6}}(?!{_NULL}:)[A-Za-z][\w-]{{0,100}}+:(?:\n\ {{6}}-\ {_LINES}(?=\n))++)++"


@cache
def _interaction() -> re.Pattern[bytes]:
    """Return the pattern of an interaction as PyYAML and libyaml write it; its groups are the parts below."""
    return re.compile(
        rf"""
        -\ request:\n
        \ {{4}}body:\ (null|{_PLAIN}(?:{_LINE}{_NEXT})*+|{_QUOTED})\n
        \ {{4}}headers:(?:\ \{{\}}|{_FIELDS})\n
        \ {{4}}method:\ [A-Z]++\n
        \ {{4}}uri:\ ({_ONE_LINE})\n
        \ \ response:\n\ {{4}}body:\n
        \ {{6}}string:\ ({_QUOTED})\n
        \ {{4}}headers:(?:\ \{{\}}|({_FIELDS}))\n
        \ {{4}}status:\n\ {{6}}code:\ ([1-9][0-9][0-9])\n
        \ {{6}}message:\ (?:null|{_LINES})\n
        (?:\ {{4}}url:\ {_ONE_LINE}\n)?+
        """.encode(),
        re.VERBOSE,
    )


_TYPE, _ENCODING = b"\n      content-type:\n      - ", b"\n      content-encoding:"
_FOLD = re.compile(rb"(?<! ) *+\n((?: *+\n)*+) *+")
_CONTINUED, _FOLD_IN_DOUBLE = (re.compile(each + rb"\n *+(?:\\(?= ))?+") for each in (rb"\\", b""))


class UncertainError(ValueError):
    """The file, or the rest of it, must be read by the rules of YAML."""


def interaction_texts(stream: IO[bytes]) -> "Iterator[tuple[list[bytes], int]]":
    """Yield the lines of the next interactions in a cassette of vcrpy, with the number of the first line.

    Raises an `UncertainError` where the file has another structure or other characters. PyYAML gives the interactions before that place
    too, if each of them can be read alone.
    """
    line, left, piece = FIRST_LINE, b"", _read(stream, CHUNK)
    if not piece.startswith(_HEAD + _START):
        raise UncertainError
    piece = piece[len(_HEAD + _START) :]
    while piece:
        following = _read(stream, max(CHUNK, len(left)))  # PyYAML refuses a character some KiB before it reaches it
        *whole, left = (left + piece).split(b"\n" + _START)
        if whole:
            yield [_START + each + b"\n" for each in whole], line
        line += sum(each.count(b"\n") + 2 for each in whole)
        piece = following
    if not left.endswith(b"\n" + _TAIL):
        raise UncertainError
    yield [_START + left.removesuffix(_TAIL)], line


def _read(stream: IO[bytes], size: int) -> bytes:
    """Read a part of a file; raise an `UncertainError` if it has other characters than printable ASCII and line feeds."""
    data = stream.read(size)
    if data.translate(None, _USUAL):
        raise UncertainError
    return data


def as_cassette(text: bytes) -> bytes:
    """Return the lines of an interaction as a cassette."""
    return _HEAD + text + _TAIL


def plain_interaction(text: bytes) -> PlainLine | None:
    """Return the parts of a usual interaction, given as its lines in ASCII, or None for any other."""
    match = _interaction().fullmatch(text.replace(_DEEP, b"\0"))
    if match is None:
        return None
    sent, url, string, headers, status = match.groups()
    content_type = _content_type(headers or b"")
    body = (_folded(string[1:-1]) if string.startswith(b"'") else _unescaped(string[1:-1])).decode()
    may_end = b"\n" in sent + string and (b"\n---" in sent + string or b"\n..." in sent + string)  # the document
    if content_type is None or may_end or body[:1] not in STARTS:
        return None
    return PlainLine(int(status), {"Content-Type": content_type}, body, _text(url))


def _content_type(headers: bytes) -> str | None:
    """Return the media type's header, empty without one, or None in doubt: if it is repeated, or the body may be encoded."""
    lower = headers.lower()
    _, *found = lower.split(_TYPE)
    if len(found) > 1 or _ENCODING in lower:
        return None
    size = len(found[0]) if found else 0
    value = headers[-size:].partition(b"\n")[0] if size else b"''"
    return None if b"\0" in value or value.count(b"'") not in (0, 2) else _text(value)


def _text(scalar: bytes) -> str:
    """Return the text of a scalar on one line, plain or in single quotes."""
    return (scalar[1:-1] if scalar.startswith(b"'") else scalar).decode("ascii")


def _folded(text: bytes) -> bytes:
    """Return the content of single quotes: a line break is a space, and each blank line is a line break."""
    if b"\n" in text or b"\0 " in text or b" \0" in text:
        text = _FOLD.sub(lambda match: b"\n" * match[1].count(b"\n") or b" ", text.replace(b"\0", b"\n"))
    return text.replace(b"\0", b" ").replace(b"''", b"'")


def _unescaped(text: bytes) -> bytes:
    """Return the content of double quotes in UTF-8: a line break is a space, or nothing after a backslash; other escapes are Python's."""
    if b"\0" in text or b"\n" in text:
        text = _FOLD_IN_DOUBLE.sub(b" ", _CONTINUED.sub(b"", text.replace(b"\0", b"\n")))
    return text.decode("unicode_escape").encode()
