"""Classify the names of headers, members, parameters, elements and words: which are names of secrets, and of which kind."""

import re
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick


class Kind(Enum):
    """What a name implies about its value; `Secrets.certainty` decides by the name and the value."""

    OWN = "named by the project: any value is a secret"
    CREDENTIALS = "a header of credentials or cookies, whose value has parts"
    STRONG = "a password, key, or token of a known purpose: an opaque value is a secret, another value may be one"
    WEAK = "may be a secret: an opaque value is one, another value is not"
    AMBIGUOUS = "an opaque value may be a secret"
    PUBLIC = "the value is public, even if it is opaque"

    def __repr__(self) -> str:
        return str(self)


SCHEMES_IN_TEXT = ("Bearer", "Basic", "Negotiate", "NTLM", "SharedKeyLite", "SharedKey")
"""Authentication schemes whose credentials are also found in the middle of a text."""

SCHEMES = (
    *SCHEMES_IN_TEXT,
    *("Digest", "Kerberos", "OAuth", "Hawk", "Token", "ApiKey", "SSWS", "PoP", "DPoP", "MAC", "Splunk", "GoogleLogin"),
    *("Signature", "vapid", "GenieKey", "SharedAccessSignature", "AWS4-HMAC-SHA256"),
)
"""Authentication schemes: IANA's registry (RFC 9110, section 16.4), and those of vendors."""

_KEYS = (
    "api app application subscription account access auth functions function master private shared storage signing signature"
    " primary secondary license session secret client consumer encryption decryption developer host service admin webhook server"
    " sas hmac unseal"
).split()
_TOKENS = (
    "access refresh id auth authentication authorization bearer session security api csrf xsrf app user bot device"
    " subject actor private service vault job deploy registration invite invitation password sso saml jwt web identity flow login"
    " admin master secret sas push verification"
).split()
_STRONG = (
    *("password", "passwd", "passphrase", "passcode", "pass word", "pwd", "secret", "secret text", "connection string"),
    *("client assertion", "code verifier", "oauth verifier", "device code", "auth code", "authorization code"),
    *("recovery code", "backup code", "one time code", "saml request", "saml response", "saml art"),
    *("ms client principal", "shared access signature", "csrf middleware token"),
    *(f"{word} key" for word in _KEYS),
    *(f"{word} token" for word in _TOKENS),
)
_STRONG_WORDS = ("jwt", "otp", "totp", "pass", "pw", "sas")
_STRONG_NAMES = ("token hint", "id token hint")
_WEAK = ("token", "bearer", "csrf", "xsrf", "authorization", "cookie", "credential", "assertion", "access key id")
_WEAK_WORDS = ("auth", "ticket", "pin")
_WEAK_NAMES = ("sft", "sctx", "canary", "api canary")
"""Names of hidden fields on Microsoft's sign-in pages."""

_AMBIGUOUS = ("signature", "session id", "sess id", "client token", "verification code")
_AMBIGUOUS_WORDS = ("session", "sig")
_AMBIGUOUS_NAMES = ("ssid",)  # a session of SOAP services, or the name of a wireless network
_HEADER_WORDS = dict.fromkeys(("key", "principal", "sign"), Kind.WEAK)
_HEADERS = (
    *("authentication-info", "proxy-authentication-info", "x-amzn-oidc-data", "x-amzn-oidc-identity"),
    *("x-honeycomb-team", "x-goog-iap", "x-jfrog-art-api"),
)
"""Credentials headers whose names do not show it (RFC 7615; load balancers of Amazon and Google; Honeycomb; Artifactory)."""

_PUBLIC = late_pattern(
    r"(?:content-security-policy|public-key-pins)(?:-report-only)?|permissions-policy|report-to|nel|(?:x-)?ratelimit-.*|azureml-.*",
    re.IGNORECASE,
)
"""Headers that contain only names, numbers, and public addresses."""

_SIGNATURE = late_pattern(r"signature(?:[-_]?(?:sha)?\d{1,3})?\Z", re.IGNORECASE)
_KEY_HEADERS = late_pattern(
    r"(?:idempoten\w*|cache|surrogate|partition|routing|public|websocket|sort|row|object|hash|storage-?class|accept)[-_]?key\Z",
    re.IGNORECASE,
)
"""Headers that end with "key" without a secret: ``Sec-WebSocket-Key`` (RFC 6455), ``Idempotency-Key``, keys of caches."""

