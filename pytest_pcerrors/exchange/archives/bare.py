"""Error bodies by themselves, without the HTTP status that they came with: recognized, or read with a status that is given."""

from typing import IO, Any, NoReturn

from pytest_pcerrors.errors import ArchiveError
from pytest_pcerrors.exchange.model import Exchange

LARGEST_BODY_INPUT = 65 * 1024 * 1024
"""The longest body that is read by itself, in bytes."""

_RECORDED = frozenset({"request", "response", "interactions", "log", "http_interactions"})
_ERROR_NAMES = frozenset(
    {"code", "description", "message", "error", "errors", "statusCode", "errorCode", "errorMessage", "title", "detail"}
)
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
VERBOSE_STARTS = (b"* ", b"> ", b"< ")
"""How the lines of ``curl -v`` begin, which no YAML does."""

_YAML_STARTS = tuple(b"#-%&!?")
_FIX = 'wrap it as {"status": 404, "body": ...}, or give its status: pcerrors check --status 404'


def refuse_bare(item: Any, origin: str) -> None:
    """Raise an `ArchiveError` that says so where a parsed value, which is not an exchange, looks like an error body."""
    if isinstance(item, dict) and item.keys() & _ERROR_NAMES and not item.keys() & _RECORDED:
        _refuse("an error body without its HTTP status", origin)


def is_bare_text(start: bytes) -> bool:
    """Return whether an input that begins with this line is a page, a text or a JSON string: not YAML with keys.

    >>> is_bare_text(b"<html>"), is_bare_text(b"Access denied"), is_bare_text(b"interactions:")
    (True, True, False)
    """
    line = start.strip()
    if line.startswith((b"<", *_UTF_16_MARKS)) or not line:
        return line.startswith(b"<")
    is_quoted = line.startswith(b'"') and line.endswith(b'"')
    return is_quoted or (b":" not in line and line[0] not in _YAML_STARTS)


def is_utf_16(start: bytes) -> bool:
    r"""Return whether an input begins as JSON, or as a response, in UTF-16 with a byte order mark.

    >>> is_utf_16('\ufeff{"code"'.encode("utf-16-le")), is_utf_16("\ufeffinteractions:".encode("utf-16-le"))
    (True, False)
    """
    return start.startswith(_UTF_16_MARKS) and start[2:4].strip(b"\0") in (b"{", b"[", b"H", b"<")


def refuse_utf_16(_: IO[bytes], name: str) -> NoReturn:
    """Refuse text in UTF-16; what was printed in it is not as the server sent it."""
    raise ArchiveError(name, "UTF-16, as PowerShell's > writes it", "save it as it was sent: curl -i -o FILE URL")


def refuse_verbose(_: IO[bytes], name: str) -> NoReturn:
    """Refuse what ``curl -v`` prints, in which the response is one part among others."""
    raise ArchiveError(name, "the output of curl -v", "print the response by itself: curl -i URL")


def refuse_bare_text(_: IO[bytes], name: str) -> NoReturn:
    """Refuse a page or a text, which may be an error body."""
    _refuse("a text without its HTTP status", name)


def bare_exchange(stream: IO[bytes], name: str, status: int) -> Exchange:
    """Return the exchange of an error body by itself, whatever it holds; its headers are unknown."""
    body = stream.read(LARGEST_BODY_INPUT + 1)
    if len(body) > LARGEST_BODY_INPUT:
        raise ArchiveError(name, f"more than {LARGEST_BODY_INPUT // 1024 // 1024} MiB")
    return Exchange(status, None, body, origin=name)


def _refuse(problem: str, origin: str) -> NoReturn:
    raise ArchiveError(origin, problem, _FIX)
