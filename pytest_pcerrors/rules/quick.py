"""Recognize conforming responses without making an exchange of each; only the rules say why another one does not conform.

The conditions are those of the rules. A response that is not recognized may still conform: it is checked as any other.
"""

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.exchange.model import Exchange
from pytest_pcerrors.rules import head
from pytest_pcerrors.rules.parsed_response import ParsedResponse, read, read_members
from pytest_pcerrors.rules.rule import always
from pytest_pcerrors.rules.success import may_contain_error, may_have, names_of_errors

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.rule import Condition
    from pytest_pcerrors.rules.stages import RuleSet

_ERRORS = range(HTTPStatus.BAD_REQUEST, 1000)


class Quick:
    """Recognizes conforming responses under a set of rules.

    With one of the statuses `successes`, a response conforms if its body has no name of an error.

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
        steps = [step for step in rules.error_steps if step.when is not head.is_unusual]
        self._of_body: tuple[Condition, ...] = tuple(step.when for step in steps)
        is_by_names = all(step.when is may_contain_error for step in rules.success_steps)
        self._names = names_of_errors(contract) if rules.success_steps else frozenset()
        is_any = is_by_names and "" not in self._names and contract.errors_below_400 is None
        self.successes = frozenset(SUCCESSES if is_any else ()) - contract.paired_statuses
        self.is_usable: bool = always not in self._of_body and not contract.has_items

    def code_of_error(self, status: int, content_type: str | None, body: bytes, document: Any = None) -> str | None:
        """Return the code of an error response that conforms, or None for any other or in doubt; the parameters are those of `error`."""
        parsed = self.error(status, content_type, body, document)
        return None if parsed is None else parsed.code

    def error(self, status: int, content_type: str | None, body: bytes, document: Any = None) -> ParsedResponse | None:
        """Return an error response that conforms, or None for any other or in doubt.

        `content_type` is the value of the header, or None if the headers are unknown. `document` is the JSON value of the body, where known.
        """
        if not self.is_usable or status not in _ERRORS or head.has_rules_for(self._contract, status, content_type):
            return None
        exchange = _exchange(status)
        if document is None:
            parsed = read(exchange, self._contract, body)
        else:
            parsed = ParsedResponse(exchange, self._contract)
            parsed.document, parsed.is_plain = document, True
            read_members(parsed)
        for when in self._of_body:
            if when(parsed):
                return None
        return parsed

    def is_success(self, status: int, text: str) -> bool:
        """Return whether a text of JSON, or an empty one, is the body of a 2xx response without an error; False in doubt."""
        return status in self.successes and not (self._names and may_have(text, self._names))

    def texts_of_names(self) -> list[str]:
        """Return what is in a line of JSON if it has a body, a value or a text, that is not `is_success` for its names; or in an escape."""
        return [name[:-1] + end for name in self._names if name for end in ('"', '\\"')]


@cache
def _exchange(status: int) -> Exchange:
    return Exchange(status, None, b"")