COOKIES = frozenset("cookie cookie2 cookies setcookie setcookie2".split())
_CREDENTIALS = COOKIES.union("authorization proxyauthorization xmsauthorizationauxiliary".split())
NOUNS = "token key secret password passcode credential signature session cookie pin code verifier".split()
"""The words after which a secret may follow without a sign, as in a sentence."""


PARAMETERS = {"code": Kind.WEAK, "key": Kind.WEAK} | dict.fromkeys(
    ("k", "appid", "hmac", "sign", "userkey"), Kind.AMBIGUOUS
)
"""Names of secrets only in the parameters of a URL or a form."""

WORDS = (*_STRONG, *_STRONG_NAMES, *_WEAK, *_WEAK_NAMES, *_AMBIGUOUS)
SHORT_WORDS = (*_STRONG_WORDS, *_WEAK_WORDS, *_AMBIGUOUS_WORDS, *_AMBIGUOUS_NAMES)
"""The words in names of secrets, in lower case; a space matches an optional separator. Short words often occur in others."""

HEADER_WORDS = (*_HEADERS, *(f"{sign}{word}" for word in _HEADER_WORDS for sign in "-_"))
"""The words in names of other headers with secrets, in lower case."""

FILLERS = (
    *("hash", "digest", "key", "string", "text", "value", "plain", "plain text", "base64", "b64", "base"),
    *("pem", "header", "confirm", "confirmation"),
)
"""The words that may follow: the format of the secret, or its confirmation."""

_CAMEL = r"(?-i:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
"""The beginning of a word: no letter before it, or camel case, so that "sas" does not match in "Kansas"."""

_OTHER_TOKENS = late_pattern(
    r"(?:(?:continuation|continue|page|paging|pagination|next|prev(?:ious)?|skip|sync|delta|cancell?ation|cursor|marker|scroll"
    r"|resume|idempoten\w+|client[-_ ]?request|public[-_ ]?key)[-_ \[]?tokens?|thought[-_ ]?signatures?|sass|requests\.sessions)\Z",
    re.IGNORECASE,
)
"""Tokens of paging, of repeated requests, and of .NET assemblies; signatures of the thoughts of language models; a style sheet; a module of requests."""

_QUESTION = late_pattern(
    r"(?:[Xx][-_])?(?:[Hh]as|HAS|[Ii]s|IS|[Rr]equires?|REQUIRES?|[Ff]orce|FORCE|[Aa]llow|ALLOW|[Ee]nable|ENABLE|[Uu]se|USE|[Nn]eeds?|NEEDS?)"
    r"(?:[-_ ]|(?<=[a-z])(?=[A-Z]))"
)
"""The beginning of the name of a boolean."""

NAMES = frozenset(
    "name key k id field parameter param argument attribute header variable path pointer loc property member".split()
)
"""The last words of member names whose value is the name of another value: ``name``, ``propertyName``."""

KEY_NAMES = frozenset(("keyname", "kty"))
"""Names of members beside a key: of storage accounts, and of JSON Web Keys (RFC 7517)."""

_PARTS = late_pattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MAX_LENGTH = 100
_SEPARATORS = str.maketrans("", "", "-_ .")
_INDEX = late_pattern(r"\]?(?:\[\d*\])*\Z")


def _ending(words: "tuple[str, ...]", short: "tuple[str, ...]" = (), whole: "tuple[str, ...]" = ()) -> re.Pattern[str]:
    """Return the pattern of the end of a name: any of `words`, `short` at the beginning of a word, `whole` only as the whole name."""
    parts = [f"(?:{_any(words)}){ENDING}"]
    parts += [f"{_CAMEL}(?:{'|'.join(short)}){ENDING}"] if short else []
    parts += [rf"(?:\A|\[)\W*(?:{_any(whole)})"] if whole else []
    return late_pattern(rf"(?:{'|'.join(parts)})\Z", re.IGNORECASE)


def _any(words: "tuple[str, ...]") -> str:
    return "|".join(word.replace(" ", "[-_ .]?") for word in words)


