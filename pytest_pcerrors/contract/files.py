"""Read contract files into validated contract documents, and write them."""

import json
from collections import Counter
from contextlib import AbstractContextManager
from difflib import get_close_matches
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract._consistency import check_consistency
from pytest_pcerrors.contract._schema_check import check_error_schema
from pytest_pcerrors.documents import published_schema, read_json_object, validate
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = "shipped"
"""The name of the shipped contract in options, settings and calls."""

_PACKAGE = "pytest_pcerrors.contract"


@cache
def shipped_document() -> dict[str, Any]:
    """Return the document of the Partner Center contract that ships with the package; tests prove that it is valid."""
    with _shipped_file() as path:
        return read_json_object(path)


def named_document(name: str | Path, folder: Path | None = None) -> dict[str, Any]:
    """Return the contract document of a name from an option, a setting or a call: `SHIPPED`, or a file relative to `folder`.

    For a file of that name, write ``./shipped`` or pass a `Path`. The document of a file includes what the file extends.
    """
    if not isinstance(name, str | Path) or not str(name):
        raise UsageError(f'expected the path of a contract file, or "{SHIPPED}", got {name!r}')
    path = _named_file(name, folder or Path())
    return shipped_document() if path is None else _checked(path)


def document_text(document: "Mapping[str, Any]") -> str:
    """Return the text of a contract file, with one catalogue entry per line so that diffs are readable."""
    head = {key: value for key, value in document.items() if key != "entries"}
    rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in document["entries"])
    return json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}") + f',\n  "entries": [\n{rows}\n  ]\n}}\n'


def _checked(path: Path) -> dict[str, Any]:
    own = read_json_object(path)
    document = _merged(path, own, ())
    check_error_schema(document["schema"], str(path))
    check_consistency(document, own, str(path))
    return document


def _named_file(name: str | Path, folder: Path) -> Path | None:
    """Return the file of a contract name; None for the shipped contract."""
    if name == SHIPPED:
        return None
    path = folder / name
    if not path.exists() and get_close_matches(str(name).lower(), [SHIPPED], cutoff=0.8):
        raise UsageError(f'{name}: no such file; did you mean "{SHIPPED}"?')
    return path


def _merged(path: Path, document: dict[str, Any], extending: tuple[Path, ...]) -> dict[str, Any]:
    """Return the document of a contract file, merged over the document that it extends."""
    validate(published_schema(_PACKAGE, "contract.schema.json"), document, str(path))
    _check_pairings(document.get("entries", []), str(path))
    if "extends" not in document:
        return document
    if path.resolve() in extending:
        raise UsageError(f"{path}: at /extends: the file extends itself")
    base = _named_file(document["extends"], path.parent)
    extending = (*extending, path.resolve())
    below = shipped_document() if base is None else _merged(base, read_json_object(base), extending)
    own = [{"origin": str(path), **entry} for entry in document.get("entries", [])]
    by_pairing = {(each["status"], each["code"]): each for each in (*below["entries"], *own)}
    statuses = {**below["statuses"], **document.get("statuses", {})}
    kept = {key: value for key, value in document.items() if key != "extends"}
    return {**below, **kept, "statuses": statuses, "entries": list(by_pairing.values())}


def _shipped_file() -> AbstractContextManager[Path]:
    return as_file(files(_PACKAGE).joinpath("partner_center.json"))


def _check_pairings(entries: list[dict[str, Any]], where: str) -> None:
    counts = Counter((each["status"], each["code"]) for each in entries)
    for (status, code), count in counts.items():
        if count > 1:
            raise UsageError(
                f"{where}: at /entries: {status} with {code} appears {count} times; give one entry all its descriptions"
            )
