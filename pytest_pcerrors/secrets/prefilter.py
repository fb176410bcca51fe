"""One pass over a text that decides whether it is worth a closer look: all words and literals of secrets at once."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from pytest_pcerrors.secrets.formats import LITERALS
from pytest_pcerrors.secrets.names import FILLERS, HEADER_WORDS, PARAMETERS, SHORT_WORDS, WORDS
from pytest_pcerrors.secrets.packed import BEGINNINGS

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

_SCHEMES = (b"basic", b"bearer", b"negotiate", b"ntlm", b"sharedkey")
_MARKUP = (b"form-data", b"keyname")
_ENDS = tuple("\"'=:<>[]\\%_- &,./0123456789)")
_FOLLOWING = ("s", "sha", *(filler.replace(" ", "") for filler in FILLERS))
_SEPARATORS = (b"", b"-", b"_", b" ", b".")
_USER = rb"[^/?#\s\"\\]*(?:@|%40)"
_ESCAPED = re.compile(
    rb"\\u00[2-7]|%(?:25)*[2-7][0-9A-Fa-f]|&#|&quot;|\0|//" + _USER + rb"|\\/" + _USER,
    re.ASCII,  # each branch begins with a sign, so that the others are passed over at once
)
"""Letters and signs written in another way, another encoding than UTF-8, and a user in a URL."""


class Prefilter:
    """Finds whether a text holds any of the words and literals that a secret, or the name of one, has in it."""

    def __init__(self, words: "BytesAhoCorasick", literals: "BytesAhoCorasick", names: tuple[bytes, ...]) -> None:
        self._words = words
        self._literals = literals
        self._names = names

    @classmethod
    @lru_cache(maxsize=32)
    def of(cls, names: frozenset[str]) -> Self:
        """Return the prefilter that also finds these names of a project; one for the same names."""
        from ahocorasick_rs import BytesAhoCorasick

        words = {spelling for word in WORDS for spelling in _spellings(word)} | {*_SCHEMES, *_MARKUP}
        words |= {f"{word}{end}".encode() for word in SHORT_WORDS for end in (*_ENDS, *_FOLLOWING)}
        words |= {word.encode() for word in HEADER_WORDS}
        words |= {f"{name}{end}".encode() for name in PARAMETERS for end in ("=", "%3d", "%253d")}
        literals = BytesAhoCorasick([each.encode() for each in (*LITERALS, *BEGINNINGS)])
        return cls(BytesAhoCorasick(sorted(words)), literals, tuple(sorted(name.encode() for name in names)))

    def finds(self, text: str | bytes) -> bool:
        """Return whether a closer look is needed."""
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        if self._literals.find_matches_as_indexes(data) or _ESCAPED.search(data):
            return True
        lower = data.lower()
        if self._words.find_matches_as_indexes(lower):
            return True
        flat = lower.translate(None, b"-_ .") if self._names else b""
        return any(name in flat for name in self._names)


def _spellings(word: str) -> set[bytes]:
    parts = word.encode().split(b" ")
    return {separator.join(parts) for separator in _SEPARATORS}
