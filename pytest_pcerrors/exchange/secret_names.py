"""Names of secrets: the one list that masking and redaction go by."""

import re
from functools import lru_cache

_KEYS = ("api", "subscription", "account", "access", "functions", "master", "private", "shared", "storage", "signing")
WORDS = (
    *("token", "secret", "password", "passwd", "passphrase", "passcode", "pwd", "bearer", "authorization", "cookie"),
    *("signature", "assertion", "credential", "connection string", "session id", "sess id", "authorization auxiliary"),
    *("device code", "code verifier", "authorization code", "token hint"),
    *(f"{word} key" for word in _KEYS),
)
"""What a secret's name ends with; a space stands for nothing, a space, a hyphen, or an underscore."""

SHORT_WORDS = ("auth", "pass", "sas", "sig")
"""What is a secret's name where no letter stands before it, or where camel case begins a word (Kansas is none)."""

PARAMETERS = frozenset({"code", "key"})
"""What is a secret's name in a form or a query string only."""

ENDING = (
    rf"(?:{'|'.join(word.replace(' ', '[-_ ]?') for word in WORDS)}"
    rf"|(?-i:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?:{'|'.join(SHORT_WORDS)}))"
)
"""The names as a regular expression, to be used without regard to letter case."""

MORE = r"(?:s|[-_ ]?(?:hash|key|string|text|value))?"
"""What may follow: a plural, or what the secret is given as."""

_SECRET = re.compile(rf"{ENDING}{MORE}\]?\Z", re.IGNORECASE)
_PAGING = re.compile(r"(?:continuation|page|next|skip|sync|delta|cancell?ation)[-_ ]?tokens?\Z", re.IGNORECASE)
_LONGEST = 100
_SEPARATORS = str.maketrans("", "", "-_")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Tell whether what goes by this name is a secret, in any letter case and spelling; tokens of paging are none.

    >>> [is_secret_name(name) for name in ("clientSecret", "Ocp-Apim-Subscription-Key", "MS-ContinuationToken", "code")]
    [True, True, False, False]
    """
    ending = name.strip()[-_LONGEST:]
    return bool(_SECRET.search(ending)) and not _PAGING.search(ending)


def squeezed(name: str) -> str:
    """Return a name as names are compared: in lower case, without hyphens and underscores.

    >>> squeezed("Client-Secret") == squeezed("client_secret") == squeezed("clientSecret")
    True
    """
    return name.translate(_SEPARATORS).lower()
