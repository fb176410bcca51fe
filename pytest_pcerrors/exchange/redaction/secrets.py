"""What is a secret: by its name, or by its looks wherever it stands; known ones, and those that the settings name."""

import re
from base64 import b64decode
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.secret_names import PARAMETERS, SHORT_WORDS, WHOLE_NAMES, WORDS, is_secret_name, squeezed

MASK = "***"
"""What stands where a secret was."""

_EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
_WHEREVER = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"[\w.~-]{3}\dQ~[\w.~-]{16,}+",  # a client secret of Microsoft Entra
        rf"{_EDGE}[01]\.A[\w-]{{20,}}+(?:\.[\w-]++)*+",  # a refresh token or an authorization code of Microsoft Entra
    )
)
_JWT = re.compile(rf"{_EDGE}eyJ[\w-]{{6,}}+(?:\.[\w-]*+){{0,4}}(?:={{1,2}}+(?![\w=-]))?+", re.ASCII)
_CLAIMS = re.compile(r"""claims=\\*["']?\Z""", re.IGNORECASE)
"""What stands before the claims challenge of Microsoft Entra, which is as a JSON Web Token's first part and no secret."""

_PEM = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?=(?:\s|\\+[rn])*+(?:[A-Za-z0-9+/=]{12}|(?:Proc-Type|DEK-Info|Version|Comment):))"
    r"(?:(?!-----END)[\w+/=\s\\:,.-])*+(?:-----END [A-Z ]{0,60}-----)?",
    re.ASCII,
)
_SCHEME = re.compile(
    rf"{_EDGE}(Bearer|Basic|Negotiate|NTLM|SharedKey(?:Lite)?)(?:[ \t]|%20|\+)++([\w.~+/=%-]++)",
    re.IGNORECASE | re.ASCII,
)
_PARAMETER_OF_CHALLENGE = re.compile(r"[\w-]+=(?!=*\Z)", re.ASCII)
_PROSE = re.compile(
    r"(?:access|auth|authentication|authorization|challenge|credential|error|expired|failed|header|http|invalid|is|missing|oauth|realm|required|scheme|token)s?[\d./]*",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"([^\[\]]++)\]?(?:\[\d*\])*\Z")
_SMALL = re.compile(r"-?\d{1,5}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,10}", re.ASCII)
_DASHED = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_GUID = re.compile(rf"{_DASHED}|{_EDGE}[0-9a-fA-F]{{32}}(?![0-9A-Za-z])")
_PSEUDONYM = "00000000000040008000"
_NIL = "0" * 32

_TRIGGERS = ("eyJ", "Q~", "0.A", "1.A", "%", "\\u", "&#", "\0")
_LOWER_TRIGGERS = ("code=", "code&", "key", "form-data", "basic", "negotiate", "ntlm")
_LONGEST_WORD = 24
_LONGEST_NAME = 100


def _shortest(words: "set[str]") -> tuple[str, ...]:
    """Leave out the words that hold another of them."""
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))


_NAMED = _shortest({word.replace(" ", "") for word in WORDS} | set(SHORT_WORDS) | WHOLE_NAMES | {"key"})


