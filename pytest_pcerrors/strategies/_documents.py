"""Error objects that a contract permits, from its error schema, and the many spellings of a JSON document and of a header.

The validity of an object is decided by jsonschema, not by our rules.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_pcerrors.contract.catalogue import PLACEHOLDER, Entry
from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.jsontext import EACH
from pytest_pcerrors.rules.paths import places_at
from pytest_pcerrors.simulation.sampler import Sampler, Schema, choices_of, simplest_text

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SPACES = st.sampled_from(["", " ", "\n", "\r\n", "\t "])
letters = st.characters(exclude_categories=["Cs"])
"""All characters that UTF-8 can encode. To name the encoding would be slow: Hypothesis tries every character when it draws the first."""
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(letters, max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(letters, max_size=8), inner, max_size=3),
    max_leaves=5,
)
"""Values of every JSON type."""
_SHORT, _LONG, _LONGEST = 40, 2000, 100_000
_MOST_ITEMS = 3
_ENVELOPES = ({"message"}, {"statusCode", "message"})
Strategy = st.SearchStrategy[Any]
Path = tuple[str, ...]
Fixed = Mapping[Path, Callable[[Schema], Strategy]]


def _escaped(string: str) -> str:
    """Return a JSON string with every character escaped."""
    units = json.loads(string).encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'


_ESCAPES: tuple[Callable[[str], str], ...] = (str, lambda string: string.replace("/", r"\/"), _escaped)
_SEPARATORS = st.sampled_from([(", ", ": "), (",", ":"), (" ,", " : ")])
_SPELLINGS = st.tuples(
    st.booleans(), st.sampled_from([None, 0, 2, "\t"]), _SEPARATORS, st.sampled_from(_ESCAPES), _SPACES, _SPACES
)
"""The ways to write a document. A strategy that is made once, and not in each draw, is checked once."""


@st.composite
def spellings(draw: st.DrawFn, documents: st.SearchStrategy[dict[str, Any]]) -> bytes:
    """Return a document as UTF-8: its members in any order, with any white space and any escapes."""
    members = dict(draw(st.permutations([*draw(documents).items()])))
    is_ascii, indent, separators, escape, before, after = draw(_SPELLINGS)
    text = json.dumps(members, ensure_ascii=is_ascii, indent=indent, separators=separators)
    return f"{before}{_STRING.sub(lambda match: escape(match[0]), text)}{after}".encode()


_CASES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str, str.lower, str.upper])
_MEDIA_TYPES = (
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON;charset=UTF-8",
    "application/problem+json",
)
_DATE = ("Date", "Mon, 05 Jan 2026 08:00:00 GMT")
_CORRELATION = ("MS-CorrelationId", "00000000-0000-4000-8000-000000000000")
_ANY_FURTHER = st.sampled_from([[], [_DATE]])
_FURTHER = st.sampled_from([[], [_DATE], [_CORRELATION], [_DATE, _CORRELATION]])
_WAITS = st.sampled_from(
    [
        "57",
        "0",
        " 7 ",
        "Mon, 05 Jan 2026 08:00:57 GMT",
        "Monday, 05-Jan-26 08:00:57 GMT",
        "Mon Jan  5 08:00:57 2026",
    ]
)


@st.composite
def headers(
    draw: st.DrawFn, required: Mapping[str, str], contract: Contract, media_type: str | None = None
) -> list[tuple[str, str]]:
    """Return the headers of a response with a JSON body: the required ones, with any wait, a media type, and perhaps others."""
    types = _MEDIA_TYPES if media_type is None else (media_type, media_type.upper())
    pairs = [("Content-Type", draw(st.sampled_from(types)))]
    pairs += [(name, draw(_WAITS) if name == "Retry-After" else required[name]) for name in required]
    pairs += draw(_FURTHER if contract.is_partner_center else _ANY_FURTHER)
    case = draw(_CASES)
    return [(case(name), value) for name, value in draw(st.permutations(pairs))]


class Documents:
    """Strategies for the error objects of a contract. If `is_plain`, they have no further members and a documented text."""

    def __init__(self, contract: Contract, *, is_plain: bool) -> None:
        self._members = contract.members
        self._is_plain = is_plain
        self.of = cache(self._objects_with)
        self._sampler = Sampler(contract.error_schema)
        self._validator = Draft202012Validator(dict(contract.error_schema))

    def _objects_with(self, code: str, entries: tuple[Entry, ...]) -> st.SearchStrategy[dict[str, Any]]:
        """Return a strategy for objects with a code; `entries` are its documented errors, if there are any."""
        drawn = {
            "code": lambda schema: st.just(self._sampler.fitting(code, schema)),
            "description": lambda schema: self._descriptions(entries, schema),
        }
        fixed = {self._members[name]: draw for name, draw in drawn.items() if name in self._members}
        documents = self._values(self._sampler.schema, (), fixed)
        return documents.filter(lambda document: self.permits(document, entries))

    def permits(self, document: Any, entries: Sequence[Entry]) -> bool:
        """Return whether an object is valid, is not an envelope, and has a description in which nothing is left to fill in."""
        own = {each for entry in entries for each in entry.placeholders} if entries else {"{0}"}
        for _, description in places_at(document, self._members.get("description", ())):
            if isinstance(description, str) and (not description.strip() or any(each in description for each in own)):
                return False
        return set(document) not in _ENVELOPES and self._validator.is_valid(document)

    def _descriptions(self, entries: Sequence[Entry], schema: Schema) -> Strategy:
        filled = st.one_of([_filled(each) for entry in entries for each in entry.templates] or [st.just("text")])
        if self._is_plain:
            return filled
        return st.builds(
            lambda text, template: text if template is None else template, _texts(schema), st.none() | filled
        )

    def _values(self, schema: Schema, path: Path, fixed: Fixed) -> Strategy:
        """Return a strategy for the values of a schema, with fixed ones at some paths."""
        if path in fixed:
            return fixed[path](schema)
        if choices := choices_of(schema):
            return st.sampled_from(choices)
        ways = _leads_to(path, fixed)
        kinds = schema.get("type", "array" if EACH in ways else "object" if "properties" in schema or ways else None)
        if kinds is None:
            return json_values
        return st.one_of(
            [self._of_kind(kind, schema, path, fixed) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
        )

    def _of_kind(self, kind: str, schema: Schema, path: Path, fixed: Fixed) -> Strategy:
        match kind:
            case "object":
                return self._objects(schema, path, fixed)
            case "array":
                least = max(schema.get("minItems", 0), len(_leads_to(path, fixed)))
                most = min(schema.get("maxItems", least + _MOST_ITEMS), least + _MOST_ITEMS)
                return st.lists(
                    st.deferred(lambda: self._values(self._sampler.item(schema), (*path, EACH), fixed)),
                    min_size=least,
                    max_size=most,
                )
            case "string":
                return _texts(schema)
            case "integer":
                return st.integers(_whole(schema.get("minimum")), _whole(schema.get("maximum")))
            case "number":
                return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)
            case _:
                return st.booleans() if kind == "boolean" else st.none()

    def _objects(self, schema: Schema, path: Path, fixed: Fixed) -> Strategy:
        def member(name: str) -> Strategy:
            return st.deferred(lambda: self._values(self._sampler.member(schema, name), (*path, name), fixed))

        needed = [*schema.get("required", ()), *_leads_to(path, fixed)]
        named = {name: member(name) for name in (*schema.get("properties", ()), *needed)}
        objects = st.fixed_dictionaries(
            {name: each for name, each in named.items() if name in needed},
            optional={name: each for name, each in named.items() if name not in needed},
        )
        if self._is_plain or schema.get("additionalProperties", True) is not True:
            return objects
        names = st.text(letters, max_size=12).filter(lambda name: name not in named)
        return st.builds(
            lambda members, more: {**members, **more}, objects, st.dictionaries(names, json_values, max_size=2)
        )


def _leads_to(path: Path, fixed: Fixed) -> list[str]:
    """Return the steps that lead from a path to the fixed values below it."""
    return list(dict.fromkeys(each[len(path)] for each in fixed if each[: len(path)] == path and len(each) > len(path)))


def _texts(schema: Schema) -> Strategy:
    """Return a strategy for texts of a schema: short ones, and one piece repeated up to the permitted length."""
    least = schema.get("minLength", 0)
    most = min(schema.get("maxLength", least + _LONG), least + _LONGEST)
    if "pattern" in schema:
        matching, simplest = st.from_regex(schema["pattern"]), simplest_text(schema)
        is_valid = least <= len(simplest) <= most and re.search(schema["pattern"], simplest)
        return st.just(simplest) | matching if is_valid else matching  # to shrink quickly
    short = st.text(letters, min_size=least, max_size=min(most, least + _SHORT))
    pieces, lengths = st.text(letters, min_size=1, max_size=8), st.integers(least, most)
    return short | st.builds(lambda piece, length: (piece * length)[:length], pieces, lengths)


def _filled(template: str) -> Strategy:
    """Return a strategy for a template with its placeholders filled in."""
    pieces = PLACEHOLDER.split(template)
    values = st.lists(st.text(letters, min_size=1, max_size=_SHORT), min_size=len(pieces) - 1, max_size=len(pieces) - 1)
    return values.map(lambda each: "".join(part for pair in zip(pieces, [*each, ""], strict=True) for part in pair))


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


@lru_cache(maxsize=32)
def documents_of(contract: Contract, *, is_plain: bool) -> Documents:
    """Return the strategies for the error objects of a contract."""
    return Documents(contract, is_plain=is_plain)
