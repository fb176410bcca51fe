"""Read contract files into validated contract documents, and write them."""

import json
from collections import Counter
from functools import cache
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.documents import published_schema, read_json_object, validate
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.text import represented

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = "shipped"
"""The name of the shipped contract in options, settings and calls."""

ENVELOPES = ("google", "jsonapi", "odata", "problem", "stripe")
"""The names of the envelopes that a contract file can extend: contract documents without name, statuses and entries."""

_PACKAGE = "pytest_pcerrors.contract"


@cache
def shipped_document() -> dict[str, Any]:
    """Return the document of the Partner Center contract that ships with the package; tests prove that it is valid."""
    return published_schema(_PACKAGE, "partner_center.json")


def named_document(name: str | Path, folder: Path | None = None) -> dict[str, Any]:
    """Return the contract document of a name from an option, a setting or a call: `SHIPPED`, or a file relative to `folder`.

    For a file of that name, write ``./shipped`` or pass a `Path`. The document of a file includes what the file extends.
    """
    if not isinstance(name, str | Path) or not str(name):
        raise UsageError(f'expected the path of a contract file, or "{SHIPPED}", got {represented(name)}')
    path = _named_file(name, folder or Path())
    return shipped_document() if path is None else complete_document(read_json_object(path), path)


def document_text(document: "Mapping[str, Any]") -> str:
    """Return the text of a contract file, with one catalogue entry per line so that diffs are readable."""
    head = {key: value for key, value in document.items() if key != "entries"}
    rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in document["entries"])
    return json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}") + f',\n  "entries": [\n{rows}\n  ]\n}}\n'


def complete_document(own: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the document of a contract file with what it extends, or raise a `UsageError` if it is not valid."""
    from pytest_pcerrors.contract._consistency import check_consistency, check_error_schema

    document = _merged(path, own, ())
    check_error_schema(document["schema"], str(path))
    if "errors-below-400" in document:
        check_error_schema(document["errors-below-400"], str(path), "errors-below-400")
    check_consistency(document, own, str(path))
    return document


def _named_file(name: str | Path, folder: Path, known: tuple[str, ...] = (SHIPPED,)) -> Path | None:
    """Return the file of a contract name; None for a name of a contract that the package has."""
    if name in known:
        return None
    from difflib import get_close_matches

    path = folder / name
    similar = get_close_matches(str(name).lower(), known, n=1, cutoff=0.8)
    if similar and not path.exists():
        raise UsageError(f'{name}: no such file; did you mean "{similar[0]}"?')
    return path


def _merged(path: Path, document: dict[str, Any], extending: tuple[str, ...]) -> dict[str, Any]:
    """Return the document of a contract file, merged over the document that it extends."""
    if "openapi" in document or "swagger" in document:
        raise UsageError(f"{path}: an OpenAPI document; make a contract file of it with `pcerrors import`")
    schema = published_schema(_PACKAGE, "contract.schema.json")
    validate(schema, document, str(path))
    _check_pairings(document.get("entries", []), str(path))
    if "extends" not in document:
        return {"statuses": {}, **document}
    if (real := realpath(path)) in extending:
        raise UsageError(f"{path}: at /extends: the file extends itself")
    base = _named_file(document["extends"], path.parent, (SHIPPED, *ENVELOPES))
    if base is None:
        below = shipped_document() if document["extends"] == SHIPPED else envelope_document(document["extends"])
    else:
        below = _merged(base, read_json_object(base), (*extending, real))
    own = [{"origin": str(path), **entry} if below["entries"] else entry for entry in document.get("entries", [])]
    by_pairing = {(each.get("status"), each["code"]): each for each in (*below["entries"], *own)}
    statuses = {**below["statuses"], **document.get("statuses", {})}
    kept = {key: value for key, value in document.items() if key != "extends"}
    merged = {**below, **kept, "statuses": statuses, "entries": list(by_pairing.values())}
    validate(schema, {**merged, "entries": []}, str(path))  # an envelope has no name; the entries are valid already
    return merged


def envelope_document(name: str) -> dict[str, Any]:
    """Return the document of one of the `ENVELOPES`, without the name of an API."""
    return {**published_schema(_PACKAGE, "envelopes.json")[name], "statuses": {}, "entries": []}


def _check_pairings(entries: list[dict[str, Any]], where: str) -> None:
    counts = Counter((each.get("status"), each["code"]) for each in entries)
    for (status, code), count in counts.items():
        if count > 1:
            what = code if status is None else f"{status} with {code}"
            raise UsageError(f"{where}: at /entries: {what} appears {count} times; give one entry all its descriptions")
