"""Answers made for a contract: documented errors by code, shapes by name, statuses, and a few words."""

import re
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers.answer import Answer, check_retry_after
from pytest_pcerrors.simulation.answers.successes import success, success_by_path
from pytest_pcerrors.simulation.answers.tokens import Tokens, is_token_request
from pytest_pcerrors.simulation.shapes import GATEWAY, shapes_for
from pytest_pcerrors.simulation.synthesis import receivable, required_headers, synthesize, synthesize_status
from pytest_pcerrors.text import cut, nearest, represented

_STATUSES = range(100, 600)
_FINAL = range(200, 600)
STATUS = re.compile("[1-5][0-9]{2}")
_CUT_AT = 10
_TOO_MANY = "gateway-429"
_LONGEST_NAME = 100
_WAITING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class AnswerFactory:
    """Makes answers for a contract; an unknown name is a `UsageError` that suggests the nearest one.

    `retry_after` is the Retry-After header of every 429 and 503. With `byte_order_mark`, successes below ``/v1/`` begin with one.
    """

    def __init__(
        self, contract: Contract, *, retry_after: int | str | None = None, byte_order_mark: bool = False
    ) -> None:
        check_retry_after(retry_after)
        self.contract = contract
        self.shapes: Mapping[str, Exchange] = shapes_for(contract)
        self.tokens: Tokens = Tokens(contract)
        self._retry_after = retry_after
        self._byte_order_mark = byte_order_mark
        self._words = {
            "ok": lambda: self.status(HTTPStatus.OK),
            "reset": lambda: Answer(success(HTTPStatus.OK, contract), "reset", {"reset": True}),
            "cut": lambda: self.status(HTTPStatus.OK).overridden(None, {"cut": _CUT_AT}),
            **self.tokens.words,
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
        if what in self.contract.catalogue:
            return self.error(what)
        status, slash, code = what.partition("/")
        if not STATUS.fullmatch(status) and slash:
            problem = f'"{cut(status, _LONGEST_NAME)}" is not an HTTP status'
            raise UsageError(f"{problem}; write status/code, such as 409/800064")
        if STATUS.fullmatch(status):
            return self.error(code, int(status)) if slash else self.status(int(status))
        if is_number(what):
            return self.error(what)
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
            name = f"{status}{' ok' if status == HTTPStatus.OK else ''}"
            return Answer(success(status, self.contract), name, for_request=partial(self._success, status, name))
        if not self.contract.is_partner_center and status >= HTTPStatus.BAD_REQUEST and self.contract.catalogue:
            return self._waiting(Answer(synthesize_status(status, self.contract), str(status)))
        if status == HTTPStatus.TOO_MANY_REQUESTS and _TOO_MANY in self.shapes:
            return self.shape(_TOO_MANY)
        if entries := receivable(self.contract.catalogue.select(status=status)):
            return self.error(entries[0].code, status)
        shape = next((name for name, shape in self.shapes.items() if shape.status == status), None)
        return self.shape(shape) if shape else self._waiting(self._without_code(status))

    def _success(self, status: int, name: str, request: Request) -> Answer:
        """Return the success for a request: a token, or the success of its path."""
        if is_token_request(request):
            return self.tokens.respond(request)
        return Answer(success_by_path(status, request, self.contract, byte_order_mark=self._byte_order_mark), name)

    def _without_code(self, status: int) -> Answer:
        """Return an error without a code: the envelope of Partner Center's gateway, or, for another API, an empty body."""
        reason = self.contract.phrase(status)
        if self.contract.is_partner_center:
            return envelope(status, reason)
        return Answer(Exchange(status, required_headers(status, self.contract), b"", reason=reason), str(status))

    def _waiting(self, answer: Answer) -> Answer:
        """Return an answer with the Retry-After header of all 429 and 503, if it is one."""
        return answer.overridden(self._retry_after if answer.exchange.status in _WAITING else None, {})


def envelope(status: int, message: str, name: str = "", headers: Mapping[str, str] = {}) -> Answer:
    """Return an answer with the gateway's envelope."""
    return Answer(GATEWAY.json(status, {"statusCode": status, "message": message}, headers), name or str(status))


def _is_name(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _check_status(status: object) -> None:
    if isinstance(status, bool) or not isinstance(status, int) or status not in _FINAL:
        raise UsageError(f"{represented(status)} is not a final HTTP status; expected one from 200 to 599")


def is_number(text: str) -> bool:
    """Return whether a text has ASCII digits only."""
    return text.isascii() and text.isdecimal()
