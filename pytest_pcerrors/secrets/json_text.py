"""Edit JSON text in place: only the tokens that contain a secret change, even in invalid or truncated JSON."""

import json
import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING, cast

from pytest_pcerrors.secrets._clean_json import Proof
from pytest_pcerrors.secrets.members import Members
from pytest_pcerrors.text import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


_Token = tuple[int, str]
"""The position and the text of a token, or of all of an object without a secret in itself."""


def looks_like_json(text: str) -> bool:
    """Return whether a text begins like JSON, complete or truncated.

    >>> looks_like_json('{"code": "800064"'), looks_like_json("[warning] Busy")
    (True, False)
    """
    return _BEGINNING.match(text) is not None


def hidden(text: str, hider: "Hider") -> tuple[str, bool]:
    """Hide the secrets of a JSON text; return whether it is JSON, besides."""
    proof = Proof(text, hider)
    if proof.is_clean:
        return text, True
    reader = _Reader(text, Members(hider.secrets, proof.inner), proof)
    is_json = reader.read(_tokens(text, proof))
    edits = cast("dict[_Token, Edit]", reader.members.end())
    for edit in edits.values():
        hider.report(edit.pointer, edit.certainty)
    return _written(text, edits), is_json


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


def _tokens(text: str, proof: Proof) -> "Iterator[_Token]":
    """Yield the tokens; an object that is proved clean is one token."""
    at = ended = 0
    while (match := TOKEN.search(text, at)) is not None:
        start, at = match.span()
        if match[0] == "{":
            end, ended = proof.end_of_clean(text, start, ended)
            at = end or at
        elif match[0] == "}":
            ended += 1
        yield start, text[start:at]


def _is_closed(lexeme: str) -> bool:
    """Return whether a string lexeme has its closing quote, which has an even number of backslashes before it."""
    return len(lexeme) > 1 and lexeme.endswith('"')


class _Reader:
    """Pass the tokens of a text to `members`."""

    def __init__(self, text: str, members: Members, proof: Proof) -> None:
        self.members = members
        self._text = text
        self._proof = proof
        self._is_json = True

    def read(self, tokens: "Iterable[_Token]") -> bool:
        """Read all tokens; return whether the text appears to be JSON."""
        members = self.members
        for token, (_, after) in pairwise(chain(tokens, [(0, "")])):
            lexeme, is_name = token[1], after == ":"
            if lexeme[0] == '"':
                (members.name if is_name else members.value)(token, self._decoded(lexeme))
            elif lexeme in "{[":
                members.enter(is_object=lexeme == "{")
            elif lexeme in "}]":
                self._is_json &= members.leave()
            elif lexeme == ",":
                members.following()
            elif lexeme[0] == "{":
                self._clean(*token)
            elif lexeme != ":" and lexeme not in LITERALS:
                self._word(token, is_name=is_name)
        return self._is_json

    def _clean(self, start: int, lexeme: str) -> None:
        """Read an object that is clean in itself only if something around it may make a value in it a secret."""
        if not self.members.pass_over(may_be_named=self._proof.has_pairs):
            inner = TOKEN.finditer(self._text, start, start + len(lexeme))
            self.read((match.start(), match[0]) for match in inner)

    def _word(self, token: _Token, *, is_name: bool) -> None:
        """Read a number, a Python string, or invalid text."""
        members, (_, lexeme) = self.members, token
        if NUMBER.fullmatch(lexeme):
            members.value(token, lexeme, "number")
            return
        self._is_json &= lexeme == "\ufeff"
        if _OF_PYTHON.fullmatch(lexeme):
            (members.name if is_name else members.value)(token, _parts(lexeme)[1])
        elif is_name and members.is_in_object:
            members.name(token, lexeme.strip("'"))
        else:
            members.value(token, lexeme, "word")

    def _decoded(self, lexeme: str) -> str:
        text = decoded(lexeme)
        self._is_json &= text is not None and _is_closed(lexeme)
        return lexeme[1:].removesuffix('"') if text is None else text


def _parts(lexeme: str) -> tuple[str, str, str]:
    """Return the parts of a Python string: the opening quote, the content, and the closing quote."""
    match = _OF_PYTHON.fullmatch(lexeme)
    return (match[1], match[2], match[3]) if match else ("", lexeme, "")


def _written(text: str, edits: "Mapping[_Token, Edit]") -> str:
    """Return the text with each changed lexeme replaced."""
    pieces, done = [], 0
    for (start, lexeme), edit in sorted(edits.items()):
        opening, _, closing = _parts(lexeme)
        new = encoded(edit.text, lexeme) if lexeme[0] == '"' else opening + edit.text + closing
        pieces += [text[done:start], new]
        done = start + len(lexeme)
    return "".join([*pieces, text[done:]])
