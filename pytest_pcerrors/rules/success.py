"""The rule for 2xx responses: errors in their bodies."""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import EACH, Place, holders
from pytest_pcerrors.rules.paths import pointer_to
from pytest_pcerrors.rules.rule import MOST_FOUND, rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

Stated = tuple[Callable[[], str], str, Any]
"""A function that returns the JSON Pointer of an error in a body, the code of the error, and its members."""

_CODES = ("code", "errorCode")
_NAMES = ("error", "errors")
_TEXTS = ("description", "message", "errorDescription", "errorMessage")
_ERROR_NAME = re.compile(r"errors?|\w+Errors?")


def error_in_success(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A 2xx body is an error object or contains one, and no entry pairs its code with this status.

    Documentation: A 2xx status means that the request was received, understood and accepted.
    Example: `"orderErrors": [{"code": 900103, "description": "..."}]` in a `201` response
    Fix: A client looks for errors in the results, because the real service reports failed line items, transfers and upgrades this way.
    """
    if parsed.contract.errors_below_400 is not None:
        return  # a body that is an error fits that schema, and is judged as an error
    found = (_of_partner_center if parsed.contract.is_partner_center else _of_others)(parsed)
    for pointer, code, error in islice(found, MOST_FOUND):
        yield Violation(
            partial(_message, parsed.exchange.status, code, error),
            pointer,
            expected="no error",
            actual=code,
        )


def _message(status: int, code: str, error: Any) -> str:
    members = error if isinstance(error, dict) else {}
    text = next((members[name] for name in _TEXTS if isinstance(members.get(name), str)), None)
    quoted = f": {shown(text)}" if text else ""
    return f"an error{f' with code {shown(code)}' if code else ''} in a {status}, expected none{quoted}"


def may_have(text: str, names: frozenset[str]) -> bool:
    """Return whether one of these names in their quotes is in a JSON text, or escaped in it."""
    return ("\\" in text and "\\u" in text) or any(map(text.__contains__, names))


@lru_cache(maxsize=32)
def names_of_errors(contract: "Contract") -> frozenset[str]:
    """Return the names of codes and errors in their quotes; one that may be written in another way is the empty text, which any text has."""
    names = (
        [step for step in contract.members["code"] if step != EACH][-1:],
        _CODES if contract.is_partner_center else _NAMES,
    )
    return frozenset(
        f'"{name}"' if name.isidentifier() and name.isascii() else "" for name in chain.from_iterable(names)
    )


def _of_others(parsed: "ParsedResponse") -> "Iterator[Stated]":
    """Yield the errors of any API: documented codes where the contract has them, or else properties called error or errors."""
    documented = [each for each in parsed.errors if each.code is not None and each.code in parsed.contract.catalogue]
    for error in documented:
        yield partial(error.pointer, "code"), error.code or "", {_TEXTS[0]: error.description}
    if not documented:
        for place, value in _named_errors(parsed.document):
            stated = [_code(parsed, each) for each in (value if isinstance(value, list) else [value])]
            if not all((parsed.exchange.status, code) in parsed.contract.pairings for code in stated):
                yield partial(pointer_to, place), stated[0], value


def _named_errors(document: Any) -> "Iterator[tuple[Place, Any]]":
    """Yield every property called error or errors that has a value, but none of those in one of these."""
    for place, value, is_named in holders(document, lambda place, _: place is not None and place.step in _NAMES):
        if isinstance(value, dict) and not is_named:
            for name, each in value.items():
                if name in _NAMES and (each is True or (isinstance(each, dict | list | str) and each)):
                    yield Place(place, name), each


def _of_partner_center(parsed: "ParsedResponse") -> "Iterator[Stated]":
    """Yield the errors of Partner Center whose codes are not paired with the status, but none in another error."""
    for place, value, is_error in holders(parsed.document, partial(_is_error, parsed)):
        code = _code(parsed, value) if is_error else ""
        if is_error and (parsed.exchange.status, code) not in parsed.contract.pairings:
            yield partial(pointer_to, place), code, value


def _is_error(parsed: "ParsedResponse", place: Place | None, value: Any) -> bool:
    """Return whether a value has a code, and the name of an error, or the members of one."""
    code, contract = _code(parsed, value), parsed.contract
    return code != "" and (
        _is_named_error(place)
        or value.get("errorCode") not in (None, "", 0, "0")
        or value.keys() >= set(contract.error_schema.get("required") or ("code", "description"))
        or (code in contract.catalogue and "description" in value)
    )


def _is_named_error(place: Place | None) -> bool:
    """Return whether the property with this value, or with the array that has it, has the name of an error."""
    while place is not None and isinstance(place.step, int):
        place = place.above
    return place is not None and _ERROR_NAME.fullmatch(str(place.step)) is not None


def _code(parsed: "ParsedResponse", error: Any) -> str:
    """Return the code of an object as text, under the name in the contract or a usual one; empty if there is no code."""
    members = error if isinstance(error, dict) else {}
    for code in map(members.get, (parsed.contract.members["code"][-1], *_CODES)):
        if isinstance(code, str | int) and not isinstance(code, bool) and code != "":
            return str(code)
    return ""


RULES = (rule(error_in_success, "success", documented="warning"),)
