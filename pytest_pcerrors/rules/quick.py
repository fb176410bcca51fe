"""Recognize conforming responses without making an exchange of each; only the rules say why another one does not conform.

The conditions are those of the rules. A response that is not recognized may still conform: it is checked as any other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, Required, TypedDict

from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.jsontext import plain_object, strings_in
from pytest_pcerrors.rules._suspects import suspects_among
from pytest_pcerrors.rules.body import IN_ENVELOPES
from pytest_pcerrors.rules.head import content_type_of, has_rules_for
from pytest_pcerrors.rules.rule import Rule
from pytest_pcerrors.rules.schema_rules import SchemaRule
from pytest_pcerrors.rules.success import may_have, names_of_errors

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange
    from pytest_pcerrors.rules.stages import RuleSet

_FEW = 64
_ERRORS = range(HTTPStatus.BAD_REQUEST, 1000)
_LONG = 4000  # characters; msgspec reads numbers of any length, the standard library those of up to 4300 digits
_LIMITS = {"minLength": "min_length", "maxLength": "max_length"}
_typed_dict: Any = TypedDict

Reader = Callable[[str], dict[str, Any] | Literal[False] | None]
"""A function that returns the object that a text consists of; False if a test fails or a number is beyond a float; None in doubt."""


class Quick:
    """Recognizes conforming responses under a set of rules.

    With one of the statuses `successes`, a response conforms if its body has no name of an error.

    >>> from pytest_pcerrors import Contract, Exchange
    >>> from pytest_pcerrors.rules.stages import rule_set
    >>> quick = rule_set(Contract.default()).under({"unknown-property": "off", "description-template": "off"}).quick
    >>> quick.conforms(Exchange(409, None, b'{"code": "800064", "description": "Busy", "source": "PartnerFD"}'))
    True
    >>> quick.is_success(200, "{}"), quick.is_success(200, '{"errorCode": "800064"}')
    (True, False)
    """

    def __init__(self, rules: "RuleSet") -> None:
        contract = rules.contract
        self.contract: Contract = contract
        self._rules, self._suspects = rules.of_members, rules.suspects
        self._names = names_of_errors(contract) if rules.of_successes else frozenset()
        is_known = contract.errors_below_400 is None and "" not in self._names
        self.successes: frozenset[int] = frozenset(SUCCESSES if is_known else ()) - contract.paired_statuses
        is_tested = not (contract.has_items or rules.of_users) and all(rule.tests for rule in self._rules)
        self._errors = _ERRORS if is_tested else range(0)
        self._typed: Reader | None = self._first
        self._asked = 0

    def conforms(self, exchange: "Exchange") -> bool:
        """Return whether a response is recognized: an error response that conforms, or a 2xx response without an error; False in doubt."""
        status = exchange.status
        if exchange.body_problem is not None:
            return False
        try:
            text = exchange.body.decode()
        except UnicodeDecodeError:
            return False
        if status in self.successes:
            return self.is_success(status, text)
        return self.error(status, content_type_of(exchange), text) is not None

    def is_by_body(self, status: int, content_type: str | None) -> bool:
        """Return whether the body alone decides what an error response with this status and type breaks, if it is an object."""
        return status in self._errors and not has_rules_for(self.contract, status, content_type)

    def error(self, status: int, content_type: str | None, text: str, document: Any = None) -> "dict[str, Any] | None":
        """Return the body of an error response that conforms, or None for any other or in doubt.

        `content_type` is that of `content_type_of`, `text` that of the body. `document` is the JSON value of the body, where known.
        """
        if not self.is_by_body(status, content_type):
            return None
        suspects = self._suspects
        if document is None and self._typed is not None:
            document = self._typed(text)
            if document is not None:
                suspects = self._other_suspects
        if document is None:
            document = plain_object(text)
        if document is None or document is False or IN_ENVELOPES in document or suspects(document, status):
            return None
        found: dict[str, Any] = document
        return found

    def _first(self, _: str) -> None:
        """Read nothing; make the reader by msgspec once it is worth to load that, which takes as long as hundreds of texts."""
        self._asked += 1
        if self._asked == _FEW:
            self._typed = None
            with suppress(ImportError):
                import msgspec

                names = self.contract.error_schema.get("properties", ())
                typed, others = typed_reader(self._rules, names, msgspec)
                self._other_suspects = suspects_among(others, self.contract)
                self._typed = typed  # last, because other threads use both

    def is_success(self, status: int, text: str) -> bool:
        """Return whether a text of JSON, or an empty one, is the body of a 2xx response without an error; False in doubt."""
        return status in self.successes and not (self._names and may_have(text, self._names))

    def texts_of_names(self) -> list[str]:
        """Return what is in a line of JSON if it has a body, a value or a text, that is not `is_success` for its names; or in an escape."""
        return [name[:-1] + end for name in self._names if name for end in ('"', '\\"')]


def typed_reader(rules: Sequence[Rule], names: Sequence[str], msgspec: ModuleType) -> tuple[Reader, list[Rule]]:
    """Return a function that reads objects with members of these `names`, and tests some of the rules; and the other rules.

    Its type requires members, and that the values of some are texts, with limits of their lengths.
    """
    texts: dict[str, dict[str, int]] = {name: {} for name in _texts(rule.check for rule in rules)}
    required, others = set[str](), list[Rule]()
    for rule in rules:
        check = rule.check
        if isinstance(check, SchemaRule) and check.keyword == "required" and not check.path:
            required.add(check.limit)
        elif not isinstance(check, SchemaRule) or len(check.path) != 1 or check.path[0] not in texts:
            others.append(rule)
        elif check.keyword != "type":
            limits, name = texts[check.path[0]], _LIMITS.get(check.keyword, "")
            if name and name not in limits and check.measure is len and type(check.limit) is int:
                limits[name] = check.limit
            else:
                others.append(rule)
    kinds: dict[str, Any] = dict.fromkeys((*names, *required), Any)
    kinds |= {name: Annotated[str, msgspec.Meta(**limits)] for name, limits in texts.items()}
    fields = {name: Required[kind] if name in required else NotRequired[kind] for name, kind in kinds.items()}
    decode = msgspec.json.Decoder(_typed_dict("Error", fields)).decode
    least = len(required & texts.keys())

    def read(text: str) -> dict[str, Any] | Literal[False] | None:
        if len(text) > _LONG:
            return None
        try:
            document: dict[str, Any] = decode(text)
            quotes = text.count('"')  # two for each name and text, and more if a name is repeated or is not read
            is_whole = quotes == 2 * (len(document) + least) or quotes == 2 * strings_in(document)
        except msgspec.ValidationError:
            return False
        except (msgspec.MsgspecError, RecursionError):
            return None
        return document if is_whole else None

    return read, others


def _texts(checks: Iterable[object]) -> Iterator[str]:
    """Yield the names of the members whose values must be texts."""
    kinds: dict[tuple[str, ...], frozenset[type]] = {}
    for each in checks:
        if isinstance(each, SchemaRule) and each.keyword == "type":
            kinds[each.path] = kinds.get(each.path, each.classes) & each.classes
    yield from (path[0] for path, classes in kinds.items() if len(path) == 1 and classes == {str})
