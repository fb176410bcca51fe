"""Hide credentials and cookies in header values, and keep their structure."""

import re

from pytest_pcerrors.secrets.definition import MASK
from pytest_pcerrors.secrets.names import COOKIES, SCHEMES, squeezed
from pytest_pcerrors.secrets.values import is_opaque, is_opaque_word, is_placeholder
from pytest_pcerrors.text import late_pattern

_SCHEME = late_pattern(rf"(\s*(?:{'|'.join(SCHEMES)}))(?:(\s+)(\S.*))?", re.IGNORECASE | re.DOTALL)
_PAIR = late_pattern(r"""([^;=]*+=\s*+)("[^"]*+"[^;]*+|[^;]*+)|[^;=]++""")
_COOKIE = late_pattern(r"(?<![^\s;,])[^\s;,=]++=[^\s;=]")
_SCHEME_AND_TOKEN = 2
_FOLD = late_pattern(r",(?=\s*+[^;,=\s]++=)")
_ATTRIBUTES = frozenset(
    ("expires", "max-age", "domain", "path", "secure", "httponly", "samesite", "partitioned", "priority", "version")
)
_PLACED = frozenset(("domain", "path"))
_PART = late_pattern(r"[^/.]{16,}")


def credentials_hidden(name: str, value: str) -> str:
    """Hide the secrets in the value of a credentials or cookie header; keep placeholders, schemes and names.

    >>> credentials_hidden("Authorization", "Bearer abc"), credentials_hidden("Set-Cookie", "sid=abc; Path=/; HttpOnly")
    ('Bearer ***', 'sid=***; Path=/; HttpOnly')
    """
    flat = squeezed(name.strip())
    if is_placeholder(value) and not (flat in COOKIES and _COOKIE.search(value)):
        return value
    if flat not in COOKIES:
        return _credentials(value)
    return _set_cookies(value) if flat.startswith("set") else _cookies(value)


def holds_credentials(value: str) -> bool:
    """Return whether a text is credentials or cookies, not a sentence about them.

    >>> holds_credentials("Bearer abc"), holds_credentials("sid=abc"), holds_credentials("Access denied")
    (True, True, False)
    """
    words = value.split()
    if len(words) == _SCHEME_AND_TOKEN and _SCHEME.fullmatch(value) and not is_placeholder(words[1]):
        return True
    return _COOKIE.search(value) is not None or is_opaque(value)


def _credentials(value: str) -> str:
    match = _SCHEME.fullmatch(value)
    if match is None:
        return MASK
    if not match[3] or is_placeholder(match[3]):
        return value
    return f"{match[1]}{match[2]}{MASK}"


def _cookies(value: str) -> str:
    return _PAIR.sub(_cookie, value)


def _cookie(pair: re.Match[str]) -> str:
    if pair[1] is None:
        return pair[0] if is_placeholder(pair[0]) else MASK
    return pair[0] if is_placeholder(pair[2]) else pair[1] + MASK


def _set_cookies(value: str) -> str:
    return ",".join(map(_set_cookie, _FOLD.split(value)))


def _set_cookie(value: str) -> str:
    first, *rest = value.split(";")
    return ";".join([_cookies(first), *map(_attribute, rest)])


def _attribute(text: str) -> str:
    """Hide another cookie, and opaque parts in the path or domain of a cookie: they can be a secret address."""
    name, sign, value = text.partition("=")
    flat = name.strip().lower()
    if flat not in _PLACED:
        return text if flat in _ATTRIBUTES else _cookies(text)
    return name + sign + _PART.sub(lambda part: MASK if is_opaque_word(part[0]) else part[0], value)