@dataclass(frozen=True)
class Secrets:
    """What counts as a secret: what is known to be one, and the names and patterns of a project.

    >>> Secrets().wherever("signed in with eyJ0eXAiOiJKV1QifQ.e30.x")
    'signed in with ***'
    """

    names: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    tenant_ids: bool = False

    def is_named(self, name: str) -> bool:
        """Tell whether a value of this name is a secret."""
        return is_secret_name(name) or self.is_own(name)

    def is_own(self, name: str) -> bool:
        """Tell whether the project says that a value of this name is a secret."""
        if not self.names:
            return False
        inner = _SEGMENT.search(name[-_LONGEST_NAME:])
        return squeezed(name.strip()) in self.names or (inner is not None and squeezed(inner[1]) in self.names)

    def is_number(self, name: str, number: str) -> bool:
        """Tell whether a number of a secret's name is one: a small one is a count, unless the project names it."""
        return self.is_own(name) or not _SMALL.fullmatch(number)

    def is_parameter(self, name: str, value: str) -> bool:
        """Tell whether a parameter of a form or a query string is a secret; an error code is none."""
        return self.is_named(name) or (name.strip().lower() in PARAMETERS and not _NUMBER.fullmatch(value))

    def wherever(self, text: str) -> str:
        """Hide what looks like a secret, wherever it stands."""
        for pattern in _WHEREVER:
            text = pattern.sub(MASK, text)
        text = _PEM.sub(MASK, _JWT.sub(_token, text))
        text = _SCHEME.sub(_scheme, text)
        for pattern in self.patterns:
            text = pattern.sub(_match_hidden, text)
        return _GUID.sub(_pseudonym, text) if self.tenant_ids else text

    def matches(self, text: str) -> bool:
        """Tell whether one of the project's patterns fits a text."""
        return any(pattern.search(text) for pattern in self.patterns)

    def may_be_in(self, text: str) -> bool:
        """Tell cheaply whether a text is worth a look: False only where nothing would be hidden."""
        lower = text.lower()
        if any(trigger in text for trigger in _TRIGGERS) or any(trigger in lower for trigger in _LOWER_TRIGGERS):
            return True
        if "//" in text and "@" in text:
            return True
        flat = lower.replace("-", "").replace("_", "").replace(" ", "")
        if any(word in flat for word in _NAMED) or any(name in flat for name in self.names):
            return True
        return self.matches(text) or (self.tenant_ids and bool(_GUID.search(text)))


@lru_cache(maxsize=32)
def secrets_of(names: tuple[str, ...], patterns: tuple[str, ...], tenant_ids: bool) -> Secrets:  # noqa: FBT001 - a cache's key
    """Return what counts as a secret in a project; a pattern that is no regular expression is a `UsageError`."""
    return Secrets(frozenset(filter(None, map(squeezed, names))), tuple(map(_compiled, patterns)), tenant_ids)


def looks_opaque(word: str) -> bool:
    """Tell whether a word looks made by a machine: a mixture of letters and digits, or long.

    >>> looks_opaque("x7Kq02pLm"), looks_opaque("authentication"), looks_opaque("AADSTS50013")
    (True, False, False)
    """
    word = word.strip(".,;:!?)")
    if len(word) < len("hunter42") or _PROSE.fullmatch(word):
        return False
    has_letters, has_digits = re.search("[a-z]", word), re.search("[0-9]", word)
    return bool(has_letters and has_digits) or bool(re.search(rf"[A-Za-z0-9_]{{{_LONGEST_WORD},}}", word))


def is_prose(word: str) -> bool:
    """Tell whether a word is one of a sentence about credentials."""
    return _PROSE.fullmatch(word.strip(".,;:!?)")) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"the pattern {pattern!r} is no regular expression: {error}") from None


def _token(match: re.Match[str]) -> str:
    start = match.start()
    is_challenge = "." not in match[0] and _CLAIMS.search(match.string, max(start - 16, 0), start)
    return match[0] if is_challenge else MASK


def _scheme(match: re.Match[str]) -> str:
    token, text = match[2], match.string
    following = text[match.end() : match.end() + 1]
    if _PARAMETER_OF_CHALLENGE.match(token) or (token.endswith("=") and following in ('"', "'", "\\") and following):
        return match[0]
    is_all = match.start() <= 1 and len(text) - match.end() <= 1
    if looks_opaque(token) or _is_basic(match[1], token) or (is_all and not _PROSE.fullmatch(token.strip("."))):
        return match[0][: match.start(2) - match.start()] + MASK
    return match[0]


def _is_basic(scheme: str, token: str) -> bool:
    """Tell whether a token is user and password as RFC 7617 packs them."""
    if scheme.lower() != "basic":
        return False
    try:
        return b":" in b64decode(token + "=" * (-len(token) % 4), validate=True)
    except ValueError:
        return False


def _match_hidden(match: re.Match[str]) -> str:
    group: int | str = "secret" if "secret" in match.re.groupindex and match["secret"] is not None else 0
    if not match[group].strip("*"):
        return match[0]
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    return match[0][:start] + MASK + match[0][end:]


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
    return _PSEUDONYM + sha256(plain.encode()).hexdigest()[: 32 - len(_PSEUDONYM)]
