"""The plain data of a response that an adapter returns, and its parts in their normal form: status, headers, body, request and time."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.base64text import base64_decoded
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import moment, with_offset

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.http import RawHeaders

_SEVERAL, _TEXTS = (list, tuple), (str, bytes)
_PAIR = 2
USE_MAPPING = 'pass {"status": ..., "headers": ..., "body": ...} instead'
"""The advice for a response whose body can no longer be read."""

NOT_KEPT = "not kept in the recording"
"""The `body_problem` of a response that had or may have had a body that the recording does not have."""


class RequestData(NamedTuple):
    """A request: its method and URL, and its headers and body where known."""

    method: str
    url: str
    headers: "RawHeaders" = ()
    body: bytes = b""


class ResponseData(NamedTuple):
    """A response; the fields are those of `Exchange`."""

    status: int
    headers: "RawHeaders | None"
    body: bytes = b""
    request: RequestData | None = None
    reason: str | None = None
    origin: str | None = None
    body_problem: str | None = None
    recorded_at: datetime | None = None

    def answering(self, request: RequestData) -> "ResponseData":
        """Return the response with its request; the missing body of a response to a HEAD is not a problem."""
        is_complete = request.method.upper() == "HEAD" and self.body_problem == NOT_KEPT
        return self._replace(request=request, body_problem=None if is_complete else self.body_problem)


def body_bytes(body: Any) -> bytes:
    """Return a body as bytes: text is encoded as UTF-8, None is empty, a dict or list becomes JSON.

    A lone surrogate in text is encoded too, as bytes that are not valid UTF-8.
    """
    match body:
        case None:
            return b""
        case bytes():
            return body
        case bytearray() | memoryview():
            return bytes(body)
        case str():
            return body.encode("utf-8", "surrogatepass")
        case dict() | list():
            return json_bytes(body)
        case _:
            raise UsageError(f"expected a body as bytes, text or a JSON value, got {type(body).__name__}")


def base64_bytes(text: Any) -> bytes:
    """Decode base64; raise a `UsageError` if the text is not base64."""
    try:
        return base64_decoded(text)
    except (AttributeError, TypeError, ValueError):
        raise UsageError("the body is declared as base64 and is not valid base64") from None


def header_pairs(headers: Any) -> list[tuple[str, str]]:
    """Return headers as pairs, from a mapping (values may be lists), from pairs, or from a HAR list."""
    items = headers.items() if hasattr(headers, "items") else headers
    if type(headers) is not dict and (isinstance(items, _TEXTS) or not isinstance(items, Iterable)):
        raise UsageError(f"expected headers as a mapping or pairs, got {type(headers).__name__}")
    pairs = []
    for item in items:
        name, value = pair = item if type(item) is tuple and len(item) == _PAIR and None not in item else _header(item)
        if type(value) is str or not isinstance(value, _SEVERAL):
            pairs.append(pair)
        else:
            pairs += [(name, each) for each in value]
    return pairs


def header_lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return headers in the form of vcrpy: a mapping from each name to the list of its values."""
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def request_of(request: Any) -> RequestData | None:
    """Return the request that a client library keeps with its response (method, url, headers, body), or None."""
    url = getattr(request, "url", None)
    if url is None:
        return None
    headers = getattr(request, "headers", None) or ()
    body = getattr(request, "body", None)
    return RequestData(
        getattr(request, "method", None) or "GET",
        str(url),
        header_pairs(headers),
        body_bytes(body) if isinstance(body, bytes | str) else b"",
    )


def read(response: object, body: Callable[[], Any], advice: str) -> bytes:
    """Read a body with the client's own method; if that fails, raise a `UsageError` with the client's reason and the advice."""
    try:
        return body_bytes(body())
    except UsageError:
        raise
    except Exception as error:  # each client has its own exceptions, and none is imported here
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise UsageError(f"the body of this {type(response).__name__} cannot be read ({reason}); {advice}") from error


def json_bytes(value: Any, default: Callable[[Any], Any] | None = None, *, ensure_ascii: bool = True) -> bytes:
    """Return a value as JSON; `default` converts values that are not of a JSON type."""
    try:
        return json.dumps(value, default=default, ensure_ascii=ensure_ascii).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"the body cannot be written as JSON: {error}") from None


def status_of(status: Any) -> int:
    """Return a status given as an int or as three digits; raise a `UsageError` for anything else."""
    if isinstance(status, str) and len(status) == len("409") and status.isascii() and status.isdigit():
        return int(status)
    if isinstance(status, bool) or not isinstance(status, int):
        raise UsageError(f"expected a status as a number such as 409, got {type(status).__name__}")
    return status


def recording_time(recorded: Mapping[str, Any]) -> datetime | None:
    """Return the moment at ``recorded_at``, or else ``startedDateTime`` (HAR), of a recorded exchange; None without a valid one.

    The value is ISO 8601, an HTTP date, or a datetime; without an offset it is in UTC.
    """
    return _time(recorded.get("recorded_at")) or _time(recorded.get("startedDateTime"))


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            # Ruby and R end a time with its zone
            value = datetime.fromisoformat(value.removesuffix(" UTC").removesuffix(" GMT"))
        except ValueError:
            return moment(value)
    return with_offset(value) if isinstance(value, datetime) else None


def _header(item: Any) -> tuple[str, Any]:
    match item:
        case (name, value) | {"name": name, "value": value}:
            pair = name, value
        case _:
            raise UsageError("expected a header as a pair of name and value")
    if name is None:
        raise UsageError("a header has no name")
    if value is None:
        raise UsageError(f'the header "{name}" has no value')
    return pair
