"""The token service for a client under test: each request gets another token."""

import json
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from pytest_pcerrors.exchange.model import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.exchange.model import Request

_HOSTS = "login."
_DISCOVERY = "/.well-known/openid-configuration"
_LIFETIME = 24 * 3600


class TokenService:
    """Answers the requests for tokens, and those for the addresses that libraries for tokens read first.

    >>> from pytest_pcerrors import Request
    >>> service = TokenService()
    >>> request = Request("POST", "https://login.microsoftonline.com/contoso/oauth2/v2.0/token", (), b"grant_type=client_credentials")
    >>> service.answers(request), service.answers(Request("GET", "https://api.partnercenter.microsoft.com/v1/customers"))
    (True, False)
    >>> json.loads(service.answer(request).body)["access_token"], json.loads(service.answer(request).body)["access_token"]
    ('simulated-1', 'simulated-2')
    """

    def __init__(self) -> None:
        self._numbers = count(1)

    def answers(self, request: "Request") -> bool:
        """Return whether a request is for a token (RFC 6749, section 4), or is sent to a host such as ``login.microsoftonline.com``."""
        is_form = request.method == "POST" and b"grant_type" in request.body
        return (request.host or "").startswith(_HOSTS) or (is_form and "grant_type" in dict(_fields(request)))

    def answer(self, request: "Request") -> Exchange:
        """Return the answer: a new token, or the addresses of this service."""
        path = urlsplit(request.url).path
        if not path.endswith("/token"):
            return _json(_addresses(request.url.partition(_DISCOVERY)[0]))
        token = f"simulated-{next(self._numbers)}"
        token_type = {"token_type": "Bearer", "expires_in": _LIFETIME, "ext_expires_in": _LIFETIME}
        return _json({**token_type, "access_token": token, "refresh_token": f"refresh-{token}"})


def _fields(request: "Request") -> list[tuple[str, str]]:
    return parse_qsl(request.body.decode("utf-8", "replace"))


def _addresses(base: str) -> "Mapping[str, str]":
    tenant = base.removesuffix("/v2.0")
    return {
        "issuer": f"{tenant}/v2.0",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{tenant}/oauth2/v2.0/devicecode",
    }


def _json(body: "Mapping[str, object]") -> Exchange:
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return Exchange(200, headers, json.dumps(body).encode())
