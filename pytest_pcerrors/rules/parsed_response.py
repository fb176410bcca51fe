"""An exchange parsed once: everything that rules check."""

import json
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import EACH, JsonError, parse, plain_object, steps_of, value_at
from pytest_pcerrors.rules.paths import getter, indexed, places_at, pointer_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange

_BAD_REQUEST = HTTPStatus.BAD_REQUEST.value
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(init=False)
class ParsedResponse:
    """The argument of every rule: the exchange, the contract, and the parsed body.

    `text` is the body without a byte order mark. It is `None` if the body is unknown or not UTF-8; `encoding` then names
    the encoding that was detected.
    `document` is the JSON value of the text; `problem` says why the text is not one JSON value, and is `None` otherwise.
    `is_plain` is true if the body is known to be one JSON object in UTF-8, without a byte order mark and repeated names.
    `code` and `description` are the values of the contract's members if they have a usable type; a numeric code is given
    as its digits. If the contract has them in the items of an array, they are those of the item with the indexes `items`, by default the
    first; `errors` has all.
    `fits_below_400` is true if the status is below 400 and the contract says that such a body is an error.
    """

    exchange: "Exchange"
    contract: "Contract"
    text: str | None = None
    encoding: str = "UTF-8"
    has_byte_order_mark: bool = False
    problem: str | None = None
    document: Any = None
    is_plain: bool = False
    code: str | None = None
    description: str | None = None
    fits_below_400: bool = False
    items: tuple[int, ...] = ()

    def __init__(self, exchange: "Exchange", contract: "Contract") -> None:
        self.exchange = exchange  # what is not set here has its default in the class, which is fast
        self.contract = contract

    def changed(self, **changes: Any) -> "ParsedResponse":
        """Return a copy with some members replaced, such as an exchange with the same status and body."""
        copy = object.__new__(ParsedResponse)
        copy.__dict__ |= self.__dict__ | changes
        return copy

    @property
    def is_body_known(self) -> bool:
        """Whether the body is known: the recording has it, and it could be decoded."""
        return self.exchange.body_problem is None

    @property
    def is_empty(self) -> bool:
        """Whether there is no body, or only white space."""
        return self.text is not None and not self.text.strip()

    @property
    def is_object(self) -> bool:
        """Whether the body is a JSON object."""
        return isinstance(self.document, dict)

    @property
    def is_error(self) -> bool:
        """Whether this is an error response.

        Its status is 400 or above, or the contract pairs the status with a code of it, or has such bodies below 400.
        """
        status = self.exchange.status
        if status >= _BAD_REQUEST:
            return True
        pairings = self.contract.pairings
        return (
            (status, self.code) in pairings
            or self.fits_below_400
            or (self.contract.has_items and any((status, each.code) in pairings for each in self.errors))
        )

    @property
    def errors(self) -> "tuple[ParsedResponse, ...]":
        """The errors that the body states: this response, or one for each item of the arrays in the path of the code; none if they are empty."""
        if not self.contract.has_items:
            return (self,)
        code, description = self.contract.members["code"], self.contract.members.get("description", ())
        found: list[ParsedResponse] = []
        for steps, item in places_at(self.document, code[: self._depth]):
            items = tuple(step for step in steps if isinstance(step, int))
            if EACH in description:
                text = _text(value_at(self.document, indexed(description, items)))
            else:
                text = None if found else self.description  # one text for all errors, which is that of the first
            found.append(self.changed(code=_code(value_at(item, code[self._depth :])), description=text, items=items))
        return tuple(found)

    @property
    def codes(self) -> frozenset[str]:
        """The codes that the body states."""
        return frozenset(each.code for each in self.errors if each.code is not None)

    @property
    def entries(self) -> "tuple[Entry, ...]":
        """The contract's entries of the code."""
        return () if self.code is None else self.contract.catalogue.entries_of(self.code)

    def member(self, name: str) -> Any:
        """Return the value of ``code``, ``description``, ``data`` or ``source`` at its place in the contract, or None.

        Of the items of an array, it is that of the first.
        """
        return value_at(self.document, self.contract.members.get(name))

    def pointer(self, name: str) -> str:
        """Return the JSON Pointer of a member at its place in the contract.

        >>> from pytest_pcerrors import Contract, Exchange
        >>> read(Exchange(404, {}, b'{"code": "2000"}'), Contract.default()).pointer("code")
        '/code'
        """
        return pointer_at(indexed(self.contract.members.get(name), self.items))

    def stated_at(self, pointer: str) -> "ParsedResponse":
        """Return the error in whose item a JSON Pointer is; for a pointer outside of all items, the first error."""
        if self.contract.has_items:
            code, steps = self.contract.members["code"], steps_of(pointer)[: self._depth]
            for each in self.errors:
                if steps == tuple(map(str, indexed(code[: self._depth], each.items))):
                    return each
        return self

    @property
    def _depth(self) -> int:
        """The number of steps to the item of an array in which a code is."""
        code = self.contract.members["code"]
        return len(code) - code[::-1].index(EACH)


