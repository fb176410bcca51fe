"""Detect formats that are not supported, so that the message can name them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

CHOOSE_RECORDINGS = "name the files or the folder of your recordings instead"
"""What to do about a file that is not a recording."""

READ = (
    "vcrpy, VCR.rb, Betamax, Schemathesis, go-vcr, php-vcr, EasyVCR, HAR (browsers, Polly.js), WireMock, WireMock.Net,"
    " Postman collections, mitmproxy, NDJSON, curl -i"
)
"""The formats that are read, for messages."""

_CONVERT = f"convert it to NDJSON or HAR; known formats: {READ}"
_NOT_YET = "which pcerrors does not read yet"
_NO_RECORDING = "not a recording"
_MARKS = {
    b"PK\x03\x04": "a zip archive, such as a Playwright trace",
    b"<?xml": "an XML document",
    b"SQLite format 3\0": "an SQLite database",
}


class Foreign(NamedTuple):
    """A format that is not supported: its name in messages, a predicate for its documents, the reason, and the fix."""

    name: str
    fits: Callable[[Any], bool]
    why: str = _NOT_YET
    fix: str = _CONVERT


def foreign_format(document: Any) -> tuple[str, str] | None:
    """Return the unsupported format of a parsed document, as a problem and its fix; else None.

    For a document that is read in pieces, the first item of its list is enough.

    >>> foreign_format({"openapi": "3.1.0"})
    ('an OpenAPI document, not a recording', 'name the files or the folder of your recordings instead')
    >>> foreign_format({"interactions": []}) is None
    True
    """
    found = next((each for each in FORMATS if each.fits(document)), None)
    return None if found is None else (f"{found.name}, {found.why}", found.fix)


def foreign_bytes(start: bytes) -> tuple[str, str] | None:
    r"""Return the unsupported format of data by its first bytes, as a problem and its fix; else None.

    >>> foreign_bytes(b"PK\x03\x04...")[0]
    'a zip archive, such as a Playwright trace, which pcerrors does not read yet'
    """
    found = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    return None if found is None else (f"{found}, {_NOT_YET}", _CONVERT)


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda document: isinstance(document, Mapping) and all(key in document for key in keys)


def _lists(*keys: str, inside: str | None = None) -> Callable[[Any], bool]:
    """Return a predicate for a list, or the list at a key, whose first item has these keys; ``a.b`` is the key b of a."""

    def fits(document: Any) -> bool:
        items = document if inside is None else _at(document, inside)
        return isinstance(items, list) and bool(items) and all(_holds(items[0], key) for key in keys)

    return fits


def _either(*fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda document: any(each(document) for each in fits)


def _at(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def _holds(document: Any, path: str) -> bool:
    *outer, key = path.split(".")
    inner = _at(document, ".".join(outer)) if outer else document
    return isinstance(inner, Mapping) and key in inner


_OF_PACT = ("description", "request.path", "response.status")
FORMATS = (
    Foreign(
        "a cassette of vcrpy before 1.0",
        _lists("request.host", "request.path", "response"),
        fix="run python -m vcr.migration on it",
    ),
    Foreign("a recording of ExVCR", _lists("request.request_body", "response.status_code")),
    Foreign("a contract of Pact", _either(_lists(*_OF_PACT), _lists(*_OF_PACT, inside="interactions"))),
    Foreign("a recording of nock", _lists("scope", "path", "status")),
    Foreign("expectations of MockServer", _either(_has("httpRequest"), _lists("httpRequest"))),
    Foreign(
        "a simulation of Hoverfly",
        _either(lambda each: _holds(each, "data.pairs"), lambda each: _holds(each, "meta.hoverflyVersion")),
    ),
    Foreign("imposters of mountebank", _has("imposters")),
    Foreign("a recording of responses", _lists("response", inside="responses")),
    Foreign("an Insomnia export", _has("__export_format")),
    Foreign("a Playwright trace", _either(lambda each: _at(each, "type") in ("context-options", "resource-snapshot"))),
    Foreign("an OpenAPI document", _either(_has("openapi"), _has("swagger")), _NO_RECORDING, CHOOSE_RECORDINGS),
)
"""The known formats that are not supported, specific ones before general ones."""
