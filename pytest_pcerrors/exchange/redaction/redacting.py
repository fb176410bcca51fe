"""Redaction: one idempotent function of what is stored, for every part of an exchange."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

from pytest_pcerrors.exchange.model import Exchange, Headers, Request
from pytest_pcerrors.exchange.redaction.bodies import unpacked, with_text
from pytest_pcerrors.exchange.redaction.editor import Editor
from pytest_pcerrors.exchange.redaction.secrets import MASK, Secrets, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_pcerrors.settings import RedactSetting

_PASSES = 8
_LENGTH = "content-length"
Value = TypeVar("Value", str, bytes)


@dataclass(frozen=True)
class Redaction:
    """Hides secrets in what is stored: known ones, values of `names`, matches of `patterns`; `tenant_ids` are GUIDs.

    Redacting twice is redacting once. What holds no secret comes back as it came, to the byte.

    >>> Redaction().body(b'{"access_token": "abc", "expires_in": 3599}')
    b'{"access_token": "***", "expires_in": 3599}'
    """

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    tenant_ids: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "patterns", tuple(self.patterns))
        secrets_of(self.names, self.patterns, self.tenant_ids)

    @classmethod
    def of_settings(cls, setting: "RedactSetting") -> Self:
        """Make the redaction that ``[tool.pcerrors.redact]`` describes.

        >>> from pytest_pcerrors.settings import RedactSetting
        >>> Redaction.of_settings(RedactSetting(names=("pin",))).url("/v1?pin=1234")
        '/v1?pin=***'
        """
        return cls(setting.names, setting.patterns, setting.tenant_ids)

    @cached_property
    def secrets(self) -> Secrets:
        """What counts as a secret."""
        return secrets_of(self.names, self.patterns, self.tenant_ids)

    def url(self, url: str) -> str:
        """Hide user and password, secret parameters, and tokens in the path.

        >>> Redaction().url("https://user:pass@api.example/v1?sig=abc&size=3")
        'https://***@api.example/v1?sig=***&size=3'
        """
        return _settled(url, lambda each: Editor(self.secrets).url(each), MASK)

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Hide the secrets of header fields.

        >>> Redaction().headers([("Authorization", "Bearer abc"), ("Cookie", "sid=abc; theme=dark")])
        [('Authorization', 'Bearer ***'), ('Cookie', 'sid=***; theme=***')]
        """
        return [(self.header_name(name), self.header(name, value)) for name, value in pairs]

    def header(self, name: str, value: str) -> str:
        """Hide the secrets of one header's value.

        >>> Redaction().header("Proxy-Authorization", "Basic YTpi")
        'Basic ***'
        """
        return _settled(value, lambda each: Editor(self.secrets).header(name, each), MASK)

    def header_name(self, name: str) -> str:
        """Hide a secret that stands where the name of a header does.

        >>> Redaction().header_name("X-Api-Key")
        'X-Api-Key'
        """
        return _settled(name, self.secrets.wherever, MASK)

    def body(self, body: bytes) -> bytes:
        """Hide the secrets of a body, whatever its form, encoding and compression.

        >>> Redaction().body(b"grant_type=password&client_secret=abc")
        b'grant_type=password&client_secret=***'
        """
        return _settled(body, lambda each: with_text(each, Editor(self.secrets).document), MASK.encode())

    def text(self, text: str) -> str:
        """Hide the secrets of free text; sentences about tokens and passwords stay.

        >>> Redaction().text("Bearer authentication is required, not password=abc")
        'Bearer authentication is required, not password=***'
        """
        return _settled(text, lambda each: Editor(self.secrets).text(each), MASK)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange with its secrets hidden; the same object where there is none.

        >>> Redaction().exchange(Exchange(200, {"Set-Cookie": "sid=abc; Path=/"}, b"")).header("Set-Cookie")
        'sid=***; Path=/'
        """
        if not self._may_be_in(exchange):
            return exchange
        request = exchange.request
        if request is not None:
            body = self.body(request.body)
            fields = self._fields(request.headers, request.body, body)
            request = Request(self.text(request.method), self.url(request.url), fields, body)
        body = self.body(exchange.body)
        headers = None if exchange.headers is None else self._fields(exchange.headers, exchange.body, body)
        reason = None if exchange.reason is None else self.text(exchange.reason)
        redacted = Exchange(exchange.status, headers, body, request, reason, exchange.origin)
        return exchange if redacted == exchange else redacted

    def places(self, exchange: Exchange) -> list[str]:
        """Return where something would be hidden, never what.

        >>> request = Request("GET", "https://api.example/v1?sig=abc", {"Authorization": "Bearer abc"})
        >>> Redaction().places(Exchange(200, {}, b'{"access_token": "abc"}', request))
        ['request URL, parameter sig', 'request header Authorization', 'response body /access_token']
        """
        return list(self._places(exchange)) if self._may_be_in(exchange) else []

    def _places(self, exchange: Exchange) -> "Iterator[str]":
        request = exchange.request
        if request is not None:
            yield from self.url_places(request.url)
            yield from self.header_places("request", request.headers)
            yield from self.body_places("request", request.body)
        if exchange.reason and self.text(exchange.reason) != exchange.reason:
            yield "reason phrase"
        yield from self.header_places("response", exchange.headers or ())
        yield from self.body_places("response", exchange.body)

    def url_places(self, url: str) -> list[str]:
        """Return where a request's URL holds secrets.

        >>> Redaction().url_places("https://user:pass@api.example/v1?sig=abc")
        ['request URL, user', 'request URL, parameter sig']
        """
        if self.url(url) == url:
            return []
        editor = Editor(self.secrets)
        editor.url(url)
        return [f"request URL, {each}" for each in editor.found] or ["request URL"]

    def header_places(self, side: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
        """Return which headers of a ``request`` or ``response`` hold secrets.

        >>> Redaction().header_places("request", [("Authorization", "Bearer abc"), ("Accept", "*/*")])
        ['request header Authorization']
        """
        return [
            f"{side} header {self.header_name(name)}"
            for name, value in pairs
            if self.header(name, value) != value or self.header_name(name) != name
        ]

    def body_places(self, side: str, body: bytes) -> list[str]:
        """Return where the body of a ``request`` or ``response`` holds secrets: JSON Pointers, or names of parameters.

        >>> Redaction().body_places("request", b"client_secret=abc&size=3")
        ['request body, parameter client_secret']
        """
        if self.body(body) == body:
            return []
        editor = Editor(self.secrets)
        with_text(body, editor.document)
        places = [f"{side} body{' ' if each.startswith('/') else ', '}{each}" for each in editor.found if each]
        return places or [f"{side} body"]

    def _fields(self, headers: Headers, old: bytes, new: bytes) -> list[tuple[str, str]]:
        """Hide the secrets of headers, and keep the length of a body right that was right before."""
        return [
            (
                name,
                str(len(new)) if name.lower() == _LENGTH and value.strip() == str(len(old)) != str(len(new)) else value,
            )
            for name, value in self.headers(headers)
        ]

    def _may_be_in(self, exchange: Exchange) -> bool:
        """Tell cheaply whether an exchange is worth a look, all its texts taken as one."""
        request = exchange.request
        bodies = [exchange.body, request.body if request else b""]
        if any(body[:2] in (b"\xff\xfe", b"\xfe\xff") or unpacked(body) is not body for body in bodies):
            return True
        texts = [exchange.reason or "", *(part for pair in exchange.headers or () for part in pair)]
        if request:
            texts += [request.method, request.url, *(part for pair in request.headers for part in pair)]
        return self.secrets.may_be_in("\n".join([*texts, *(body.decode("latin-1") for body in bodies)]))


def _settled(value: Value, edit: "Callable[[Value], Value]", mask: Value) -> Value:
    """Edit a value until nothing changes, so that editing it again would not; a value that never settles is hidden whole."""
    for _ in range(_PASSES):
        new = edit(value)
        if new == value:
            return value
        value = new
    return mask
