"""Read usual interactions of vcrpy's YAML without PyYAML; any other interaction is read by the rules of YAML.

An interaction is read here only if `items.item_of` would make an exchange of it with a known body, and then it has the same parts.
"""

import re
from typing import IO, TYPE_CHECKING

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.exchange.archives.plain_lines import CHUNK, STARTS, PlainLine
from pytest_pcerrors.exchange.encodings import decode
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD, START, TAIL = b"interactions:\n", b"- request:\n", b"version: 1\n"
"""How a cassette of vcrpy and each of its interactions begin, and how it ends; its end may also be its beginning, or be missing."""

HEADS = (HEAD + START, TAIL + HEAD + START)
"""The beginnings of a cassette of vcrpy, to the first line of its first interaction."""

LAST_LINE_OF_FIRST = 3
"""The last line on which the first interaction of a cassette may begin."""

_USUAL = bytes(range(0x20, 0x7F)) + b"\n"
_UNUSUAL = late_pattern("[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that are not printable, and line breaks of YAML other than line feeds."""

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
PACKED = b"!!binary |"
_BASE64 = r"!!binary\ \|(?:\0[A-Za-z0-9+/]++=*+)++"
_FIELDS = rf"(?:\n\ {{6}}(?!{_NULL}:)[A-Za-z][\w-]{{0,100}}+:(?:\n\ {{6}}-\ {_LINES}(?=\n))++)++"
_INTERACTION = late_pattern(
    rf"""
    -\ request:\n
    \ {{4}}body:\ (null|{_PLAIN}(?:{_LINE}{_NEXT})*+|{_QUOTED})\n
    \ {{4}}headers:(?:\ \{{\}}|{_FIELDS})\n
    \ {{4}}method:\ [A-Z]++\n
    \ {{4}}uri:\ ({_ONE_LINE})\n
    \ \ response:\n\ {{4}}body:\n
    \ {{6}}string:\ ({_QUOTED}|{_BASE64})\n
    \ {{4}}headers:(?:\ \{{\}}|({_FIELDS}))\n
    \ {{4}}status:\n\ {{6}}code:\ ([1-9][0-9][0-9])\n
    \ {{6}}message:\ (?:null|{_LINES})\n
    (?:\ {{4}}url:\ {_ONE_LINE}\n)?+
    """.encode(),
    re.VERBOSE,
)
"""An interaction as PyYAML and libyaml write it."""

_TYPE, _ENCODING = b"\n      content-type:\n      - ", b"\n      content-encoding:\n      - "
_FOLD = re.compile(rb"(?<! ) *+\n((?: *+\n)*+) *+")
_CONTINUED, _FOLD_IN_DOUBLE = (re.compile(each + rb"\n *+(?:\\(?= ))?+") for each in (rb"\\", b""))


class UncertainError(ValueError):
    """The file, or the rest of it, must be read by the rules of YAML."""


def interaction_texts(stream: IO[bytes]) -> "Iterator[tuple[list[bytes], int]]":
    """Yield the lines of the next interactions in a cassette of vcrpy, with the number of the first line.

    Raises an `UncertainError` where the file has another structure or other characters. PyYAML gives the interactions before that place
    too, if each of them can be read alone.
    """
    left, piece = b"", _read(stream, CHUNK)
    head = next(filter(piece.startswith, HEADS), None)
    if head is None:
        raise UncertainError
    line, piece = head.count(b"\n"), piece[len(head) :]
    while piece:
        following = _read(stream, max(CHUNK, len(left)))  # PyYAML refuses a character some KiB before it reaches it
        *whole, left = (left + piece).split(b"\n" + START)
        if whole:
            yield [START + each + b"\n" for each in whole], line
        line += sum(each.count(b"\n") + 2 for each in whole)
        piece = following
    left = left.removesuffix(b"...\n").removesuffix(TAIL)
    if not left.endswith(b"\n"):
        raise UncertainError
    yield [START + left], line


def _read(stream: IO[bytes], size: int) -> bytes:
    """Read whole lines of a file in UTF-8; raise an `UncertainError` if it has other characters than printable ones and line feeds."""
    data = stream.read(size)
    if len(data) == size:
        data += stream.readline()
    if data.translate(None, _USUAL):
        try:
            is_unusual = _UNUSUAL.search(data.decode()) is not None
        except UnicodeDecodeError:
            is_unusual = True
        if is_unusual:
            raise UncertainError
    return data


def plain_interaction(text: bytes) -> tuple[PlainLine, bytes] | None:
    """Return the parts of a usual interaction, given as its lines, and the text to search for secrets, with an unpacked body; None for any other."""
    lines = text.replace(_DEEP, b"\0")
    match = _INTERACTION.fullmatch(lines) if text.isascii() else None
    if match is None:
        return None
    sent, url, string, headers, status = match.groups()
    content_type, encoding = _value(headers or b"", _TYPE), _value(headers or b"", _ENCODING)
    scalars = sent + string
    may_end = b"\n" in scalars and (b"\n---" in scalars or b"\n..." in scalars)  # the document
    if content_type is None or encoding is None or may_end:
        return None
    try:
        decoded = decode(_content(string), encoding)
        body = decoded.body.decode()
    except ValueError:
        return None
    if decoded.problem or body[:1] not in STARTS:
        return None
    if string.startswith(PACKED):
        text = (lines[: match.start(3)] + lines[match.end(3) :]).replace(b"\0", _DEEP) + decoded.body
    return PlainLine(int(status), {"Content-Type": content_type}, body, _text(url)), text


def _value(headers: bytes, name: bytes) -> str | None:
    """Return the value of a header, empty without one, or None in doubt, as when it is repeated."""
    before, found, after = headers.lower().partition(name)
    if not found:
        return ""
    value, _, following = headers[len(before) + len(name) :].partition(b"\n")
    is_one = name not in after and not following.startswith(b"      - ")
    return _text(value) if is_one and b"\0" not in value and value.count(b"'") in (0, 2) else None


def _text(scalar: bytes) -> str:
    """Return the text of a scalar on one line, plain or in single quotes."""
    return (scalar[1:-1] if scalar.startswith(b"'") else scalar).decode("ascii")


def _content(scalar: bytes) -> bytes:
    """Return the content of a scalar in base64 or in quotes; raise a ValueError if it is not base64.

    In quotes, a line break is a space; in single quotes, each blank line is a line break, and in double quotes, a break after a backslash is nothing.
    """
    if scalar.startswith(PACKED):
        return base64_decoded(scalar[len(PACKED) :].replace(b"\0", b""))
    quote, text = scalar[:1], scalar[1:-1]
    if quote == b'"':
        if b"\0" in text or b"\n" in text:
            text = _FOLD_IN_DOUBLE.sub(b" ", _CONTINUED.sub(b"", text.replace(b"\0", b"\n")))
        return text.decode("unicode_escape").encode()  # other escapes are Python's
    if b"\n" in text or b"\0 " in text or b" \0" in text:
        text = _FOLD.sub(lambda match: b"\n" * match[1].count(b"\n") or b" ", text.replace(b"\0", b"\n"))
    return text.replace(b"\0", b" ").replace(b"''", b"'")
