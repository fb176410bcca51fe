"""Names of secrets: the one list that masking and redaction go by."""

import re
from functools import lru_cache

_KEYS = (
    *("api", "subscription", "account", "access", "functions", "master", "private", "shared", "storage", "signing"),
    *("primary", "secondary", "license", "session"),
)
WORDS = (
    *("token", "secret", "password", "passwd", "passphrase", "passcode", "pwd", "bearer", "authorization", "cookie"),
    *("signature", "assertion", "credential", "connection string", "session id", "sess id", "authorization auxiliary"),
    *("device code", "code verifier", "authorization code", "token hint"),
    *("saml request", "saml response", "ms client principal"),
    *(f"{word} key" for word in _KEYS),
)
"""What a secret's name ends with; a space stands for nothing, a space, a hyphen, or an underscore."""

SHORT_WORDS = ("auth", "jwt", "otp", "pass", "sas", "sig")
"""What is a secret's name where no letter stands before it, or where camel case begins a word (Kansas is none)."""

WHOLE_NAMES = frozenset({"xsession"})
"""What is a secret's name where nothing stands before it, in lower case and without hyphens and underscores."""

PARAMETERS = frozenset({"code", "key"})
"""What is a secret's name in a form or a query string only."""

ENDING = (
    rf"(?:{'|'.join(word.replace(' ', '[-_ ]?') for word in WORDS)}"
    rf"|(?-i:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?:{'|'.join(SHORT_WORDS)}))"
)
"""The names as a regular expression, to be used without regard to letter case."""

MORE = (
    r"(?:s|[-_ ]?(?:hash|key|string|text|value|confirm(?:ation)?))?"
    r"(?:(?<!auth)[-_]?(?:sha)?\d{1,3})?"
)
"""What may follow: a plural, what the secret is given as, that it is given twice, a number (but OAuth2 is a protocol)."""

_SECRET = re.compile(rf"{ENDING}{MORE}\]?(?:\[\d*\])*\Z", re.IGNORECASE)
_PAGING = re.compile(r"(?:continuation|page|next|skip|sync|delta|cancell?ation)[-_ ]?tokens?\Z", re.IGNORECASE)
_ASKING = re.compile(r"(?:[Hh]as|HAS|[Ii]s|IS|[Rr]equires?|REQUIRES?)(?:[-_ ]|(?<=[a-z])(?=[A-Z]))")
_LONGEST = 100
_SEPARATORS = str.maketrans("", "", "-_ ")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Tell whether what goes by this name is a secret, in any letter case and spelling; tokens of paging are none, nor is a question.

    >>> [is_secret_name(name) for name in ("clientSecret", "Ocp-Apim-Subscription-Key", "MS-ContinuationToken", "hasToken")]
    [True, True, False, False]
    """
    whole = name.strip()
    ending = whole[-_LONGEST:]
    if _ASKING.match(whole) or _PAGING.search(ending):
        return False
    return bool(_SECRET.search(ending)) or squeezed(ending) in WHOLE_NAMES


def squeezed(name: str) -> str:
    """Return a name as names are compared: in lower case, without hyphens, underscores and spaces.

    >>> squeezed("Client-Secret") == squeezed("client_secret") == squeezed("client secret")
    True
    """
    return name.translate(_SEPARATORS).lower()
