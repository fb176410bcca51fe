"""Answers of the server: documented errors by code, shapes by name, statuses, and a few words."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from random import Random
from types import MappingProxyType

from pytest_pcerrors.contract.model import Contract
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange, Request
from pytest_pcerrors.simulation.answers._retry_after import check_retry_after, with_retry_after
from pytest_pcerrors.simulation.answers._statuses import STATUSES, is_number, is_status, status_number
from pytest_pcerrors.simulation.answers.faults import Faults, check_faults
from pytest_pcerrors.simulation.answers.wire import check_sendable
from pytest_pcerrors.simulation.shapes.of_contract import shapes_for
from pytest_pcerrors.simulation.shapes.shape import GATEWAY, SERVICE, Sender, Shape, exchange_of
from pytest_pcerrors.simulation.synthesis import required_headers, synthesize, synthesize_status
from pytest_pcerrors.text import cut, nearest

__all__ = ["Answer", "AnswerFactory", "check_retry_after", "envelope", "in_sequence", "success", "with_overrides"]

_FINAL = range(200, 600)
_CUT_AT = 10
_TOO_MANY = "gateway-429"
_LONGEST_NAME = 100
_WAITING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True)
class Answer:
    """An exchange to send, its name in the log, its faults, and whether it is an answer that was set or requested.

    `for_request`, if there is one, makes the answer to a request; `exchange` is then what is sent without knowing the request.
    """

    exchange: Exchange
    name: str
    faults: Mapping[str, object] = field(default_factory=dict)
    is_wanted: bool = True
    for_request: "Callable[[Request], Answer] | None" = None

    def __post_init__(self) -> None:
        check_sendable(self.exchange)
        check_faults(self.faults)
        cut, length = self.faults.get("cut"), len(self.exchange.body)
        if isinstance(cut, int) and cut >= length and self.for_request is None:
            raise UsageError(f"cut={cut} does not cut the body: {self.name} has {length} bytes")

    def to(self, request: Request) -> "Answer":
        """Return the answer to a request; of a body that is shorter than a cut, one byte is missing."""
        if self.for_request is None:
            return self
        answer = self.for_request(request)
        faults = {**answer.faults, **self.faults}
        cut, length = faults.get("cut"), len(answer.exchange.body)
        if isinstance(cut, int) and cut >= length:
            faults["cut"] = length - 1
        if not length:
            faults.pop("cut", None)
        return replace(answer, faults=faults)

    @property
    def is_whole(self) -> bool:
        """Whether the client receives the whole answer."""
        return "cut" not in self.faults and not self.faults.get("reset")

    @property
    def delay(self) -> float:
        """Seconds until the answer is sent."""
        seconds = self.faults.get("delay", 0.0)
        return float(seconds) if isinstance(seconds, int | float) else 0.0

    def __str__(self) -> str:
        if self.faults.get("reset"):
            return "connection reset"
        faults = [f"{name} {value}" for name, value in self.faults.items()]
        return ", ".join([self.name, *faults])


class AnswerFactory:
    """Makes answers for a contract; an unknown name is a `UsageError` that suggests the nearest one.

    `retry_after` is the Retry-After header of every 429 and 503. `succeed` makes the answer to a request with the status of a success,
    instead of a little JSON. `words` are further names of answers.

    >>> factory = AnswerFactory(Contract.default())
    >>> [str(factory.by_name(each)) for each in (429, 800064, "gateway-404", "ok", "400", "reset")]
    ['gateway-429', '409 800064', 'gateway-404', '200 ok', '401 400', 'connection reset']
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
        self.shapes = shapes_for(contract)
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
            raise UsageError(f'expected a number or a text such as 429, 800064 or "ok", got {what!r}')
        if isinstance(what, int):
            return self.status(what) if what in STATUSES else self.error(what)
        if what in self._words:
            return self._words[what]()
        if what in self.shapes:
            return self.shape(what)
        status, slash, code = what.partition("/")
        if slash and what not in self.contract.catalogue:
            return self.error(code, status_number(status))
        if what in self.contract.catalogue or (is_number(what) and not is_status(what)):
            return self.error(what)
        if is_status(what):
            return self.status(int(what))
        known = (*self._words, *self.shapes, *self.contract.catalogue.codes)
        raise UsageError(
            f'"{cut(what, _LONGEST_NAME)}" is not the name of an answer, a shape or a code; {nearest(what, known)}'
        )

    def error(self, code: int | str, status: int | None = None) -> Answer:
        """Return the documented error of a code."""
        if not _is_name(code):
            raise UsageError(f'expected a code as a number or a text, such as 800064 or "800064", got {code!r}')
        if status is not None:
            _check_status(status)
        if code not in self.contract.catalogue and isinstance(code, int) and code in STATUSES:
            raise UsageError(f"{code} is an HTTP status, not an error code; did you mean status={code}?")
        exchange = synthesize(code, status=status, contract=self.contract)
        return self._waiting(Answer(exchange, f"{exchange.status} {code}"))

    def shape(self, name: str) -> Answer:
        """Return a shape by its name."""
        if not isinstance(name, str):
            raise UsageError(f'expected the name of a shape, such as "html-503", got {name!r}')
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
        reason = self.contract.reason(status).partition(" ")[2]
        if self.contract.is_partner_center:
            return envelope(status, reason)
        return Answer(Exchange(status, required_headers(status, self.contract), b"", reason=reason), str(status))

    def _waiting(self, answer: Answer) -> Answer:
        """Return an answer with the Retry-After header of all 429 and 503, if it is one."""
        return with_overrides(answer, self._retry_after if answer.exchange.status in _WAITING else None, {})


