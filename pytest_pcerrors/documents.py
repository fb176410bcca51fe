"""Read, validate and write the documents that users edit: contract files and settings.

`jsonschema` finds the errors; this module words the messages: the place, what was expected, what was found, the nearest known name.
"""

import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from pkgutil import get_data
from stat import S_IMODE, S_ISREG
from typing import TYPE_CHECKING, Any, cast

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.jsontext import JsonError, article, parse, pointer_of, repeated_names, steps_to, type_of
from pytest_pcerrors.text import nearest, readable
from pytest_pcerrors.validity import is_valid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jsonschema.exceptions import ValidationError

_LARGEST_STREAM = 1 << 28
_SHOWN_ERRORS = 5
_SHOWN_CHARACTERS = 60
_OF_DEVICES = (Path("/dev"), Path("/dev/fd"))  # fd is a link on Linux, and a folder on macOS
_FORMATS = {"date": "date (YYYY-MM-DD)", "regex": "regular expression"}


def published_schema(package: str, name: str) -> dict[str, Any]:
    """Load a JSON Schema, or another JSON object, that ships inside `package`."""
    schema: dict[str, Any] = json.loads(get_data(package, name) or b"")
    return schema


def read_bytes(path: Path) -> bytes:
    """Read a whole file; raise a `UsageError` that names it if it cannot be read, or is a device or a pipe that does not end."""
    limit = -1 if path.is_file() else _LARGEST_STREAM
    try:
        refuse_named_pipe(path)
        with path.open("rb") as file:
            data = file.read(limit)
    except (OSError, ValueError) as error:  # a zero in the path is a ValueError
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) == limit:
        raise UsageError(f"{path}: cannot be read: it does not end within {limit} bytes")
    return data


def refuse_named_pipe(path: Path) -> None:
    """Raise a `UsageError` for a named pipe, which may have no writer; a pipe of a shell, such as ``/dev/fd/63``, has one."""
    if path.is_fifo() and not _is_of_process(path):
        raise UsageError(
            f"{path}: cannot be read: it is a named pipe, which may never be written to; give <(cat {path}) instead"
        )


def _is_of_process(path: Path) -> bool:
    """Return whether a path is a device, or a file that a process has open, such as ``/dev/stdout`` or ``/dev/fd/63``."""
    folder = Path(os.path.realpath(path.parent))
    return folder in _OF_DEVICES or folder.is_relative_to("/proc")


def read_json_object(path: Path) -> dict[str, Any]:
    """Read a JSON object from a file; raise a `UsageError` that names the file if it cannot be read or is not one."""
    return json_object(read_bytes(path), str(path))


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; raise a `UsageError` that names the file if it cannot be read or is not one."""
    import tomllib

    try:
        return tomllib.loads(read_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except ValueError as error:  # also a number with too many digits
        raise UsageError(f"{path}: not TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{path}: nested too deeply") from None


def without_dates(table: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a TOML table with its dates and times as text, so that a JSON Schema can validate it."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(table, default=lambda value: value.isoformat()))
    except RecursionError:
        raise UsageError(f"{path}: nested too deeply") from None
    return plain


def json_object(data: bytes, path: str) -> dict[str, Any]:
    """Return the JSON object that a file holds; raise a `UsageError` that names the file if it does not hold one."""
    document = json_value(data, path)
    if not isinstance(document, dict):
        raise UsageError(f"{path}: expected a JSON object, got {_shown(document)}")
    return document


def json_value(data: bytes, where: str) -> Any:
    """Return a JSON value; raise a `UsageError` if the bytes, which `where` names, are not one, or repeat a name in an object."""
    if not data.strip():
        raise UsageError(f"{where}: empty; expected JSON")
    try:
        value = parse(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except JsonError as error:
        raise UsageError(f"{where}: not JSON: {error}") from None
    for place in repeated_names(value):
        holder = pointer_of(steps_to(place.above)) or "the top"
        raise UsageError(readable(f"{where}: at {holder}: {_shown(place.step)} is repeated; keep one of them"))
    return value


def validate(schema: dict[str, Any], document: dict[str, Any], where: str) -> None:
    """Raise a `UsageError` that lists the errors (five at most) if a document is not valid against a schema.

    `where` begins each message: a path, or ``pyproject.toml: [tool.pcerrors]``.

    >>> validate({"properties": {"profile": {"type": "string"}}}, {"profile": 3}, "pyproject.toml")
    Traceback (most recent call last):
    pytest_pcerrors.UsageError: pyproject.toml: at /profile: expected a string, got 3
    """
    if is_valid(document, schema):
        return
    validator_class = _validator_class()
    validator = validator_class(schema, format_checker=validator_class.FORMAT_CHECKER)
    try:
        errors = sorted(validator.iter_errors(document), key=lambda error: list(error.absolute_path))
    except RecursionError:
        raise UsageError(f"{where}: nested too deeply to validate") from None
    lines = list(dict.fromkeys(line for error in errors for line in _lines(error)))
    if lines:
        shown = [readable(f"{where}: at {line}") for line in lines[:_SHOWN_ERRORS]]
        if len(lines) > _SHOWN_ERRORS:
            shown.append(f"and {len(lines) - _SHOWN_ERRORS} more")
        raise UsageError("\n".join(shown))


@cache
def _validator_class() -> Any:
    """Return the validator for which 1.0 is not an integer."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    return extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]