ENDING = rf"(?:s|[-_ ]?(?:{_any(FILLERS)}))?(?:(?<!auth)[-_ ]?(?:sha)?\d{{1,3}})?"
"""The optional end of a name after its words: a plural, a filler and a number (but not OAuth2, a protocol)."""

_ENDINGS = (
    (Kind.STRONG, _ending(_STRONG, _STRONG_WORDS, _STRONG_NAMES)),
    (Kind.AMBIGUOUS, _ending(_AMBIGUOUS, _AMBIGUOUS_WORDS, _AMBIGUOUS_NAMES)),
    (Kind.WEAK, _ending(_WEAK, _WEAK_WORDS, _WEAK_NAMES)),
)


@lru_cache(maxsize=32768)
def kind_of(name: str) -> Kind | None:
    """Return the kind of a name in any case and spelling; None if it is not the name of a secret.

    Paging tokens and similar ones, and booleans (``hasToken``) are not secrets.

    >>> [kind_of(name) for name in ("clientSecret", "syntaxToken", "MS-ContinuationToken", "hasToken")]
    [Kind.STRONG, Kind.WEAK, None, None]
    """
    whole = name.strip("_ \t\r\n")
    whole = _INDEX.sub("", whole) if whole.endswith("]") else whole
    end = whole[-_MAX_LENGTH:]
    if squeezed(end) in _CREDENTIALS:
        return Kind.CREDENTIALS
    if not _may_be(end) or _OTHER_TOKENS.search(end) or _QUESTION.match(whole):
        return None
    return next((kind for kind, pattern in _ENDINGS if pattern.search(end)), None)


def _may_be(name: str) -> bool:
    """Return, with a fast check, whether a name may contain a word of a secret; non-ASCII letters may equal ASCII in another case."""
    flat = squeezed(name)
    return not flat.isascii() or bool(_words().find_matches_as_indexes(flat))


@cache
def _words() -> "AhoCorasick":
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick([word.replace(" ", "") for word in (*SHORT_WORDS, *WORDS)])


@lru_cache(maxsize=4096)
def kind_of_header(name: str) -> Kind | None:
    """Return the kind of a header name; some words are names of secrets only in headers.

    >>> kind_of_header("Fastly-Key"), kind_of_header("Sec-WebSocket-Key")
    (Kind.WEAK, None)
    """
    name = name.strip()
    if _PUBLIC.fullmatch(name):
        return Kind.PUBLIC
    kind = kind_of(name)
    if kind is not None:
        return Kind.WEAK if _SIGNATURE.search(name) else kind
    if name.lower() in _HEADERS:
        return Kind.WEAK
    last = re.split("[-_]", name.lower())[-1]
    return None if _KEY_HEADERS.search(name) else _HEADER_WORDS.get(last)


def kind_of_parameter(name: str, kind: Kind | None) -> Kind | None:
    """Return the kind of a parameter name in a URL or a form, where a token or a signature belongs to the request.

    >>> kind_of_parameter("sig", kind_of("sig")), kind_of_parameter("token", kind_of("token")), kind_of_parameter("code", None)
    (Kind.STRONG, Kind.STRONG, Kind.WEAK)
    """
    if kind in (Kind.WEAK, Kind.AMBIGUOUS) and squeezed(name) in ("token", "sig"):
        return Kind.STRONG
    if kind is Kind.AMBIGUOUS:
        return Kind.WEAK
    return kind or PARAMETERS.get(squeezed(name))


def squeezed(name: str) -> str:
    """Return a name normalized for comparison: in lower case, without hyphens, underscores, dots and spaces.

    >>> squeezed("Client-Secret") == squeezed("client_secret") == squeezed("client secret")
    True
    """
    return name.translate(_SEPARATORS).lower()


def gives_name(member: str) -> bool:
    """Return whether the value of a member is the name of the value next to it, as for ``name`` and ``propertyName``.

    >>> gives_name("propertyName"), gives_name("size")
    (True, False)
    """
    return last_word(member) in NAMES


@lru_cache(maxsize=2048)
def last_word(name: str) -> str:
    """Return the last word of a name, also one in camel case, in lower case."""
    words = _PARTS.findall(name)
    return words[-1].lower() if words else ""
