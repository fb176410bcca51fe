"""Contract files: read and validated against their published schema, written whole."""

import json
from collections import Counter
from contextlib import AbstractContextManager
from difflib import get_close_matches
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pytest_pcerrors.contract.consistency import check_consistency
from pytest_pcerrors.contract.model import Catalogue, Contract, Deviation, Entry, Page
from pytest_pcerrors.contract.schema_check import check_error_schema
from pytest_pcerrors.documents import hold_against, published_schema, read_json_object, write_whole
from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.pointers import pointer_of, steps_of

SHIPPED = "shipped"
"""The word that stands for the shipped contract where another could be named."""

_PACKAGE = "pytest_pcerrors.contract"


@cache
def shipped_contract() -> Contract:
    """Return the Partner Center contract that ships with the package; its validity is proved by the tests."""
    with _shipped_file() as path:
        return _contract(read_json_object(path))


def named_contract(name: str | Path, folder: Path | None = None) -> Contract:
    """Return the contract that an option, a setting or a call names: the word `SHIPPED`, or a file, relative to `folder`.

    The word wins over a file of that name, which is named as ``./shipped`` or by a `Path`.
    """
    if not isinstance(name, str | Path) or not str(name):
        raise UsageError(f"the path of a contract file, or the word {SHIPPED}, is expected, not {name!r}")
    path = _named_file(name, folder or Path())
    return shipped_contract() if path is None else load_contract(path)


def load_contract(path: Path) -> Contract:
    """Read a contract file and what it extends, refuse what does not fit, and make a `Contract` of it."""
    own = read_json_object(path)
    document = _whole(path, own, ())
    check_error_schema(document["schema"], str(path))
    check_consistency(document, own, str(path))
    return _contract(document)


def _named_file(name: str | Path, folder: Path) -> Path | None:
    """Return the file that a name stands for, None for the shipped contract. This is the one place that decides."""
    if name == SHIPPED:
        return None
    path = folder / name
    if not path.exists() and get_close_matches(str(name).lower(), [SHIPPED], cutoff=0.8):
        raise UsageError(f'{name}: no such file; did you mean "{SHIPPED}"?')
    return path


def _whole(path: Path, document: dict[str, Any], extending: tuple[Path, ...]) -> dict[str, Any]:
    """Return the document of a contract file with that of the file it extends below it."""
    hold_against(published_schema(_PACKAGE, "contract.schema.json"), document, str(path))
    _check_pairings(document.get("entries", []), str(path))
    if "extends" not in document:
        return document
    if path.resolve() in extending:
        raise UsageError(f"{path}: at /extends: the file extends itself")
    base = _named_file(document["extends"], path.parent)
    if base is None:
        with _shipped_file() as file:
            below = read_json_object(file)
    else:
        below = _whole(base, read_json_object(base), (*extending, path.resolve()))
    own = [{"origin": str(path), **entry} for entry in document.get("entries", [])]
    by_pairing = {(each["status"], each["code"]): each for each in (*below["entries"], *own)}
    statuses = {**below["statuses"], **document.get("statuses", {})}
    kept = {key: value for key, value in document.items() if key != "extends"}
    return {**below, **kept, "statuses": statuses, "entries": list(by_pairing.values())}


def _shipped_file() -> AbstractContextManager[Path]:
    return as_file(files(_PACKAGE).joinpath("partner_center.json"))


def save_contract(contract: Contract, path: str | Path) -> None:
    """Write a contract file, one catalogue entry a line so that changes show well in a diff."""
    write_whole(Path(path), contract_text(contract))


def contract_text(contract: Contract) -> str:
    """Return the text of a contract file."""
    head = {
        "format": 1,
        "name": contract.name,
        "page": {name: value for name, value in vars(contract.page).items() if value},
        "hosts": list(contract.hosts),
        "statuses": {str(status): phrase for status, phrase in contract.statuses.items()},
        **({"challenge": contract.challenge} if contract.challenge else {}),
        "members": {name: pointer_of(steps) for name, steps in contract.members.items()},
        "deviations": [{**vars(deviation), "at": pointer_of(deviation.at)} for deviation in contract.deviations],
        "schema": contract.error_schema,
    }
    rows = ",\n".join("    " + json.dumps(_row(each), ensure_ascii=False) for each in contract.catalogue)
    return json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}") + f',\n  "entries": [\n{rows}\n  ]\n}}\n'


def _row(entry: Entry) -> dict[str, Any]:
    remarks = {name: value for name, value in (("note", entry.note), ("origin", entry.origin)) if value}
    return {"status": entry.status, "code": entry.code, "descriptions": entry.templates, **remarks}


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(row["status"], row["code"], tuple(row["descriptions"]), row.get("note", ""), row.get("origin", ""))


def _contract(document: dict[str, Any]) -> Contract:
    return Contract(
        name=document["name"],
        statuses={int(status): phrase for status, phrase in document["statuses"].items()},
        catalogue=Catalogue(tuple(map(_entry, document["entries"]))),
        error_schema=document["schema"],
        members={name: steps_of(pointer) for name, pointer in document["members"].items()},
        hosts=tuple(host.lower() for host in document.get("hosts", ())),
        challenge=document.get("challenge"),
        deviations=tuple(
            Deviation(each["rule"], steps_of(each["at"]), each["type"], each.get("note", ""))
            for each in document.get("deviations", ())
        ),
        page=Page(**document.get("page", {})),
    )


def _check_pairings(entries: list[dict[str, Any]], where: str) -> None:
    counts = Counter((each["status"], each["code"]) for each in entries)
    for (status, code), count in counts.items():
        if count > 1:
            raise UsageError(
                f"{where}: at /entries: {status} with {code} is there {count} times; give one entry all its descriptions"
            )
