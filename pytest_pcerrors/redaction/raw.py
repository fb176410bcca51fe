"""Decide in one pass from the bytes of a recording file, or of an exchange, whether it must be searched for secrets."""

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.exchange.encodings import FIRST_BYTES, decode
from pytest_pcerrors.redaction._bodies import ANY_UNMARKED
from pytest_pcerrors.secrets import Secrets
from pytest_pcerrors.secrets.harmless import SCALAR_MEMBER, Harmless
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_pcerrors.exchange.model import Exchange

_UNCERTAIN = (b"!binary", b"\\\r", b"bodyFileName", b"BodyAs", b"raw_gzip")
"""Signs of binary data, of bodies of WireMock in files, of lines that YAML continues inside a word, and of compressed bodies of R."""

_BASE64 = b"base64"  # a sign of a body in it, in any case of letters

_IN_HEX = tuple(f'"{each.hex()}'.encode() for each in FIRST_BYTES)  # the first chunk of a compressed body of Polly.js

_UNUSUAL = (
    late_pattern(rb"\\(?:x|u00|U000000)[4-7][0-9A-Fa-f]"),
    late_pattern(rb"!(?<![^\s\[{,:?-]!)[!<A-Za-z]"),
    late_pattern(rb"\[[\s\\n]*+(?:%b)" % b"|".join(_IN_HEX)),
)
"""A letter written as an escape, which may be one of those signs, a tag of YAML, or such a chunk."""

_CONTINUED = late_pattern(rb"\\\r?\n[ \t]*\\?")
_END = 4096
"""The length of the beginning and of the end of a long text, where headers are, and with them most secrets."""

_LONG, _LONGEST_NAME = 4 * _END, 100
_COMMON = 32  # times that it was seen
_MOST_COMMON, _MOST_SEEN = 4, 4096
_FOLDED = late_pattern(rb" >[-+\d]*[ \t\r]*(?:#[^\n]*)?\n")


_BINARY_ITEM = late_pattern(rb"- !!binary \|\n((?: +[A-Za-z0-9+/=]+\n)+)")
"""The value of a header that vcrpy has recorded as bytes."""


def may_hold(data: bytes, secrets: Secrets) -> bool:
    """Return whether the bytes of a file may contain a secret, in any notation of JSON and YAML; the ends of long ones are looked at first."""
    return (len(data) > _LONG and _may_hold(data[:_END] + b"\n" + data[-_END:], secrets)) or _may_hold(data, secrets)


def _may_hold(data: bytes, secrets: Secrets) -> bool:
    if b"\\" in data:
        data = _CONTINUED.sub(b"", data)
    data = _with_texts_of_items(data) if b"!!binary" in data else data
    lower = data.lower()
    has_base64 = lower.count(_BASE64) > lower.count(b";base64,")  # not only URLs of data
    if has_base64 or any(map(data.__contains__, _UNCERTAIN)) or any(each.search(data) for each in _UNUSUAL):
        return True
    is_json = data.lstrip()[:1] in (b"{", b"[")
    harmless: Harmless = "json" if is_json else "nothing" if _FOLDED.search(data) else "yaml"
    return secrets.may_be_in(b"\n".join(map(bytes.strip, data.splitlines())), harmless, has_headers=True)


def _with_texts_of_items(data: bytes) -> bytes:
    """Return YAML without the tags of headers in base64, with the texts of these headers after it."""
    try:
        texts = [base64_decoded(each) for each in _BINARY_ITEM.findall(data)]
    except ValueError:
        return data
    return b"\n\n".join([_BINARY_ITEM.sub(rb"- |\n\1", data), *texts])


class LineSearch:
    """Finds the lines that must be searched in a file given in chunks. Of harmless members that many lines have, each is looked at a few times.

    Lines with `marks`, in any case of letters, are found besides.
    """

    def __init__(self, secrets: Secrets, marks: "Iterable[str]" = ()) -> None:
        self._secrets = secrets
        self._marks = tuple(each.lower().encode() for each in marks)
        self._seen: Counter[bytes] = Counter()
        self._common: dict[bytes, bytes] = {}

    def positions(self, data: bytes) -> tuple[list[int], list[int] | None] | None:
        """Return ascending positions in lines; each line that `may_hold` a secret has one of them. None means every line.

        The positions of marks come second, or None if they are not known.
        """
        prefilter = self._secrets.prefilter_of_lines
        if prefilter is None or (b"\r" in data and b"\r" in data.replace(b"\r\n", b"\n")):
            return None
        for member, text in self._common.items():
            data = data.replace(member, text)
        return prefilter.positions(data, (*_UNCERTAIN, _BASE64, *_IN_HEX), self._end_of_member, self._marks)

    def _end_of_member(self, text: bytes, start: int, end: int) -> int:
        done = _end_of_member(text, start, end)
        if done and len(self._seen) < _MOST_SEEN and len(self._common) < _MOST_COMMON:
            self._count(text[text.rfind(b'"', 0, start) : done + 1])
        return done

    def _count(self, member: bytes) -> None:
        """Count a member and the sign after it; a common one is replaced by a text of the same length."""
        self._seen[member] += 1
        if self._seen[member] == _COMMON and member.endswith((b",", b"}")):
            self._common[member] = b'"' + b"~" * (len(member) - 3) + b'"' + member[-1:]


def _end_of_member(text: bytes, start: int, end: int) -> int:
    """Return the end of the JSON member with this range if its value is a placeholder, and nothing in it must be searched; else 0."""
    match = SCALAR_MEMBER.match(text, text.rfind(b'"', max(start - _LONGEST_NAME, 0), start))
    return match.end() if match is not None and match.end() >= end and _is_harmless_member(match[0]) else 0


@lru_cache(maxsize=4096)
def _is_harmless_member(member: bytes) -> bool:
    return b"\n" not in member and not may_hold(b"{" + member + b"}", Secrets())


def exchange_may_hold(exchange: "Exchange", secrets: "Secrets") -> bool:
    """Return, with a fast check, whether an exchange must be searched for secrets."""
    request = exchange.request
    bodies = [exchange.body, request.body if request else b""]
    fields = [*(exchange.headers or ()), *(request.headers if request else ())]
    texts = [
        exchange.reason or "",
        *([request.method, request.url] if request else []),
        *(value for _, value in fields),
    ]
    return (
        any(
            secrets.kind_of_header(name) not in (None, Kind.PUBLIC) or secrets.without_tokens(name) != name
            for name, _ in fields
        )
        or any(decode(body, ANY_UNMARKED).encodings or secrets.may_be_in(body) for body in bodies)
        or secrets.may_be_in("\n".join(texts))
    )
