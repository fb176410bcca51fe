"""Hide secrets in free text: pairs of name and value, header lines, markup and URLs; sentences are kept."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from pytest_pcerrors.secrets import _markup as markup
from pytest_pcerrors.secrets import _pairs as pairs
from pytest_pcerrors.secrets._formats import in_any_case, keys_hidden
from pytest_pcerrors.secrets.definition import MASK, masked
from pytest_pcerrors.secrets.names import NOUNS, Kind
from pytest_pcerrors.secrets.values import is_guid, look_of

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.hiding import Hider

_URL = re.compile(
    r"""(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]*+"""
    r"""(?:%3A%2F%2F[^\s"'<>\\&]++|:(?://[^\s"'<>\\]++|(?:\\+/){2}(?:[^\s"'<>\\]|\\+/)++))"""
    r"""|(?<=(?-i:[A-Z]) )/[^\s"'<>\\?]*+\?[^\s"'<>\\]++""",
    re.IGNORECASE,
)
"""A URL, or after the method of a request, a path with a query."""

_SIGNS_OF_URL = ("://", ":\\", "%3A", "%3a", " /")
_SLASH = re.compile(r"\\+/")
_ANNOUNCED = re.compile(
    rf"""(?P<noun>{in_any_case(NOUNS)}(?i:s(?!/))?)(?i:(?![a-z0-9])"""
    r"""(?:\ (?:is|was|of|value|id|named|called|with|string|provided|given|used|received|for)){0,2}\ ?[:=]?\ ?[\\"'`(\[<“\u2018«]{0,4}\ ?"""
    rf"""(?P<word>(?![a-z_-]{{1,60}}[_-](?:{"|".join(NOUNS)})s?[ :="'])[\w.~+/=-]{{16,4096}}|(?<=["'])[^\s"'<>]{{8,64}}(?=["'])))"""
)
"""A name of a secret in a sentence, and the word after it, but not another name; it may be quoted or in brackets. ``/tokens/...`` is the path of a resource."""

_OPTION = re.compile(
    r"""(?<= )(?:-u ?|--(?:proxy-)?user[ =])["']?[^\s"':/]++:(?!//|[a-z/-]+(?![^\s"']))(?P<value>[^\s"'\\]++)"""
)
"""The option of curl for a user and a password; not a URL, a group of users (``-u root:root``) or a branch."""

_NAMED_OPTION = re.compile(
    r"""(?<![\w-])(?:--(?P<name>[\w-]++)|-u ?\S{1,100}+ -p) ["']?(?P<value>[^\s"'\\-][^\s"'\\]*+)"""
)
"""An option and its value, or the short options for a user and a password."""

_WORD_BEFORE = re.compile(r"(?:\A|[^A-Za-z])([A-Za-z]{2,14}[ _-])\Z")
_LOOKBACK = 16

_SCALAR = r"""(?:"[^"\r\n]*+"|'[^'\r\n]*+'|[^\s#|>"'&!*\[{-]\S*+(?:[ \t]++[^\s#]\S*+)*+)"""
_NAME_AND_VALUE = re.compile(
    rf"""^[ \t]*+(?:-[ \t]++)?(?:name|key):[ \t]*+["']?(?P<name>[\w.-]++)["']?[ \t]*+\r?\n[ \t]*+value:[ \t]*+(?P<value>{_SCALAR})""",
    re.IGNORECASE | re.MULTILINE,
)
_LIST = re.compile(
    rf"""^(?P<head>[ \t]*+(?:-[ \t]++)?["']?(?P<name>[\w.-]++)["']?:[ \t]*+\r?\n)(?P<items>(?:[ \t]*+-[ \t]++{_SCALAR}[ \t]*+(?:\r?\n|\Z))++)""",
    re.MULTILINE,
)
_ITEM = re.compile(rf"^[ \t]*+-[ \t]++(?P<value>{_SCALAR})", re.MULTILINE)


def hidden(text: str, hider: "Hider") -> str:
    """Hide the secrets in free text."""
    text = hider.edited(text, keys_hidden(text, masked))
    if any(sign in text for sign in _SIGNS_OF_URL):
        text = _URL.sub(lambda match: _url(match[0], hider), text)
    text = markup.hidden(text, hider)
    if "\n" in text:
        text = _NAME_AND_VALUE.sub(lambda match: _value(match, match["name"], hider), text)
        text = _LIST.sub(lambda match: _items(match, hider), text)
    text = pairs.hidden(text, hider)
    if "-u" in text:
        text = _OPTION.sub(lambda match: _value(match, "password", hider), text)
    if " -" in text:
        text = _NAMED_OPTION.sub(lambda match: _option(match, hider), text)
    text = _ANNOUNCED.sub(lambda match: _announced(match, hider), text)
    return hider.edited(text, hider.secrets.without_tokens(text))


def _url(text: str, hider: "Hider") -> str:
    """Hide the secrets of a URL, which may be percent-encoded, or have its slashes escaped as in JSON."""
    is_plain, is_escaped = "://" in text or text.startswith("/"), "\\" in text
    plain = text if is_plain else _SLASH.sub("/", text) if is_escaped else unquote(text)
    new, certainty = hider.inner_url(plain)
    if new == plain:
        return text
    hider.report("", certainty or "secret")
    return new if is_plain else new.replace("/", "\\/") if is_escaped else quote(new, safe="*")


def _announced(match: re.Match[str], hider: "Hider") -> str:
    """Hide the opaque word after the name of a secret in a sentence: "refresh token x7Kq... has expired"."""
    before, word = match.string[max(match.start() - _LOOKBACK, 0) : match.start()], match["word"]
    if before[-1:].isalpha() or look_of(word) != "opaque":
        return match[0]
    first = _WORD_BEFORE.search(before)
    kind = hider.secrets.kind((first[1] if first else "") + match["noun"])
    if kind is None or (kind is not Kind.STRONG and is_guid(word)):
        return match[0]
    hider.report("", "suspected")
    return masked(match, "word")


def _value(match: re.Match[str], name: str | Kind, hider: "Hider") -> str:
    """Hide the value of a name that is not directly before it."""
    inside = match["value"].strip("\"'")
    certainty = hider.secrets.certainty(name, inside)
    if certainty is None:
        return match[0]
    hider.report("", certainty)
    return match[0][: match.start("value") - match.start()] + match["value"].replace(inside, MASK)


def _option(match: re.Match[str], hider: "Hider") -> str:
    """Hide the value of an option if it is opaque."""
    is_secret = match["name"] is None or hider.secrets.kind(match["name"]) in (Kind.STRONG, Kind.WEAK)
    return _value(match, Kind.WEAK, hider) if is_secret else match[0]


def _items(match: re.Match[str], hider: "Hider") -> str:
    """Hide the values of the items of a list in YAML."""
    return match["head"] + _ITEM.sub(lambda item: _value(item, match["name"], hider), match["items"])
