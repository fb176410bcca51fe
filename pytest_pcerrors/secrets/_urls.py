"""Hide secrets in URLs, query strings and forms, and keep the order and the percent-encoding."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from pytest_pcerrors.secrets.definition import MASK, Hidden, masked
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.values import is_guid, is_opaque_word, is_placeholder

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.hiding import Hider

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


def url_hidden(url: str, hider: "Hider") -> str:
    """Hide the user and password of a URL, its secret parameters, tokens in its path, and tokens of known formats."""
    new = _USER.sub(_user, url)
    if new != url:
        hider.report("user", "secret")
    new = _PARAMETER.sub(lambda match: _parameter(match, hider), new)
    new = _ENCODED.sub(lambda match: _encoded_parameter(match, hider), new)
    end = min((at for at in map(new.find, "?#") if at >= 0), default=len(new))
    new = _SEGMENT.sub(lambda match: _segment(match, hider), new[:end]) + new[end:]
    return hider.edited(new, hider.secrets.without_tokens(new))


def form_hidden(form: str, hider: "Hider") -> str:
    """Hide the secret parameters of a form."""
    blank = form[: len(form) - len(form.lstrip())]
    parameters = f"&{form[len(blank) :]}"
    return blank + _PARAMETER.sub(lambda match: _parameter(match, hider, is_form=True), parameters)[1:]


def _parameter(match: re.Match[str], hider: "Hider", *, is_form: bool = False) -> str:
    name, value = unquote_plus(match[1][:-1]), match[2].rstrip()
    plain = (unquote_plus if is_form else unquote)(value, errors="surrogateescape")
    kind = hider.secrets.kind_of_parameter(name)
    certainty = hider.secrets.certainty(kind, plain)
    if certainty is None and plain != (literal := unquote(value)) and any(map(str.isdigit, literal)):
        certainty = hider.secrets.certainty(kind, literal)  # a plus sign that was not encoded, not a space
    new = Hidden(MASK, certainty) if certainty is not None else _hidden_in_value(plain, hider, is_form=is_form)
    if new.text == plain:
        return match[0]
    hider.report_parameter(name, new.certainty or "secret")
    written = new.text if plain == value or certainty is not None else _quoted(new.text, value, is_form=is_form)
    return match[1] + written + match[2][len(value) :]


def _hidden_in_value(text: str, hider: "Hider", *, is_form: bool, times: int = 1) -> Hidden:
    """Hide the secrets in a value, which may be encoded again."""
    new = hider.inner(text)
    plain = unquote(text, errors="surrogateescape")
    if new.text != text or plain == text or times == _MAX_ENCODED:
        return new
    again = _hidden_in_value(plain, hider, is_form=is_form, times=times + 1)
    return new if again.text == plain else again._replace(text=_quoted(again.text, text, is_form=is_form))


def _quoted(new: str, like: str, *, is_form: bool) -> str:
    """Percent-encode a value like another: characters that are plain there stay plain."""
    safe = "*" + "".join(sign for sign in _RESERVED if sign in like)
    encode = quote_plus if is_form and "%20" not in like else quote
    return encode(new, safe=safe, errors="surrogateescape")


def _encoded_parameter(match: re.Match[str], hider: "Hider") -> str:
    """Hide a parameter that is percent-encoded or in the path."""
    name = unquote(match[1])
    kind = hider.secrets.kind(name) if match[0].startswith("/") else hider.secrets.kind_of_parameter(name)
    certainty = hider.secrets.certainty(kind, unquote(match[2]))
    if certainty is None:
        return match[0]
    hider.report_parameter(name, certainty)
    return masked(match, 2)


def _segment(match: re.Match[str], hider: "Hider") -> str:
    """Hide a token named by the segment before it, as in ``/reset-password/x7Kq...``."""
    name, segment = match[1], match[2]
    is_word = not name.endswith("s") and _ID.search(name) is None
    is_named = is_word and hider.secrets.kind(name) in (Kind.STRONG, Kind.WEAK, Kind.AMBIGUOUS)
    if not is_named or is_guid(segment) or not is_opaque_word(segment):
        return match[0]
    hider.report_parameter(name, "suspected")
    return masked(match, 2)


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
