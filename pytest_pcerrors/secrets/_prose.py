"""Hide secrets in free text: pairs of name and value, header lines, markup and URLs; sentences are kept."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from pytest_pcerrors.secrets import _markup as markup
from pytest_pcerrors.secrets import _pairs as pairs
from pytest_pcerrors.secrets._formats import keys_hidden
from pytest_pcerrors.secrets.definition import MASK
from pytest_pcerrors.secrets.names import Kind
from pytest_pcerrors.secrets.values import is_guid, is_opaque_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.secrets.definition import Certainty, Hidden, Report, Secrets

_URL = re.compile(
    r"""(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]*+"""
    r"""(?:%3A%2F%2F[^\s"'<>\\&]++|:(?://[^\s"'<>\\]++|(?:\\+/){2}(?:[^\s"'<>\\]|\\+/)++))""",
    re.IGNORECASE,
)
_SIGNS_OF_URL = ("://", ":\\", "%3A", "%3a")
_SLASH = re.compile(r"\\+/")
_CUT_URL = re.compile(r"""(:(?:\\*/){2})[^/?#\s"'<>\\]*\Z""")
_ANNOUNCED = re.compile(
    r"""(?P<noun>tokens?|keys?|secret|pass(?:words?|code)|credentials?|signature|session|cookie|pin|code|verifier)(?![a-z0-9])"""
    r"""(?:\ (?:is|was|of|value|id|named|called|with|string|provided|given|used|received|for)){0,2}\ ?[:=]?\ ?[\\"'`(\[<“\u2018«]{0,4}\ ?"""
    r"""(?P<word>[\w.~+/=-]{16,4096})""",
    re.IGNORECASE,
)
"""A name of a secret in a sentence, and the word after it, which may be quoted or in brackets."""

_WORD_BEFORE = re.compile(r"(?:\A|[^A-Za-z])([A-Za-z]{2,14}[ _-])\Z")
_LOOKBACK = 16

_SCALAR = r"""(?:"[^"\r\n]*+"|'[^'\r\n]*+'|[^\s#|>"'&!*\[{-]\S*+(?:[ \t]++[^\s#]\S*+)*+)"""
_NAME_AND_VALUE = re.compile(
    rf"""^([ \t]*+(?:-[ \t]++)?(?:name|key):[ \t]*+["']?([\w.-]++)["']?[ \t]*+\r?\n[ \t]*+value:[ \t]*+)({_SCALAR})""",
    re.IGNORECASE | re.MULTILINE,
)
_LIST = re.compile(
    rf"""^[ \t]*+(?:-[ \t]++)?["']?([\w.-]++)["']?:[ \t]*+\r?\n((?:[ \t]*+-[ \t]++{_SCALAR}[ \t]*+(?:\r?\n|\Z))++)""",
    re.MULTILINE,
)
_ITEM = re.compile(rf"^([ \t]*+-[ \t]++)({_SCALAR})", re.MULTILINE)


def hidden(
    text: str, secrets: "Secrets", url: "Callable[[str], Hidden]", report: "Report", *, is_cut: bool = False
) -> str:
    """Hide the secrets in free text; `url` hides those of a URL in it. `is_cut` if the text may end inside a secret."""

    def edited(new: str, old: str, certainty: "Certainty" = "secret") -> str:
        if new != old:
            report("", certainty)
        return new

    def edited_url(match: re.Match[str]) -> str:
        new = _url(match[0], url)
        return edited(new.text, match[0], new.certainty or "secret")

    text = edited(keys_hidden(text, MASK), text)
    if any(sign in text for sign in _SIGNS_OF_URL):
        text = _URL.sub(edited_url, text)
    text = markup.hidden(text, secrets, report)
    text = _yaml_hidden(text, secrets, report)
    text = pairs.hidden(text, secrets, report)
    text = _ANNOUNCED.sub(lambda match: _announced(match, secrets, report), text)
    if is_cut:
        text = _CUT_URL.sub(rf"\1{MASK}", text)
    return edited(secrets.without_tokens(text, is_cut=is_cut), text)


def _url(text: str, url: "Callable[[str], Hidden]") -> "Hidden":
    """Hide the secrets of a URL, which may be percent-encoded, or have its slashes escaped as in JSON."""
    if "://" in text:
        return url(text)
    is_escaped = "\\" in text
    plain = _SLASH.sub("/", text) if is_escaped else unquote(text)
    new = url(plain)
    if new.text == plain:
        return new._replace(text=text)
    return new._replace(text=new.text.replace("/", "\\/") if is_escaped else quote(new.text, safe="*"))


def _announced(match: re.Match[str], secrets: "Secrets", report: "Report") -> str:
    """Hide the opaque word after the name of a secret in a sentence: "refresh token x7Kq... has expired"."""
    before, word = match.string[max(match.start() - _LOOKBACK, 0) : match.start()], match["word"]
    if before[-1:].isalpha() or not is_opaque_word(word):
        return match[0]
    first = _WORD_BEFORE.search(before)
    kind = secrets.kind((first[1] if first else "") + match["noun"])
    if kind is None or (kind is not Kind.STRONG and is_guid(word)):
        return match[0]
    report("", "suspected")
    return match[0][: match.start("word") - match.start()] + MASK


def _yaml_hidden(text: str, secrets: "Secrets", report: "Report") -> str:
    """Hide values of YAML whose names are on other lines, and the items of lists with names of secrets."""

    def value(name: str, before: str, written: str) -> str:
        inside = written.strip("\"'")
        certainty = secrets.certainty(name, inside)
        if certainty is None:
            return before + written
        report("", certainty)
        return before + written.replace(inside, MASK)

    def items(match: re.Match[str]) -> str:
        head = match[0][: match.start(2) - match.start()]
        return head + _ITEM.sub(lambda item: value(match[1], item[1], item[2]), match[2])

    if "\n" not in text:
        return text
    text = _NAME_AND_VALUE.sub(lambda match: value(match[2], match[1], match[3]), text)
    return _LIST.sub(items, text)
