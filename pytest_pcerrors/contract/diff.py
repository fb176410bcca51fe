"""What changed from one contract to another, and what each change does to a client."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract, Entry

Effect = Literal["breaking", "behavioural", "compatible"]

EFFECTS: tuple[Effect, ...] = ("breaking", "behavioural", "compatible")
"""What a change does to a client, worst first."""

_FIRST_ERROR = 400
_SAME_WORDING = 0.1


@dataclass(frozen=True)
class Change:
    """One difference between two contracts.

    `what` names the thing: a code with its statuses, a property, a header. `pairings` are the (status, code) it concerns,
    `statuses` the HTTP statuses, `pointer` the property: by them a recording is known to be touched.
    """

    kind: str
    what: str
    effect: Effect
    why: str
    before: str = ""
    after: str = ""
    pairings: frozenset[tuple[int, str]] = field(default=frozenset(), repr=False)
    statuses: frozenset[int] = field(default=frozenset(), repr=False)
    pointer: str | None = field(default=None, repr=False)


def diff(old: "Contract", new: "Contract") -> list[Change]:
    """Return every change from one contract to another, the worst for a client first.

    >>> from pytest_pcerrors import Contract
    >>> diff(Contract.default(), Contract.default())
    []
    """
    found = [*_catalogue(old, new), *_statuses(old, new), *_schema(old, new), *_rest(old, new)]
    return sorted(found, key=lambda change: EFFECTS.index(change.effect))


def _catalogue(old: "Contract", new: "Contract") -> Iterator[Change]:
    compares_texts = _is_same_wording(old, new)
    for code in dict.fromkeys((*old.catalogue.codes, *new.catalogue.codes)):
        before, after = old.catalogue.select(code=code), new.catalogue.select(code=code)
        gone = [entry for entry in before if entry.pairing not in new.pairings]
        come = [entry for entry in after if entry.pairing not in old.pairings]
        if gone and come:
            yield _moved(code, before, after, gone + come)
        else:
            yield from map(_removed, gone)
            yield from map(_added, come)
        for entry in before:
            now = next((each for each in after if each.status == entry.status), None)
            if now is not None:
                yield from _reworded(entry, now, compares_texts=compares_texts)


def _moved(code: str, before: "tuple[Entry, ...]", after: "tuple[Entry, ...]", concerned: "list[Entry]") -> Change:
    return Change(
        "status-changed",
        f"code {code}",
        "breaking",
        "a client that tells errors apart by their HTTP status takes another branch",
        " and ".join(str(entry.status) for entry in before),
        " and ".join(str(entry.status) for entry in after),
        pairings=frozenset(entry.pairing for entry in concerned),
    )


def _removed(entry: "Entry") -> Change:
    why = "a client that handles it goes on as before"
    what = f"{entry.status} with code {entry.code}"
    return Change("entry-removed", what, "compatible", why, entry.description, pairings=frozenset({entry.pairing}))


def _added(entry: "Entry") -> Change:
    what, pairings = f"{entry.status} with code {entry.code}", frozenset({entry.pairing})
    if entry.status < _FIRST_ERROR:
        why = "a client that looks at the HTTP status takes this error for a success"
        return Change("entry-added", what, "breaking", why, after=entry.description, pairings=pairings)
    why = "a client may meet a code that it does not know"
    return Change("entry-added", what, "behavioural", why, after=entry.description, pairings=pairings)


def _reworded(old: "Entry", new: "Entry", *, compares_texts: bool) -> Iterator[Change]:
    what, pairings = f"{old.status} with code {old.code}", frozenset({old.pairing})
    before, after = " / ".join(old.templates), " / ".join(new.templates)
    if old.placeholders != new.placeholders:
        why = "the text carries other values than before"
        yield Change("placeholders-changed", what, "behavioural", why, before, after, pairings)
    elif compares_texts and old.templates != new.templates:
        yield Change(
            "description-changed",
            what,
            "compatible",
            "texts are for people; a client compares codes",
            before,
            after,
            pairings,
        )


def _is_same_wording(old: "Contract", new: "Contract") -> bool:
    """Tell whether two contracts are worded alike; if not (another language, say), texts are no changes."""
    common = [
        (old.catalogue.select(status=status, code=code), new.catalogue.select(status=status, code=code))
        for status, code in old.pairings & new.pairings
    ]
    same = sum(set(before[0].templates) == set(after[0].templates) for before, after in common)
    return same >= _SAME_WORDING * len(common)


def _statuses(old: "Contract", new: "Contract") -> Iterator[Change]:
    for status in sorted(old.statuses.keys() | new.statuses.keys()):
        if status not in old.statuses:
            why = "a client may meet a status that it does not know"
            yield Change("status-added", new.reason(status), "behavioural", why, statuses=frozenset({status}))
        elif status not in new.statuses:
            why = "a client that handles it goes on as before"
            yield Change("status-removed", old.reason(status), "compatible", why, statuses=frozenset({status}))


def _schema(old: "Contract", new: "Contract") -> Iterator[Change]:
    before, after = _properties(old.error_schema, ""), _properties(new.error_schema, "")
    for pointer in dict.fromkeys((*before, *after)):
        if pointer not in after:
            yield Change(
                "property-removed", pointer, "breaking", "a client that reads it finds nothing", pointer=pointer
            )
        elif pointer not in before:
            yield Change(
                "property-added", pointer, "compatible", "a client passes over what it does not know", pointer=pointer
            )
        else:
            yield from _keywords(pointer, before[pointer], after[pointer])


def _keywords(pointer: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for keyword in dict.fromkeys((*before, *after)):
        was, now = before.get(keyword), after.get(keyword)
        if was != now:
            effect, why = _effect(keyword, was, now)
            yield Change("schema-changed", f"{pointer} {keyword}", effect, why, _text(was), _text(now), pointer=pointer)


def _effect(keyword: str, was: Any, now: Any) -> tuple[Effect, str]:
    match keyword:
        case "required" if was:
            return "breaking", "a client that reads it finds nothing where it is left out"
        case "type":
            return "breaking", "a client that reads the old type fails"
        case "maxLength" if now is None or (was is not None and now > was):
            return "breaking", "longer texts than a client has room for may come"
        case "minLength" if now is None or (was is not None and now < was):
            return "behavioural", "shorter texts than before may come"
        case "required" | "maxLength" | "minLength":
            return "compatible", "less may come than before"
        case _:
            return "behavioural", "other values than before may come"


def _rest(old: "Contract", new: "Contract") -> Iterator[Change]:
    if old.challenge != new.challenge:
        why = "a client that looks for the old challenge of a 401 does not find it"
        before, after = old.challenge or "", new.challenge or ""
        yield Change("challenge-changed", "WWW-Authenticate", "breaking", why, before, after, statuses=frozenset({401}))
    for member in dict.fromkeys((*old.members, *new.members)):
        before, after = ("/".join(("", *contract.members.get(member, ()))) for contract in (old, new))
        if before != after:
            why = "a client looks for it in the old place"
            yield Change("member-moved", member, "breaking", why, before, after, pointer=before or after)


def _properties(schema: Mapping[str, Any], pointer: str) -> dict[str, dict[str, Any]]:
    """Return the keywords of every property by its pointer; whether it is required is one of them."""
    found: dict[str, dict[str, Any]] = {}
    for name, each in schema.get("properties", {}).items():
        below = f"{pointer}/{name}"
        keywords = {
            key: value for key, value in each.items() if key not in ("properties", "items", "description", "title")
        }
        found[below] = {**keywords, **({"required": True} if name in schema.get("required", ()) else {})}
        found |= _properties(each, below)
        items = each.get("items")
        if isinstance(items, dict):
            found[f"{below}/*"] = {key: value for key, value in items.items() if key not in ("properties", "required")}
            found |= _properties(items, f"{below}/*")
    return found


def _text(value: Any) -> str:
    return "" if value is None else "yes" if value is True else str(value)
