"""Detect inputs that are not supported: formats, so that the message can name them, and error bodies without their HTTP status."""

from typing import Any

from pytest_pcerrors.errors import ArchiveError

CHOOSE_RECORDINGS = "name the files or the folder of your recordings instead"
"""What to do about a file that is not a recording."""

READ = (
    "vcrpy, VCR.rb, vcr (R), Betamax, Schemathesis, go-vcr, php-vcr, EasyVCR, HAR (browsers, Polly.js), WireMock, WireMock.Net,"
    " Postman collections, mitmproxy, NDJSON, curl -i"
)
"""The formats that are read, for messages."""

_CONVERT = f"convert it to NDJSON or HAR; known formats: {READ}"
_NOT_YET = "which pcerrors does not read yet"
_MARKS = {
    b"PK\x03\x04": "a zip archive, such as a Playwright trace",
    b"<?xml": "an XML document",
    b"SQLite format 3\0": "an SQLite database",
}


def unsupported_format(document: Any) -> tuple[str, str] | None:  # noqa: C901 - one case a format
    """Return the unsupported format of a parsed document, as a problem and its fix; else None.

    For a document that is read in pieces, the first item of its list is enough.
    """
    name, why, fix = "", _NOT_YET, _CONVERT
    match document:
        case [{"request": {"host": _, "path": _, "protocol": _}, "response": _}, *_]:
            name, fix = "a cassette of vcrpy before 1.0", "run python -m vcr.migration on it"
        case [{"request": {"request_body": _}, "response": {"status_code": _}}, *_]:
            name = "a recording of ExVCR"
        case [{"description": _, "request": {"path": _}, "response": {"status": _}}, *_]:
            name = "a contract of Pact"
        case {"interactions": [{"description": _, "request": {"path": _}, "response": {"status": _}}, *_]}:
            name = "a contract of Pact"
        case [{"scope": _, "path": _, "status": _}, *_]:
            name = "a recording of nock"
        case {"httpRequest": _} | [{"httpRequest": _}, *_]:
            name = "expectations of MockServer"
        case {"data": {"pairs": _}} | {"meta": {"hoverflyVersion": _}}:
            name = "a simulation of Hoverfly"
        case {"imposters": _}:
            name = "imposters of mountebank"
        case {"responses": [{"response": _}, *_]}:
            name = "a recording of responses"
        case {"__export_format": _}:
            name = "an Insomnia export"
        case {"type": "context-options" | "resource-snapshot"}:
            name = "a Playwright trace"
        case {"openapi": _} | {"swagger": _}:
            name, why, fix = "an OpenAPI document", "not a recording", CHOOSE_RECORDINGS
    return (f"{name}, {why}", fix) if name else None


_RECORDED = frozenset({"request", "response", "interactions", "log", "http_interactions"})
_PARTS = frozenset({"request", "response", "status", "status_code", "body", "body_base64"})
_ERROR_NAMES = frozenset(
    {"code", "description", "message", "error", "errors", "statusCode", "errorCode", "errorMessage", "title", "detail"}
)
_DESCRIBING = frozenset({"title", "description"})
_OF_MANIFESTS = frozenset({"name", "$schema", "properties"})
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_VERBOSE_STARTS = (b"* ", b"> ", b"< ")  # of lines of curl -v, which are not valid YAML
_YAML_STARTS = tuple(b"#-%&!?")
_GIVE_STATUS = 'wrap it as {"status": 404, "body": ...}, or give its status: pcerrors check --status 404'


def refuse_bare(item: Any, origin: str) -> None:
    """Raise an `ArchiveError` if a parsed value that is not an exchange looks like an error body."""
    if isinstance(item, dict) and item.keys() & _ERROR_NAMES and not item.keys() & _RECORDED and not _is_manifest(item):
        raise ArchiveError(origin, "an error body without its HTTP status", _GIVE_STATUS)


def refuse_entry(entry: dict[str, Any], origin: str) -> None:
    """Raise an `ArchiveError` if an entry that is not an exchange has no part of one, such as a message of a WebSocket."""
    refuse_bare(entry, origin)
    if entry.keys().isdisjoint(_PARTS):
        raise ArchiveError(origin, "not an HTTP exchange: it has no request, response or status", CHOOSE_RECORDINGS)


def _is_manifest(item: dict[Any, Any]) -> bool:
    """Return whether a value describes something else than an error, such as a package or a schema."""
    return bool(item.keys() & _OF_MANIFESTS) and item.keys() & _ERROR_NAMES <= _DESCRIBING


def unsupported_bytes(start: bytes) -> tuple[str, str] | None:
    """Return why an input with this first line is not read, as a problem and its fix; else None. It may be an error body, or more than one."""
    if found := next((name for mark, name in _MARKS.items() if start.startswith(mark)), None):
        return f"{found}, {_NOT_YET}", _CONVERT
    if start.startswith(_VERBOSE_STARTS):
        return "the output of curl -v", "save only the response: curl -i URL"
    if is_utf_16(start):
        return "UTF-16, as PowerShell's > writes it", "save it as UTF-8, or as it was sent: curl -i -o FILE URL"
    return ("a text without its HTTP status", _GIVE_STATUS) if _is_bare_text(start) else None


def _is_bare_text(start: bytes) -> bool:
    """Return whether an input with this first line is a page, plain text or a JSON string, and not YAML with keys."""
    line = start.strip()
    if line.startswith((b"<", *_UTF_16_MARKS)) or not line:
        return line.startswith(b"<")
    is_quoted = line.startswith(b'"') and line.endswith(b'"')
    return is_quoted or (b":" not in line and line[0] not in _YAML_STARTS)


def is_utf_16(start: bytes) -> bool:
    """Return whether an input is JSON or an HTTP response in UTF-16 with a byte order mark."""
    return start.startswith(_UTF_16_MARKS) and start[2:4].strip(b"\0") in (b"{", b"[", b"H", b"<")
