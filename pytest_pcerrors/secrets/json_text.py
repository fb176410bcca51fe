"""Edit JSON text in place: only the tokens that contain a secret change, even in invalid or truncated JSON."""

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_pcerrors.secrets import _clean_json as clean_json
from pytest_pcerrors.secrets.definition import Hidden
from pytest_pcerrors.secrets.members import Members
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from pytest_pcerrors.secrets.hiding import Hider
    from pytest_pcerrors.secrets.members import Edit

_BEGINNING = late_pattern(
    r"""[\ufeff\s]*+(?:\{\s*+(?:["'}]|[\w$-]++\s*+:)|\[\s*+(?:["{\[\]\d-]|(?:null|true|false|NaN)\b)|")"""
)
TOKEN = late_pattern(
    r""""(?:[^"\\]++|\\.)*+"?|[bru]?'(?:[^'\\]++|\\.)*+'(?=\s*+[,:}\])])|[{}\[\],:]|[^\s"{}\[\],:]++""", re.DOTALL
)
"""A string, complete or truncated; a Python string; a punctuator; or a word: a number, a literal, or invalid text."""

_OF_PYTHON = late_pattern(r"([bru]?')(.*)(')", re.DOTALL)

NUMBER = late_pattern(r"-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?")
LITERALS = frozenset({"true", "false", "null", "NaN", "Infinity", "-Infinity"})
_ESCAPE = late_pattern(r"\\(?:u[0-9a-fA-F]{4}|[\"\\/bfnrt])")


def looks_like_json(text: str) -> bool:
    """Return whether a text begins like JSON, complete or truncated.

    >>> looks_like_json('{"code": "800064"'), looks_like_json("[warning] Busy")
    (True, False)
    """
    return _BEGINNING.match(text) is not None


def hidden(text: str, hider: "Hider") -> tuple[str, bool]:
    """Hide the secrets of a JSON text; return whether it is JSON, besides."""
    if clean_json.is_clean(text, hider):
        return text, True
    tokens = [(match.start(), match[0]) for match in TOKEN.finditer(text)]
    reader = _Reader(Members(hider.secrets, _search_of_texts(tokens, hider)))
    is_json = reader.read(tokens)
    edits = reader.members.end()
    for edit in edits.values():
        hider.report(edit.pointer, edit.certainty)
    return _written(text, edits, tokens), is_json


def decoded(lexeme: str) -> str | None:
    """Return the text of a JSON string, complete or truncated; None if it is invalid.

    >>> decoded('"a"'), decoded('"a')
    ('a', 'a')
    """
    inside = lexeme[1:-1] if _is_closed(lexeme) else lexeme[1:]
    if "\\" not in inside:
        return inside
    try:
        text: str = json.loads(f'"{inside}"', strict=False)
    except ValueError:
        return None
    return text


def encoded(text: str, lexeme: str) -> str:
    r"""Return a text as a JSON string that replaces a lexeme, with the same quotes and escapes.

    >>> encoded("Zo\xeb", '"Zo\\u00eb"')
    '"Zo\\u00eb"'
    >>> encoded("</a>", r'"\u003C\/b\u003E"')
    '"\\u003C\\/a\\u003E"'
    """
    plain = set(_ESCAPE.sub("", lexeme))
    escapes = {json.loads(f'"{each}"'): each for each in set(_ESCAPE.findall(lexeme))}
    special = {each: escapes.get(each) or json.dumps(each)[1:-1] for each in {*text, *escapes} - plain | {'"', "\\"}}
    written = '"' + text.translate(str.maketrans(special))
    return written + '"' if _is_closed(lexeme) else written


def _search_of_texts(tokens: "list[tuple[int, str]]", hider: "Hider") -> "Callable[[str], Hidden]":
    """Return a function that hides the secrets inside a string; the complete strings are checked beforehand, many at once."""
    secrets = hider.secrets
    if secrets.patterns or secrets.tenant_ids:
        return hider.inner
    names = {start for (start, _), (_, after) in pairwise(tokens) if after == ":"}
    values = {each for start, each in tokens if each[0] == '"' and start not in names and _is_closed(each)}
    strings = [each for each in map(decoded, values) if each is not None]
    harmless = frozenset(strings).difference(secrets.suspected(strings))
    return lambda each: Hidden(each) if each in harmless else hider.inner(each)


def _is_closed(lexeme: str) -> bool:
    """Return whether a string lexeme has its closing quote, which has an even number of backslashes before it."""
    return len(lexeme) > 1 and lexeme.endswith('"')


class _Reader:
    """Pass the tokens of a text to `members`."""

    def __init__(self, members: Members) -> None:
        self.members = members
        self._is_json = True

    def read(self, tokens: "list[tuple[int, str]]") -> bool:
        """Read all tokens; return whether the text appears to be JSON."""
        members = self.members
        for (start, lexeme), (_, after) in pairwise([*tokens, (0, "")]):
            if lexeme[0] == '"':
                self._string(start, lexeme, is_name=after == ":")
            elif lexeme in "{[":
                members.enter(is_object=lexeme == "{")
            elif lexeme in "}]":
                self._is_json &= members.leave()
            elif lexeme == ",":
                members.following()
            elif lexeme != ":" and lexeme not in LITERALS:
                self._word(start, lexeme, is_name=after == ":")
        return self._is_json

    def _string(self, start: int, lexeme: str, *, is_name: bool) -> None:
        text = decoded(lexeme)
        self._is_json &= text is not None and _is_closed(lexeme)
        self._take(start, lexeme[1:].removesuffix('"') if text is None else text, is_name=is_name)

    def _word(self, start: int, lexeme: str, *, is_name: bool) -> None:
        if NUMBER.fullmatch(lexeme):
            self.members.value(start, lexeme, "number")
            return
        self._is_json &= lexeme == "\ufeff"
        if _OF_PYTHON.fullmatch(lexeme):
            self._take(start, _parts(lexeme)[1], is_name=is_name)
        elif self.members.is_in_object and is_name:
            self.members.name(start, lexeme.strip("'"))
        else:
            self.members.value(start, lexeme, "word")

    def _take(self, start: int, text: str, *, is_name: bool) -> None:
        if is_name:
            self.members.name(start, text)
        else:
            self.members.value(start, text)


def _parts(lexeme: str) -> tuple[str, str, str]:
    """Return the parts of a Python string: the opening quote, the content, and the closing quote."""
    match = _OF_PYTHON.fullmatch(lexeme)
    return (match[1], match[2], match[3]) if match else ("", lexeme, "")


def _written(text: str, edits: "Mapping[Hashable, Edit]", tokens: "list[tuple[int, str]]") -> str:
    """Return the text with each changed lexeme replaced."""
    pieces, done = [], 0
    for start, lexeme in tokens if edits else ():
        edit = edits.get(start)
        if edit is not None:
            opening, _, closing = _parts(lexeme)
            new = encoded(edit.text, lexeme) if lexeme[0] == '"' else opening + edit.text + closing
            pieces += [text[done:start], new]
            done = start + len(lexeme)
    return "".join([*pieces, text[done:]])
