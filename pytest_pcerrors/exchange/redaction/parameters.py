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
_ENCODED = re.compile(
    r"(?:[/?&#;]|%(?:25)*+(?:3[Ff]|2[36]))([\w.\[\]-]++)(?:=|%(?:25)*+3[Dd])((?:[^&#%\s]++|%(?!(?:25)*+2[36]))++)",
    re.ASCII,
)
_AT = re.compile(r".*(?:@|%40)", re.DOTALL)
_RESERVED = "/:?@!$'(),;=+"


def is_url(text: str) -> bool:
    """Tell whether a text is a URL, or a path with parameters.

    >>> is_url("https://api.example/v1"), is_url("/v1?size=3"), is_url("/v1"), is_url("see https://api.example")
    (True, True, False, False)
    """
    return _URL.fullmatch(text) is not None and ("//" in text or "?" in text)


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
    parameters = _Parameters(secrets, inner, found, is_form=False)
    return secrets.wherever(_ENCODED.sub(parameters.encoded, parameters.hidden(without_user)))


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

    def encoded(self, match: re.Match[str]) -> str:
        """Hide a parameter whose signs are percent-encoded, or that stands in the path."""
        name, value = match[1], match[2]
        is_in_path = match[0].startswith("/")
        if value == MASK or not (
            self._secrets.is_named(name) if is_in_path else self._secrets.is_parameter(name, value)
        ):
            return match[0]
        self._found.append(f"parameter {self._secrets.wherever(name)}")
        return match[0][: match.start(2) - match.start()] + MASK

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
    at = _AT.match(match[2])
    if at is None:
        return match[0]
    sign = "@" if at[0].endswith("@") else "%40"
    return f"{match[1]}{MASK}{sign}{match[2][at.end() :]}" if at[0] != sign else match[0]
