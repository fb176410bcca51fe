"""The definition of a secret: by name and value, or by its format anywhere; built in, and extended by the settings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Literal, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.secrets import _formats as formats
from pytest_pcerrors.secrets._prefilter import Prefilter, suspected
from pytest_pcerrors.secrets.harmless import Harmless
from pytest_pcerrors.secrets.names import SCHEMES_IN_TEXT, Kind, kind_of, kind_of_header, kind_of_parameter, squeezed
from pytest_pcerrors.secrets.values import GUID, is_basic, is_opaque_word, is_replacement, look_of
from pytest_pcerrors.text import late_pattern

MASK = "***"
"""The replacement of a secret."""

Certainty = Literal["secret", "suspected"]
"""Whether a value certainly or possibly is a secret."""

BEYOND = 4096
"""The number of characters that are searched after the part that is shown."""


class Found(NamedTuple):
    """The place of a secret (a JSON Pointer, the name of a parameter, or "" for the text itself), and its certainty.

    If a part could not be searched, `problem` is the reason.
    """

    place: str
    certainty: Certainty
    problem: str = ""


def located(found: Iterable[Found], where: str, *, is_one: bool = False) -> list[Found]:
    """Return findings with the name of their part; with `is_one`, places within the part are not named."""
    by_place: dict[str, Found] = {}
    for each in found:
        inner = "" if is_one else each.place
        place = f"{where}{'' if not inner else ' ' if inner.startswith('/') else ', '}{inner}"
        if place not in by_place or each.certainty == "secret":
            by_place[place] = each._replace(place=place)
    named = [place for place in by_place if place != where]
    return [each for place, each in by_place.items() if place != where or not named]


class Hidden(NamedTuple):
    """A text with its secrets hidden, and their certainty; None if there was no secret."""

    text: str
    certainty: Certainty | None = None


def masked(match: re.Match[str], group: int | str = 0) -> str:
    """Return what was matched, with one of its groups hidden."""
    before, after = match.string[match.start() : match.start(group)], match.string[match.end(group) : match.end()]
    return before + MASK + after


_SCHEME = late_pattern(
    rf"({formats.in_any_case(SCHEMES_IN_TEXT, formats.edge(first='.'))})(?:[ \t]++|%20|\+)([\w.~+/=%-]++)", re.ASCII
)
_SCHEMES_IN_LOWER = tuple(map(str.lower, SCHEMES_IN_TEXT))
_NO_TOKEN = late_pattern(r"[\w-]+=(?!=*\Z)|HTTP/\d", re.ASCII)
"""A parameter of a challenge, or the end of a request line."""

_NUMBER = late_pattern(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_FEW_DIGITS, _SHORTEST_TOKEN, _LONG = 5, 16, 512
_GUID = late_pattern(rf"{GUID}|{formats.EDGE}[0-9a-fA-F]{{32}}(?![0-9A-Za-z])")
_PSEUDONYM = "00000000000040008000"
_NIL = "0" * 32


CERTAINTIES: "dict[tuple[Kind, str], Certainty]" = {
    (Kind.OWN, "nothing"): "secret",
    (Kind.OWN, "sentence"): "secret",
    (Kind.OWN, "word"): "secret",
    (Kind.OWN, "opaque"): "secret",
    (Kind.CREDENTIALS, "word"): "secret",
    (Kind.CREDENTIALS, "opaque"): "secret",
    (Kind.STRONG, "word"): "suspected",
    (Kind.STRONG, "opaque"): "secret",
    (Kind.WEAK, "opaque"): "secret",
    (Kind.AMBIGUOUS, "opaque"): "suspected",
}
"""How certain it is that a value is a secret, by the kind of its name and its look; other combinations are not secrets."""


@dataclass(frozen=True)
class Secrets:
    """The definition of a secret, with the names and patterns of a project.

    >>> Secrets().without_tokens("signed in with eyJhbGciOiJub25lIn0.e30.x")
    'signed in with ***'
    >>> Secrets().certainty("password", "x7Kq02pLm"), Secrets().certainty("password", "summer"), Secrets().certainty("token", "<TOKEN>")
    ('secret', 'suspected', None)
    """

    names: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    tenant_ids: bool = False
    hides_replacements: bool = False
    """Whether a placeholder that replaces a secret is hidden too."""

    def kind(self, name: str) -> Kind | None:
        """Return the kind of a name."""
        return Kind.OWN if self._is_own(name) else kind_of(name)

    def kind_given(self, name: "str | Kind | None") -> Kind | None:
        """Return the kind of a name, or the kind that is given in its place."""
        return self.kind(name) if isinstance(name, str) else name

    def kind_of_header(self, name: str) -> Kind | None:
        """Return the kind of a header name."""
        return Kind.OWN if self._is_own(name) else kind_of_header(name)

    def kind_of_parameter(self, name: str) -> Kind | None:
        """Return the kind of a parameter name."""
        return kind_of_parameter(name, self.kind(name))

    def certainty(self, name: "str | Kind | None", value: str) -> Certainty | None:
        """Return how certain it is that the value of a name is a secret; None if it is not one."""
        kind = self.kind_given(name)
        if kind is None or not value.strip("* \t\r\n"):
            return None
        if self.hides_replacements and is_replacement(value):
            return "secret"
        look = look_of(value)
        if look == "word" and kind is Kind.STRONG and _NUMBER.fullmatch(value) and len(value) <= _FEW_DIGITS:
            return None
        return CERTAINTIES.get((kind, look))

    def certainty_of_number(self, name: "str | Kind | None", number: str) -> Certainty | None:
        """Return how certain it is that a number with this name is a secret; counts are not."""
        kind = self.kind_given(name)
        if kind is Kind.OWN:
            return "secret"
        is_token = isinstance(name, str) and "token" in name.lower()
        is_long = len(number) > _FEW_DIGITS and number.isdigit()
        return "suspected" if kind is Kind.STRONG and is_long and not is_token else None

    def without_tokens(self, text: str) -> str:
        """Hide secrets that are known by their format, anywhere in a text."""
        text = formats.tokens_hidden(text, masked)
        text = _SCHEME.sub(_scheme, text) if any(map(text.lower().__contains__, _SCHEMES_IN_LOWER)) else text
        for pattern in self.patterns:
            text = pattern.sub(_match_hidden, text)
        return _GUID.sub(_pseudonym, text) if self.tenant_ids else text

    @lru_cache(maxsize=4096)  # noqa: B019 - definitions are few, and kept
    def shown_name(self, name: str) -> str:
        """Return a name with any secret in it hidden."""
        return self.without_tokens(name)

    def matches(self, text: str) -> bool:
        """Return whether one of the project's patterns matches a text."""
        return any(pattern.search(text) for pattern in self.patterns)

    def may_be_in(self, text: "str | bytes", harmless: Harmless = "json", *, has_headers: bool = False) -> bool:
        """Return whether a text must be searched; False only if nothing would be hidden.

        With `has_headers`, the text includes the names of headers.
        """
        if self._prefilter.finds(text, "nothing" if self.hides_replacements else harmless, has_headers=has_headers):
            return True
        if not self.patterns and not self.tenant_ids:
            return False
        plain = text if isinstance(text, str) else text.decode("latin-1")
        has_tenant = self.tenant_ids and _GUID.search(plain) is not None
        return has_tenant or any(map(self.matches, (plain, plain.replace("\n", " "))))

    def suspected(self, texts: list[str]) -> list[str]:
        """Return the texts of a list that must be searched; short ones are checked many at once."""
        short = [each for each in texts if len(each) < _LONG]
        return suspected(short, self.may_be_in) + [
            each for each in texts if len(each) >= _LONG and self.may_be_in(each)
        ]

    @property
    def prefilter_of_lines(self) -> Prefilter | None:
        """The prefilter that finds positions in lines; None if every line must be searched, since the project has names or patterns of its own."""
        return None if self.names or self.patterns or self.tenant_ids else self._prefilter

    @cached_property
    def _prefilter(self) -> Prefilter:
        return Prefilter.of(self.names)

    def _is_own(self, name: str) -> bool:
        if not self.names:
            return False
        name = name.strip()[-100:]
        inner = re.search(r"([^\[\]]++)\]?(?:\[\d*\])*\Z", name)
        return squeezed(name) in self.names or (inner is not None and squeezed(inner[1]) in self.names)


