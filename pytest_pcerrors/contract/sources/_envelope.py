"""Find samples of JSON bodies in code blocks, and where an error body has its code and its text: in a sample or in schemas.

The error schema is made of a sample too.
"""

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.catalogue import fits
from pytest_pcerrors.contract.sources._cells import is_number
from pytest_pcerrors.contract.sources._names import (
    FAR,
    code_member_rank,
    is_error_code_name,
    text_member_rank,
    words_of,
)
from pytest_pcerrors.contract.sources._schemas import allows, places
from pytest_pcerrors.contract.sources.model import Envelope, Sample
from pytest_pcerrors.jsontext import EACH, JsonError, is_deeper, parse, pointer_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Path = tuple[str, ...]

MAX_DEPTH = 50
_MOST_CHARACTERS = 50_000
"""The part of a code block that is searched for samples."""
_START = re.compile(r"^[ \t]*(?:HTTP/\S++[^\n{]*+\n(?:[^\n{]*+\n){0,60}?[ \t]*)?(?=\{|\[)", re.MULTILINE)
_STRING = r'"(?:[^"\\\n]|\\.)*+"?'  # to the end of the line if it is not closed, so that nothing is searched twice
_REPAIRS = (
    re.compile(rf"({_STRING})|//[^\n]*|/\*(?:.*?\*/|.*)|(?<=\s)#[^\n]*", re.DOTALL),
    re.compile(rf"({_STRING})|\.\.\.|\u2026"),
    re.compile(rf"({_STRING})|\b(?P<name>[A-Za-z_]\w*+)(?=\s*:)"),
    re.compile(rf"({_STRING}|true|false|null|\d[eE][-+]?\d)|(?P<placeholder><[^<>\n]*+>|[A-Za-z][\w|]*+)"),
    re.compile(rf"({_STRING})|,(?=\s*[\]}},])"),
)
"""What is not JSON in samples, after what is kept: comments, ellipses, bare names, placeholders such as ``<string>``, and spare commas."""
_DEPTHS = {"{": 1, "[": 1, "}": -1, "]": -1}
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}}]")
_NAMES = 2
"""The rank of members that are a code only if codes are documented there, such as ``id``; and of a code in an array, compared with others."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


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
        depth += _DEPTHS.get(token[0], 0)
        if depth <= 0:
            return token.end()
    return None


def _parsed(text: str) -> Any:
    """Return the value of a JSON text, which may have comments, ellipses, placeholders and trailing commas; None if it is not one."""
    for repaired in (text, _repaired(text)):
        try:
            return parse(repaired)
        except JsonError:
            continue
    return None


def _repaired(text: str) -> str:
    quoted = {"name": '"{}"', "placeholder": '"<value>"', None: ""}
    for pattern in _REPAIRS:
        text = pattern.sub(lambda match: match[1] or quoted[match.lastgroup].format(match[0]), text)
    return text


def leaves(value: Any, path: tuple[str, ...] = ()) -> "Iterator[tuple[tuple[str, ...], str]]":
    """Yield the paths of the texts and integers of a value, as text; an item of an array has the step ``*``.

    >>> list(leaves({"errors": [{"code": "X", "at": 7, "ok": True}]}))
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


def envelope_of(sample: "Sample", codes: "Mapping[str, Sequence[str]]") -> Envelope | None:
    """Return the envelope of a sample that holds one of the codes (each with its texts); None if it holds none of them."""
    found = [(path, text) for path, text in leaves(sample.value) if text in codes and path[-1] != EACH]
    if not found:
        return None
    code, value = min(found, key=lambda each: _rank_of_code(each[0]))
    return _envelope_at(sample, code, text_place(leaves(sample.value), code, codes[value]))


def likely_envelope_of(sample: "Sample", codes: "Mapping[str, Sequence[str]]") -> Envelope | None:
    """Return the envelope of a sample with a placeholder as its code, as its name, its kind and the text beside it show; else None."""
    are_numbers = all(map(is_number, codes))
    likely = [
        path
        for path, value in leaves(sample.value)
        if is_error_code_name(path[-1]) and is_number(value) is are_numbers and (path[-1] == "code" or " " not in value)
    ]
    for code in sorted(likely, key=_rank_of_code):
        text = text_place(leaves(sample.value), code)
        if text is not None and text[:-1] == code[:-1]:
            return _envelope_at(sample, code, text)
    return None


def _rank_of_code(path: "Path") -> tuple[int, int]:
    return code_member_rank(path[-1]) + _NAMES * path.count(EACH), len(path)


