"""Recognize conforming responses without making an exchange of each; only the rules say why another one does not conform.

The conditions are those of the rules. A response that is not recognized may still conform: it is checked as any other.
"""

from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.jsontext import JsonError, parse_certain
from pytest_pcerrors.rules import head
from pytest_pcerrors.rules._typed_bodies import TypedBodies, typed_bodies
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read_members
from pytest_pcerrors.rules.rule import always

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.rule import Condition
    from pytest_pcerrors.rules.stages import RuleSet

_ERRORS = range(HTTPStatus.BAD_REQUEST, 1000)
_MOST_HEADS = 4096
_FEW = 64


class Quick:
    """Recognizes conforming responses under a set of rules.

    >>> from pytest_pcerrors import Contract
    >>> from pytest_pcerrors.rules.stages import rule_set
    >>> contract = Contract.default()
    >>> quick = Quick(rule_set(contract).without(["unknown-property", "description-template"]), contract)
    >>> quick.code_of_error(409, "application/json", b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}')
    '800064'
    >>> quick.is_success(200, "{}"), quick.is_success(200, '{"errorCode": "800064"}')
    (True, False)
    """

    def __init__(self, rules: "RuleSet", contract: "Contract") -> None:
        self._rules = rules
        self._contract = contract
        self._heads: dict[tuple[int, str | None], Exchange | None] = {}
        steps = [step for step in rules.error_steps if step.when is not head.is_unusual]
        self._of_body: tuple[Condition, ...] = tuple(step.when for step in steps)
        self._of_members = tuple(step.when for step in steps if not step.is_of_schema)
        self._of_success = tuple(step.when for step in rules.success_steps)
        self._asked = 0
        self._same = self._empty()
        self.is_usable = always not in self._of_body and not contract.has_items

    @cached_property
    def typed(self) -> TypedBodies | None:
        """The reader of bodies by msgspec, if it is installed and can express the error schema."""
        return typed_bodies(self._rules.schema_rules, self._contract.members)

    def code_of_error(self, status: int, content_type: str | None, body: bytes, document: Any = None) -> str | None:
        """Return the code of an error response that conforms, or None for any other or in doubt.

        `content_type` is the value of the header, or None if the headers are unknown. `document` is the JSON value of the body, where known.
        """
        key = status, content_type
        exchange = self._heads[key] if key in self._heads else self._head(status, content_type)
        if exchange is None or not self.is_usable:
            return None
        if document is None and self._reads(self._same, exchange, body):
            return self._same.code
        parsed = ParsedResponse(exchange, self._contract, is_plain=True)
        try:
            parsed.document = parse_certain(body.decode()) if document is None else document
        except (JsonError, UnicodeDecodeError):
            return None
        if not isinstance(parsed.document, dict):
            return None
        read_members(parsed)
        for when in self._of_body:
            if when(parsed):
                return None
        return parsed.code

    def is_success(self, status: int, text: str) -> bool:
        """Return whether a text of JSON, or an empty one, is the body of a 2xx response without an error; False in doubt."""
        if (
            status not in SUCCESSES
            or status in self._contract.paired_statuses
            or self._contract.errors_below_400 is not None
        ):
            return False
        parsed = ParsedResponse(_SUCCESS, self._contract, text)
        return not any(when(parsed) for when in self._of_success)

    def recognized(self, exchange: Exchange) -> ParsedResponse | None:
        """Return an error response that conforms, by the types of its body; None for any other or in doubt.

        The first responses are not recognized, so that few of them do not load msgspec.
        """
        if self._asked < _FEW:
            self._asked += 1
            return None
        if exchange.body_problem is not None or not self.is_usable or self.typed is None:
            return None
        content_type = None if exchange.headers is None else exchange.headers.get("Content-Type") or ""
        key = exchange.status, content_type
        known = self._heads[key] if key in self._heads else self._head(*key)
        return None if known is None else self._typed(exchange, exchange.body)

    def _typed(self, exchange: Exchange, body: bytes) -> ParsedResponse | None:
        """Return the response of a body that conforms, by its types; its other attributes are read when they are asked for."""
        parsed = self._empty()
        if not self._reads(parsed, exchange, body):
            return None
        del parsed.document
        return parsed

    def _empty(self) -> ParsedResponse:
        parsed: ParsedResponse = object.__new__(ParsedResponse)
        parsed.contract, parsed.is_plain = self._contract, True
        return parsed

    def _reads(self, parsed: ParsedResponse, exchange: Exchange, body: bytes) -> bool:
        """Return whether a body conforms, by its types, and set what the conditions of rules read."""
        typed = self.typed
        if typed is None or (members := typed.read(body)) is None:
            return False
        parsed.exchange, parsed.document = exchange, typed.names
        parsed.code, parsed.description = members
        for when in self._of_members:  # noqa: SIM110 - a generator takes longer
            if when(parsed):
                return False
        return True

    def _head(self, status: int, content_type: str | None) -> Exchange | None:
        """Return an exchange with this status, or None if a rule of the head may find something."""
        if status not in _ERRORS:
            return None
        exchange = Exchange(status, None if content_type is None else {"Content-Type": content_type}, b"")
        known = None if head.is_unusual(ParsedResponse(exchange, self._contract)) else exchange
        if len(self._heads) < _MOST_HEADS:
            self._heads[status, content_type] = known
        return known


_SUCCESS = Exchange(SUCCESSES[0], None, b"")
