"""The changes from one contract to another: what changed, and the effect of each change on a client."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from pytest_pcerrors.contract.catalogue import Pairing
from pytest_pcerrors.jsontext import pointer_of

if TYPE_CHECKING:
    from pytest_pcerrors.contract._schema_places import SchemaPlaces
    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.contract.model import Contract

Effect = Literal["breaking", "behavioural", "compatible"]

EFFECTS: tuple[Effect, ...] = ("breaking", "behavioural", "compatible")
"""The effects of a change on a client, the worst first."""

_SAME_WORDING = 0.1
_TAKEN_FOR_SUCCESS = "a client that checks the HTTP status takes this error for a success"
_STILL_HANDLED = "a client that handles it continues to work"
_IGNORED = "a client ignores what it does not know"
_COMPARED_ELSEWHERE = (
    *("properties", "items", "required", "allOf", "$ref", "$defs"),
    *("description", "title", "$schema", "$id", "$comment"),
)
_RESTRICTIONS = (
    *("required", "type", "enum", "const", "pattern", "format"),
    *("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "additionalProperties"),
)
_WIDER: dict[str, tuple[Effect, str]] = {
    "required": ("breaking", "a client that reads it finds nothing when it is omitted"),
    "type": ("breaking", "a client that reads the old type fails"),
    "maxLength": ("breaking", "a client may receive longer texts than it can store"),
    "minLength": ("behavioural", "a client may receive shorter texts than before"),
}


@dataclass(frozen=True)
class Change:
    """One difference between two contracts.

    `what` names what changed: a code with its statuses, a property, a header. `pairings`, `statuses` and `pointer` are the
    (status, code) pairs, the HTTP statuses and the property that changed: they decide which recordings are affected.
    """

    kind: str
    what: str
    effect: Effect
    why: str
    before: str = ""
    after: str = ""
    pairings: frozenset[Pairing] = field(default=frozenset(), repr=False)
    statuses: frozenset[int] = field(default=frozenset(), repr=False)
    pointer: str | None = field(default=None, repr=False)


def diff(old: "Contract", new: "Contract") -> list[Change]:
    """Return the changes from one contract to another, those with the worst effect on a client first.

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
        removed = [entry for entry in before if entry.pairing not in new.pairings]
        added = [entry for entry in after if entry.pairing not in old.pairings]
        if removed and added:
            why = "a client that distinguishes errors by their HTTP status takes another branch"
            if any(entry.rank < HTTPStatus.BAD_REQUEST for entry in added):
                why = _TAKEN_FOR_SUCCESS
            was, now = (" and ".join(entry.status_text for entry in each) for each in (before, after))
            concerned = frozenset(entry.pairing for entry in removed + added)
            yield Change("status-changed", f"code {code}", "breaking", why, was, now, concerned)
        else:
            for entry in removed:
                yield _of_entry("entry-removed", entry, "compatible", _STILL_HANDLED, (entry.description, ""))
            yield from (_added(entry, known=bool(before)) for entry in added)
        for entry in before:
            same = next((each for each in after if each.status == entry.status), None)
            if same is not None:
                yield from _reworded(entry, same, compares_texts=compares_texts)


def _of_entry(kind: str, entry: "Entry", effect: Effect, why: str, texts: tuple[str, str]) -> Change:
    what = f"{entry.status_text} with code {entry.code}"
    return Change(kind, what, effect, why, *texts, frozenset({entry.pairing}))


def _added(entry: "Entry", *, known: bool) -> Change:
    if entry.rank < HTTPStatus.BAD_REQUEST:
        return _of_entry("entry-added", entry, "breaking", _TAKEN_FOR_SUCCESS, ("", entry.description))
    what = "this code with a status that it does not expect" if known else "a code that it does not know"
    return _of_entry("entry-added", entry, "behavioural", f"a client may receive {what}", ("", entry.description))


def _reworded(old: "Entry", new: "Entry", *, compares_texts: bool) -> Iterator[Change]:
    texts = " / ".join(old.templates), " / ".join(new.templates)
    if old.placeholders != new.placeholders:
        why = "the text carries other values than before"
        yield _of_entry("placeholders-changed", old, "behavioural", why, texts)
    elif compares_texts and old.templates != new.templates:
        why = "descriptions are for people; a client compares codes"
        yield _of_entry("description-changed", old, "compatible", why, texts)


def _is_same_wording(old: "Contract", new: "Contract") -> bool:
    """Return whether two contracts share their wording; if not (another language), other texts are not changes."""
    before, after = ({each.pairing: set(each.templates) for each in contract.catalogue} for contract in (old, new))
    common = before.keys() & after.keys()
    return sum(before[pairing] == after[pairing] for pairing in common) >= _SAME_WORDING * len(common)


