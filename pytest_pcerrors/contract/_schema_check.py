"""Validate the error schema of a contract file against JSON Schema itself."""

from collections import deque
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.documents import validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from referencing import Resource

_SUCCESSORS = {
    "dependencies": "dependentRequired or dependentSchemas",
    "additionalItems": "items, after prefixItems",
    "$recursiveRef": "$dynamicRef",
}
"""Keywords of older drafts that draft 2020-12 ignores, and their replacements."""

_REMARKS = (
    *("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "$defs", "definitions", "id", "title"),
    *("description", "default", "examples", "deprecated", "readOnly", "writeOnly", "then", "else"),
    *("contentEncoding", "contentMediaType", "contentSchema"),
    *("nullable", "example", "discriminator", "xml", "externalDocs"),
)
"""Keywords that assert nothing by themselves; the last line has those of OpenAPI."""

_MISSPELT = 0.85


def check_error_schema(schema: dict[str, Any], where: str, key: str = "schema") -> None:
    """Raise a `UsageError` for an invalid JSON Schema, a misspelt keyword, or a reference that is external, missing or circular.

    `key` is that of the schema in the contract document.
    """
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    validate(
        dict(Draft202012Validator.META_SCHEMA), schema, f"{where}: the error schema at /{key} is not a JSON Schema"
    )
    validator = Draft202012Validator(schema, registry=Registry())  # without retrieval
    known = {*Draft202012Validator.VALIDATORS, *_REMARKS}
    try:
        for each in _subschemas(DRAFT202012.create_resource(schema)):
            _check_keywords(each if isinstance(each, dict) else {}, known, f"{where}: at /{key}")
            deque(validator.evolve(schema=each).iter_errors(None), maxlen=0)
    except Unresolvable as error:
        raise UsageError(readable(f"{where}: at /{key}: $ref {error.ref} does not exist in this file")) from None
    except RecursionError:
        raise UsageError(f"{where}: at /{key}: a $ref refers to itself") from None


def _check_keywords(schema: "Mapping[str, Any]", known: set[str], where: str) -> None:
    """Raise a `UsageError` for an outdated or misspelt keyword, which would assert nothing; other unknown ones are remarks."""
    for keyword in schema:
        if keyword in _SUCCESSORS:
            raise UsageError(f"{where}: draft 2020-12 has no {keyword}; write {_SUCCESSORS[keyword]}")
        if keyword not in known and (meant := _meant(keyword, known)):
            raise UsageError(readable(f'{where}: unknown keyword "{keyword}"; did you mean "{meant}"?'))


def _meant(keyword: str, known: set[str]) -> str | None:
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(keyword.lower(), lowered, n=1, cutoff=_MISSPELT)
    return lowered[close[0]] if close else None


def _subschemas(resource: "Resource[Any]") -> "Iterator[Any]":
    yield resource.contents
    for each in resource.subresources():
        yield from _subschemas(each)
