"""Find samples of JSON bodies in code blocks, also after the head of an HTTP response, with comments and ellipses."""

import re
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources.model import Sample
from pytest_pcerrors.jsontext import EACH, JsonError, is_deeper, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_DEPTH = 50
_MOST_CHARACTERS = 50_000
"""The part of a code block that is searched for samples."""
_START = re.compile(r"^[ \t]*(?:HTTP/\S+[^\n{]*\n(?:[^\n{]*\n){0,60}?[ \t]*)?(?=\{|\[)", re.MULTILINE)
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*.*?\*/|(?<=\s)#[^\n]*", re.DOTALL)
_ELLIPSIS = re.compile(rf"({_STRING})|,?\s*(?:\.\.\.|\u2026)", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*[\]}}])")
_CLOSING = {"{": "}", "[": "]"}
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}}]")


def samples_in(text: str, line: int) -> "Iterator[Sample]":
    r"""Yield the JSON objects that a code block shows; `line` is the line of its first character.

    >>> [sample.value for sample in samples_in('HTTP/1.1 409 Conflict\n\n{"code": "X", // the code\n ...}', 1)]
    [{'code': 'X'}]
    """
    at, text = 0, text[:_MOST_CHARACTERS]
    while match := _START.search(text, at):
        start = match.end()
        end = _end_of(text, start)
        if end is None:
            return
        value = _parsed(text[start:end])
        if isinstance(value, dict) and not is_deeper(value, MAX_DEPTH):
            yield Sample(value, f"line {line + text.count(chr(10), 0, start)}")
        at = end


def _end_of(text: str, start: int) -> int | None:
    """Return the end of the object or array that starts at an index; None if it is not closed."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token[0] in _CLOSING:
            depth += 1
        elif token[0] in _CLOSING.values():
            depth -= 1
            if depth <= 0:
                return token.end()
    return None


def _parsed(text: str) -> Any:
    """Return the value of a JSON text, which may have comments, ellipses and trailing commas; None if it is not one."""
    for repaired in (text, _repaired(text)):
        try:
            return parse(repaired)
        except JsonError:
            continue
    return None


def _repaired(text: str) -> str:
    for pattern in (_COMMENT, _ELLIPSIS, _TRAILING_COMMA):
        text = pattern.sub(lambda match: match[1] or "", text)
    return text


def values_of(samples: "Iterable[Sample]") -> frozenset[str]:
    """Return the texts and integers in samples, as text.

    >>> sorted(values_of([Sample({"error": {"code": 7, "at": "x", "ok": True}}, "")]))
    ['7', 'x']
    """
    return frozenset(text for sample in samples for _, text in leaves(sample.value))


def leaves(value: Any, path: tuple[str, ...] = ()) -> "Iterator[tuple[tuple[str, ...], str]]":
    """Yield the paths of the texts and integers of a value, as text; an item of an array has the step ``*``.

    >>> list(leaves({"errors": [{"code": "X", "at": 7}]}))
    [(('errors', '*', 'code'), 'X'), (('errors', '*', 'at'), '7')]
    """
    match value:
        case dict():
            for name, each in value.items():
                yield from leaves(each, (*path, name))
        case list():
            for each in value:
                yield from leaves(each, (*path, EACH))
        case str():
            yield path, value
        case int() if not isinstance(value, bool):
            yield path, str(value)
