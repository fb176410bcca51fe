"""Contract files: read and validated against their published schema, written whole."""

import json
from collections import Counter, deque
from contextlib import AbstractContextManager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.contract.model import Catalogue, Contract, Deviation, Entry, Page
from pytest_pcerrors.documents import hold_against, published_schema, read_json_object, write_whole
from pytest_pcerrors.errors import UsageError, readable
from pytest_pcerrors.pointers import pointer_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referencing import Resource

SHIPPED = "shipped"
"""The word that stands for the shipped contract where another could be named."""

_PACKAGE = "pytest_pcerrors.contract"


@cache
def shipped_contract() -> Contract:
    """Return the Partner Center contract that ships with the package; its validity is proved by the tests."""
    with _shipped_file() as path:
        return _contract(read_json_object(path))


def load_contract(path: str | Path) -> Contract:
    """Read a contract file and what it extends, hold it against the schema of contract files, and make a `Contract` of it."""
    if not isinstance(path, str | Path) or not str(path):
        raise UsageError(f"the path of a contract file is expected, not {path!r}")
    document = _whole(Path(path), ())
    _check_error_schema(document["schema"], str(path))
    return _contract(document)


def _whole(path: Path, extending: tuple[Path, ...]) -> dict[str, Any]:
    """Return the document of a contract file with that of the file it extends below it."""
    document = read_json_object(path)
    hold_against(published_schema(_PACKAGE, "contract.schema.json"), document, str(path))
    _check_pairings(document.get("entries", []), str(path))
    base = document.pop("extends", None)
    if base is None:
        return document
    if path.resolve() in extending:
        raise UsageError(f"{path}: at /extends: the file extends itself")
    if base == SHIPPED:
        with _shipped_file() as file:
            below = read_json_object(file)
    else:
        below = _whole(path.parent / base, (*extending, path.resolve()))
    own = [{"origin": str(path), **entry} for entry in document.get("entries", [])]
    by_pairing = {(each["status"], each["code"]): each for each in (*below["entries"], *own)}
    statuses = {**below["statuses"], **document.get("statuses", {})}
    return {**below, **document, "statuses": statuses, "entries": list(by_pairing.values())}


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


def _check_error_schema(schema: dict[str, Any], where: str) -> None:
    """Refuse what is no JSON Schema, and references that lead out of the file, to nothing, or in a circle."""
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    hold_against(
        dict(Draft202012Validator.META_SCHEMA), schema, f"{where}: the error schema at /schema is no JSON Schema"
    )
    validator = Draft202012Validator(schema, registry=Registry())  # one that fetches nothing
    try:
        for each in _subschemas(DRAFT202012.create_resource(schema)):
            deque(validator.evolve(schema=each).iter_errors(None), maxlen=0)
    except Unresolvable as error:
        raise UsageError(readable(f"{where}: at /schema: $ref {error.ref} leads to nothing in this file")) from None
    except RecursionError:
        raise UsageError(f"{where}: at /schema: a $ref leads back to itself") from None


def _subschemas(resource: "Resource[Any]") -> "Iterator[Any]":
    yield resource.contents
    for each in resource.subresources():
        yield from _subschemas(each)


def _check_pairings(entries: list[dict[str, Any]], where: str) -> None:
    counts = Counter((each["status"], each["code"]) for each in entries)
    for (status, code), count in counts.items():
        if count > 1:
            raise UsageError(
                f"{where}: at /entries: {status} with {code} stands {count} times; give one entry all its descriptions"
            )
