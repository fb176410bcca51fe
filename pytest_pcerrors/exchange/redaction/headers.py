"""Header values, and what goes by the name of a header elsewhere: hidden, with their shape kept."""

import re
from typing import TYPE_CHECKING

from pytest_pcerrors.exchange.redaction.secrets import MASK, is_prose, looks_opaque
from pytest_pcerrors.exchange.secret_names import squeezed

if TYPE_CHECKING:
    from collections.abc import Callable

_SCHEMES = (
    r"(?:Bearer|Basic|Digest|Negotiate|NTLM|Kerberos|OAuth|Hawk|Token|ApiKey|SharedKey|SharedKeyLite"
    r"|SharedAccessSignature|AWS4-HMAC-SHA256)"
)
_SCHEME = re.compile(rf"(\s*{_SCHEMES})(?:(\s+)\S.*)?", re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(r"""([^;=]*+=\s*+)("[^"]*+"[^;]*+|[^;]*+)|[^;=]++""")
_COOKIE = re.compile(r"(?<![^\s;,])[^\s;,=]++=[^\s;=]")
_SCHEME_AND_TOKEN = 2
_FOLD = re.compile(r",(?=\s*+[^;,=\s]++=)")
_ATTRIBUTES = frozenset(
    ("expires", "max-age", "domain", "path", "secure", "httponly", "samesite", "partitioned", "priority", "version")
)


def hidden(name: str, value: str) -> str:
    """Return what is to stand for the secret value of this name; credentials and cookies keep their shape.

    >>> hidden("Authorization", "Bearer abc"), hidden("Set-Cookie", "sid=abc; Path=/; HttpOnly"), hidden("password", "abc")
    ('Bearer ***', 'sid=***; Path=/; HttpOnly', '***')
    """
    if not value.strip():
        return value
    return _SHAPES.get(squeezed(name.strip()), _whole)(value)


def is_line_of_its_own(name: str) -> bool:
    """Tell whether a header of this name holds a secret whatever its value looks like."""
    return squeezed(name) in _SHAPES


def holds_secret(value: str) -> bool:
    """Tell credentials and cookies from a sentence about them.

    >>> holds_secret("Bearer abc"), holds_secret("sid=abc"), holds_secret("Access denied")
    (True, True, False)
    """
    words = value.split()
    if len(words) == _SCHEME_AND_TOKEN and _SCHEME.fullmatch(value) and not is_prose(words[1]):
        return True
    return _COOKIE.search(value) is not None or any(map(looks_opaque, words))


def _whole(value: str) -> str:  # noqa: ARG001 - the signature of a shape
    return MASK


def _credentials(value: str) -> str:
    match = _SCHEME.fullmatch(value)
    if match is None:
        return MASK
    return f"{match[1]}{match[2]}{MASK}" if match[2] else value


def _cookies(value: str) -> str:
    return _PAIR.sub(_cookie, value)


def _cookie(pair: re.Match[str]) -> str:
    if pair[1] is None:
        return MASK if pair[0].strip() else pair[0]
    return pair[1] + MASK if pair[2].strip() else pair[0]


def _set_cookies(value: str) -> str:
    parts = []
    for each in _FOLD.split(value):
        first, *attributes = each.split(";")
        parts.append(";".join([_cookies(first), *(a if _is_attribute(a) else _cookies(a) for a in attributes)]))
    return ",".join(parts)


def _is_attribute(text: str) -> bool:
    return text.partition("=")[0].strip().lower() in _ATTRIBUTES


_SHAPES: "dict[str, Callable[[str], str]]" = {
    "authorization": _credentials,
    "proxyauthorization": _credentials,
    "xmsauthorizationauxiliary": _credentials,
    "cookie": _cookies,
    "cookie2": _cookies,
    "cookies": _cookies,
    "setcookie": _set_cookies,
    "setcookie2": _set_cookies,
}
