"""Bare error bodies, without their HTTP status: detect them, or read them with a given status."""

from typing import IO, Any, NoReturn

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.model import Exchange

MAX_BODY_INPUT = 65 * 1024 * 1024
"""The largest bare body that is read, in bytes."""

_RECORDED = frozenset({"request", "response", "interactions", "log", "http_interactions"})
_ERROR_NAMES = frozenset(
    {"code", "description", "message", "error", "errors", "statusCode", "errorCode", "errorMessage", "title", "detail"}
)
_DESCRIBING = frozenset({"title", "description"})
_OF_MANIFESTS = frozenset({"name", "$schema"})
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
VERBOSE_STARTS = (b"* ", b"> ", b"< ")
"""The beginnings of lines of ``curl -v``, which are not valid YAML."""

_YAML_STARTS = tuple(b"#-%&!?")
_FIX = 'wrap it as {"status": 404, "body": ...}, or give its status: pcerrors check --status 404'


def refuse_bare(item: Any, origin: str) -> None:
    """Raise an `ArchiveError` if a parsed value that is not an exchange looks like an error body."""
    if isinstance(item, dict) and item.keys() & _ERROR_NAMES and not item.keys() & _RECORDED and not _is_manifest(item):
        _refuse("an error body without its HTTP status", origin)


def _is_manifest(item: dict[Any, Any]) -> bool:
    """Return whether a value describes something else than an error, such as a package or a schema."""
    return bool(item.keys() & _OF_MANIFESTS) and item.keys() & _ERROR_NAMES <= _DESCRIBING


def is_bare_text(start: bytes) -> bool:
    """Return whether an input with this first line is a page, plain text or a JSON string, and not YAML with keys.

    >>> is_bare_text(b"<html>"), is_bare_text(b"Access denied"), is_bare_text(b"interactions:")
    (True, True, False)
    """
    line = start.strip()
    if line.startswith((b"<", *_UTF_16_MARKS)) or not line:
        return line.startswith(b"<")
    is_quoted = line.startswith(b'"') and line.endswith(b'"')
    return is_quoted or (b":" not in line and line[0] not in _YAML_STARTS)


def is_utf_16(start: bytes) -> bool:
    r"""Return whether an input is JSON or an HTTP response in UTF-16 with a byte order mark.

    >>> is_utf_16('\ufeff{"code"'.encode("utf-16-le")), is_utf_16("\ufeffinteractions:".encode("utf-16-le"))
    (True, False)
    """
    return start.startswith(_UTF_16_MARKS) and start[2:4].strip(b"\0") in (b"{", b"[", b"H", b"<")


def refuse_utf_16(_: IO[bytes], name: str) -> NoReturn:
    """Raise an `ArchiveError` for text in UTF-16, which is not what the server sent."""
    raise ArchiveError(name, "UTF-16, as PowerShell's > writes it", "save it as it was sent: curl -i -o FILE URL")


def refuse_verbose(_: IO[bytes], name: str) -> NoReturn:
    """Raise an `ArchiveError` for the output of ``curl -v``, which is more than the response."""
    raise ArchiveError(name, "the output of curl -v", "save only the response: curl -i URL")


def refuse_bare_text(_: IO[bytes], name: str) -> NoReturn:
    """Raise an `ArchiveError` for a page or plain text, which may be an error body."""
    _refuse("a text without its HTTP status", name)


def bare_exchange(stream: IO[bytes], name: str, status: int) -> Exchange:
    """Return the exchange of a bare error body; its headers are unknown."""
    body = stream.read(MAX_BODY_INPUT + 1)
    if len(body) > MAX_BODY_INPUT:
        raise ArchiveError(name, f"more than {MAX_BODY_INPUT // 1024 // 1024} MiB")
    return Exchange(status, None, body, origin=name)


def _refuse(problem: str, origin: str) -> NoReturn:
    raise ArchiveError(origin, problem, _FIX)