def read(exchange: "Exchange", contract: "Contract") -> ParsedResponse:
    """Parse an exchange with the names of a contract. No body makes it raise."""
    parsed = ParsedResponse(exchange, contract)
    if exchange.body_problem is None:
        _read_text(parsed, exchange.body)
    if parsed.text:
        _read_document(parsed, parsed.text)
    return parsed


@lru_cache(maxsize=32)
def reader_of_members(contract: "Contract") -> "Callable[[Any], tuple[str | None, str | None]]":
    """Return a function that returns the code and the description in the JSON value of a body, each None if missing or of another type."""
    code_in, description_in = (getter(contract.members.get(name)) for name in ("code", "description"))

    def code_and_description(document: Any) -> tuple[str | None, str | None]:
        code, description = code_in(document), description_in(document)
        return code if type(code) is str else _code(code), description if type(description) is str else None

    return code_and_description


def _fits_below_400(contract: "Contract", document: Any) -> bool:
    """Return whether a JSON value is an object that fits the schema ``errors-below-400`` of a contract."""
    try:
        return isinstance(document, dict) and bool(_validator(contract).is_valid(document))
    except (RecursionError, OverflowError):
        return False  # nested too deeply, or a number too large, to be what the schema means


@lru_cache(maxsize=32)
def _validator(contract: "Contract") -> Any:
    from pytest_pcerrors.rules._keywords import validator_for

    return validator_for(contract.errors_below_400 or {}, len)


def _code(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _read_document(parsed: ParsedResponse, text: str) -> None:
    parsed.document = plain_object(text)
    if parsed.document is not None:
        parsed.is_plain = not parsed.has_byte_order_mark
    else:
        try:
            parsed.document = parse(text)
        except JsonError as error:
            parsed.problem = str(error)
            return
    contract = parsed.contract
    parsed.code, parsed.description = reader_of_members(contract)(parsed.document)
    if contract.errors_below_400 is not None and parsed.exchange.status < _BAD_REQUEST:
        parsed.fits_below_400 = _fits_below_400(contract, parsed.document)


def _read_text(parsed: ParsedResponse, body: bytes) -> None:
    if body.startswith(_BYTE_ORDER_MARK):
        parsed.has_byte_order_mark = True
        body = body[len(_BYTE_ORDER_MARK) :]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        guess = json.detect_encoding(body)
        parsed.encoding = (
            guess.upper() if _decodes(body, guess) else f"another encoding (not UTF-8 at byte {error.start})"
        )
    else:
        if "\0" in text[:4] and (guess := json.detect_encoding(body)) != "utf-8" and _decodes(body, guess):
            parsed.encoding = guess.upper()
        else:
            parsed.text = text


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
