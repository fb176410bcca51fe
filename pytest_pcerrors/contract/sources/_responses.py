"""Find the error responses of an OpenAPI document (2, 3.0, 3.1): statuses, schemas, examples, and the codes that it gives.

Codes are in examples, in ``enum``, and in ``x-error-codes``.
"""

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from pytest_pcerrors.contract.sources._cells import first_status, read_code
from pytest_pcerrors.contract.sources._envelope import samples_in
from pytest_pcerrors.contract.sources._names import FAR, code_member_rank, is_status_name, text_rank
from pytest_pcerrors.contract.sources._schemas import References, permitted_values, places
from pytest_pcerrors.contract.sources.model import Found, Remark, place_of
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import EACH, pointer_of, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Path = tuple[str, ...]

_LISTED = "x-error-codes"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_ERROR = re.compile(r"[45](?:\d\d|XX)|default", re.IGNORECASE)
_JSON = re.compile(r"(?:application|text)/(?:[\w.+-]+\+)?json(?:\s*;.*)?|\*/\*|application/\*", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*")


class ErrorResponse(NamedTuple):
    """An error response of an operation; `status` is None for ``default`` and ranges such as ``4XX``, `listed` its ``x-error-codes``."""

    status: int | None
    schemas: tuple[dict[str, Any], ...]
    examples: tuple[Any, ...]
    media_types: tuple[str, ...]
    listed: Any
    place: str


def is_openapi(value: Any) -> bool:
    """Return whether data is an OpenAPI document.

    >>> is_openapi({"openapi": "3.1.0"}), is_openapi({"swagger": "2.0"}), is_openapi([])
    (True, True, False)
    """
    return isinstance(value, dict) and ("openapi" in value or "swagger" in value)


def error_responses(document: "Mapping[str, Any]") -> "Iterator[ErrorResponse]":
    """Yield the error responses of all operations."""
    references = References(document)
    for path, item in _items(document.get("paths")):
        for method, operation in _items(references.resolved(item)):
            if method.lower() not in _METHODS or not isinstance(operation, dict):
                continue
            responses = dict(_items(operation.get("responses")))
            if set(map(str.lower, responses)) <= {"default"}:
                continue  # the only response, which is not an error
            for status, response in responses.items():
                if _ERROR.fullmatch(status):
                    pointer = pointer_of(("paths", path, method, "responses", status))
                    produces = operation.get("produces", document.get("produces"))
                    yield _response(references, status, response, produces, pointer)


def _items(value: Any) -> "Iterator[tuple[str, Any]]":
    if isinstance(value, dict):
        yield from ((str(name), each) for name, each in value.items())


def _response(references: References, status: str, value: Any, produces: Any, pointer: str) -> ErrorResponse:
    place = place_of(value, pointer)
    try:
        response = references.resolved(value)
        response = response if isinstance(response, dict) else {}
        content = {name: each for name, each in _items(response.get("content")) if _JSON.fullmatch(name)}
        media = {name: each for name, each in content.items() if isinstance(each, dict)}
        schemas = [each["schema"] for each in (*media.values(), response) if "schema" in each]
        examples = [example for each in media.values() for example in _examples(references, each)]
        examples += [each for name, each in _items(response.get("examples")) if _JSON.fullmatch(name)]
        known = [references.known_schema(each) for each in schemas]
    except UsageError as error:
        raise UsageError(str(error) if str(error).startswith(("line ", "at ")) else f"{place}: {error}") from None
    types = tuple(media) or tuple(each for each in produces or () if isinstance(each, str) and _JSON.fullmatch(each))
    number = int(status) if status.isdecimal() else None
    alternatives, bodies = tuple(_alternatives(known)), tuple(_bodies(examples))
    return ErrorResponse(number, alternatives, bodies, types, response.get(_LISTED), place)


def _alternatives(schemas: list[dict[str, Any]]) -> "Iterator[dict[str, Any]]":
    """Yield the schemas, or the alternatives of a schema that is nothing but alternatives."""
    for schema in schemas:
        inner = schema.get("oneOf") or schema.get("anyOf")
        if inner and "properties" not in schema:
            yield from _alternatives(inner)
        else:
            yield schema


def _examples(references: References, media: "Mapping[str, Any]") -> "Iterator[Any]":
    if "example" in media:
        yield media["example"]
    examples = media.get("examples")
    for example in examples if isinstance(examples, list) else (each for _, each in _items(examples)):
        value = references.resolved(example)
        if isinstance(value, dict) and "value" in value:
            yield value["value"]
        elif isinstance(examples, list):
            yield value


def _bodies(examples: "Iterable[Any]") -> "Iterator[Any]":
    """Yield the objects and arrays among examples; a text is the JSON in it."""
    for example in examples:
        if isinstance(example, str):
            yield from (each.value for each in samples_in(example, 1))
        elif isinstance(example, dict | list):
            yield example


def lists_of_codes(document: "Mapping[str, Any]") -> "Iterator[Any]":
    """Yield the values of ``x-error-codes`` of the document, its info, its components, its paths and its operations."""
    holders = [document, document.get("info"), document.get("components")]
    for _, item in _items(document.get("paths")):
        holders += [item, *(each for name, each in _items(item) if name in _METHODS)]
    for holder in holders:
        if isinstance(holder, dict) and _LISTED in holder:
            yield holder[_LISTED]


def title_of(document: "Mapping[str, Any]") -> str:
    """Return the title of the API; raise a `UsageError` for a document without one."""
    info = document.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    if not isinstance(title, str) or not title.strip():
        raise UsageError("the document has no title in info; name the API with --as")
    return title.strip()


def hosts_of(document: "Mapping[str, Any]", remarks: list[Remark]) -> list[str]:
    """Return the hosts of the servers; a server without a fixed host is a remark."""
    urls = [f"//{document['host']}"] if isinstance(document.get("host"), str) else []
    for server in document["servers"] if isinstance(document.get("servers"), list) else ():
        if isinstance(server, dict) and isinstance(server.get("url"), str):
            url = server["url"]
            for name, variable in _items(server.get("variables")):
                url = url.replace(f"{{{name}}}", str(variable.get("default", "")) if isinstance(variable, dict) else "")
            urls.append(url)
    hosts: dict[str, None] = {}
    for url in urls:
        host = _host(url)
        if host:
            hosts[host] = None
        elif "//" in url:
            remarks.append(Remark("", f"the server {url} has no fixed host; add its hosts with --host"))
    return list(hosts)


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def listed_errors(value: Any, status: int | None = None) -> "Iterator[Found]":
    """Yield the errors in ``x-error-codes``: texts, objects, or an object of texts or objects by code.

    `status` is that of errors without one.

    >>> [tuple(each) for each in listed_errors({"NO_SHIP": "Gone"})]
    [(None, 'NO_SHIP', 'Gone')]
    >>> [tuple(each) for each in listed_errors(["A", {"code": "B", "title": "b", "status": 409}], 400)]
    [(400, 'A', ''), (409, 'B', 'b')]
    """
    for row in _rows(value):
        code = min(row, key=code_member_rank, default="")
        own = next((first_status(str(row[name])) for name in row if is_status_name(name)), None)
        texts = [(rank, row[name]) for name in row if name != code and (rank := text_rank(name)) is not None]
        text = next((each for _, each in sorted(texts, key=lambda ranked: ranked[0]) if isinstance(each, str)), "")
        for each in codes_of([row[code]] if code_member_rank(code) < FAR else ()):
            yield Found(own or status, each, text)


def _rows(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [each if isinstance(each, dict) else {"code": each} for each in value]
    if not isinstance(value, dict):
        return []
    by_code = (
        {"code": code, **(each if isinstance(each, dict) else {"message": each})} for code, each in value.items()
    )
    return [value] if "code" in value else list(by_code)


def found_at(example: Any, code: "Path", text: "Path", status: int | None) -> list[Found]:
    """Return the errors of an example body; each item of an array has its own text."""
    if EACH in code:
        at = code.index(EACH)
        items = value_at(example, code[:at])
        inner = text[at + 1 :] if text[: at + 1] == code[: at + 1] else ()
        below = (found_at(item, code[at + 1 :], inner, status) for item in (items if isinstance(items, list) else ()))
        return [found for each in below for found in each]
    described = value_at(example, text) if text else None
    if status is None and isinstance(example, dict) and "status" not in code:
        status = first_status(str(example.get("status", "")))
    own_text = described if isinstance(described, str) else ""
    return [Found(status, each, own_text) for each in codes_of([value_at(example, code)])]


def found_in_schema(schema: dict[str, Any], code: "Path", text: "Path", status: int | None) -> list[Found]:
    """Return the errors in the examples of a schema, and in several examples of the code."""
    found = [each for example in schema.get("examples", ()) for each in found_at(example, code, text, status)]
    for path, each in places(schema):
        if path == code and len(each.get("examples", ())) > 1:  # a single one is an example
            found += [Found(status, value) for value in codes_of(each["examples"])]
    return found


def codes_in_enums(schema: dict[str, Any], code: "Path") -> tuple[str, ...]:
    """Return the codes that a schema permits at the place of the code."""
    permitted = [value for path, each in places(schema) if path == code for value in permitted_values(each)]
    return tuple(dict.fromkeys(codes_of(permitted)))


def codes_of(values: "Iterable[Any]") -> "Iterator[str]":
    """Yield the codes among values."""
    for value in values:
        if isinstance(value, str | int) and not isinstance(value, bool):
            codes = read_code(str(value)).codes
            yield from codes if len(codes) == 1 else ()
