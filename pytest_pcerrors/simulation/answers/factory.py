"""Answers made for a contract: documented errors by code, shapes by name, statuses, and a few words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from random import Random
from types import MappingProxyType

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.answer import Answer, check_retry_after, with_overrides
from pytest_pcerrors.simulation.shapes import GATEWAY, SERVICE, Sender, Shape, as_json, exchange_of, shapes_for
from pytest_pcerrors.simulation.synthesis import required_headers, synthesize, synthesize_status
from pytest_pcerrors.text import cut, nearest, represented

_STATUSES = range(100, 600)
_FINAL = range(200, 600)
_DIGITS_OF_STATUS = 3
_CUT_AT = 10
_TOO_MANY = "gateway-429"
_LONGEST_NAME = 100
_WAITING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class AnswerFactory:
    """Makes answers for a contract; an unknown name is a `UsageError` that suggests the nearest one.

    `retry_after` is the Retry-After header of every 429 and 503. `succeed` makes the answer to a request with the status of a success,
    instead of a little JSON. `words` are further names of answers.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        retry_after: int | str | None = None,
        succeed: Callable[[int, Request], Answer] | None = None,
        words: Mapping[str, Callable[[], Answer]] = MappingProxyType({}),
    ) -> None:
        check_retry_after(retry_after)
        self.contract = contract
        self.shapes: Mapping[str, Exchange] = shapes_for(contract)
        self._retry_after = retry_after
        self._succeed = succeed
        self._words: dict[str, Callable[[], Answer]] = {
            "ok": partial(self.status, HTTPStatus.OK),
            "reset": lambda: Answer(success(HTTPStatus.OK).exchange, "reset", {"reset": True}),
            "cut": lambda: with_overrides(self.status(HTTPStatus.OK), None, {"cut": _CUT_AT}),
            **words,
        }

    def by_name(self, what: int | str) -> Answer:
        """Return the answer for a number or a text.

        A number from 100 to 599 is a status, any other number is a code. A text is "ok", "reset", "cut", the name of a shape, a
        code, or "status/code".
        """
        if not _is_name(what):
            raise UsageError(f'expected a number or a text such as 429, 800064 or "ok", got {represented(what)}')
        if isinstance(what, int):
            return self.status(what) if what in _STATUSES else self.error(what)
        if what in self._words:
            return self._words[what]()
        if what in self.shapes:
            return self.shape(what)
        status, slash, code = what.partition("/")
        if slash and what not in self.contract.catalogue:
            return self.error(code, _status_number(status))
        if what in self.contract.catalogue or (is_number(what) and not _is_status(what)):
            return self.error(what)
        if _is_status(what):
            return self.status(int(what))
        known = (*self._words, *self.shapes, *self.contract.catalogue.codes)
        raise UsageError(
            f'"{cut(what, _LONGEST_NAME)}" is not the name of an answer, a shape or a code; {nearest(what, known)}'
        )

    def error(self, code: int | str, status: int | None = None) -> Answer:
        """Return the documented error of a code."""
        if not _is_name(code):
            raise UsageError(f'expected a code, such as 800064 or "800064", got {represented(code)}')
        if status is not None:
            _check_status(status)
        exchange = synthesize(code, status=status, contract=self.contract)
        return self._waiting(Answer(exchange, f"{exchange.status} {code}"))

    def shape(self, name: str) -> Answer:
        """Return a shape by its name."""
        if not isinstance(name, str):
            raise UsageError(f'expected the name of a shape, such as "html-503", got {represented(name)}')
        if name not in self.shapes:
            raise UsageError(f'there is no shape "{cut(name, _LONGEST_NAME)}"; {nearest(name, self.shapes)}')
        return self._waiting(Answer(self.shapes[name], name))

    def status(self, status: int) -> Answer:
        """Return a plausible answer for a status: a success, the gateway's 429, a documented error, a shape, or an error without a code."""
        _check_status(status)
        if status in SUCCESSES:
            made = success(status, SERVICE if self.contract.is_partner_center else GATEWAY)
            return replace(made, for_request=self._succeed and partial(self._succeed, status))
        if not self.contract.is_partner_center and status >= HTTPStatus.BAD_REQUEST and self.contract.catalogue:
            return self._waiting(Answer(synthesize_status(status, self.contract), str(status)))
        if status == HTTPStatus.TOO_MANY_REQUESTS and _TOO_MANY in self.shapes:
            return self.shape(_TOO_MANY)
        entries = self.contract.catalogue.select(status=status)
        if entries:
            return self.error(entries[0].code, status)
        name = next((name for name, shape in self.shapes.items() if shape.status == status), None)
        return self.shape(name) if name else self._waiting(self._without_code(status))

    def _without_code(self, status: int) -> Answer:
        """Return an error without a code: the envelope of Partner Center's gateway, or, for another API, an empty body."""
        reason = self.contract.phrase(status)
        if self.contract.is_partner_center:
            return envelope(status, reason)
        return Answer(Exchange(status, required_headers(status, self.contract), b"", reason=reason), str(status))

    def _waiting(self, answer: Answer) -> Answer:
        """Return an answer with the Retry-After header of all 429 and 503, if it is one."""
        return with_overrides(answer, self._retry_after if answer.exchange.status in _WAITING else None, {})


def success(status: int, sender: Sender = SERVICE) -> Answer:
    """Return a success with a little JSON."""
    word = " ok" if status == HTTPStatus.OK else ""
    return Answer(plain(status, {"ok": True}, sender), f"{status}{word}")


def envelope(status: int, message: str, name: str = "") -> Answer:
    """Return an answer with the gateway's envelope."""
    return Answer(plain(status, {"statusCode": status, "message": message}, GATEWAY), name or str(status))


def plain(status: int, body: object, sender: Sender, headers: Mapping[str, str] = {}) -> Exchange:
    """Return an exchange with a JSON body, which is sent as it is."""
    text = as_json(body).encode("utf-8", "replace")
    shape = Shape(f"plain-{status}", "GET /", text, sender=sender, headers=headers)
    return exchange_of(shape, Random(status))  # noqa: S311 - identifiers in a response are not secrets


def _is_name(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _check_status(status: object) -> None:
    if isinstance(status, bool) or not isinstance(status, int) or status not in _FINAL:
        raise UsageError(f"{represented(status)} is not a final HTTP status; expected one from 200 to 599")


def is_number(text: str) -> bool:
    """Return whether a text has ASCII digits only."""
    return text.isascii() and text.isdecimal()


def _is_status(text: str) -> bool:
    """Return whether a text is an HTTP status."""
    return len(text) <= _DIGITS_OF_STATUS and is_number(text) and int(text) in _STATUSES


def _status_number(text: str) -> int:
    """Return the status of a text such as ``409``; raise a `UsageError` for any other text."""
    if not is_number(text) or len(text) > _DIGITS_OF_STATUS:
        raise UsageError(f'"{cut(text, _LONGEST_NAME)}" is not an HTTP status; write status/code, such as 409/800064')
    return int(text)
