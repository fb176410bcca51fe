"""The API at /_pcerrors, by which tests in any language set rules and read the log. Its own requests are not logged."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import blake2b
from secrets import token_bytes
from time import monotonic
from urllib.parse import parse_qs, urlsplit

from pytest_pcerrors.documents import json_value
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import Headers, is_loopback
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.redaction import Redaction
from pytest_pcerrors.simulation.answers.factory import envelope
from pytest_pcerrors.simulation.answers.rules import ResponseRule
from pytest_pcerrors.simulation.server._answer_choice import AnswerChoice
from pytest_pcerrors.simulation.server._request_log import Received, path_of
from pytest_pcerrors.simulation.server._rule_documents import rules_of
from pytest_pcerrors.text import cut, nearest

DROPPED_HEADER = "X-PC-Dropped"

_FOLDER = "/_pcerrors"
_LARGEST_BODY = 1024 * 1024
_LONGEST_PATH = 200
_MOST_RULES = 1000
_BYTES_OF_FINGERPRINT = 4


def is_api_request(request: Request) -> bool:
    """Return whether a request is one to the API."""
    path = path_of(request.url)
    return path == _FOLDER or path.startswith(f"{_FOLDER}/")


class Api:
    """Answers the requests to the API; unless it `is_open`, only those of this machine, by their `Host` and `Origin`.

    Secrets in the log are hidden. Their fingerprints depend on a random key, so that nobody can find a value by guessing.
    """

    def __init__(self, choice: AnswerChoice, *, is_open: bool = False) -> None:
        self._choice = choice
        self._is_open = is_open
        self._start = monotonic()
        self._key = token_bytes()
        self._redaction = Redaction()
        self._routes: dict[str, tuple[tuple[str, ...], Callable[[Request], Exchange]]] = {
            f"{_FOLDER}/rules": (("GET", "POST", "PUT", "DELETE"), self._rules),
            f"{_FOLDER}/requests": (("GET", "DELETE"), self._requests),
        }

    def answer(self, request: Request) -> Exchange:
        """Return the response to a request; an invalid one gets a message."""
        if not self._is_open and (foreign := _foreign(request)):
            return envelope(
                403, f"{foreign} is not this machine; start the server with allow_remote (--allow-remote)"
            ).exchange
        path = path_of(request.url).rstrip("/")
        if path not in self._routes:
            return envelope(404, f'there is no "{cut(path, _LONGEST_PATH)}"; {nearest(path, self._routes)}').exchange
        methods, response_to = self._routes[path]
        if request.method not in methods:
            known = ", ".join(methods)
            problem = f"{cut(request.method, _LONGEST_PATH)} is not a method of {path}; known are {known}"
            return envelope(405, problem, headers={"Allow": known}).exchange
        try:
            return response_to(request)
        except UsageError as error:
            return envelope(400, str(error)).exchange

    def _rules(self, request: Request) -> Exchange:
        """List the rules, add some to them, replace those that were added, or remove these."""
        added = self._rules_in(request) if request.method in ("POST", "PUT") else []
        with self._choice.lock:
            if request.method in ("PUT", "DELETE"):
                self._choice.clear()
            self._choice.rules += added
            listed = [rule.as_document() for rule in (added if request.method == "POST" else self._choice.all_rules)]
        if request.method == "DELETE":
            return Exchange(204, {}, b"")
        return _response(201 if request.method == "POST" else 200, listed)

    def _rules_in(self, request: Request) -> list[ResponseRule]:
        if len(request.body) > _LARGEST_BODY:
            raise UsageError(f"the body is too large: {len(request.body)} bytes, at most {_LARGEST_BODY} allowed")
        value = json_value(request.body, "the body")
        documents = value if isinstance(value, list) else [value]
        if len(documents) > _MOST_RULES:
            raise UsageError(f"expected at most {_MOST_RULES} rules, got {len(documents)}")
        return rules_of(documents, self._choice.factory, lambda index: f"rule {index + 1}")

    def _requests(self, request: Request) -> Exchange:
        """List the requests in the log, or clear it."""
        with self._choice.lock:
            if request.method == "DELETE":
                self._choice.log.clear()
                return Exchange(204, {}, b"")
            requests, dropped = self._choice.log.requests, self._choice.log.dropped
        headers = {DROPPED_HEADER: str(dropped)} if dropped else {}
        return _response(200, list(map(self._entry, requests)), headers)

    def _entry(self, received: Received) -> dict[str, object]:
        """Return the entry of a request; `time` is in seconds since the start of the server."""
        target = urlsplit(self._redaction.url(received.target))
        encoding = received.headers.get("Content-Encoding")
        return {
            "number": received.number,
            "method": received.method,
            "path": target.path or "/",
            "query": parse_qs(target.query, keep_blank_values=True),
            "headers": self._fields(received.headers),
            "body": self._redaction.body(received.body, encoding).decode("utf-8", "backslashreplace"),
            "time": round(received.time - self._start, 3),
            "status": received.status,
            "answer": received.answer,
        }

    def _fields(self, headers: Headers) -> dict[str, str]:
        """Return the headers by name; the values of a repeated one are joined by commas (RFC 9110, section 5.3)."""
        names: dict[str, str] = {}
        for name, _ in headers:
            names.setdefault(name.lower(), name)
        return {name: ", ".join(self._value(name, each) for each in headers.all(name)) for name in names.values()}

    def _value(self, name: str, value: str) -> str:
        """Return a value; one with a secret is hidden, and has a fingerprint of the whole value."""
        hidden = self._redaction.header(name, value)
        if hidden == value:
            return value
        fingerprint = blake2b(value.encode("utf-8", "replace"), key=self._key, digest_size=_BYTES_OF_FINGERPRINT)
        return f"{hidden} #{fingerprint.hexdigest()}"


def _foreign(request: Request) -> str:
    """Return the header by which a request is for another host, or of a page of one: a page may give its own name the address of this machine."""
    for name in ("Host", "Origin"):
        value = request.headers.get(name)
        with suppress(ValueError):
            if value is None or is_loopback(urlsplit(value if "/" in value else f"//{value}").hostname or ""):
                continue
        return cut(f"{name}: {value}", _LONGEST_PATH)
    return ""


def _response(status: int, value: object, headers: Mapping[str, str] = {}) -> Exchange:
    body = json.dumps(value).encode()
    return Exchange(status, {"Content-Type": "application/json", **headers}, body)
