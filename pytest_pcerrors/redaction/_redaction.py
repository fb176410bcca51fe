"""Redact exchanges: one idempotent operation for every part that is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Self

from pytest_pcerrors.exchange.http import Headers
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.redaction._bodies import Value, problem_of, settled, with_text
from pytest_pcerrors.redaction.raw import exchange_may_hold
from pytest_pcerrors.secrets import MASK, Found, Secrets
from pytest_pcerrors.secrets.definition import located, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.secrets.hiding import Hider
    from pytest_pcerrors.settings import RedactSetting

_MAX_SEEN, _MAX_KEPT = 8192, 512
"""The number of different parts whose findings are kept, since they are often repeated, and the longest value."""

_LENGTH = "content-length"
Purpose = Literal["storage", "matching", "finding"]


class Searched(NamedTuple, Generic[Value]):
    """A value with its secrets hidden, and the findings."""

    value: Value
    found: list[Found]


@dataclass(frozen=True)
class Redaction:
    """Hide secrets in data that is stored: known ones, values of `names`, matches of `patterns`, GUIDs with `tenant_ids`.

    Redaction is idempotent. Data without a secret is returned unchanged.

    >>> Redaction().body(b'{"access_token": "x7Kq02pLm", "expires_in": 3599}')
    b'{"access_token": "***", "expires_in": 3599}'
    """

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tenant_ids: bool = False
    purpose: Purpose = field(default="storage", kw_only=True, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "patterns", tuple(self.patterns))
        secrets_of(self.names, self.patterns, self.tenant_ids)

    @classmethod
    def of_settings(cls, setting: "RedactSetting") -> Self:
        """Return the redaction of the table ``[tool.pcerrors.redact]``.

        >>> from pytest_pcerrors.settings import RedactSetting
        >>> Redaction.of_settings(RedactSetting(names=("pin",))).url("/v1?pin=1234")
        '/v1?pin=***'
        """
        return cls(setting.names, setting.patterns, setting.tenant_ids)

    @cached_property
    def secrets(self) -> Secrets:
        """The definition of a secret."""
        secrets = secrets_of(self.names, self.patterns, self.tenant_ids)
        return replace(secrets, hides_replacements=True) if self.purpose == "matching" else secrets

    def for_matching(self) -> "Redaction":
        """Return the redaction for comparing two requests: placeholders of secrets are hidden too.

        >>> Redaction().for_matching().url("/v1?access_token=DUMMY&code=EUR")
        '/v1?access_token=***&code=EUR'
        """
        return _for(self, "matching")

    def for_finding(self) -> "Redaction":
        """Return the redaction for findings alone: values with their secrets hidden are not searched again.

        >>> Redaction().for_finding().places(Exchange(200, {}, b'{"access_token": "x7Kq02pLm"}'))
        ['response body /access_token']
        """
        return _for(self, "finding")

    @cached_property
    def _seen(self) -> "dict[tuple[str, str | bytes], Searched[Any]]":
        return {}

    def url(self, url: str) -> str:
        """Hide user and password, secret parameters, and tokens in the path.

        >>> Redaction().url("https://user:pass@api.example/v1?sig=x7Kq02pLm&size=3")
        'https://***@api.example/v1?sig=***&size=3'
        """
        return self.searched_url(url).value

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Hide the secrets of header fields.

        >>> Redaction().headers([("Authorization", "Bearer abc"), ("Cookie", "sid=abc; theme=dark")])
        [('Authorization', 'Bearer ***'), ('Cookie', 'sid=***; theme=***')]
        """
        return [(self.header_name(name), self.header(name, value)) for name, value in pairs]

    def header(self, name: str, value: str) -> str:
        """Hide the secrets in the value of a header.

        >>> Redaction().header("Proxy-Authorization", "Basic YTpi")
        'Basic ***'
        """
        return self.searched_header(name, value).value

    def header_name(self, name: str) -> str:
        """Hide the secrets in the name of a header.

        >>> Redaction().header_name("X-Api-Key")
        'X-Api-Key'
        """
        return settled(name, self.secrets.shown_name, MASK)

    def body(self, body: bytes, content_encoding: str | None = None) -> bytes:
        """Hide the secrets of a body in any format and encoding; `content_encoding` is the value of its header.

        >>> Redaction().body(b"grant_type=password&client_secret=x7Kq02pLm")
        b'grant_type=password&client_secret=***'
        """
        return self.searched_body(body, content_encoding).value

    def text(self, text: str) -> str:
        """Hide the secrets of free text; sentences about tokens and passwords are kept.

        >>> Redaction().text("Bearer authentication is required, not password=x7Kq02pLm")
        'Bearer authentication is required, not password=***'
        """
        return self.searched_text(text).value

    def searched_url(self, url: str) -> "Searched[str]":
        """Return a URL with its secrets hidden, and the findings."""
        return self._searched("URL", url, lambda hider, each: hider.url(each), MASK)

    def searched_header(self, name: str, value: str) -> "Searched[str]":
        """Return the value of a header with its secrets hidden, and the findings."""
        return self._searched(f"header {name}", value, lambda hider, each: hider.header(name, each), MASK)

    def searched_text(self, text: str) -> "Searched[str]":
        """Return free text with its secrets hidden, and the findings."""
        return self._searched("text", text, lambda hider, each: hider.text(each), MASK)

    def searched_body(self, body: bytes, content_encoding: str | None = None) -> "Searched[bytes]":
        """Return a body with its secrets hidden, and the findings, or why it could not be searched."""
        if not body:
            return Searched(body, [])
        problem = problem_of(body, content_encoding)
        if problem is not None:
            return Searched(body, [Found("", "suspected", problem)])
        part = f"body {content_encoding}"
        return self._searched(
            part, body, lambda hider, each: with_text(each, hider.document, content_encoding), MASK.encode()
        )

    def _searched(
        self, part: str, value: Value, edit: "Callable[[Hider, Value], Value]", mask: Value
    ) -> "Searched[Value]":
        is_short = len(value) <= _MAX_KEPT
        searched = self._seen.get((part, value)) if is_short else None
        if searched is not None:
            return searched
        from pytest_pcerrors.secrets.hiding import Hider

        hider = Hider(self.secrets)
        new = edit(hider, value)
        searched = Searched(new, hider.found if new != value else [])
        if new != value and self.purpose != "finding":
            searched = searched._replace(value=settled(new, lambda each: edit(Hider(self.secrets), each), mask))
        if is_short and len(self._seen) < _MAX_SEEN:
            self._seen[part, value] = searched
        return searched

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange with its secrets hidden; the same object if nothing changes.

        >>> Redaction().exchange(Exchange(200, {"Set-Cookie": "sid=abc; Path=/"}, b"")).header("Set-Cookie")
        'sid=***; Path=/'
        """
        if not exchange_may_hold(exchange, self.secrets):
            return exchange
        request = exchange.request
        if request is not None:
            body = self.body(request.body)
            fields = self._fields(request.headers, request.body, body)
            request = Request(self.text(request.method), self.url(request.url), fields, body)
        body = self.body(exchange.body)
        headers = None if exchange.headers is None else self._fields(exchange.headers, exchange.body, body)
        reason = None if exchange.reason is None else self.text(exchange.reason)
        parts = (exchange.status, headers, body, request, reason, exchange.origin)
        redacted = Exchange(*parts, body_problem=exchange.body_problem, recorded_at=exchange.recorded_at)
        return exchange if redacted == exchange else redacted

    def found(self, exchange: Exchange) -> list[Found]:
        """Return the places that would be redacted, without their values, and how certain it is that each is a secret.

        >>> exchange = Exchange(200, {}, b'{"access_token": "x7Kq02pLm", "password": "summer"}')
        >>> [(each.place, each.certainty) for each in Redaction().found(exchange)]
        [('response body /access_token', 'secret'), ('response body /password', 'suspected')]
        """
        return list(self._found(exchange)) if exchange_may_hold(exchange, self.secrets) else []

    def places(self, exchange: Exchange) -> list[str]:
        """Return the places that would be redacted, without their values.

        >>> request = Request("GET", "https://api.example/v1?sig=abc", {"Authorization": "Bearer abc"})
        >>> Redaction().places(Exchange(200, {}, b'{"access_token": "abc"}', request))
        ['request URL, parameter sig', 'request header Authorization', 'response body /access_token']
        """
        return [each.place for each in self.found(exchange)]

    def _found(self, exchange: Exchange) -> "Iterator[Found]":
        request = exchange.request
        if request is not None:
            yield from located(self.searched_url(request.url).found, "request URL")
            yield from self._found_in_headers("request", request.headers)
            yield from located(self.searched_body(request.body).found, "request body")
        if exchange.reason:
            yield from located(self.searched_text(exchange.reason).found, "reason phrase", is_one=True)
        yield from self._found_in_headers("response", exchange.headers or ())
        yield from located(self.searched_body(exchange.body).found, "response body")

    def _found_in_headers(self, side: str, pairs: Iterable[tuple[str, str]]) -> "Iterator[Found]":
        for name, value in pairs:
            shown = self.header_name(name)
            found = self.searched_header(name, value).found or ([] if shown == name else [Found("", "secret")])
            yield from located(found, f"{side} header {shown}", is_one=True)

    def _fields(self, headers: Headers, old: bytes, new: bytes) -> list[tuple[str, str]]:
        """Hide the secrets of headers, and update a Content-Length that was correct."""
        before, after = str(len(old)), str(len(new))
        return [
            (name, after if name.lower() == _LENGTH and value.strip() == before != after else value)
            for name, value in self.headers(headers)
        ]


@lru_cache(maxsize=32)
def _for(redaction: Redaction, purpose: Purpose) -> Redaction:
    return replace(redaction, purpose=purpose)
