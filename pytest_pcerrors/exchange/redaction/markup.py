"""Markup in a text, XML or HTML, written as it is or as ``&lt;``: elements and attributes that hold secrets."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.exchange.redaction.members import NAMES, VALUES
from pytest_pcerrors.exchange.redaction.secrets import MASK

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.redaction.secrets import Secrets


class _Form(NamedTuple):
    """How a tag is written: what it begins with, a whole opening tag, and a closing one."""

    sign: str
    opening: re.Pattern[str]
    closing: re.Pattern[str]


_FORMS = (
    _Form("<", re.compile(r"<(?P<name>[\w.:-]++)(?P<attributes>(?:\s[^<>]*+)?)>"), re.compile(r"</([\w.:-]++)")),
    _Form(
        "&lt;",
        re.compile(r"&lt;(?P<name>[\w.:-]++)(?P<attributes>(?:\s(?:[^<>&]++|&(?![lg]t;))*+)?)&gt;"),
        re.compile(r"&lt;/([\w.:-]++)"),
    ),
)
_NAMING = re.compile(r"""\b(?:name|key|id)\s*+=\s*+["']([^"'<>]*+)["']""", re.IGNORECASE)
_VALUE_ATTRIBUTE = re.compile(r"""(\bvalue\s*+=\s*+)("[^"]++"|'[^']++')""", re.IGNORECASE)
_VALUE_ELEMENTS = VALUES | {"string"}
_LONGEST_NAME = 200
_CDATA, _CDATA_END = "<![CDATA[", "]]>"


def hidden(text: str, secrets: "Secrets") -> str:
    """Hide what elements and attributes with the names of secrets hold, and values that follow such a name."""
    for form in _FORMS:
        if form.sign in text:
            text = _Markup(text, secrets, form).hidden()
    return text


class _Markup:
    """Goes through the opening tags of a text, once."""

    def __init__(self, text: str, secrets: "Secrets", form: _Form) -> None:
        self._text = text
        self._secrets = secrets
        self._form = form
        self._pieces: list[str] = []
        self._done = 0

    @cached_property
    def _last_closing(self) -> dict[str, int]:
        """Where the last closing tag of each name stands, so that none is searched in vain."""
        return {match[1]: match.start() for match in self._form.closing.finditer(self._text)}

    def hidden(self) -> str:
        is_value = False
        for tag in self._form.opening.finditer(self._text):
            if tag.start() >= self._done:
                is_value = self._tag(tag, is_value=is_value)
        return "".join([*self._pieces, self._text[self._done :]])

    def _tag(self, tag: re.Match[str], *, is_value: bool) -> bool:
        """Hide the secrets of a tag and behind it; return whether the value of a secret may follow."""
        name = tag["name"].rpartition(":")[2]
        naming = _NAMING.search(tag["attributes"])
        is_named = naming is not None and self._secrets.is_named(naming[1])
        if is_named:
            self._put(*tag.span("attributes"), _VALUE_ATTRIBUTE.sub(_attribute, tag["attributes"]))
        if tag["attributes"].endswith("/"):
            return False
        if self._secrets.is_named(name) or (is_value and name.lower() in _VALUE_ELEMENTS):
            self._hide(*self._content(tag))
            return False
        end = self._next(tag.end())
        content = self._text[tag.end() : end].strip()
        if is_named:
            self._hide(tag.end(), end)
            return not content
        return name.lower() in NAMES and len(content) <= _LONGEST_NAME and self._secrets.is_named(content)

    def _content(self, tag: re.Match[str]) -> tuple[int, int]:
        """Return where the content of an element stands: up to its closing tag, or else to the next; inside of CDATA."""
        text, start, name = self._text, tag.end(), tag["name"]
        closing = f"{self._form.sign}/{name}"
        is_closed = self._last_closing.get(name, -1) >= start
        if text.startswith(_CDATA, start):
            end = text.find(_CDATA_END, start)
            if end < 0 or not is_closed or text.startswith(closing, end + len(_CDATA_END)):
                return start + len(_CDATA), len(text) if end < 0 else end
        return start, text.find(closing, start) if is_closed else self._next(start)

    def _next(self, start: int) -> int:
        end = self._text.find(self._form.sign, start)
        return len(self._text) if end < 0 else end

    def _hide(self, start: int, end: int) -> None:
        if self._text[start:end].strip():
            self._put(start, end, MASK)

    def _put(self, start: int, end: int, new: str) -> None:
        self._pieces += [self._text[self._done : start], new]
        self._done = end


def _attribute(match: re.Match[str]) -> str:
    quote = match[2][0]
    return f"{match[1]}{quote}{MASK}{quote}"
