"""The normal form of a response, with its request where known."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.encodings import FIRST_BYTES, decode
from pytest_pcerrors.exchange.http import Headers, media_type, with_offset
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.text import represented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_pcerrors.exchange.adapters.parts import ResponseData
    from pytest_pcerrors.exchange.http import RawHeaders

_STATUS_RANGE = range(100, 1000)
_NO_REMARKS = (None, None, None, None)


def _check_remarks(reason: object, origin: object, body_problem: object, recorded_at: object, body: bytes) -> None:
    for what, text in (("a reason phrase", reason), ("an origin", origin), ("a body's problem", body_problem)):
        if text is not None:
            _check_text(what, text)
    if recorded_at is not None and not isinstance(recorded_at, datetime):
        raise UsageError(f"expected recorded_at as a datetime, got {type(recorded_at).__name__}")
    if body and body_problem is not None:
        raise UsageError("an unknown body must be empty; omit the body or body_problem")


def _check_text(what: str, value: object) -> None:
    if not isinstance(value, str):
        raise UsageError(f"expected {what} as a str, got {type(value).__name__}")


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Request:
    """The request of an exchange.

    >>> Request("POST", "https://api.partnercenter.microsoft.com/v1/customers").host
    'api.partnercenter.microsoft.com'
    """

    method: str
    url: str
    headers: Headers
    body: bytes

    def __init__(self, method: str, url: str, headers: "RawHeaders" = (), body: bytes = b"") -> None:
        _check_text("a request's method", method)
        _check_text("a request's URL", url)
        object.__setattr__(self, "method", method.upper())
        object.__setattr__(self, "url", url)
        object.__setattr__(self, "headers", Headers(headers))
        object.__setattr__(self, "body", body)

    def __repr__(self) -> str:
        return f"<Request {self.method} {hide(self.url)}>"

    @property
    def host(self) -> str | None:
        """The host of the URL in lower case, without port; None for a relative or an invalid URL."""
        end = self.url.find("/", len("https://")) if self.url.startswith(("https://", "http://")) else -1
        return _host(self.url if end < 0 else self.url[:end])


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Exchange:
    """One response, with its request, reason phrase and origin where known.

    For unknown headers, `headers` has the value None, and rules about headers do not run. `body` has no content encodings: an encoded body
    is decoded, completely, so an exchange made from the parts of another has the same body. `body_problem` is the reason why the
    body is unknown (not kept in the recording, or cannot be decoded), or None. An unknown body is ``b""``, and rules about bodies
    do not run. `origin` is the place in a recording: ``path:line`` or ``path#/log/entries/3``. `recorded_at` is the moment at which
    the recording says that it was made (one without an offset is in UTC); the same exchange recorded again is equal.

    >>> Exchange(409, {"Content-Type": "application/json"}, b'{"code": "800064"}')
    <Exchange 409, 18 bytes>
    >>> Exchange(409, None, b"", body_problem="not kept in the recording")
    <Exchange 409, body unknown: not kept in the recording>
    """

    status: int
    headers: Headers | None
    body: bytes
    request: Request | None
    reason: str | None
    origin: str | None
    body_problem: str | None
    recorded_at: datetime | None = field(compare=False)

    def __init__(  # noqa: PLR0913, PLR0917 - one argument a field
        self,
        status: int,
        headers: "RawHeaders | None",
        body: bytes,
        request: Request | None = None,
        reason: str | None = None,
        origin: str | None = None,
        *,
        body_problem: str | None = None,
        recorded_at: datetime | None = None,
    ) -> None:
        if not isinstance(status, int) or status not in _STATUS_RANGE:
            raise UsageError(f"the status {represented(status)} is not an HTTP status; expected an int from 100 to 999")
        if not isinstance(body, bytes):
            raise UsageError(f"expected the body as bytes, got {type(body).__name__}; encode text as UTF-8")
        if request is not None and not isinstance(request, Request):
            raise UsageError(f"expected a Request, got {type(request).__name__}")
        if (reason, origin, body_problem, recorded_at) != _NO_REMARKS:
            _check_remarks(reason, origin, body_problem, recorded_at, body)
        known = None if headers is None else Headers(headers)
        is_declared = known is not None and known.get("Content-Encoding") is not None
        if body and (is_declared or body.startswith(FIRST_BYTES)):
            decoded = decode(body, ", ".join(known.all("Content-Encoding")) if known is not None else None)
            body_problem = decoded.problem
            body = b"" if body_problem else decoded.body
        _set_status(self, int(status))
        _set_headers(self, known)
        _set_body(self, body)
        _set_request(self, request)
        _set_reason(self, reason)
        _set_origin(self, origin)
        _set_body_problem(self, body_problem)
        _set_recorded_at(self, recorded_at and with_offset(recorded_at))

    @classmethod
    def of(cls, response: object) -> "Exchange":
        """Return the exchange of any kind of response that `check` accepts; raise a `UsageError` for anything else.

        >>> Exchange.of((404, b"")).status
        404
        """
        if isinstance(response, Exchange):
            return response
        return cls.of_data(_reader()(response))

    @classmethod
    def of_data(cls, data: "ResponseData") -> "Exchange":
        """Return the exchange of a response that an adapter has read."""
        request = None if data.request is None else Request(*data.request)
        status, headers, body, _, reason, origin, body_problem, recorded_at = data
        return cls(status, headers, body, request, reason, origin, body_problem=body_problem, recorded_at=recorded_at)

    def __repr__(self) -> str:
        request = f" {self.request.method} {hide(self.request.url)}" if self.request else ""
        body = f"{len(self.body)} bytes" if self.body_problem is None else f"body unknown: {self.body_problem}"
        return f"<Exchange {self.status}{request}, {body}>"

    def at(self, origin: str | None) -> "Exchange":
        """Return this exchange with another origin.

        >>> Exchange(404, None, b"").at("cart.yaml:12").origin
        'cart.yaml:12'
        """
        return self._copy(origin=origin)

    def with_request(self, request: Request) -> "Exchange":
        """Return this exchange with another request.

        >>> Exchange(404, None, b"").with_request(Request("HEAD", "/v1/domains/contoso.example"))
        <Exchange 404 HEAD /v1/domains/contoso.example, 0 bytes>
        """
        return self._copy(request=request)

    def with_headers(self, changes: "Mapping[str, str | None]") -> "Exchange":
        """Return this exchange without the headers of some names, and with new ones at the end; None only leaves a name out.

        >>> Exchange(429, {"retry-after": "57", "Via": "x"}, b"").with_headers({"Retry-After": "0", "Via": None}).header("retry-after")
        '0'
        """
        names = {name.lower() for name in changes}
        kept = [(name, value) for name, value in self.headers or () if name.lower() not in names]
        new = [(name, value) for name, value in changes.items() if value is not None]
        return self._copy(headers=Headers([*kept, *new]))

    def _copy(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; the body is not decoded again."""
        copy = object.__new__(type(self))
        for name in self.__slots__:
            object.__setattr__(copy, name, changes.get(name, getattr(self, name)))
        return copy

    def header(self, name: str) -> str | None:
        """Return the first value of a response header, or None if it is absent or the headers are unknown.

        >>> Exchange(429, {"Retry-After": "57"}, b"").header("retry-after")
        '57'
        """
        return self.headers.get(name) if self.headers is not None else None

    @property
    def media_type(self) -> str | None:
        """The media type of the body in lower case, without parameters such as charset (RFC 9110, section 8.3).

        >>> Exchange(404, {"Content-Type": "Application/JSON; charset=utf-8"}, b"").media_type
        'application/json'
        """
        value = None if self.headers is None else self.headers.get("Content-Type")
        return None if value is None else media_type(value)


(_set_status, _set_headers, _set_body, _set_request, _set_reason, _set_origin, _set_body_problem, _set_recorded_at) = (
    getattr(Exchange, name).__set__ for name in Exchange.__slots__
)
"""Functions that set a field of a frozen exchange, faster than ``object.__setattr__`` does."""


@cache
def _reader() -> "Callable[[object], ResponseData]":
    """Return the function that reads any kind of response; an import takes as long as the reading of a pair."""
    from pytest_pcerrors.exchange.adapters.table import response_data

    return response_data


@lru_cache(maxsize=1024)
def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
