"""Edit JSON text in place: only the tokens that contain a secret change, even in invalid or truncated JSON."""

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.secrets import _clean_json as clean_json
from pytest_pcerrors.secrets.definition import Hidden
from pytest_pcerrors.secrets.members import Members
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from pytest_pcerrors.secrets._clean_json import Proof
    from pytest_pcerrors.secrets.definition import Secrets
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
_COLON = late_pattern(r"\s*+:")
_ESCAPE = late_pattern(r"\\(?:u[0-9a-fA-F]{4}|[\"\\/bfnrt])")


class Edited(NamedTuple):
    """A text with its secrets hidden, the edits in it, and whether it was JSON."""

    text: str
    edits: "list[Edit]"
    is_json: bool


def looks_like_json(text: str) -> bool:
    """Return whether a text begins like JSON, complete or truncated.

    >>> looks_like_json('{"code": "800064"'), looks_like_json("[warning] Busy")
    (True, False)
    """
    return _BEGINNING.match(text) is not None


def edited(text: str, secrets: "Secrets", inner: "Callable[[str], Hidden]") -> Edited:
    """Hide the secrets of a JSON text; `inner` hides those inside a string."""
    proof = clean_json.proof(text, secrets, inner)
    if proof is not None and proof.is_clean:
        return Edited(text, [], is_json=True)
    if proof is not None:
        harmless = proof.harmless
    else:
        harmless = frozenset() if secrets.patterns or secrets.tenant_ids else _harmless(text, secrets)
    reader = _Reader(text, Members(secrets, lambda each: Hidden(each) if each in harmless else inner(each)), proof)
    is_json = reader.read()
    edits = reader.members.end()
    return Edited(_written(text, edits, reader.lexemes), list(edits.values()), is_json)


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


def _harmless(text: str, secrets: "Secrets") -> frozenset[str]:
    """Return complete strings that need not be searched, of a text that is not JSON."""
    lexemes = (*TOKEN.findall(text), "")
    values = {lexeme for lexeme, after in pairwise(lexemes) if lexeme[0] == '"' and after != ":" and _is_closed(lexeme)}
    strings = [each for each in map(decoded, values) if each is not None]
    return frozenset(strings).difference(secrets.suspected(strings))


def _is_closed(lexeme: str) -> bool:
    """Return whether a string lexeme has its closing quote, which has an even number of backslashes before it."""
    return len(lexeme) > 1 and lexeme.endswith('"')


class _Reader:
    """Read the tokens of a text in one pass, except for those in objects and arrays that are proved to have no secret."""

    def __init__(self, text: str, members: Members, proof: "Proof | None") -> None:
        self.members = members
        self.lexemes: dict[int, str] = {}
        self._text = text
        self._proof = proof
        self._is_json = True

    def read(self) -> bool:
        """Pass all tokens to `members`; return whether the text appears to be JSON."""
        at, text = 0, self._text
        while (match := TOKEN.search(text, at)) is not None:
            lexeme, at = match[0], match.end()
            if lexeme[0] == '"':
                self._string(match.start(), lexeme, is_name=_COLON.match(text, at) is not None)
            elif lexeme in "{[":
                at = self._enter(match.start(), is_object=lexeme == "{") or at
            elif lexeme in "}]":
                self._leave()
            elif lexeme == ",":
                self.members.following()
            elif lexeme != ":":
                self._word(match.start(), lexeme, is_name=_COLON.match(text, at) is not None)
        return self._is_json

    def _enter(self, start: int, *, is_object: bool) -> int:
        """Begin an object or an array; if it need not be read, end it too, and return its end, else 0."""
        may_skip = self.members.may_skip(is_object=is_object)
        end = 0 if self._proof is None else self._proof.enter(start, may_skip=may_skip)
        self.members.enter(is_object=is_object)
        if end:
            self._leave()
        return end

    def _leave(self) -> None:
        """End an object or an array, if one is open."""
        self._is_json &= self.members.leave()
        if self._proof is not None:
            self._proof.leave()

    def _string(self, start: int, lexeme: str, *, is_name: bool) -> None:
        text = decoded(lexeme)
        self._is_json &= text is not None and _is_closed(lexeme)
        self._take(start, lexeme, lexeme[1:].removesuffix('"') if text is None else text, is_name=is_name)

    def _word(self, start: int, lexeme: str, *, is_name: bool) -> None:
        if lexeme in LITERALS:
            return
        if _OF_PYTHON.fullmatch(lexeme):
            self._is_json = False
            self._take(start, lexeme, _parts(lexeme)[1], is_name=is_name)
            return
        if NUMBER.fullmatch(lexeme):
            self.lexemes[start] = lexeme
            self.members.value(start, lexeme, "number")
            return
        self._is_json = self._is_json and lexeme == "\ufeff"
        if self.members.is_in_object and is_name:
            self._take(start, lexeme, lexeme.strip("'"), is_name=True)
        else:
            self.lexemes[start] = lexeme
            self.members.value(start, lexeme, "word")

    def _take(self, start: int, lexeme: str, text: str, *, is_name: bool) -> None:
        self.lexemes[start] = lexeme
        if is_name:
            self.members.name(start, text)
        else:
            self.members.value(start, text)


def _parts(lexeme: str) -> tuple[str, str, str]:
    """Return the parts of a Python string: the opening quote, the content, and the closing quote."""
    match = _OF_PYTHON.fullmatch(lexeme)
    return (match[1], match[2], match[3]) if match else ("", lexeme, "")


def _written(text: str, edits: "Mapping[Hashable, Edit]", lexemes: dict[int, str]) -> str:
    """Return the text with each changed lexeme replaced."""
    pieces, done = [], 0
    for start, lexeme in lexemes.items():
        edit = edits.get(start)
        if edit is not None:
            opening, _, closing = _parts(lexeme)
            new = encoded(edit.text, lexeme) if lexeme[0] == '"' else opening + edit.text + closing
            pieces += [text[done:start], new]
            done = start + len(lexeme)
    return "".join([*pieces, text[done:]])
