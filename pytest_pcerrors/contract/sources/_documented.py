"""Find the codes that an OpenAPI document gives: in examples, in ``enum``, and in ``x-error-codes``."""

from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.sources._cells import Kind, read_code, read_statuses
from pytest_pcerrors.contract.sources._names import text_rank, words_of
from pytest_pcerrors.contract.sources._schemas import permitted_values, places
from pytest_pcerrors.contract.sources.model import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Path = tuple[str, ...]


def listed_errors(value: Any) -> "Iterator[tuple[int | None, str, str]]":
    """Yield the status, code and text of the items of ``x-error-codes``: texts, objects, or an object of texts or objects by code.

    >>> list(listed_errors({"NO_SHIP": "Gone"})), list(listed_errors(["A", {"code": "B", "title": "b", "status": 409}]))
    ([(None, 'NO_SHIP', 'Gone')], [(None, 'A', ''), (409, 'B', 'b')])
    """
    items: Iterable[Any] = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        items = (
            [value]
            if "code" in value
            else [
                {"code": name, **(each if isinstance(each, dict) else {"message": each})}
                for name, each in value.items()
            ]
        )
    for item in items:
        row = item if isinstance(item, dict) else {"code": item}
        named = {words_of(str(name)): each for name, each in row.items()}
        code = next(
            (
                named[name]
                for name in ("code", "error code", "type", "error", "id", "name")
                if isinstance(named.get(name), str | int)
            ),
            None,
        )
        cell = read_code(str(code)) if code is not None and not isinstance(code, bool) else None
        if cell is None or cell.kind is not Kind.CODE:
            continue
        status = read_statuses(str(named.get("status", named.get("http status", named.get("status code", "")))))
        texts = [
            (rank, each)
            for name, each in named.items()
            if isinstance(each, str) and each != code and (rank := text_rank(name)) is not None
        ]
        yield (status[0] if status else None), cell.code, min(texts)[1] if texts else ""


def found_in_list(value: Any, status: int | None) -> list[Found]:
    return [Found(own or status, code, text) for own, code, text in listed_errors(value)]


def found_at(example: Any, code: "Path", text: "Path", status: int | None) -> list[Found]:
    """Return the errors of an example body; each item of an array has its own text."""
    if "*" in code:
        at = code.index("*")
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
