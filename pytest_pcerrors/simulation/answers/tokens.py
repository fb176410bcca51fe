"""The token endpoint: tokens with a lifetime, and the requests that are refused because of their token."""

import re
from http import HTTPStatus
from secrets import token_hex
from time import monotonic, time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.model import Request
from pytest_pcerrors.simulation._plausible import Sender
from pytest_pcerrors.simulation.answers.answer import Answer
from pytest_pcerrors.simulation.shapes import shapes_for
from pytest_pcerrors.text import represented

if TYPE_CHECKING:
    from collections.abc import Callable

LIFETIME = 3599
"""The default lifetime of a token in seconds."""

_PATH = re.compile(r"(?:/.*)?/[^/]+/oauth2(/v2\.0)?/token/?")
_MOST_TOKENS = 10_000
_REFUSAL = "empty-401"
_SENDER = Sender("application/json; charset=utf-8")
_UNCACHED = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}
_RESOURCE = "https://api.partnercenter.microsoft.com"
_WITHOUT_USER = "client_credentials"
_GRANTS = f"""
    {_WITHOUT_USER} refresh_token password authorization_code jwt_token
    urn:ietf:params:oauth:grant-type:jwt-bearer urn:ietf:params:oauth:grant-type:device_code
""".split()
_PROBLEMS = {
    "invalid_grant": (70000, "The grant is not valid any more. Sign in again."),
    "invalid_request": (900144, "The body has no grant_type."),
    "unsupported_grant_type": (70003, "This grant_type is not supported."),
}
"""The errors of the endpoint, with Microsoft's number of each, in our own words."""


def is_token_request(request: Request) -> bool:
    """Return whether a request is one for a token: ``POST /{tenant}/oauth2/v2.0/token``, or without ``v2.0``."""
    return request.method == "POST" and _PATH.fullmatch(urlsplit(request.url).path) is not None


class Tokens:
    """Issues tokens, and knows which of them are valid.

    Once a token was issued, or from the start if a token is `required`, a request with an expired token, or with one from elsewhere, is
    refused, as the API of the contract does; if a token is required, a request without one is refused too.
    """

    def __init__(self, contract: Contract | None = None) -> None:
        self._refusal = shapes_for(contract or Contract.default())[_REFUSAL]
        self._lifetime, self._required = LIFETIME, False
        self._ends: dict[str, float] = {}
        self.words: dict[str, Callable[[], Answer]] = {
            "token": lambda: Answer(_SENDER.json(HTTPStatus.OK, {}), "token", for_request=self.respond),
            "invalid_grant": lambda: _problem("invalid_grant"),
        }

    def set(self, lifetime: object, *, required: bool) -> None:
        """Set the lifetime of the tokens that are issued from now on, and whether every request needs one."""
        if type(lifetime) is not int or lifetime < 1:
            raise UsageError(f"expected the lifetime of a token in whole seconds, from 1, got {represented(lifetime)}")
        self._lifetime, self._required = lifetime, required

    def refusal(self, request: Request) -> Answer | None:
        """Return the answer to a request that is refused because of its token, or None."""
        authorization = request.headers.get("Authorization")
        if is_token_request(request) or not (self._required or self._ends):
            return None
        if authorization is None:
            return self._refused("no token") if self._required else None
        scheme, _, token = authorization.partition(" ")
        end = self._ends.get(token.strip()) if scheme.lower() == "bearer" else None
        if end is None:
            return self._refused("not a token of this server")
        return self._refused("the token has expired") if end <= monotonic() else None

    def respond(self, request: Request) -> Answer:
        """Issue a token for a grant; an unknown grant is an error of the endpoint."""
        form = parse_qs(request.body.decode("utf-8", "replace"))
        grant = form.get("grant_type", [""])[0]
        if grant not in _GRANTS:
            return _problem("unsupported_grant_type" if grant else "invalid_request")
        match = _PATH.fullmatch(urlsplit(request.url).path)
        is_first_version = match is not None and match[1] is None
        issued = self._issued(form, grant, is_first_version=is_first_version)
        return Answer(_SENDER.json(HTTPStatus.OK, issued, _UNCACHED), "token")

    def _refused(self, problem: str) -> Answer:
        return Answer(self._refusal, f"{_REFUSAL}, {problem}")

    def _issued(self, form: dict[str, list[str]], grant: str, *, is_first_version: bool) -> dict[str, object]:
        token, now = _opaque(), int(time())
        self._ends[token] = monotonic() + self._lifetime
        if len(self._ends) > _MOST_TOKENS:
            del self._ends[next(iter(self._ends))]
        life: dict[str, object] = {"expires_in": self._lifetime, "ext_expires_in": self._lifetime}
        if is_first_version:
            times = {**life, "expires_on": now + self._lifetime, "not_before": now}
            life = {
                **{name: str(value) for name, value in times.items()},
                "resource": form.get("resource", [_RESOURCE])[0],
            }
        renewal = {} if grant == _WITHOUT_USER else {"refresh_token": _opaque()}
        return {"token_type": "Bearer", **life, "access_token": token, **renewal}


def _opaque() -> str:
    return f"pcerrors-{token_hex(16)}"


def _problem(name: str) -> Answer:
    number, sentence = _PROBLEMS[name]
    body = {
        "error": name,
        "error_description": f"AADSTS{number}: {sentence}",
        "error_codes": [number],
        "timestamp": "2026-03-03 09:07:11Z",
        "trace_id": "6f1d3c5e-2b7a-4c1f-9d60-5a8e4b7c1d02",
        "correlation_id": "c0a8d7e4-93b1-4f5e-8a26-1e7d9b3f6a45",
    }
    return Answer(_SENDER.json(HTTPStatus.BAD_REQUEST, body, _UNCACHED), f"400 {name}")
