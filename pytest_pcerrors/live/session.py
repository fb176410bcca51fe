"""A session for the live service: base URL, access token, request identifiers, timeouts and retries."""

import re
from collections.abc import Callable
from copy import copy
from time import sleep
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from requests.exceptions import RequestException
from requests.structures import CaseInsensitiveDict

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import Headers, is_loopback, seconds_to_wait
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.live.token import usable_token
from pytest_pcerrors.secrets import hide
from pytest_pcerrors.text import nearest, readable

CLOUDS = {
    "global": "https://api.partnercenter.microsoft.com",
    "china": "https://partner.partnercenterapi.microsoftonline.cn",
}
TIMEOUTS = (10.0, 60.0)
"""The default timeouts to connect and to read, in seconds."""

_MOST_TRIES = 10
_LONGEST_WAIT = 60
_CORRELATION, _REQUEST = "MS-CorrelationId", "MS-RequestId"
_PORTS = {"http": 80, "https": 443}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_UNFIT = re.compile(r"[?#\s\\]")


def base_url_of(given: str | None, cloud: str) -> str:
    """Return the given base URL without a trailing slash, or else that of the cloud."""
    if given is not None:
        return _checked_base(given)
    if cloud not in CLOUDS:
        raise UsageError(f'cloud: "{readable(cloud)}" is not known; {nearest(cloud, CLOUDS)}')
    return CLOUDS[cloud]


