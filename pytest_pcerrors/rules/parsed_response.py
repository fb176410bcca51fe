"""An exchange parsed once: everything that rules check."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import JsonError, RepeatedNameError, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.exchange.model import Exchange

_BAD_REQUEST = HTTPStatus.BAD_REQUEST.value
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class ParsedResponse:
    """The argument of every rule: the exchange, the contract, and the parsed body.

    `text` is the body without a byte order mark. It is `None` if the body is unknown or not UTF-8; `encoding` then names
    the encoding that was detected.
    `document` is the JSON value of the text; `problem` says why the text is not one JSON value, and is `None` otherwise.
    `is_plain` is true if the body is one JSON object in UTF-8, without a byte order mark and repeated names.
    `code` and `description` are the values of the contract's members if they have a usable type; a numeric code is given
    as its digits.
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
        """Whether this is an error response: its status is 400 or above, or the contract pairs the status with the code."""
        status = self.exchange.status
        return status >= _BAD_REQUEST or (status, self.code) in self.contract.pairings

    @property
    def entries(self) -> "tuple[Entry, ...]":
        """The contract's entries of the code."""
        return () if self.code is None else self.contract.catalogue.entries_of(self.code)

    def member(self, name: str) -> Any:
        """Return the value of ``code``, ``description``, ``data`` or ``source`` at its place in the contract, or None."""
        return at(self.document, self.contract.members.get(name))


def read(exchange: "Exchange", contract: "Contract") -> ParsedResponse:
    """Parse an exchange with the names of a contract. No body makes it raise."""
    parsed = ParsedResponse(exchange, contract)
    if exchange.body_problem is not None:
        return parsed
    _read_text(parsed, exchange.body)
    if not parsed.text:
        return parsed
    try:
        document = parsed.document = parse(parsed.text, is_unique=True)
        parsed.is_plain = isinstance(document, dict) and not parsed.has_byte_order_mark
    except JsonError as error:
        if not _read_repeated_names(parsed, parsed.text, error):
            return parsed
        document = parsed.document
    members = contract.members
    code = at(document, members.get("code"))
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    if isinstance(code, str):
        parsed.code = code
    description = at(document, members.get("description"))
    if isinstance(description, str):
        parsed.description = description
    return parsed


def at(document: Any, steps: "Sequence[str] | None") -> Any:
    """Return the value at a path of member names, or None if there is no such value."""
    if steps is None:
        return None
    for step in steps:
        if not isinstance(document, dict):
            return None
        document = document.get(step)
    return document


def _read_text(parsed: ParsedResponse, body: bytes) -> None:
    if body.startswith(_BYTE_ORDER_MARK):
        parsed.has_byte_order_mark = True
        body = body[len(_BYTE_ORDER_MARK) :]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        guess = json.detect_encoding(body)
        parsed.encoding = guess.upper() if _decodes(body, guess) else f"another encoding (at byte {error.start})"
    else:
        if "\0" in text[:4] and (guess := json.detect_encoding(body)) != "utf-8" and _decodes(body, guess):
            parsed.encoding = guess.upper()
        else:
            parsed.text = text


def _read_repeated_names(parsed: ParsedResponse, text: str, problem: JsonError) -> bool:
    """Parse a text again if its problem is a repeated name, and return whether it is one JSON value."""
    if isinstance(problem, RepeatedNameError):
        try:
            parsed.document = parse(text)
        except JsonError as error:
            problem = error
        else:
            return True
    parsed.problem = str(problem)
    return False


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
