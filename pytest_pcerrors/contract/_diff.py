"""Compare two contracts: what changed, and the effect of each change on a client."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

from pytest_pcerrors.contract._schema_diff import schema_changes
from pytest_pcerrors.contract.changes import EFFECTS, Change, Effect

if TYPE_CHECKING:
    from pytest_pcerrors.contract.catalogue import Entry
    from pytest_pcerrors.contract.model import Contract


_SAME_WORDING = 0.1
_TAKEN_FOR_SUCCESS = "a client that checks the HTTP status takes this error for a success"


def diff(old: "Contract", new: "Contract") -> list[Change]:
    """Return the changes from one contract to another, those with the worst effect on a client first.

    >>> from pytest_pcerrors import Contract
    >>> diff(Contract.default(), Contract.default())
    []
    """
    found = [*_catalogue(old, new), *_statuses(old, new), *schema_changes(old, new), *_rest(old, new)]
    return sorted(found, key=lambda change: EFFECTS.index(change.effect))


def _catalogue(old: "Contract", new: "Contract") -> Iterator[Change]:
    compares_texts = _is_same_wording(old, new)
    for code in dict.fromkeys((*old.catalogue.codes, *new.catalogue.codes)):
        before, after = old.catalogue.select(code=code), new.catalogue.select(code=code)
        removed = [entry for entry in before if entry.pairing not in new.pairings]
        added = [entry for entry in after if entry.pairing not in old.pairings]
        if removed and added:
            yield _moved(code, before, after, removed + added)
        else:
            yield from map(_removed, removed)
            yield from (_added(entry, known=bool(before)) for entry in added)
        for entry in before:
            now = next((each for each in after if each.status == entry.status), None)
            if now is not None:
                yield from _reworded(entry, now, compares_texts=compares_texts)


def _moved(code: str, before: "tuple[Entry, ...]", after: "tuple[Entry, ...]", concerned: "list[Entry]") -> Change:
    why = "a client that distinguishes errors by their HTTP status takes another branch"
    if any(entry.rank < HTTPStatus.BAD_REQUEST for entry in concerned if entry in after):
        why = _TAKEN_FOR_SUCCESS
    return Change(
        "status-changed",
        f"code {code}",
        "breaking",
        why,
        " and ".join(entry.status_text for entry in before),
        " and ".join(entry.status_text for entry in after),
        pairings=frozenset(entry.pairing for entry in concerned),
    )


def _removed(entry: "Entry") -> Change:
    why = "a client that handles it continues to work"
    what = f"{entry.status_text} with code {entry.code}"
    return Change("entry-removed", what, "compatible", why, entry.description, pairings=frozenset({entry.pairing}))


def _added(entry: "Entry", *, known: bool) -> Change:
    what, pairings = f"{entry.status_text} with code {entry.code}", frozenset({entry.pairing})
    if entry.rank < HTTPStatus.BAD_REQUEST:
        why = _TAKEN_FOR_SUCCESS
        return Change("entry-added", what, "breaking", why, after=entry.description, pairings=pairings)
    why = (
        "a client may receive this code with a status that it does not expect"
        if known
        else "a client may receive a code that it does not know"
    )
    return Change("entry-added", what, "behavioural", why, after=entry.description, pairings=pairings)


def _reworded(old: "Entry", new: "Entry", *, compares_texts: bool) -> Iterator[Change]:
    what, pairings = f"{old.status_text} with code {old.code}", frozenset({old.pairing})
    before, after = " / ".join(old.templates), " / ".join(new.templates)
    if old.placeholders != new.placeholders:
        why = "the text carries other values than before"
        yield Change("placeholders-changed", what, "behavioural", why, before, after, pairings)
    elif compares_texts and old.templates != new.templates:
        yield Change(
            "description-changed",
            what,
            "compatible",
            "descriptions are for people; a client compares codes",
            before,
            after,
            pairings,
        )


def _is_same_wording(old: "Contract", new: "Contract") -> bool:
    """Return whether two contracts share their wording; if not (another language), other texts are not changes."""
    common = [
        [entry for catalogue in (old.catalogue, new.catalogue) for entry in catalogue[code] if entry.status == status]
        for status, code in old.pairings & new.pairings
    ]
    same = sum(set(before.templates) == set(after.templates) for before, after in common)
    return same >= _SAME_WORDING * len(common)


def _statuses(old: "Contract", new: "Contract") -> Iterator[Change]:
    """Yield the changes of error statuses; changes of other statuses are reported with their entries."""
    for status in sorted(old.statuses.keys() | new.statuses.keys()):
        if status < HTTPStatus.BAD_REQUEST:
            continue
        if status not in old.statuses:
            why = "a client may receive a status that it does not know"
            yield Change("status-added", new.reason(status), "behavioural", why, statuses=frozenset({status}))
        elif status not in new.statuses:
            why = "a client that handles it continues to work"
            yield Change("status-removed", old.reason(status), "compatible", why, statuses=frozenset({status}))


def _rest(old: "Contract", new: "Contract") -> Iterator[Change]:
    if old.challenge != new.challenge:
        effect: Effect = "breaking" if old.challenge else "compatible"
        why = (
            "a client that looks for the old challenge of a 401 does not find it"
            if old.challenge
            else "any challenge was possible before"
        )
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
            why = "a client looks for it in the old place" if before else "a client ignores what it does not know"
            yield Change("member-moved", member, effect, why, before, after, pointer=before or after)
