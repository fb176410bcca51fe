"""Hide secrets in URLs, query strings and forms, and keep the order and the percent-encoding."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from pytest_pcerrors.secrets.definition import MASK
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.values import is_guid, is_opaque_word, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.secrets.definition import Certainty, Hidden, Report, Secrets

_URL = re.compile(r"\s*+(?:[A-Za-z][A-Za-z0-9+.\-]*+://|[/?])[^\s\"'<>]*+\s*+")
_FORM = re.compile(r"\s*+[^\s=&<>{}\"'\[:/?,;#]++=[^&\r\n]*+(?:&[^\s=&<>{}\"]*+(?:=[^&\r\n]*+)?)*+\s*+")
_USER = re.compile(r"(\A\s*+(?:[A-Za-z][A-Za-z0-9+.\-]*+:)?//)([^/?#]*+)")
_PARAMETER = re.compile(r"((?<=[?&#;])[^=&?#;\s]++=)([^&#]*+)")
_ENCODED = re.compile(
    r"(?:/:?|[?&#;]|%(?:25)*+(?:3[Ff]|2[36]))((?:[\w.\[\]-]|%(?:25)*+(?:[4-7][0-9A-Fa-f]|2[DdEe]))++)(?:=|%(?:25)*+3[Dd])((?:[^&#%\s]++|%(?!(?:25)*+2[36]))++)",
    re.ASCII,
)
_AT = re.compile(r".*(?:@|%40)", re.DOTALL)
_SEGMENT = re.compile(r"/([\w.-]+)/([\w.~=-]{16,})(?=/|\Z)")
_ID = re.compile(r"[A-Za-z]\d[a-z]")
"""What is in a short identifier, and not in a name of a secret, such as ``/comments/bb0jwt/``."""
_MAX_ENCODED = 3
_RESERVED = "/:?@!$'(),;=+"


def is_url(text: str) -> bool:
    """Return whether a text is a URL, or a path with parameters.

    >>> is_url("https://api.example/v1"), is_url("/v1?size=3"), is_url("/v1"), is_url("see https://api.example")
    (True, True, False, False)
    """
    return _URL.fullmatch(text) is not None and ("//" in text or "?" in text)


def is_form(text: str) -> bool:
    """Return whether a text is a URL-encoded form.

    >>> is_form("grant_type=password&username=a"), is_form("https://api.example/?a=b")
    (True, False)
    """
    return _FORM.fullmatch(text) is not None


def url_hidden(url: str, secrets: "Secrets", inner: "Callable[[str], Hidden]", report: "Report") -> str:
    """Hide the user and password of a URL, its secret parameters, tokens in its path, and tokens of known formats."""
    without_user = _USER.sub(_user, url)
    if without_user != url:
        report("user", "secret")
    parameters = _Parameters(secrets, inner, report, is_form=False)
    plain = parameters.segments(_ENCODED.sub(parameters.encoded, parameters.hidden(without_user)))
    new = secrets.without_tokens(plain)
    if new != plain:
        report("", "secret")
    return new


def form_hidden(form: str, secrets: "Secrets", inner: "Callable[[str], Hidden]", report: "Report") -> str:
    """Hide the secret parameters of a form."""
    blank = form[: len(form) - len(form.lstrip())]
    return blank + _Parameters(secrets, inner, report, is_form=True).hidden(f"&{form[len(blank) :]}")[1:]


class _Parameters:
    """Hide parameters, and report the name of each hidden one."""

    def __init__(
        self, secrets: "Secrets", inner: "Callable[[str], Hidden]", report: "Report", *, is_form: bool
    ) -> None:
        self._secrets = secrets
        self._inner = inner
        self._report = report
        self._unquote = unquote_plus if is_form else unquote
        self._quote = quote_plus if is_form else quote

    def hidden(self, text: str) -> str:
        return _PARAMETER.sub(self._one, text)

    def segments(self, url: str) -> str:
        """Hide tokens in the path, each after a segment that names it."""
        end = min((at for at in map(url.find, "?#") if at >= 0), default=len(url))
        return _SEGMENT.sub(self._segment, url[:end]) + url[end:]

    def encoded(self, match: re.Match[str]) -> str:
        """Hide a parameter that is percent-encoded or in the path."""
        name, value = unquote(match[1]), match[2]
        is_in_path = match[0].startswith("/")
        kind = self._secrets.kind(name) if is_in_path else self._secrets.kind_of_parameter(name)
        certainty = self._secrets.certainty(kind, unquote(value))
        if certainty is None:
            return match[0]
        self._found(name, certainty)
        return match[0][: match.start(2) - match.start()] + MASK

    def _segment(self, match: re.Match[str]) -> str:
        """Hide a token named by the segment before it, as in ``/reset-password/x7Kq...``."""
        name, segment = match[1], match[2]
        is_word = not name.endswith("s") and _ID.search(name) is None
        is_named = is_word and self._secrets.kind(name) in (Kind.STRONG, Kind.WEAK)
        if not is_named or is_guid(segment) or not is_opaque_word(segment):
            return match[0]
        self._found(match[1], "suspected")
        return f"/{match[1]}/{MASK}"

    def _one(self, match: re.Match[str]) -> str:
        name, value = unquote_plus(match[1][:-1]), match[2]
        end = len(value.rstrip())
        new, certainty = self._value(name, value[:end])
        if new == value[:end]:
            return match[0]
        self._found(name, certainty or "secret")
        return match[1] + new + value[end:]

    def _found(self, name: str, certainty: "Certainty") -> None:
        self._report(f"parameter {self._secrets.without_tokens(name)}", certainty)

    def _value(self, name: str, value: str) -> "tuple[str, Certainty | None]":
        plain = self._unquote(value, errors="surrogateescape")
        certainty = self._secrets.certainty(self._secrets.kind_of_parameter(name), plain)
        if certainty is not None:
            return MASK, certainty
        new = self._decoded(plain)
        if new.text == plain:
            return value, None
        return (new.text if plain == value else self._quoted(new.text, value)), new.certainty

    def _decoded(self, text: str, times: int = 1) -> "Hidden":
        """Hide the secrets in a value, which may be encoded again."""
        new = self._inner(text)
        plain = unquote(text, errors="surrogateescape")
        if new.text != text or plain == text or times == _MAX_ENCODED:
            return new
        again = self._decoded(plain, times + 1)
        return new if again.text == plain else again._replace(text=self._quoted(again.text, text))

    def _quoted(self, new: str, like: str) -> str:
        """Percent-encode a value like another: characters that are plain there stay plain."""
        safe = "*" + "".join(sign for sign in _RESERVED if sign in like)
        encode = quote if "%20" in like else self._quote
        return encode(new, safe=safe, errors="surrogateescape")


def _user(match: re.Match[str]) -> str:
    """Hide the user and password; a user without a password only if it is opaque."""
    at = _AT.match(match[2])
    if at is None:
        return match[0]
    sign = "@" if at[0].endswith("@") else "%40"
    user, colon, password = unquote(at[0].removesuffix(sign)).rpartition(":")
    if not colon:
        user, password = password, password if "@" in password else ""
    if is_placeholder(password) and not is_opaque_word(user):
        return match[0]
    return f"{match[1]}{MASK}{sign}{match[2][at.end() :]}"