def _lines(error: "ValidationError") -> "Iterator[str]":
    """Yield the messages of an error: one for each unknown or missing key, else a single one."""
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
            title = cast("dict[str, Any]", error.schema).get("title") if limit in ("array", "string") else None
            types = [limit] if isinstance(limit, str) else limit
            expected = title or (" or ".join(map(article, types)) if error.validator == "type" else _shown(limit))
            return f"expected {expected}, got {_shown(actual)}"
        case "uniqueItems":
            return "it has the same item twice; keep one of them"
        case "pattern" | "minLength" | "minItems" if not actual or not str(actual).strip():
            return "it is empty"
        case "anyOf":
            alternatives = sorted(error.context or (), key=lambda each: each.validator != "type")
            return _explain(alternatives[-1])
        case _:
            return f"{_shown(actual)} {_failure(error)}"


def _failure(error: "ValidationError") -> str:
    """Return how a value fails its schema, worded by the schema's title, the format, or the keyword."""
    limit = cast("Any", error.validator_value)
    title = cast("dict[str, Any]", error.schema).get("title")
    if error.validator == "format":
        title = f"a {_FORMATS.get(limit, limit)}"
    return f"is not {title}" if title else f"breaks {error.validator} {_shown(limit)}"


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return article(type_of(value))
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]} ..."


def write_atomically(path: Path, content: "str | bytes | Iterable[str]") -> None:
    """Write a file atomically: readers see the old content or the new, never a part of either. Text is encoded as UTF-8.

    Pieces of text are written as they are made; if that raises, the file stays as it was. A symbolic link stays a link, and its
    target keeps its mode. A device or a pipe, such as ``/dev/stdout``, is written directly.
    """
    pieces = (content,) if isinstance(content, str | bytes) else content
    data = (piece if isinstance(piece, bytes) else piece.encode("utf-8") for piece in pieces)
    try:
        mode = _mode(path)
        if _is_of_process(path) or not (mode is None or S_ISREG(mode)):
            with path.open("wb") as file:
                file.writelines(data)
        else:
            _replace(Path(os.path.realpath(path)), data, mode)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
    except UnicodeEncodeError as error:
        raise UsageError(f"{path}: cannot be written as UTF-8: {error.reason}") from None


def _mode(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        return path.stat().st_mode
    return None


def _replace(path: Path, data: "Iterable[bytes]", mode: int | None) -> None:
    """Write a temporary file in the same folder, then rename it. Its name is not that of any other process, thread or machine."""
    temporary = path.with_name(f".pcerrors-{os.urandom(8).hex()}.new")
    try:
        with temporary.open("xb") as file:
            file.writelines(data)
        if mode is not None:
            temporary.chmod(S_IMODE(mode))
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
