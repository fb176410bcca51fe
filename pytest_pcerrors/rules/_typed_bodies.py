"""Error bodies decoded by msgspec into types that are made from the rules of an error schema (the extra ``fast``).

The types accept a part of what the rules accept; a body that does not fit, or that may have repeated or other names, is not read.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Union

from pytest_pcerrors.jsontext import EACH, JSON_TYPES
from pytest_pcerrors.rules._keywords import classes_tested
from pytest_pcerrors.rules.schema_rules import SchemaRule

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_pcerrors.rules.rule import Rule

    Path = tuple[str, ...]

_SHORT, _LONGEST, _MOST_HOLDERS = 500, 4000, 64
"""The limits in bytes and in objects or arrays, below which no parser fails on a number or a depth; a short body is below them."""


class Members(NamedTuple):
    """The code and the description of a body that conforms to the error schema; None if it has none, or of another type."""

    code: str | None
    description: str | None


class TypedBodies:
    """Reads the bodies that keep the rules of an error schema; `names` are all names of members that such a body can have."""

    def __init__(self, types: "_Types", members: "Mapping[str, Path]") -> None:
        import msgspec

        self.names = frozenset(types.fields[()])
        self._decode = msgspec.json.Decoder(types.struct(())).decode
        self._errors = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
        self._attributes, self._unset = types.attributes, msgspec.UNSET
        self._code, self._description = (types.getter(members.get(name)) for name in ("code", "description"))

    def read(self, body: bytes) -> Members | None:
        """Return the members of a body without a violation of the schema and without repeated names; None for any other or in doubt."""
        if len(body) > _SHORT and (len(body) > _LONGEST or body.count(b"{") + body.count(b"[") > _MOST_HOLDERS):
            return None
        quotes = body.count(b'"')
        if b"\\" in body:
            if b"\\\\" in body:
                return None
            quotes -= body.count(b'\\"')
        try:
            document = self._decode(body)
        except self._errors:
            return None
        if quotes != 2 * self._strings_in(document):
            return None  # another name, or one that is repeated
        code, description = self._code(document), self._description(document)
        if type(code) is not str:
            code = str(code) if type(code) is int else None
        return Members(code, description if type(description) is str else None)

    def _strings_in(self, value: Any) -> int:
        """Return the number of strings in a decoded value: the names of members, and texts."""
        kind = type(value)
        if kind is str:
            return 1
        if kind is list:
            return sum(map(self._strings_in, value))
        if kind is dict:
            return len(value) + sum(map(self._strings_in, value.values()))
        if kind not in self._attributes:
            return 0
        count, others = self._attributes[kind]
        for attribute in others:
            member = getattr(value, attribute)
            if member is not self._unset:
                count += 1 + (self._strings_in(member) if member else type(member) is str)
        return count


def typed_bodies(rules: "Iterable[Rule]", members: "Mapping[str, Path]") -> TypedBodies | None:
    """Return the reader for these rules of an error schema; None without msgspec, or if types cannot express the rules."""
    try:
        import msgspec

        return TypedBodies(
            _Types(msgspec, [each.check for each in rules if isinstance(each.check, SchemaRule)]), members
        )
    except (ImportError, _InexpressibleError):
        return None


class _InexpressibleError(Exception):
    """A keyword or a place that the types do not have."""


class _Types:
    """The types of the places of a schema."""

    def __init__(self, msgspec: "ModuleType", rules: list[SchemaRule]) -> None:
        self._msgspec = msgspec
        self._rules: dict[Path, list[SchemaRule]] = {}
        self.fields: dict[Path, dict[str, str]] = {(): {}}
        self.attributes: dict[type, tuple[int, tuple[str, ...]]] = {}
        for each in rules:
            self._rules.setdefault(each.path, []).append(each)
            path = (*each.path, each.limit) if each.keyword == "required" else each.path
            for depth, step in enumerate(path):
                if step != EACH:
                    names = self.fields.setdefault(path[:depth], {})
                    names.setdefault(step, f"member{len(names)}")
                else:
                    self._rules.setdefault(path[: depth + 1], [])

    def struct(self, path: "Path") -> Any:
        """Return the type of the objects at a path."""
        names, unset = self.fields[path], self._msgspec.UNSET
        required = {each.limit for each in self._rules.get(path, ()) if each.keyword == "required"}
        fields = []
        for name in sorted(names, key=lambda each: each not in required):
            kind = self._type((*path, name))
            fields.append((names[name], kind) if name in required else (names[name], Union[kind, type(unset)], unset))  # noqa: UP007 - of values
        rename = {attribute: name for name, attribute in names.items()}
        struct = self._msgspec.defstruct("Members", fields, rename=rename, gc=False)
        texts = [names[name] for name in required if self._is_text((*path, name))]
        self.attributes[struct] = 2 * len(texts), tuple(each for each in names.values() if each not in texts)
        return struct

    def _is_text(self, path: "Path") -> bool:
        return any(each.keyword == "type" and classes_tested(each.test) == {str} for each in self._rules.get(path, ()))

    def _type(self, path: "Path") -> Any:
        """Return the type of the values at a path."""
        rules = self._rules.get(path, ())
        if any(each.keyword not in _EXPRESSED or each.measure is not len for each in rules):
            raise _InexpressibleError
        limits = {_EXPRESSED[each.keyword]: each.limit for each in rules if _EXPRESSED[each.keyword]}
        tests = [classes_tested(each.test) for each in rules if each.keyword == "type"]
        classes = reduce(frozenset.intersection, tests, frozenset(JSON_TYPES))
        text = Annotated[str, self._msgspec.Meta(**limits)] if limits else str
        kinds = {
            str: text,
            dict: self.struct(path) if path in self.fields else dict[str, Any],
            list: list[self._type((*path, EACH))] if (*path, EACH) in self._rules else list[Any],  # type: ignore[misc]  # a type made at run time
            bool: bool,
            int: int,
            type(None): None,
        }
        known = [kind for each, kind in kinds.items() if each in classes]
        if not known:
            raise _InexpressibleError
        return Union[tuple(known)]  # noqa: UP007 - of a sequence

    def getter(self, path: "Path | None") -> Callable[[Any], Any]:
        """Return a function that returns the value at a path of a decoded body, or None."""
        if path is None:
            return lambda _: None
        try:
            attributes = [self.fields[path[:depth]][step] for depth, step in enumerate(path)]
        except KeyError:
            raise _InexpressibleError from None
        if len(attributes) == 1:
            return attrgetter(attributes[0])
        return lambda document: reduce(lambda value, each: getattr(value, each, None), attributes, document)


_EXPRESSED = {"type": "", "required": "", "minLength": "min_length", "maxLength": "max_length"}
"""The keywords that types express, with the name of the constraint in msgspec."""
