"""The rule for 2xx responses: errors in their bodies."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.rules._pointers import Place, pointer_to
from pytest_pcerrors.rules.rule import rule
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.rules.parsed_response import ParsedResponse

_CODES = ("code", "errorCode")
_TEXTS = ("description", "message", "errorDescription", "errorMessage")
_ERROR_NAME = re.compile(r"errors?|\w+Errors?")
_MOST_FOUND = 5


def error_in_success(parsed: "ParsedResponse") -> "Iterator[Violation]":
    """A 2xx body is an error object or contains one, and no entry pairs its code with this status.

    Documentation: A 2xx status means that the request was received, understood and accepted.
    Example: `"orderErrors": [{"code": 900103, "description": "..."}]` in a `201` response
    Fix: A client looks for errors in the results, because the real service reports failed line items, transfers and upgrades this way.
    """
    found = 0
    for place, error in _errors(parsed):
        code = _code(parsed, error)
        if (parsed.exchange.status, code) in parsed.contract.pairings:
            continue
        found += 1
        if found > _MOST_FOUND:
            return
        yield Violation(
            partial(_message, parsed.exchange.status, code, error),
            partial(pointer_to, place),
            expected="no error",
            actual=code,
        )


def _message(status: int, code: str, error: dict[str, Any]) -> str:
    text = next((error[name] for name in _TEXTS if isinstance(error.get(name), str)), None)
    quoted = f": {shown(text)}" if text else ""
    return f"an error with code {shown(code)} in a {status}, expected none{quoted}"


def _may_contain_error(parsed: "ParsedResponse") -> bool:
    """Return whether a member of the body can have the name of a code: such a name is in the text, or escaped in it."""
    text, own = parsed.text or "", parsed.contract.members["code"][-1]
    return "\\u" in text or not own.isidentifier() or any(f'"{name}"' in text for name in (own, *_CODES))


def _errors(parsed: "ParsedResponse") -> "Iterator[tuple[Place | None, dict[str, Any]]]":
    """Yield every error object in the body with its place. It does not recurse, so any depth is safe."""
    waiting: list[tuple[Place | None, Any, bool]] = [(None, parsed.document, False)]
    while waiting:
        place, value, is_named = waiting.pop()
        if isinstance(value, list):
            inside = [(Place(place, index), each, is_named) for index, each in enumerate(value)]
        elif not isinstance(value, dict):
            continue
        elif _code(parsed, value) and (is_named or _has_error_code(value) or _is_error_object(parsed, value)):
            yield place, value
            continue
        else:
            inside = [(Place(place, name), each, _is_error_name(name)) for name, each in value.items()]
        waiting += reversed(inside)


def _is_error_name(name: str) -> bool:
    return _ERROR_NAME.fullmatch(name) is not None


def _has_error_code(value: dict[str, Any]) -> bool:
    return value.get("errorCode") not in (None, "", 0, "0")


def _is_error_object(parsed: "ParsedResponse", value: dict[str, Any]) -> bool:
    """Return whether an object has all members that the contract requires, or a documented code and a description."""
    required = parsed.contract.error_schema.get("required") or ("code", "description")
    return value.keys() >= set(required) or (
        _code(parsed, value) in parsed.contract.catalogue and "description" in value
    )


def _code(parsed: "ParsedResponse", error: dict[str, Any]) -> str:
    """Return the code of an object as text, under the name in the contract or a usual one; empty if there is no code."""
    for code in map(error.get, (parsed.contract.members["code"][-1], *_CODES)):
        if isinstance(code, str | int) and not isinstance(code, bool) and code != "":
            return str(code)
    return ""


RULES = (rule(error_in_success, documented="warning", when=_may_contain_error),)
