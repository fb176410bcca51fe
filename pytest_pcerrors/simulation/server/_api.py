"""The API at /_pcerrors, by which tests in any language set rules and read the log. Its own requests are not logged."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from pytest_pcerrors.documents import json_value
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import is_loopback
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.rules import ResponseRule
from pytest_pcerrors.simulation.server._answer_choice import AnswerChoice
from pytest_pcerrors.simulation.server._request_log import LogEntries, path_of
from pytest_pcerrors.simulation.server._rule_documents import rules_of
from pytest_pcerrors.text import cut, nearest

DROPPED_HEADER = "X-PC-Dropped"

_FOLDER = "/_pcerrors"
_LARGEST_BODY = 1024 * 1024
_LONGEST_PATH = 200
_MOST_RULES = 1000


def is_api_request(request: Request) -> bool:
    """Return whether a request is one to the API."""
    path = path_of(request.url)
    return path == _FOLDER or path.startswith(f"{_FOLDER}/")


class Api:
    """Answers the requests to the API; unless it `is_open`, only those of this machine, by their `Host` and `Origin`."""

    def __init__(self, choice: AnswerChoice, *, is_open: bool = False) -> None:
        self._choice = choice
        self._is_open = is_open
        self._entries = LogEntries()
        self._routes: dict[str, dict[str, Callable[[Request], Exchange]]] = {
            f"{_FOLDER}/rules": {
                "GET": self._list_rules,
                "POST": self._add_rules,
                "PUT": self._replace_rules,
                "DELETE": self._clear_rules,
            },
            f"{_FOLDER}/requests": {"GET": self._list_requests, "DELETE": self._clear_requests},
        }

    def answer(self, request: Request) -> Exchange:
        """Return the response to a request; an invalid one gets a message."""
        if not self._is_open and (foreign := _foreign(request)):
            return _refusal(403, f"{foreign} is not this machine; start the server with allow_remote (--allow-remote)")
        path = path_of(request.url).rstrip("/")
        methods = self._routes.get(path)
        if methods is None:
            return _refusal(404, f'there is no "{cut(path, _LONGEST_PATH)}"; {nearest(path, self._routes)}')
        if request.method not in methods:
            known = ", ".join(methods)
            problem = f"{cut(request.method, _LONGEST_PATH)} is not a method of {path}; known are {known}"
            return _refusal(405, problem, {"Allow": known})
        try:
            return methods[request.method](request)
        except UsageError as error:
            return _refusal(400, str(error))

    def _list_rules(self, _: Request) -> Exchange:
        with self._choice.lock:
            return _response(200, [rule.as_document() for rule in self._choice.all_rules])

    def _add_rules(self, request: Request) -> Exchange:
        rules = self._rules_in(request)
        with self._choice.lock:
            self._choice.rules += rules
            return _response(201, [rule.as_document() for rule in rules])

    def _replace_rules(self, request: Request) -> Exchange:
        rules = self._rules_in(request)
        with self._choice.lock:
            self._choice.clear()
            self._choice.rules += rules
            return _response(200, [rule.as_document() for rule in self._choice.all_rules])

    def _clear_rules(self, _: Request) -> Exchange:
        with self._choice.lock:
            self._choice.clear()
        return Exchange(204, {}, b"")

    def _rules_in(self, request: Request) -> list[ResponseRule]:
        if len(request.body) > _LARGEST_BODY:
            raise UsageError(f"the body is too large: {len(request.body)} bytes, at most {_LARGEST_BODY} allowed")
        value = json_value(request.body, "the body")
        documents = value if isinstance(value, list) else [value]
        if len(documents) > _MOST_RULES:
            raise UsageError(f"expected at most {_MOST_RULES} rules, got {len(documents)}")
        return rules_of(documents, self._choice.factory, lambda index: f"rule {index + 1}")

    def _list_requests(self, _: Request) -> Exchange:
        with self._choice.lock:
            requests, dropped = self._choice.log.requests, self._choice.log.dropped
        headers = {DROPPED_HEADER: str(dropped)} if dropped else {}
        return _response(200, list(map(self._entries.entry, requests)), headers)

    def _clear_requests(self, _: Request) -> Exchange:
        with self._choice.lock:
            self._choice.log.clear()
        return Exchange(204, {}, b"")


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


def _refusal(status: int, problem: str, headers: Mapping[str, str] = {}) -> Exchange:
    return _response(status, {"statusCode": status, "message": problem}, headers)