@lru_cache(maxsize=32)
def secrets_of(names: tuple[str, ...], patterns: tuple[str, ...], tenant_ids: bool) -> Secrets:  # noqa: FBT001 - the key of a cache
    """Return the definition of a secret for a project; raise a `UsageError` for an invalid pattern."""
    return Secrets(frozenset(filter(None, map(squeezed, names))), tuple(map(_compiled, patterns)), tenant_ids)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"the pattern {pattern!r} is not a regular expression: {error}") from None


def _scheme(match: re.Match[str]) -> str:
    separator = match[0][len(match[1]) : match.start(2) - match.start()]
    token = match[2].partition(separator)[0]  # "Visual+Basic+6+Plugin" in a URL has spaces
    end = match.start(2) + len(token)
    rest = match.string[end : end + 8]
    if _NO_TOKEN.match(token):
        return match[0]
    is_parameter = token.endswith("=") and rest.startswith(('"', "'", "\\"))
    is_last = re.match(r"\s+\w", rest) is None and not is_parameter
    has_digits = len(token) >= _SHORTEST_TOKEN // 2 and any(map(str.isdigit, token))
    if is_opaque_word(token) or (is_last and has_digits) or (match[1].lower() == "basic" and is_basic(token)):
        return match[1] + separator + MASK + match.string[end : match.end()]
    return match[0]


def _match_hidden(match: re.Match[str]) -> str:
    group: int | str = "secret" if "secret" in match.re.groupindex and match["secret"] is not None else 0
    return masked(match, group) if match[group].strip("*") else match[0]


def _pseudonym(match: re.Match[str]) -> str:
    plain = match[0].replace("-", "").lower()
    if plain == _NIL or plain.startswith(_PSEUDONYM):
        return match[0]
    other = _hashed(plain)
    if "-" not in match[0]:
        return other
    return "-".join((other[:8], other[8:12], other[12:16], other[16:20], other[20:]))


@cache
def _hashed(plain: str) -> str:
    from hashlib import sha256

    return _PSEUDONYM + sha256(plain.encode()).hexdigest()[: 32 - len(_PSEUDONYM)]
