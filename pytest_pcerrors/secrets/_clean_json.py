"""Prove with Python's JSON parser that objects of a JSON text have no secret: most have none, even next to one that has."""

import json
import re
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_pcerrors.secrets._formats import begins_key
from pytest_pcerrors.secrets.definition import Hidden
from pytest_pcerrors.secrets.members import TEXT_VALUES, named_by_item
from pytest_pcerrors.secrets.names import KEY_NAMES, Kind, gives_name, last_word, squeezed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_pcerrors.secrets.hiding import Hider

_LEVELS = 8
"""How often a text is checked at most, on average, since names of secrets may be nested."""

_LONG_NAME = 16
"""The minimum length of a name that may itself be a token."""

_SPACE = re.compile(r"[ \t\r\n]*+")
_decode = json.JSONDecoder(strict=False).raw_decode


class _Object(NamedTuple):
    """An object: the range of its texts, and how many objects have ended before it, and with it."""

    first: int
    last: int
    before: int
    ended: int


class _Names(NamedTuple):
    """What the names of an object mean for its values, by index: which have names of secrets, and which may be the name of another."""

    kinds: list[tuple[int, Kind]]
    naming: list[int]
    has_named: bool
    has_key: bool
    long: list[str]


class Proof:
    """Which objects of a text with JSON values are proved to have no secret in themselves, and whether all of the text is.

    Nothing is proved if the project has patterns of its own. `has_pairs` is whether one value may be the name of another.

    >>> from pytest_pcerrors.secrets import Secrets
    >>> from pytest_pcerrors.secrets.hiding import Hider
    >>> [Proof(text, Hider(Secrets())).is_clean for text in ('{"total_tokens": 490, "auth": "none"}', '{"auth": "x7Kq02pLm"}')]
    [True, False]
    """

    def __init__(self, text: str, hider: "Hider") -> None:
        self._hider = hider
        self._secrets = hider.secrets
        self._texts: list[str] = []
        self._unclean: list[int] = []
        self._checked = self._ended = 0
        self._names: dict[tuple[str, ...], _Names] = {}
        self._objects: defaultdict[int, list[_Object]] = defaultdict(list)
        self.has_pairs = False
        is_complete = not self._secrets.patterns and not self._secrets.tenant_ids and self._parse(text)
        self.has_pairs |= not is_complete
        self._known = dict.fromkeys(self._texts)
        self._searched = {each: hider.inner(each) for each in self._secrets.suspected(list(self._known))}
        unclean = {each for each, hidden in self._searched.items() if begins_key(each) or hidden.text != each}
        self._unclean += [index for index, each in enumerate(self._texts) if each in unclean] if unclean else []
        self._unclean.sort()
        self.is_clean = is_complete and not self._unclean

    def inner(self, text: str) -> Hidden:
        """Hide the secrets of a text in the JSON text; those of the proof are not searched again."""
        found = self._searched.get(text)
        return found or (Hidden(text) if text in self._known else self._hider.inner(text))

    def end_of_clean(self, text: str, start: int, ended: int) -> tuple[int, int]:
        """Return the end of the object at `start`, before which so many have `ended`, and how many have then; 0 if it is not proved clean."""
        each = self._objects[ended].pop() if self._objects.get(ended) else None
        if each is None or bisect_left(self._unclean, each.first) < bisect_left(self._unclean, each.last):
            return 0, ended
        return _decode(text, start)[1], each.ended

    def _parse(self, text: str) -> bool:
        """Parse the values of a text; return whether there is nothing else in it."""
        parse = json.JSONDecoder(object_pairs_hook=self._take_members, strict=False).raw_decode
        at = before = 0
        try:
            while True:
                value, at = parse(text, _end_of_space(text, at))
                self._take((value,))
                before, at = self._ended, _end_of_space(text, at)
                if not text.startswith(("{", "["), at):
                    return at == len(text)
        except (ValueError, RecursionError):
            for each in range(before, self._ended):
                self._objects.pop(each, None)
            return False

    def _take_members(self, members: list[tuple[str, Any]]) -> _Object:
        """Take an object, which may have repeated names."""
        names, values = zip(*members, strict=True) if members else ((), ())
        meaning = self._names.get(names)
        if meaning is None:
            meaning = self._names[names] = self._meaning(names)
        before = len(self._texts)
        is_named = meaning.has_named and any(self._names_secret(values[index]) for index in meaning.naming)
        if meaning.has_key or is_named:
            self.has_pairs = True
            self._fail()
        elif meaning.kinds and not all(self._is_harmless(kind, values[index]) for index, kind in meaning.kinds):
            self._fail()
        self._texts += meaning.long
        inner = self._take(values)
        first, ended = (inner.first, inner.before) if inner else (before, self._ended)
        self._ended += 1
        new = _Object(first, len(self._texts), ended, self._ended)
        self._objects[ended].append(new)
        return new

    def _meaning(self, names: tuple[str, ...]) -> _Names:
        kinds = [(index, kind) for index, kind in enumerate(map(self._secrets.kind, names)) if kind is not None]
        naming = [index for index, name in enumerate(names) if gives_name(name)]
        has_named = any(last_word(name) in TEXT_VALUES for name in names)
        has_key = any(squeezed(name) in KEY_NAMES for name in names)
        return _Names(kinds, naming, has_named, has_key, [name for name in names if len(name) >= _LONG_NAME])

    def _take(self, values: "Sequence[Any]") -> _Object | None:
        """Take the texts of members or of the items of a list; return the first object in them."""
        self._texts += [each for each in values if each.__class__ is str]
        if values.__class__ is list and any(map(self._names_next, values[:-1])):
            self._fail()
        first = None
        for each in values:
            inner = each if each.__class__ is _Object else None
            if each.__class__ is list:
                if values.__class__ is list and each and self._names_secret(each[0]):
                    self.has_pairs = True
                    self._fail()
                inner = self._take(each)
            first = first or inner
        return first

    def _fail(self) -> None:
        """Mark the objects around what is taken now as not clean."""
        self._unclean.append(len(self._texts))
        self._texts.append("")

    def _names_next(self, item: Any) -> bool:
        """Return whether an item of a list is the name of the next one."""
        return item.__class__ is str and named_by_item(item, self._secrets) is not None

    def _names_secret(self, value: Any) -> bool:
        """Return whether a value, or an item of it, is the name of a secret."""
        if value.__class__ is list:
            return any(map(self._names_secret, value))
        return value.__class__ is str and self._secrets.kind(value) is not None

    def _is_harmless(self, kind: Kind, value: Any) -> bool:
        """Return whether a value whose name is that of a secret is harmless, with everything that inherits the name."""
        if value.__class__ is str:
            return kind is not Kind.CREDENTIALS and self._secrets.certainty(kind, value) is None
        if value.__class__ in (int, float):
            return self._secrets.certainty_of_number(kind, str(value)) is None
        if value.__class__ is _Object:
            texts = self._texts[value.first : value.last]
            self._checked += len(texts)
            if kind is Kind.OWN or self._checked > _LEVELS * len(self._texts):
                return False  # `Members` reads each text once
            return all(self._secrets.certainty(Kind.WEAK, each) is None for each in texts)
        if value.__class__ is list:
            return all(each.__class__ is not list and self._is_harmless(kind, each) for each in value)
        return True


def _end_of_space(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start