def success(status: int, sender: Sender = SERVICE) -> Answer:
    """Return a success with a little JSON.

    >>> success(200).exchange.body
    b'{"ok": true}'
    """
    word = " ok" if status == HTTPStatus.OK else ""
    return Answer(_plain(status, {"ok": True}, sender), f"{status}{word}")


def envelope(status: int, message: str, name: str = "") -> Answer:
    """Return an answer with the gateway's envelope.

    >>> envelope(404, "Nothing here").exchange.body
    b'{"statusCode": 404, "message": "Nothing here"}'
    """
    return Answer(_plain(status, {"statusCode": status, "message": message}, GATEWAY), name or str(status))


def _plain(status: int, body: object, sender: Sender) -> Exchange:
    shape = Shape(f"plain-{status}", "GET /", json.dumps(body, ensure_ascii=False), sender=sender)
    return exchange_of(shape, Random(status))  # noqa: S311 - identifiers in a response are not secrets


def _is_name(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _check_status(status: object) -> None:
    if isinstance(status, bool) or not isinstance(status, int) or status not in _FINAL:
        raise UsageError(f"{status!r} is not a final HTTP status; expected one from 200 to 599")


def with_overrides(answer: Answer, retry_after: int | str | None, faults: Faults) -> Answer:
    """Return an answer with further faults and, if one is given, another Retry-After header."""
    check_retry_after(retry_after)
    made, merged = answer.for_request, {**answer.faults, **faults}
    if retry_after is None:
        return replace(answer, faults=merged)
    exchange = with_retry_after(answer.exchange, str(retry_after))
    for_request = made and (lambda request: with_overrides(made(request), retry_after, {}))
    return replace(answer, exchange=exchange, faults=merged, for_request=for_request)


def in_sequence(answers: Iterable[Answer], retry_after: int | str | None, faults: Faults) -> list[Answer]:
    """Return the answers of a sequence with further faults, and the errors among them with another Retry-After header if one is given."""
    check_retry_after(retry_after)
    return [
        with_overrides(each, retry_after if each.exchange.status >= HTTPStatus.BAD_REQUEST else None, faults)
        for each in answers
    ]