class ServiceSession(requests.Session):
    """A `requests.Session` bound to a base URL; it sends the token to that origin only.

    URLs are relative to the base URL. An absolute URL gets the token only if scheme, host and port are the same. Every
    request has ``MS-CorrelationId``, ``MS-RequestId``, and timeouts of 10 and 60 seconds, unless the call gives others.
    A header of None is left out, also ``Authorization`` with the token.

    With `retries`, a request that gets a 429 is sent again after the time in ``Retry-After``, otherwise after 1, 2, 4, ...
    seconds, at most ten times, as long as the total wait is within 60 seconds (counted again after a redirect) and the body is not
    a stream. `on_retry` is called with each such 429. `on_missing_token` is called with the method and the URL of a
    request that got a 401 because the session has no token. Misuse is a `UsageError`.

    >>> session = ServiceSession("https://api.partnercenter.microsoft.com", token="abc", retries=False)
    >>> session
    ServiceSession('https://api.partnercenter.microsoft.com')
    >>> session.prepare_request(requests.Request("GET", "/v1/customers?size=3")).url
    'https://api.partnercenter.microsoft.com/v1/customers?size=3'
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        retries: bool,
        on_retry: Callable[[Exchange], object] = lambda _: None,
        on_missing_token: Callable[[str, str], object] = lambda *_: None,
    ) -> None:
        super().__init__()
        self.base_url: str = _checked_base(base_url)
        self.retries = retries
        self._origin = _origin(self.base_url)
        self._on_retry = on_retry
        self._on_missing_token = on_missing_token
        self._token = None if token is None else usable_token(token, "token")
        if self._token and _is_plain(self.base_url) and not is_loopback(_origin(self.base_url)[1] or ""):
            raise UsageError(f"{self.base_url}: the token is not sent over http; write https, or use no token")
        self.headers["Accept"] = "application/json"

    def __repr__(self) -> str:
        return f"ServiceSession({self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise UsageError("a ServiceSession has an access token and cannot be copied or pickled; make a new one")

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return the prepared request, with the full URL, the identifiers, and the token if the origin is right."""
        headers = CaseInsensitiveDict(request.headers or {})
        is_anonymous = request.auth is None and self.auth is None
        has_own = "Authorization" in headers or "Authorization" in self.headers
        for name in (_CORRELATION, _REQUEST):
            if name not in headers and name not in self.headers:
                headers[name] = str(uuid4())
        full = copy(request)
        full.url, full.headers = self._joined(request.url), headers
        if is_anonymous:
            full.auth = lambda prepared: (
                prepared
            )  # otherwise .netrc, or a user name in the URL, would replace our token
        prepared = super().prepare_request(full)
        if "@" in urlsplit(prepared.url or "").netloc:
            raise UsageError(f'"{_shown(str(prepared.url))}" contains a user name; use auth= instead')
        if is_anonymous and not has_own and _origin(prepared.url) == self._origin:
            if self._token:
                prepared.headers["Authorization"] = _Credential(f"Bearer {self._token}")
            else:
                prepared.hooks["response"].append(self._check_unauthorized)
        return prepared

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a prepared request, and retry it while the service answers 429."""
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUTS
        if _is_plain(request.url) and "Authorization" in request.headers:
            kwargs["proxies"] = {}  # a proxy could read the token
        response = self._sent(request, **kwargs)
        waited = tries = 0
        # The response after a redirect comes from a nested call of send, which has already waited.
        while tries < _MOST_TRIES and self._is_worth_a_retry(response, request):
            requested = seconds_to_wait(Headers(response.headers))
            seconds = 2**tries if requested is None else requested
            if waited + seconds > _LONGEST_WAIT:
                break
            self._on_retry(Exchange.of(response))
            response.close()
            sleep(seconds)
            waited, tries = waited + seconds, tries + 1
            request = request.copy()
            if _REQUEST in request.headers:
                request.headers[_REQUEST] = str(uuid4())
            response = self._sent(request, **kwargs)
        return response

    def _sent(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request once; an exception gets a message without secrets, because requests includes whole URLs."""
        try:
            return super().send(request, **kwargs)
        except RequestException as error:
            raise type(error)(hide(str(error)), request=error.request) from None

    def _check_unauthorized(self, response: requests.Response, **_: Any) -> None:
        if response.status_code == requests.codes.unauthorized and _origin(response.url) == self._origin:
            self._on_missing_token(str(response.request.method), response.url)

    def should_strip_auth(self, old_url: str, new_url: str) -> bool:
        """Return whether a redirect leaves the origin. This is stricter than requests, which permits http to https."""
        return _origin(old_url) != _origin(new_url)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep the token only on a redirect within the origin, and do not read ``.netrc``."""
        if self.should_strip_auth(str(response.request.url), str(prepared_request.url)):
            prepared_request.headers.pop("Authorization", None)

    def _joined(self, url: Any) -> str:
        text = (url.decode() if isinstance(url, bytes) else str(url)).lstrip()
        if text.startswith("//"):
            raise UsageError(f'"{_shown(text)}" begins with two slashes; write one slash, or a full URL')
        return text if _ABSOLUTE.match(text) else f"{self.base_url}/{text.removeprefix('/')}"

    def _is_worth_a_retry(self, response: requests.Response, request: requests.PreparedRequest) -> bool:
        return (
            self.retries
            and response.status_code == requests.codes.too_many_requests
            and not response.history
            and isinstance(request.body, str | bytes | None)
        )


class _Credential(str):
    """A header value with a masked repr, because pytest prints the arguments of each frame in a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'Bearer ***'"


def _checked_base(url: str) -> str:
    """Return a base URL as requests normalises it, so that origins can be compared."""
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        parts = urlsplit(prepared.url or "")
    except (RequestException, ValueError):
        parts = urlsplit("")
    if parts.scheme not in _PORTS:
        problem = "is not an http or https URL with a host"
    elif "@" in parts.netloc:
        problem = "contains a user name"
    elif _UNFIT.search(url):
        problem = "contains white space, a backslash, a query or a fragment"
    else:
        return str(prepared.url).rstrip("/")
    raise UsageError(f'base URL "{_shown(url)}" {problem}; expected a URL such as {CLOUDS["global"]}')


def _origin(url: str | None) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port as requests uses them to connect."""
    parts = urlsplit(url or "")
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _is_plain(url: str | None) -> bool:
    return _origin(url)[0] == "http"


def _shown(url: str) -> str:
    return readable(hide(url))
