"""What the JSON documents of other tools have in common.

A document is read in two steps. `Tool.interactions` only moves values: it works alike on the values of a document and on the
positions of these values in its text, so that reading and redaction have the same idea of where everything is. `Tool.completed` looks
at the values.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pytest_pcerrors.text import late_pattern

Interaction = Any
"""A mapping with ``request`` and ``response`` in our own form, or the entry itself if it cannot be read."""

_LOCAL = late_pattern(r"https?://(?:localhost|127\.0\.0\.1|\[::1\]|\*)(?::\d+)?(?=/|$)")
TEMPLATE = "{{"
"""The beginning of a placeholder that WireMock and Postman fill in."""

MADE_WHEN_SERVED = "made from a template when it is served"
"""The problem of a body with placeholders."""


class Source(NamedTuple):
    """Where an interaction is: its document, the entry of the document, and the path of the file if it is known."""

    document: Any
    entry: Any
    file: Path


class Tool(NamedTuple):
    """A kind of document: the name of an entry in messages, a predicate, the two steps of reading (see the module), and the member that names a file."""

    name: str
    fits: Callable[[Any], bool]
    interactions: Callable[[Any], Iterator[tuple[str, Interaction, Any]]]
    completed: Callable[[Interaction, Source], tuple[Interaction, str | None]]
    body_file: Callable[[Any], Any] = lambda _: None


def is_object(value: Any, *keys: str) -> bool:
    """Return whether a value is an object with all of these keys."""
    return isinstance(value, dict) and all(key in value for key in keys)


def entries(document: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the entries of a document, which is one, a list of them, or has a list of them at a key, with their pointers."""
    listed, pointer = (document[key], f"/{key}") if is_object(document, key) else (document, "")
    if not isinstance(listed, list):
        yield pointer, listed
        return
    for index, entry in enumerate(listed):
        yield f"{pointer}/{index}", entry


def first_of(mapping: dict[str, Any], *keys: str) -> Any:
    """Return the first value of these keys that is not null, or None."""
    return next((mapping[key] for key in keys if mapping.get(key) is not None), None)


def present(**members: Any) -> dict[str, Any]:
    """Return the members that are not null."""
    return {key: value for key, value in members.items() if value is not None}


def is_scalar(value: Any) -> bool:
    """Return whether a value is a text or a number; booleans only switch something on or off."""
    return not isinstance(value, dict | list | bool | None)


def without_local_host(url: str) -> str:
    """Return a URL without the address of the mock server itself."""
    return _LOCAL.sub("", url) or "/"
