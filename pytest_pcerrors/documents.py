"""Documents that people write (a contract file, the settings): held against their published JSON Schema.

`jsonschema` judges; this module says where, what was expected, what was found, and which known name is nearest.
"""

import json
import os
from contextlib import suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import JsonError, article, parse, pointer_of, repeated_names, type_of
from pytest_pcerrors.text import nearest, readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

_SHOWN_ERRORS = 5
_SHOWN_CHARACTERS = 60
_FORMATS = {"date": "date (YYYY-MM-DD)", "regex": "regular expression"}


def published_schema(package: str, name: str) -> dict[str, Any]:
    """Load a JSON Schema that ships inside `package`.

    >>> published_schema("pytest_pcerrors", "settings.schema.json")["type"]
    'object'
    """
    schema: dict[str, Any] = json.loads(files(package).joinpath(name).read_text("utf-8"))
    return schema


def read_json_object(path: "Path") -> dict[str, Any]:
    """Read a JSON object from a file; whatever is wrong with it is a `UsageError` that names the file."""
    try:
        document = parse(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except JsonError as error:
        raise UsageError(f"{path}: not JSON: {error}") from None
    if not isinstance(document, dict):
        raise UsageError(f"{path}: a JSON object is expected, this is {_shown(document)}")
    for steps, name in repeated_names(document):
        place = pointer_of(steps) or "the top"
        raise UsageError(readable(f"{path}: at {place}: {_shown(name)} is there more than once; keep one of them"))
    return document


def hold_against(schema: dict[str, Any], document: dict[str, Any], where: str) -> None:
    """Raise a `UsageError` with every difference (five at most) if the document does not fit the schema.

    `where` is the place that each message begins with: a path, or ``pyproject.toml: [tool.pcerrors]``.

    >>> hold_against({"properties": {"profile": {"type": "string"}}}, {"profile": 3}, "pyproject.toml")
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: pyproject.toml: at /profile: expected a string, got 3
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict: Any = extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    validator = strict(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    try:
        errors = sorted(validator.iter_errors(document), key=lambda error: list(error.absolute_path))
    except RecursionError:
        raise UsageError(f"{where}: nested too deeply to be checked") from None
    lines = list(dict.fromkeys(line for error in errors for line in _lines(error)))
    if lines:
        shown = [readable(f"{where}: at {line}") for line in lines[:_SHOWN_ERRORS]]
        if len(lines) > _SHOWN_ERRORS:
            shown.append(f"and {len(lines) - _SHOWN_ERRORS} more")
        raise UsageError("\n".join(shown))


def _lines(error: "ValidationError") -> "Iterator[str]":
    """Say what is wrong: a line for every unknown and every missing key, one for anything else."""
    place = pointer_of(error.absolute_path) or "the top"
    actual, limit = cast("Any", error.instance), cast("Any", error.validator_value)
    match error.validator:
        case "additionalProperties":
            known = cast("dict[str, Any]", error.schema)["properties"]
            yield from (
                f"{place}: unknown key {_shown(name)}; {nearest(name, known)}" for name in actual if name not in known
            )
        case "required":
            yield from (f"{place}: {_shown(name)} is missing" for name in limit if name not in actual)
        case _:
            yield f"{place}: {_explain(error)}"


def _explain(error: "ValidationError") -> str:
    actual, limit = cast("Any", error.instance), cast("Any", error.validator_value)
    match error.validator:
        case "enum":
            return f"{_shown(actual)} is not known; {nearest(str(actual), map(str, limit))}"
        case "type" | "const":
            return f"expected {_any_of(limit) if error.validator == 'type' else _shown(limit)}, got {_shown(actual)}"
        case "pattern" | "minLength" | "minItems" if not actual or not str(actual).strip():
            return "it is empty"
        case "anyOf":
            alternatives = sorted(error.context or (), key=lambda each: each.validator != "type")
            return _explain(alternatives[-1])
        case _:
            return f"{_shown(actual)} {_departure(error)}"


def _departure(error: "ValidationError") -> str:
    """Say what a value is not: by the title of the schema, the name of a format, or else by the keyword."""
    limit = cast("Any", error.validator_value)
    title = cast("dict[str, Any]", error.schema).get("title")
    if error.validator == "format":
        title = f"a {_FORMATS.get(limit, limit)}"
    return f"is not {title}" if title else f"breaks {error.validator} {_shown(limit)}"


def _any_of(types: str | list[str]) -> str:
    return " or ".join(map(article, [types] if isinstance(types, str) else types))


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return article(type_of(value))
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]} ..."


def write_whole(path: "Path", content: str | bytes) -> None:
    """Write a file, text as UTF-8, so that a reader sees the old or the new one, never a part of either.

    A link stays a link, and the file behind it keeps its mode. A device or a pipe, such as ``/dev/stdout``, is written to.
    """
    try:
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        is_device = path.is_relative_to("/dev") or path.is_relative_to("/proc")
        if is_device or (path.exists() and not path.is_file()):
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
    except UnicodeEncodeError as error:
        raise UsageError(f"{path}: cannot be written as UTF-8: {error.reason}") from None


def _replace(path: "Path", data: bytes) -> None:
    """Write a file beside the old one, then rename it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        if path.exists():
            beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
