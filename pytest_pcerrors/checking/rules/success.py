"""The rule about 2xx responses: errors hidden in them."""

import re
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.checking.rules.body import escaped
from pytest_pcerrors.checking.showing import shown
from pytest_pcerrors.checking.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_pcerrors.checking.reading import Reading

_CODES = ("code", "errorCode")
_TEXTS = ("description", "message", "errorDescription", "errorMessage")
_ERROR_NAME = re.compile(r"errors?|\w+Errors?")
_CONTAINERS = (dict, list)
_MOST_FOUND = 5


def error_in_success(reading: "Reading") -> "Iterator[Violation]":
    """A 2xx whose body is an error object or carries one, and no entry pairs its code with this status.

    Page: a 2xx means that the request was received, understood and accepted.
    Example: `"orderErrors": [{"code": 900103, "description": "..."}]` in a `201`
    Mend: A client looks for errors inside results: the real service reports line items, transfers and upgrades this way.
    """
    found = 0
    for pointer, error in _errors(reading):
        code = _code(error)
        if (reading.exchange.status, code) in reading.contract.pairings:
            continue
        found += 1
        if found > _MOST_FOUND:
            return
        text = next((error[name] for name in _TEXTS if isinstance(error.get(name), str)), None)
        said = f": {shown(text)}" if text else ""
        yield Violation(
            f"error {shown(code)} inside a {reading.exchange.status}{said}",
            pointer,
            expected="no error",
            actual=str(code),
        )


def _errors(reading: "Reading") -> "Iterator[tuple[str, dict[str, Any]]]":
    """Yield every error object in the body with its pointer; without recursion, whatever the depth."""
    waiting: list[tuple[str, Any, bool]] = [("", reading.document, False)]
    while waiting:
        pointer, value, is_named = waiting.pop()
        if isinstance(value, list):
            members = [(str(index), each, is_named) for index, each in enumerate(value)]
        elif not isinstance(value, dict):
            continue
        elif _code(value) and (is_named or _has_error_code(value) or _is_error_object(reading, value)):
            yield pointer, value
            continue
        else:
            members = [(escaped(name), each, _ERROR_NAME.fullmatch(name) is not None) for name, each in value.items()]
        waiting += [
            (f"{pointer}/{step}", each, named)
            for step, each, named in reversed(members)
            if isinstance(each, _CONTAINERS)
        ]


def _has_error_code(value: dict[str, Any]) -> bool:
    return value.get("errorCode") not in (None, "", 0, "0")


def _is_error_object(reading: "Reading", value: dict[str, Any]) -> bool:
    """Tell whether an object has all members the contract requires, or a documented code and a description."""
    required = reading.contract.error_schema.get("required", ("code", "description"))
    return value.keys() >= set(required) or (_code(value) in reading.contract.catalogue and "description" in value)


def _code(error: dict[str, Any]) -> str:
    code = next((error[name] for name in _CODES if error.get(name) is not None), None)
    if isinstance(code, str):
        return code
    return str(code) if isinstance(code, int) and not isinstance(code, bool) else ""


RULES = (error_in_success,)
