"""JSON as text, edited in place: only the tokens that hold a secret change, in broken and cut-off JSON too."""

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.exchange.redaction.members import Members

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from pytest_pcerrors.exchange.redaction.members import Edit
    from pytest_pcerrors.exchange.redaction.secrets import Secrets

_BEGINNING = re.compile(
    r"""[\ufeff\s]*+(?:\{\s*+(?:["'}]|[\w$-]++\s*+:)|\[\s*+(?:["{\[\]\d-]|(?:null|true|false|NaN)\b)|")"""
)
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s"{}\[\],:]++', re.DOTALL)
"""A string, whole or cut off; a sign; or a word: a number, a literal, or what is no JSON."""

_COLON = re.compile(r"\s*+:")
NUMBER = re.compile(r"-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?")
LITERALS = frozenset({"true", "false", "null", "NaN", "Infinity", "-Infinity"})
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


class Edited(NamedTuple):
    """A text with its secrets hidden, where they stood, and whether it was JSON."""

    text: str
    pointers: list[str]
    is_json: bool


def looks_like_json(text: str) -> bool:
    """Tell whether a text begins as JSON does, whole or not.

    >>> looks_like_json('{"code": "800064"'), looks_like_json("[warning] Busy")
    (True, False)
    """
    return _BEGINNING.match(text) is not None


def edited(text: str, secrets: "Secrets", inner: "Callable[[str], str]", secret: str | None = None) -> Edited:
    """Hide the secrets of a JSON text; `inner` hides those inside a string, and all is one if it has the name `secret`."""
    reader = _Reader(text, Members(secrets, inner, secret))
    is_json = reader.read()
    edits = reader.members.end()
    return Edited(_written(text, edits, reader.lexemes), [edit.pointer for edit in edits.values()], is_json)


def decoded(lexeme: str) -> str | None:
    """Return the text that a JSON string stands for, also if it is cut off; None where it is broken.

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
    r"""Write a text as a JSON string in the place of a lexeme, in the characters that the lexeme is written in.

    >>> encoded("Zo\xeb", '"Zo\\u00eb"')
    '"Zo\\u00eb"'
    """
    known = set(lexeme)
    plain = json.dumps(text, ensure_ascii=False)
    written = _NON_ASCII.sub(lambda each: each[0] if each[0] in known else json.dumps(each[0])[1:-1], plain)
    return written if _is_closed(lexeme) else written[:-1]


def _is_closed(lexeme: str) -> bool:
    """Tell whether a string lexeme has its closing quote; the backslashes before it come in pairs then."""
    return len(lexeme) > 1 and lexeme.endswith('"')


class _Reader:
    """Goes through the tokens of a text, once."""

    def __init__(self, text: str, members: Members) -> None:
        self.members = members
        self.lexemes: dict[int, str] = {}
        self._text = text
        self._is_json = True

    def read(self) -> bool:
        """Tell `members` of everything; return whether the text was JSON as far as can be seen."""
        for match in TOKEN.finditer(self._text):
            lexeme = match[0]
            if lexeme[0] == '"':
                self._string(match.start(), lexeme, match.end())
            elif lexeme in "{[":
                self.members.enter(is_object=lexeme == "{")
            elif lexeme in "}]":
                self._is_json &= self.members.leave()
            elif lexeme == ",":
                self.members.following()
            elif lexeme != ":":
                self._word(match.start(), lexeme, match.end())
        return self._is_json

    def _string(self, start: int, lexeme: str, end: int) -> None:
        text = decoded(lexeme)
        self._is_json &= text is not None and _is_closed(lexeme)
        self._hear(start, lexeme, lexeme[1:].removesuffix('"') if text is None else text, is_name=self._is_name(end))

    def _word(self, start: int, lexeme: str, end: int) -> None:
        if lexeme in LITERALS:
            return
        if NUMBER.fullmatch(lexeme):
            self.lexemes[start] = lexeme
            self.members.value(start, lexeme, "number")
            return
        self._is_json = self._is_json and lexeme == "\ufeff"
        if self.members.is_in_object and self._is_name(end):
            self._hear(start, lexeme, lexeme.strip("'"), is_name=True)
        else:
            self.lexemes[start] = lexeme
            self.members.value(start, lexeme, "word")

    def _hear(self, start: int, lexeme: str, text: str, *, is_name: bool) -> None:
        self.lexemes[start] = lexeme
        if is_name:
            self.members.name(start, text)
        else:
            self.members.value(start, text)

    def _is_name(self, end: int) -> bool:
        return _COLON.match(self._text, end) is not None


def _written(text: str, edits: "Mapping[Hashable, Edit]", lexemes: dict[int, str]) -> str:
    """Put what is to stand in the place of each lexeme that changes."""
    pieces, done = [], 0
    for start, lexeme in lexemes.items():
        edit = edits.get(start)
        if edit is not None:
            pieces += [text[done:start], encoded(edit.text, lexeme) if lexeme[0] == '"' else edit.text]
            done = start + len(lexeme)
    return "".join([*pieces, text[done:]])