def _envelope_at(sample: "Sample", code: "Path", text: "Path | None") -> Envelope:
    members = members_of(code, text)
    schema = {"$schema": DIALECT, **_schema(sample.value, [path for path in (code, text) if path])}
    return Envelope(members, {"members": members, "schema": schema})


def members_of(code: "Path", text: "Path | None") -> dict[str, str]:
    """Return the member ``members`` of a contract document: the JSON Pointers of code and text."""
    return {"code": pointer_of(code), **({"description": pointer_of(text)} if text else {})}


def code_place(
    schema: "Mapping[str, Any]", evidence: "Mapping[Path, set[str]]", known: set[str], member: str | None
) -> "Path | None":
    """Return the path of the code in a schema; None without a documented code.

    `evidence` has the values that are documented at each path, `known` are codes from elsewhere, `member` is the name of the code if given.
    Without evidence, known codes belong to a member that is called a code.
    """
    paths = {
        path: each for path, each in places(dict(schema)) if path[-1] != EACH and allows(each, "string", "integer")
    }
    if member is not None:
        return next(
            (path for path in paths if member == pointer_of(path) or words_of(member) == words_of(path[-1])), None
        )
    likely = [
        path
        for path, each in paths.items()
        if evidence.get(path) and (not known.isdisjoint(evidence[path]) or _can_be_code(path, each, evidence))
    ]
    named = [path for path in paths if code_member_rank(path[-1]) == 0]
    if not likely:
        types = ("string", "integer") if all(map(is_number, known)) else ("string",)
        return min((path for path in named if known and allows(paths[path], *types)), key=len, default=None)
    best = min(likely, key=lambda path: (*_rank_of_code(path), path))
    richer = (path for path in named if path in likely and len(evidence[path]) > len(evidence[best]))
    return best if best in named else next(richer, best)  # a type beside the codes of several errors has few values


def _can_be_code(path: "Path", schema: "Mapping[str, Any]", evidence: "Mapping[Path, set[str]]") -> bool:
    is_fixed = len(schema.get("enum", ())) == 1
    has_others = any(other != path and found and code_member_rank(other[-1]) < FAR for other, found in evidence.items())
    return code_member_rank(path[-1]) < _NAMES and not (is_fixed and has_others)


def text_place(candidates: "Iterable[tuple[Path, str]]", code: "Path", texts: "Sequence[str]" = ()) -> "Path | None":
    """Return the path of the text that belongs to a code: a known text of it, else by its name and nearness; None without one.

    The candidates are paths with their texts, which are empty where they are not known.

    >>> text_place([(("type",), ""), (("title",), ""), (("detail",), "")], ("type",))
    ('detail',)
    """
    ranked = [
        (
            not any(fits(text, each) for each in texts if each),
            text_member_rank(path[-1]) - (" " in text.strip()),
            _distance(path, code),
            path,
        )
        for path, text in candidates
        if _is_beside(path, code) and path[-1] != EACH and (text_member_rank(path[-1]) < FAR or text in texts)
    ]
    return min(ranked, key=lambda each: each[:3])[3] if ranked else None


def _is_beside(path: "Path", code: "Path") -> bool:
    """Return whether a path is not that of the code, and leads through no other arrays."""
    arrays, own = ({each[:index] for index, step in enumerate(each) if step == EACH} for each in (code, path))
    return path != code and own <= arrays


def _distance(one: "Path", other: "Path") -> int:
    """Return the number of steps from one place to another."""
    common = len(list(takewhile(lambda steps: steps[0] == steps[1], zip(one, other, strict=False))))
    return len(one) + len(other) - 2 * common


def _schema(value: Any, paths: "Sequence[Path]") -> dict[str, Any]:
    """Return the schema of a sample: members on the paths are required, others have their type unless null or a ``<placeholder>``."""
    if isinstance(value, dict) and any(paths):
        return {
            "type": "object",
            "required": list(dict.fromkeys(path[0] for path in paths if path)),
            "properties": {name: _schema(each, _below(paths, name)) for name, each in value.items()},
        }
    if isinstance(value, list) and any(paths):
        below = _below(paths, EACH)
        complete = (each for each in value if {*below} <= {path for path, _ in leaves(each)})
        return {"type": "array", "minItems": 1, "items": _schema(next(complete, value[0]), below)}
    is_placeholder = isinstance(value, str) and value.startswith("<") and not paths
    return {} if value is None or is_placeholder else {"type": type_of(value)}


def _below(paths: "Iterable[Path]", step: str) -> "list[Path]":
    return [path[1:] for path in paths if path and path[0] == step]
