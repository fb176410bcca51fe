"""Decide in one pass whether a text must be searched, by all words and literals of secrets at once.

After a literal, a token must follow; after a word, a name must end, and something that can be its value must follow.
A text that is not clearly harmless must be searched.
"""

import re
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Self

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.secrets._formats import LITERALS, begins_token
from pytest_pcerrors.secrets.harmless import NO_NAME, Harmless, end_of_harmless, is_inside
from pytest_pcerrors.secrets.names import FILLERS, HEADER_WORDS, PARAMETERS, SCHEMES_IN_TEXT, SHORT_WORDS, WORDS, Kind
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_pcerrors.secrets._finder import Finder, Matches

Skip = Callable[[bytes, int, int], int]
"""A function of a text and the range of what is found in it; it returns the end of a harmless part with it, else 0."""

Positions = tuple[list[int], list[int] | None]
"""The ascending positions of what must be searched, and of marks; None if these are not known."""

BEGINNINGS = "eyJ eyAi ewog ewoJ ew0K W3si W3sK W3sN Wwog Ww0K LS0t YXBp CmFw I2Ns IyEv".split()
"""The beginnings in base64 of JSON objects and lists of objects, of PEM, and of files of Kubernetes, cloud-init and shells."""

_SCHEMES = tuple(each.lower().encode() for each in SCHEMES_IN_TEXT)
_OTHER_WORDS = ("authorization auxiliary",)
"""A word in a name that does not end with one of the words: ``x-ms-authorization-auxiliary``."""

_LAST_WORDS = tuple(f" {word}" for word in WORDS)
_WHOLE_WORDS = tuple(each for each in (*WORDS, *_OTHER_WORDS) if not each.endswith(_LAST_WORDS))
"""The words without those that end with another one, which is found in their place."""

_PARAMETERS = (
    f"{sign}{name}=" for name, kind in PARAMETERS.items() for sign in (("",) if kind is Kind.WEAK else ("?", "&"))
)
_CLEAR = tuple(
    map(
        str.encode,
        ("form-data", "keyname", *(f"kty{sign}" for sign in "\"'\\:"), " -u", "--user", "--proxy-user", *_PARAMETERS),
    )
)
"""Words that require a search with any text around them."""

_ENDS = tuple("\"'=:<>[]\\%_- &,./0123456789)\n")
_FOLLOWING = ("s", *(filler for filler in FILLERS if not filler.startswith(("s", "plain ", "base6", "confirma"))))
"""What may follow a short word; a longer ending that begins with one of them is found with it."""

_SEPARATORS = (b"", b"-", b"_", b" ", b".", b"\n")
_USER = late_pattern(rb"/\\*+/[^/?#\s\"\\]*(?:@|%40)")
"""User information in a URL."""

_ESCAPES = (
    (b"\\", re.compile(rb"\\(?<!\\\\)\\*+(?:(?:x|u00|U000000)[0-7][0-9A-Fa-f]|/)")),
    (b"%", late_pattern(rb"%(?:25)*+[0-7][0-9A-Fa-f]")),
    (b"&", late_pattern(rb"&(?:#[xX]0*+[0-7][0-9A-Fa-f];?|#0*+\d{1,3};?|quot;?)")),
)
"""The first characters of escapes in JSON, YAML, URLs and markup, and the pattern of an escape."""

_MAX_ESCAPED = 5

_WITHIN_WORD = late_pattern(rb"(?:[a-z][a-z]|[A-Z][a-zA-Z])")
"""The character before a short word, and its first one, where it does not begin a word: ``sas`` in ``Kansas``."""

_PACKED = late_pattern(rb"[\w+/-]+={0,2}(?=[\"'&,}\]) ]|\n[\w-]+:[ \n]|\Z)", re.ASCII)
_SHORTEST = 15
"""The length of base64 from which it is searched."""

_KEYS = ("PRIVATE KEY", "PRIVATE+KEY", "PRIVATE\nKEY", "Private-Lines")
_CASED = tuple(each.encode() for each in (*LITERALS, *BEGINNINGS, *_KEYS))

_SIGNS = (
    *(b"\0", b"@", b"&#", b"&quot", b"\\x", b"\\u00", b"\\/", b"\\\n", b"\\\r"),
    *(f"%{digit}".encode() for digit in range(8)),
)
"""The signs of user information, of an escape, and of a line that continues."""


