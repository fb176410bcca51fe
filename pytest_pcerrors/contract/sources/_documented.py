"""Find the codes that an OpenAPI document gives: in examples, in ``enum``, and in ``x-error-codes``."""

from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._cells import Kind, read_code, read_statuses
from pytest_pcerrors.contract.sources._names import text_rank, words_of
from pytest_pcerrors.contract.sources._schemas import permitted_values, places
from pytest_pcerrors.contract.sources.model import Found
from pytest_pcerrors.jsontext import EACH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Path = tuple[str, ...]

_NAMES_OF_CODE = ("code", "error code", "type", "error", "id", "name")
_NAMES_OF_STATUS = ("status", "http status", "status code")


def listed_errors(value: Any, status: int | None = None) -> "Iterator[Found]":
    """Yield the errors in ``x-error-codes``: texts, objects, or an object of texts or objects by code.

    `status` is that of errors without one.

    >>> [tuple(each) for each in listed_errors({"NO_SHIP": "Gone"})]
    [(None, 'NO_SHIP', 'Gone')]
    >>> [tuple(each) for each in listed_errors(["A", {"code": "B", "title": "b", "status": 409}], 400)]
    [(400, 'A', ''), (409, 'B', 'b')]
    """
    items: Iterable[Any] = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        items = [value] if "code" in value else [_with_code(code, each) for code, each in value.items()]
    for item in items:
        row = item if isinstance(item, dict) else {"code": item}
        named = {words_of(str(name)): each for name, each in row.items()}
        written = (named.get(name) for name in _NAMES_OF_CODE)
        value = next((each for each in written if isinstance(each, str | int)), None)
        own = read_statuses(str(next((named[name] for name in _NAMES_OF_STATUS if name in named), "")))
        texts = [
            (rank, each)
            for name, each in named.items()
            if isinstance(each, str) and each != value and (rank := text_rank(name)) is not None
        ]
        for code in _codes_of([value]):
            yield Found(own[0] if own else status, code, min(texts)[1] if texts else "")


def _with_code(code: str, value: Any) -> dict[str, Any]:
    return {"code": code, **(value if isinstance(value, dict) else {"message": value})}


def found_at(example: Any, code: "Path", text: "Path", status: int | None) -> list[Found]:
    """Return the errors of an example body; each item of an array has its own text."""
    if EACH in code:
        at = code.index(EACH)
        items = _value_at(example, code[:at])
        inner = text[at + 1 :] if text[: at + 1] == code[: at + 1] else ()
        return [
            found
            for item in (items if isinstance(items, list) else ())
            for found in found_at(item, code[at + 1 :], inner, status)
        ]
    value, told = _value_at(example, code), _value_at(example, text) if text else None
    if isinstance(value, bool) or not isinstance(value, str | int) or read_code(str(value)).kind is not Kind.CODE:
        return []
    if status is None and isinstance(example, dict):
        own = read_statuses(str(example.get("status", ""))) if "status" not in code else None
        status = own[0] if own else None
    return [Found(status, str(value), told if isinstance(told, str) else "")]


def _value_at(value: Any, path: "Path") -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def found_in_schema(schema: dict[str, Any], code: "Path", text: "Path", status: int | None) -> list[Found]:
    """Return the errors in the examples of a schema, and in several examples of the code."""
    found = [each for example in schema.get("examples", ()) for each in found_at(example, code, text, status)]
    for path, each in places(schema):
        if path == code and len(each.get("examples", ())) > 1:  # a single one is an example
            found += [Found(status, value) for value in _codes_of(each["examples"])]
    return found


def codes_in_enums(schema: dict[str, Any], code: "Path") -> tuple[str, ...]:
    """Return the codes that a schema permits at the place of the code."""
    permitted = [value for path, each in places(schema) if path == code for value in permitted_values(each)]
    return tuple(dict.fromkeys(_codes_of(permitted)))


def _codes_of(values: "Iterable[Any]") -> "Iterator[str]":
    for value in values:
        if isinstance(value, str | int) and not isinstance(value, bool):
            cell = read_code(str(value))
            if cell.kind is Kind.CODE:
                yield cell.code
