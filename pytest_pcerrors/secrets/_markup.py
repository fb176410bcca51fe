"""Hide secrets in the elements and attributes of XML or HTML, plain or escaped as ``&lt;``."""

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.secrets.definition import MASK
from pytest_pcerrors.secrets.members import VALUES
from pytest_pcerrors.secrets.names import NAMES
from pytest_pcerrors.secrets.values import Judged, is_opaque

if TYPE_CHECKING:
    from pytest_pcerrors.secrets.definition import Certainty
    from pytest_pcerrors.secrets.hiding import Hider


class _Form(NamedTuple):
    """The notation of tags: their first characters, and the patterns of an opening and a closing tag."""

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
_NAMING = re.compile(r"""\b(?:name|key|id)\s*+=\s*+(?:["']([^"'<>]*+)["']|([^\s"'<>]++))""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w.:-]++)(\s*+=\s*+)("[^"]*+"|'[^']*+'|[^\s"'<>/]++)""")
_VALUE_ELEMENTS = VALUES | {"string"}
_MAX_NAME = 200
_BEFORE_ELEMENTS = ("", *" \t\r\n>\"'")
"""The characters before an element that is never closed; ``token=<TOKEN>`` is a placeholder instead."""

_TAG = re.compile(r"<[^<>]*+>|&lt;[^&]*+&gt;")
_ELEMENTS = re.compile(r"\s*+<[\w.:-]++[^<>]*+>.*<[^<>]*+>\s*+", re.DOTALL)
_WORD = re.compile(r"[ \t]*+(?!\\*[\"'])[^\s\\]++(?=\s*+(?:<|&lt;|\Z|[\r\n]))")
"""The content of an element that is never closed."""

_TEXT = re.compile(r"(?<=>)[^<>]++(?=<)")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_VALUE_ATTRIBUTES = frozenset({"value", "content", "data-value"})


def hidden(text: str, hider: "Hider") -> str:
    """Hide the values of elements and attributes with names of secrets, and values that follow such a name."""
    for form in _FORMS:
        if form.sign in text:
            text = _Markup(text, form, hider).hidden()
    return text


class _Markup:
    """Read the opening tags of a text in one pass."""

    def __init__(self, text: str, form: _Form, hider: "Hider") -> None:
        self._text = text
        self._form = form
        self._hider = hider
        self._secrets = hider.secrets
        self._judged = Judged()
        self._pieces: list[str] = []
        self._done = 0

    @cached_property
    def _closings(self) -> dict[str, list[int]]:
        """The positions of the closing tags of each name."""
        positions: dict[str, list[int]] = {}
        for match in self._form.closing.finditer(self._text):
            positions.setdefault(match[1], []).append(match.start())
        return positions

    def hidden(self) -> str:
        value_of = None
        for tag in self._form.opening.finditer(self._text):
            if tag.start() >= self._done:
                value_of = self._tag(tag, value_of)
        return "".join([*self._pieces, self._text[self._done :]])

    def _tag(self, tag: re.Match[str], value_of: str | None) -> str | None:
        """Hide the secrets of a tag and its content; return the name of a secret if its value may follow."""
        name, attributes = tag["name"].rpartition(":")[2], tag["attributes"]
        naming = _NAMING.search(attributes)
        named = naming and (naming[1] or naming[2] or "")
        if not named or self._secrets.kind(named) is None:
            named = None
        self._attributes(tag, named)
        if attributes.endswith("/"):
            return None
        if self._secrets.kind(name) is not None:
            is_closed = self._closing(tag) >= 0
            if is_closed or self._text[max(tag.start() - 1, 0) : tag.start()] in _BEFORE_ELEMENTS:
                self._hide(*self._content(tag), name, least="suspected" if is_closed else "secret")
            return None
        if value_of is not None and name.lower() in _VALUE_ELEMENTS:
            self._hide(*self._content(tag), value_of)
            return None
        end = self._next(tag.end())
        content = self._text[tag.end() : end].strip()
        if named is not None:
            self._hide(tag.end(), end, named)
            return None if content else named
        is_name = name.lower() in NAMES and len(content) <= _MAX_NAME and self._secrets.kind(content) is not None
        return content if is_name else None

    def _attributes(self, tag: re.Match[str], named: str | None) -> None:
        """Hide the values of attributes that are secrets by their own name, or by the name that the tag gives."""
        start = tag.start("attributes")
        for match in _ATTRIBUTE.finditer(tag["attributes"]):
            name = named if named is not None and match[1].lower() in _VALUE_ATTRIBUTES else match[1].rpartition(":")[2]
            quoted = match[3][:1] in "\"'"
            self._hide(start + match.start(3) + quoted, start + match.end(3) - quoted, name)

    def _content(self, tag: re.Match[str]) -> tuple[int, int]:
        """Return the range of an element's content, without CDATA marks: up to its closing tag, or else one word on the same line."""
        text, start, closing = self._text, tag.end(), self._closing(tag)
        if text.startswith(_CDATA, start):
            end = text.find(_CDATA_END, start)
            if end < 0 or closing < 0 or text.startswith(f"{self._form.sign}/{tag['name']}", end + len(_CDATA_END)):
                return start + len(_CDATA), len(text) if end < 0 else end
        if closing >= 0:
            return start, closing
        word = _WORD.match(text, start, self._next(start))
        return start, word.end() if word else start

    def _closing(self, tag: re.Match[str]) -> int:
        """Return the position of the closing tag of an element, or -1."""
        positions = self._closings.get(tag["name"], [])
        index = bisect_left(positions, tag.end())
        return positions[index] if index < len(positions) else -1

    def _next(self, start: int) -> int:
        end = self._text.find(self._form.sign, start)
        return len(self._text) if end < 0 else end

    def _hide(self, start: int, end: int, name: str, least: "Certainty" = "suspected") -> None:
        """Hide a value with this name; in a value with elements, hide only the opaque texts.

        A placeholder such as ``<TOKEN>`` looks like an element that is never closed: then `least` is "secret".
        """
        value = self._text[start:end].strip()
        first = self._text.index(value, start)
        judged = value[: self._judged.last(first) - first]
        self._judged.add(first + len(judged))
        certainty = self._secrets.certainty(name, _TAG.sub(" ", judged) if self._form.sign in judged else judged)
        if certainty is None or (certainty != least and least == "secret"):
            return
        if _ELEMENTS.fullmatch(value):
            new = _TEXT.sub(lambda match: MASK if is_opaque(match[0]) else match[0], value)
        else:
            new = MASK
        if new != value:
            self._hider.report("", certainty)
            self._pieces += [self._text[self._done : first], new]
            self._done = first + len(value)
