"""The token service for a client under test: each request gets another token."""

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.jsontext import JsonError, parse
from pytest_pcerrors.simulation.answers.successes import ok
from pytest_pcerrors.simulation.answers.tokens import Tokens, is_token_request

if TYPE_CHECKING:
    from pytest_pcerrors.exchange.model import Exchange

_HOSTS = "login."
_DISCOVERY = "/.well-known/openid-configuration"
_OF_PARTNER_CENTER = "/generatetoken"


class TokenService:
    """Answers the requests for tokens, and those for the addresses that libraries for tokens read first.

    >>> from pytest_pcerrors import Request
    >>> service = TokenService()
    >>> request = Request("POST", "https://login.microsoftonline.com/contoso/oauth2/v2.0/token", (), b"grant_type=client_credentials")
    >>> service.answers(request), service.answers(Request("GET", "https://api.partnercenter.microsoft.com/v1/customers"))
    (True, False)
    >>> service.answer(request).body == service.answer(request).body
    False
    """

    def __init__(self) -> None:
        self._tokens = Tokens()

    def answers(self, request: "Request") -> bool:
        """Return whether a request is for a token (RFC 6749, section 4), or is sent to a host such as ``login.microsoftonline.com``."""
        is_form = request.method == "POST" and "grant_type" in parse_qs(_form(request))
        path = urlsplit(request.url).path.lower()
        is_known = is_token_request(request) or path == _OF_PARTNER_CENTER or path.endswith(_DISCOVERY)
        return is_known or is_form or (request.host or "").startswith(_HOSTS)

    def answer(self, request: "Request") -> "Exchange":
        """Return the answer: a new token, or the addresses of this service."""
        if request.method == "POST":
            form = Request(request.method, request.url, request.headers, _form(request).encode())
            return self._tokens.respond(form).exchange
        tenant = request.url.partition(_DISCOVERY)[0].removesuffix("/v2.0")
        oauth = f"{tenant}/oauth2/v2.0"
        return ok(
            {
                "issuer": f"{tenant}/v2.0",
                "authorization_endpoint": f"{oauth}/authorize",
                "token_endpoint": f"{oauth}/token",
                "device_authorization_endpoint": f"{oauth}/devicecode",
            }
        )


def _form(request: Request) -> str:
    """Return the form that a request sends; vcrpy shows the form of some clients as a JSON object."""
    text = request.body.decode("utf-8", "replace")
    with suppress(JsonError):
        value = parse(text)
        return urlencode(value) if isinstance(value, dict) else text
    return text
