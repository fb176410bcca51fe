"""Find the members of code and text in the schemas of error bodies, by their names and by the codes that are documented there."""

from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._names import FAR, code_member_rank, text_member_rank, words_of
from pytest_pcerrors.contract.sources._schemas import allows, combined, places
from pytest_pcerrors.jsontext import pointer_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Path = tuple[str, ...]

_NAMES = 2
"""The rank of members that are a code only if codes are documented there, such as ``id``."""


def code_places(
    schemas: "Sequence[dict[str, Any]]", evidence: "Mapping[Path, set[str]]", known: set[str], member: str | None
) -> "list[Path]":
    """Return the paths that can be the code in schemas of one form, the best first; none without a documented code.

    `evidence` has the values that are documented at each path, `known` are codes from elsewhere, `member` is the name of the code if given.
    """
    schema = combined(schemas)
    paths = {path: each for path, each in places(schema) if path[-1] != "*" and allows(each, "string", "integer")}
    if member is not None:
        return [path for path in paths if pointer_of(path) == member or words_of(path[-1]) == words_of(member)]
    ranked = [
        (code_member_rank(path[-1]) + _NAMES * path.count("*"), len(path), path)
        for path, each in paths.items()
        if evidence.get(path) and (not known.isdisjoint(evidence[path]) or _can_be_code(path, each, evidence))
    ]
    return [path for _, _, path in sorted(ranked)]


def _can_be_code(path: "Path", schema: "Mapping[str, Any]", evidence: "Mapping[Path, set[str]]") -> bool:
    rank = code_member_rank(path[-1])
    is_fixed = len(schema.get("enum", ())) == 1
    has_others = any(other != path and found and code_member_rank(other[-1]) < FAR for other, found in evidence.items())
    return rank < _NAMES and not (is_fixed and has_others)


def text_place(schema: "Mapping[str, Any]", code: "Path") -> "Path | None":
    """Return the path of the text beside a code, by its name and its nearness; None without one.

    >>> text = {"type": "string"}
    >>> text_place({"properties": {"type": text, "title": text, "detail": text}}, ("type",))
    ('detail',)
    """
    arrays = {code[:index] for index, step in enumerate(code) if step == "*"}
    ranked = [
        (text_member_rank(path[-1]), len(path) + len(code) - 2 * _common(path, code), path)
        for path, each in places(dict(schema))
        if path != code
        and allows(each, "string")
        and text_member_rank(path[-1]) < FAR
        and {path[:index] for index, step in enumerate(path) if step == "*"} <= arrays
    ]
    return min(ranked)[2] if ranked else None


def _common(one: "Path", other: "Path") -> int:
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
