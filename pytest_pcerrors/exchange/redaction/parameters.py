"""URLs, query strings and forms: their parameters hidden, percent-encoding and order kept."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from pytest_pcerrors.exchange.redaction.secrets import MASK

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.exchange.redaction.secrets import Secrets

_URL = re.compile(r"\s*+(?:[A-Za-z][A-Za-z0-9+.\-]*+://|/)[^\s\"'<>]*+\s*+")
_FORM = re.compile(r"\s*+[^\s=&<>{}\"'\[:/?,;#]++=[^&\r\n<>{}]*+(?:&[^\s=&<>{}\"]*+(?:=[^&\r\n<>{}]*+)?)*+\s*+")
_USER = re.compile(r"(\A\s*+(?:[A-Za-z][A-Za-z0-9+.\-]*+:)?//)([^/?#]*+)")
_PARAMETER = re.compile(r"((?<=[?&#;])[^=&?#;\s]++=)([^&#]*+)")
_RESERVED = "/:?@!$'(),;=+"


def is_url(text: str) -> bool:
    """Tell whether a text is a URL, or a path with parameters.

    >>> is_url("https://api.example/v1"), is_url("/v1?size=3"), is_url("/v1"), is_url("see https://api.example")
    (True, True, False, False)
    """
    return _URL.fullmatch(text) is not None and ("://" in text or "?" in text)


def is_form(text: str) -> bool:
    """Tell whether a text is a form as browsers send it.

    >>> is_form("grant_type=password&username=a"), is_form("https://api.example/?a=b")
    (True, False)
    """
    return _FORM.fullmatch(text) is not None


def url_hidden(url: str, secrets: "Secrets", inner: "Callable[[str], str]", found: list[str]) -> str:
    """Hide user and password of a URL, its secret parameters, and what is a secret wherever it stands."""
    without_user = _USER.sub(_user, url)
    if without_user != url:
        found.append("user")
    return secrets.wherever(_Parameters(secrets, inner, found, is_form=False).hidden(without_user))


def form_hidden(form: str, secrets: "Secrets", inner: "Callable[[str], str]", found: list[str]) -> str:
    """Hide the secret parameters of a form."""
    blank = form[: len(form) - len(form.lstrip())]
    return blank + _Parameters(secrets, inner, found, is_form=True).hidden(f"&{form[len(blank) :]}")[1:]


class _Parameters:
    """Hides parameters; `found` gathers the names of those that were hidden."""

    def __init__(self, secrets: "Secrets", inner: "Callable[[str], str]", found: list[str], *, is_form: bool) -> None:
        self._secrets = secrets
        self._inner = inner
        self._found = found
        self._unquote = unquote_plus if is_form else unquote
        self._quote = quote_plus if is_form else quote

    def hidden(self, text: str) -> str:
        return _PARAMETER.sub(self._one, text)

    def _one(self, match: re.Match[str]) -> str:
        name, value = unquote_plus(match[1][:-1]), match[2]
        end = len(value.rstrip())
        new = self._value(name, value[:end]) + value[end:]
        if new == value:
            return match[0]
        self._found.append(f"parameter {self._secrets.wherever(name)}")
        return match[1] + new

    def _value(self, name: str, value: str) -> str:
        if not value:
            return value
        if self._secrets.is_parameter(name, value):
            return MASK
        plain = self._unquote(value, errors="surrogateescape")
        new = self._inner(plain)
        if new == plain:
            return value
        return new if plain == value else self._quoted(new, value)

    def _quoted(self, new: str, like: str) -> str:
        """Encode a value as another is: what stands there as it is stays so."""
        safe = "*" + "".join(sign for sign in _RESERVED if sign in like)
        return self._quote(new, safe=safe, errors="surrogateescape")


def _user(match: re.Match[str]) -> str:
    user, at, host = match[2].rpartition("@")
    return f"{match[1]}{MASK}@{host}" if at and user else match[0]
