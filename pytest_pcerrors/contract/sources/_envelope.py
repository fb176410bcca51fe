"""Make the envelope of a contract from a sample of an error body: the places of code and text, and the error schema."""

from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._names import FAR, code_member_rank, text_member_rank
from pytest_pcerrors.contract.sources._samples import leaves
from pytest_pcerrors.contract.sources.model import Envelope
from pytest_pcerrors.contract.templates import fits
from pytest_pcerrors.jsontext import pointer_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_pcerrors.contract.sources.model import Sample

    Path = tuple[str, ...]

_NAMES = 2
"""The rank of members that are a code only if their value is, such as ``id``; and of a code in an array, compared with others."""

EACH = "*"
"""The step of a path that leads into every item of an array."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def envelope_of(sample: "Sample", codes: "Mapping[str, Sequence[str]]") -> Envelope | None:
    """Return the envelope of a sample that holds one of the codes (each with its texts); None if it holds none of them."""
    places = dict.fromkeys(path for path, text in leaves(sample.value) if text in codes and path[-1] != EACH)
    if not places:
        return None
    code = min(places, key=lambda path: (min(code_member_rank(path[-1]), FAR) + _NAMES * path.count(EACH), len(path)))
    value = next(text for path, text in leaves(sample.value) if path == code and text in codes)
    text = _text_place(sample.value, code, codes[value])
    schema = {"$schema": DIALECT, **_schema(sample.value, [path for path in (code, text) if path])}
    members = {"code": pointer_of(code), **({"description": pointer_of(text)} if text else {})}
    return Envelope(members["code"], {"members": members, "schema": schema}, members.get("description"))


def _text_place(body: Any, code: "Path", texts: "Sequence[str]") -> "Path | None":
    """Return the path of the text that belongs to a code: a known text of it, else by its name and nearness; None without one."""
    arrays = _arrays(code)
    ranked = [
        (
            not any(fits(text, each) for each in texts if each),
            text_member_rank(path[-1]) - (1 if " " in text.strip() else 0),
            len(code) + len(path) - 2 * _common(path, code),
            path,
        )
        for path, text in leaves(body)
        if path != code and _arrays(path) <= arrays and _is_text(path, text, texts)
    ]
    return min(ranked, key=lambda each: each[:3])[3] if ranked else None


def _is_text(path: "Path", text: str, texts: "Sequence[str]") -> bool:
    """Return whether a value can be the text of an error: a text of the code, a member named so, or a sentence."""
    if path[-1] == EACH:
        return False
    return text_member_rank(path[-1]) < FAR or text in texts


def _arrays(path: "Path") -> frozenset["Path"]:
    return frozenset(path[:index] for index, step in enumerate(path) if step == EACH)


def _common(one: "Path", other: "Path") -> int:
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _schema(value: Any, paths: "Sequence[Path]") -> dict[str, Any]:
    """Return the schema of a sample: members on the paths are required, others have their type unless null."""
    if isinstance(value, dict) and any(paths):
        required = list(dict.fromkeys(path[0] for path in paths if path))
        inner = {name: _below(paths, name) for name in value}
        return {
            "type": "object",
            "required": required,
            "properties": {name: _schema(each, inner[name]) for name, each in value.items()},
        }
    if isinstance(value, list) and any(paths):
        return {"type": "array", "minItems": 1, "items": _items(value, _below(paths, EACH))}
    return {} if value is None else {"type": type_of(value)}


def _below(paths: "Iterable[Path]", step: str) -> "list[Path]":
    return [path[1:] for path in paths if path and path[0] == step]


def _items(values: "Sequence[Any]", paths: "Sequence[Path]") -> dict[str, Any]:
    """Return the schema of the first item that has all paths; members that not all items have are optional anyway."""
    complete = next((each for each in values if all(_has(each, path) for path in paths)), values[0])
    return _schema(complete, paths)


def _has(value: Any, path: "Path") -> bool:
    return any(each == path for each, _ in leaves(value))