def _statuses(old: "Contract", new: "Contract") -> Iterator[Change]:
    """Yield the changes of error statuses; changes of other statuses are reported with their entries."""
    for status in sorted(old.statuses.keys() ^ new.statuses.keys()):
        concerned = frozenset({status})
        if status >= HTTPStatus.BAD_REQUEST and status in new.statuses:
            why = "a client may receive a status that it does not know"
            yield Change("status-added", new.reason(status), "behavioural", why, statuses=concerned)
        elif status >= HTTPStatus.BAD_REQUEST:
            yield Change("status-removed", old.reason(status), "compatible", _STILL_HANDLED, statuses=concerned)


def _rest(old: "Contract", new: "Contract") -> Iterator[Change]:
    if old.challenge != new.challenge:
        effect: Effect = "breaking" if old.challenge else "compatible"
        why = "a client that looks for the old challenge of a 401 does not find it"
        why = why if old.challenge else "any challenge was possible before"
        before, after = old.challenge or "", new.challenge or ""
        yield Change("challenge-changed", "WWW-Authenticate", effect, why, before, after, statuses=frozenset({401}))
    for host in sorted({*old.hosts} ^ {*new.hosts}):
        if host in old.hosts:
            yield Change("host-removed", host, "breaking", "a client that calls it cannot connect", host)
        else:
            yield Change("host-added", host, "compatible", "a client continues to call the others", after=host)
    for member in dict.fromkeys((*old.members, *new.members)):
        before, after = ("/".join(("", *contract.members.get(member, ()))) for contract in (old, new))
        if before != after:
            effect = "breaking" if before else "compatible"
            why = "a client looks for it in the old place" if before else _IGNORED
            yield Change("member-moved", member, effect, why, before, after, pointer=before or after)


def _schema(old: "Contract", new: "Contract") -> Iterator[Change]:
    """Yield the changes of the body's keywords, the added and removed properties, and the changes of their keywords."""
    before, after = (_keywords_by_pointer(each.places) for each in (old, new))
    for pointer in dict.fromkeys((*before, *after)):
        if pointer not in after:
            why = "a client that reads it finds nothing"
            yield Change("property-removed", pointer, "breaking", why, pointer=pointer)
        elif pointer not in before:
            yield Change("property-added", pointer, "compatible", _IGNORED, pointer=pointer)
        else:
            yield from _keywords(pointer, before[pointer], after[pointer])


def _keywords_by_pointer(places: "SchemaPlaces") -> dict[str, dict[str, Any]]:
    """Return the keywords of the body and of every property by its pointer; ``required`` is one of them."""
    found = {}
    always = {path: places.always_at(path) for path in ((), *places.pointers())}
    for path, here in always.items():
        merged = {key: value for each in reversed(here) for key, value in each.items()}
        keywords = {key: value for key, value in merged.items() if key not in _COMPARED_ELSEWHERE}
        is_required = any(path[-1] in each.get("required", ()) for each in always[path[:-1]] if path)
        found[pointer_of(path)] = keywords | ({"required": True} if is_required else {})
    return found


def _keywords(pointer: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for keyword in dict.fromkeys((*before, *after)):
        was, now = before.get(keyword), after.get(keyword)
        if was != now:
            effect, why = _effect(keyword, was, now)
            what = f"{pointer or 'the body'} {keyword}"
            yield Change("schema-changed", what, effect, why, _text(was), _text(now), pointer=pointer)


def _effect(keyword: str, was: Any, now: Any) -> tuple[Effect, str]:
    if _is_narrower(keyword, was, now):
        return "compatible", "fewer values are possible than before"
    return _WIDER.get(keyword, ("behavioural", "a client may receive other values than before"))


def _is_narrower(keyword: str, was: Any, now: Any) -> bool:
    """Return whether all values that are possible now were possible before."""
    if now is None or was is None:
        return was is None and keyword in _RESTRICTIONS
    match keyword:
        case "type":
            return _types(now) <= _types(was)
        case "maxLength" | "minLength":
            return bool(now < was) if keyword == "maxLength" else bool(now > was)
        case "enum":
            return all(each in was for each in now)
        case _:
            return False


def _types(value: Any) -> set[str]:
    types = {value} if isinstance(value, str) else set(value)
    return types | {"integer"} if "number" in types else types


def _text(value: Any) -> str:
    return "" if value is None else "yes" if value is True else str(value)
