"""Responses as a client receives them: as the reply to a request, and their bytes."""

from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import WITHOUT_BODY
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.text import phrase_of, represented

_ECHOED = ("ms-correlationid", "ms-requestid")
_OF_THE_CONNECTION = {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"}
_LENGTH = "Content-Length"
_PIECE = 64


def reply_to(request: Request, exchange: Exchange) -> Exchange:
    """Return what the client of a request receives: with the current date, the identifiers of the request, and the length of the body.

    There is no body in a response to HEAD, and none with a status that has none; that of a 205 is empty (RFC 9110, section 15.3.6).
    """
    now = format_datetime(datetime.now(UTC), usegmt=True)
    own = {name: request.headers.get(name) for name in _ECHOED} | {"date": now}
    body = b"" if exchange.status == HTTPStatus.RESET_CONTENT else exchange.body
    length = () if exchange.status in WITHOUT_BODY else ((_LENGTH, str(len(body))),)
    fields = [
        (name, own.get(name.lower()) or value)
        for name, value in exchange.headers or ()
        if name.lower() not in _OF_THE_CONNECTION
    ]
    sent = body if length and request.method != "HEAD" else b""
    return Exchange(exchange.status, [*length, *fields], sent, request, _reason(exchange))


def as_bytes(reply: Exchange, *, chunked: bool = False, cut: int | None = None, closes: bool = False) -> bytes:
    """Return a reply as it is sent: with no more than `cut` bytes of its body, perhaps in chunks; it announces the close of the connection."""
    fields, body = list(reply.headers or ()), reply.body[:cut]
    if chunked and reply.header(_LENGTH) is not None:
        fields = [("Transfer-Encoding", "chunked"), *((name, value) for name, value in fields if name != _LENGTH)]
        if reply.request is None or reply.request.method != "HEAD":
            body = _in_chunks(body, is_whole=cut is None)
    if closes:
        fields.append(("Connection", "close"))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {reply.status} {_reason(reply)}\r\n{head}\r\n".encode("latin-1") + body


def _in_chunks(body: bytes, *, is_whole: bool) -> bytes:
    """Return a body in chunks, without the last one if it is not whole."""
    pieces = [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, *([b""] if is_whole else [])])


def check_sendable(exchange: Exchange) -> None:
    """Raise a `UsageError` for a head that HTTP/1.1 cannot send: no final status, line breaks, non-Latin-1 characters."""
    if exchange.status not in range(200, 600):
        raise UsageError(f"{exchange.status} is not a final HTTP status; expected one from 200 to 599")
    for text in (_reason(exchange), *(part for field in exchange.headers or () for part in field)):
        if not text.isprintable() or not all(letter < "\u0100" for letter in text):
            raise UsageError(f"{represented(text)} cannot be sent in the head of a response")


def _reason(exchange: Exchange) -> str:
    return phrase_of(exchange.status) if exchange.reason is None else exchange.reason
