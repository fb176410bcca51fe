"""Documents that people write (a contract file, the settings): held against their published JSON Schema, and answered.

`jsonschema` judges; this module says where, what was expected, what came, and which known name is nearest.
"""

import json
import os
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from pytest_pcerrors.errors import UsageError, nearest
from pytest_pcerrors.jsontext import JsonError, parse, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

_SHOWN_ERRORS = 5
_SHOWN_CHARACTERS = 60


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
        raise UsageError(f"{path}: a JSON object is expected, this is {type_of(document)}")
    return document


def hold_against(schema: dict[str, Any], document: dict[str, Any], where: str) -> None:
    """Raise a `UsageError` with every difference (five at most) if the document does not fit the schema.

    `where` is the place that each message begins with: a path, or ``pyproject.toml: [tool.pcerrors]``.

    >>> hold_against({"properties": {"profile": {"type": "string"}}}, {"profile": 3}, "pyproject.toml")
    Traceback (most recent call last):
    pytest_pcerrors.errors.UsageError: pyproject.toml: at /profile: expected a string, came 3
    """
    from jsonschema import Draft202012Validator

    errors = sorted(
        Draft202012Validator(schema).iter_errors(document), key=lambda error: list(map(str, error.absolute_path))
    )
    if errors:
        shown = [f"{where}: at {_pointer(error.absolute_path)}: {_explain(error)}" for error in errors[:_SHOWN_ERRORS]]
        if len(errors) > _SHOWN_ERRORS:
            shown.append(f"and {len(errors) - _SHOWN_ERRORS} more")
        raise UsageError("\n".join(shown))


def _explain(error: "ValidationError") -> str:
    came: Any = error.instance
    limit: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = cast("dict[str, Any]", error.schema)["properties"]
            unknown = next(name for name in came if name not in known)
            return f'unknown key "{unknown}"; {nearest(unknown, known)}'
        case "enum":
            return f"{_shown(came)} is not known; {nearest(str(came), map(str, limit))}"
        case "type":
            return f"expected {_article(limit)}, came {_shown(came)}"
        case "required":
            return f'"{next(name for name in limit if name not in came)}" is missing'
        case "pattern":
            return f"{_shown(came)} does not fit the pattern {limit}"
        case _:
            return f"{_shown(came)} breaks {error.validator} {_shown(limit)}"


def _article(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(f"{'an' if name[0] in 'aio' else 'a'} {name}" for name in names)


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return _article(type_of(value))
    text = json.dumps(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]} ..."


def _pointer(path: "Iterable[str | int]") -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path) or "the top"


def write_whole(path: "Path", text: str) -> None:
    """Write a text file as UTF-8 so that a reader sees the old or the new one, never a part: beside it, then renamed."""
    data = text.encode("utf-8")
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