class Prefilter:
    """Search a text for the words and literals of secrets and of their names."""

    def __init__(self, names: frozenset[str]) -> None:
        words = {spelling: len(spelling) for word in _WHOLE_WORDS for spelling in _spellings(word)}
        words |= {each: len(each) for each in _SCHEMES}
        self._of_headers = range(len(words), len(words) + len(HEADER_WORDS))
        words |= {word.encode(): len(word) for word in HEADER_WORDS}
        self._first_short = len(words)
        words |= {f"{word}{end}".encode(): len(word) for word in SHORT_WORDS for end in (*_ENDS, *_FOLLOWING)}
        self._names = tuple(sorted(name.encode() for name in names))
        words |= dict.fromkeys(_CLEAR, 0)
        self._lengths = tuple(words.values())
        self._all_words = tuple(words)

    @cached_property
    def _parts(self) -> "Finder":
        from pytest_pcerrors.secrets._finder import Finder

        return Finder(self._all_words, _CASED)

    @cached_property
    def _words_and_literals(self) -> "tuple[Matches, Matches]":
        from pytest_pcerrors.secrets._finder import Matches

        return Matches(self._all_words), Matches(_CASED)

    @classmethod
    @lru_cache(maxsize=32)
    def of(cls, names: frozenset[str]) -> Self:
        """Return the prefilter that also finds these names of a project; it is cached by the names."""
        return cls(names)

    def finds(self, text: str | bytes, harmless: Harmless = "json", *, has_headers: bool = False) -> bool:
        """Return whether a text must be searched. With `has_headers`, it includes names of headers."""
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        ignored = range(0) if has_headers else self._of_headers
        return any(form is None or self._finds(form, harmless, ignored) for form in _forms(data))

    def positions(self, data: bytes, others: "Iterable[bytes]", skip: Skip, marks: "Iterable[bytes]") -> Positions:
        """Return ascending positions in a text of several lines; each line that must be searched has one of them.

        A line with one of `others` has one too. All is found in one pass; the names of a project are not. Whatever is found, `skip`
        returns the end of a harmless part with it. The positions of `marks`, texts in lower case that need no search, come second, or
        None if they are not known.
        """
        found, done = [], 0
        hits, marked = self._finder(tuple(others), tuple(marks)).hits(data)
        for _, start, end in hits:
            if start < done:
                continue
            if after := skip(data, start, end):
                done = after
            else:
                found.append(end - 1)
        return found, None if marked is None else [end - 1 for end in marked]

    @cache  # noqa: B019 - prefilters are few, and kept
    def _finder(self, others: tuple[bytes, ...], marks: tuple[bytes, ...]) -> "Finder":
        from pytest_pcerrors.secrets._finder import Finder

        words, cased = ({each for each in texts if b"\n" not in each} for texts in (self._all_words, _CASED))
        return Finder(words.union(_SIGNS, map(bytes.lower, others)), cased, marks)

    def _finds(self, data: bytes, harmless: Harmless, ignored: range) -> bool:
        if b"\0" in data or ((b"@" in data or b"%40" in data) and _USER.search(data)):
            return True
        pieces = list(self._parts.pieces(data))
        if not pieces and not self._names:
            return False
        words, literals = self._words_and_literals
        lower, opened = data.lower(), 0
        for index, start in literals.found(data, pieces):
            end = self._end_of_harmless_literal(index, data, start)
            is_opened_twice = start < opened and end > start + 1  # it could take long
            if not end or is_opened_twice:
                return True
            opened = max(opened, end)
        if self._finds_name(data, lower, words.found(lower, pieces), harmless, ignored):
            return True
        flat = lower.translate(None, b"-_ .\n") if self._names else b""
        return any(name in flat for name in self._names)

    def _end_of_harmless_literal(self, index: int, data: bytes, start: int) -> int:
        """Return 0 if a token of a vendor, a private key, or base64 of JSON that must be searched may be here; else the end of what is harmless."""
        if index < len(LITERALS):
            return 0 if begins_token(index, data, start) else start + 1
        if index >= len(LITERALS) + len(BEGINNINGS):
            return 0
        if is_inside(data, start):
            return start + 1
        packed = _PACKED.match(data, start)
        if packed is None:
            return 0
        try:
            plain = base64_decoded(packed[0])
        except ValueError:
            return packed.end()
        return 0 if len(packed[0]) >= _SHORTEST and self.finds(plain) else packed.end()

    def _finds_name(
        self, data: bytes, lower: bytes, words: "Iterator[tuple[int, int]]", harmless: Harmless, ignored: range
    ) -> bool:
        done = 0
        for index, start in words:
            end = start + self._lengths[index]
            if end == start:
                return True
            if start < done or index in ignored or NO_NAME.match(lower, end):
                continue
            if index >= self._first_short and _is_within_word(data, start):
                continue
            done = end_of_harmless(data, start, end, harmless)
            if not done:
                return True
        return False


def suspected(texts: list[str], may_be_in: Callable[[str], bool]) -> list[str]:
    """Return the texts that must be searched; many are checked at once."""
    if not texts or not may_be_in("\n".join(texts)):
        return []
    middle = len(texts) // 2
    return suspected(texts[:middle], may_be_in) + suspected(texts[middle:], may_be_in) if middle else texts


def _is_within_word(data: bytes, start: int) -> bool:
    """Return whether a short word does not begin a word."""
    return is_inside(data, start) and _WITHIN_WORD.match(data, start - 1) is not None


def _forms(data: bytes) -> "Iterator[bytes | None]":
    """Yield a text, then the text with its escapes resolved, repeatedly; None if they are nested too deeply."""
    for _ in range(_MAX_ESCAPED):
        yield data
        escapes = {each for sign, pattern in _ESCAPES if sign in data for each in pattern.findall(data)}
        if not escapes:
            return
        for escape in sorted(escapes, key=len, reverse=True):
            data = data.replace(escape, _meaning(escape))
    yield None


def _meaning(escape: bytes) -> bytes:
    """Return the character of an escape."""
    if escape.endswith(b"/"):
        return b"/"
    if escape.startswith(b"&quot"):
        return b'"'
    if escape.startswith(b"&#") and escape[2:3] not in b"xX":
        return chr(int(escape[2:].rstrip(b";"))).encode()
    return bytes.fromhex(escape.rstrip(b";")[-2:].decode())


def _spellings(word: str) -> set[bytes]:
    parts = word.encode().split(b" ")
    return {separator.join(parts) for separator in _SEPARATORS}
