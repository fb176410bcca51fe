"""Objects read and tested in one step, by a type of msgspec (the extra ``fast``) that is made from rules of the error schema."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Annotated, Any, Literal, NotRequired, Required, TypedDict

from pytest_pcerrors.jsontext import strings_in
from pytest_pcerrors.rules.rule import Rule
from pytest_pcerrors.rules.schema_rules import SchemaRule

_LONG = 4000  # characters; msgspec reads numbers of any length, the standard library those of up to 4300 digits
_LIMITS = {"minLength": "min_length", "maxLength": "max_length"}
_typed_dict: Any = TypedDict

Reader = Callable[[str], dict[str, Any] | Literal[False] | None]
"""A function that returns the object that a text consists of; False if a test fails or a number is beyond a float; None in doubt."""


def typed_reader(rules: Sequence[Rule], names: Sequence[str], msgspec: ModuleType) -> tuple[Reader, list[Rule]]:
    """Return a function that reads objects with members of these `names`, and tests some of the rules; and the other rules.

    Its type requires members, and that the values of some are texts, with limits of their lengths.
    """
    texts: dict[str, dict[str, int]] = {name: {} for name in _texts(rule.check for rule in rules)}
    required, others = set[str](), list[Rule]()
    for rule in rules:
        check = rule.check
        if isinstance(check, SchemaRule) and check.keyword == "required" and not check.path:
            required.add(check.limit)
        elif not isinstance(check, SchemaRule) or len(check.path) != 1 or check.path[0] not in texts:
            others.append(rule)
        elif check.keyword != "type":
            limits, name = texts[check.path[0]], _LIMITS.get(check.keyword, "")
            if name and name not in limits and check.measure is len and type(check.limit) is int:
                limits[name] = check.limit
            else:
                others.append(rule)
    kinds: dict[str, Any] = dict.fromkeys((*names, *required), Any)
    kinds |= {name: Annotated[str, msgspec.Meta(**limits)] for name, limits in texts.items()}
    fields = {name: Required[kind] if name in required else NotRequired[kind] for name, kind in kinds.items()}
    decode = msgspec.json.Decoder(_typed_dict("Error", fields)).decode
    least = len(required & texts.keys())

    def read(text: str) -> dict[str, Any] | Literal[False] | None:
        if len(text) > _LONG:
            return None
        try:
            document: dict[str, Any] = decode(text)
            quotes = text.count('"')  # two for each name and text, and more if a name is repeated or is not read
            is_whole = quotes == 2 * (len(document) + least) or quotes == 2 * strings_in(document)
        except msgspec.ValidationError:
            return False
        except (msgspec.MsgspecError, RecursionError):
            return None
        return document if is_whole else None

    return read, others


def _texts(checks: Iterable[object]) -> Iterator[str]:
    """Yield the names of the members whose values must be texts."""
    kinds: dict[tuple[str, ...], frozenset[type]] = {}
    for each in checks:
        if isinstance(each, SchemaRule) and each.keyword == "type":
            kinds[each.path] = kinds.get(each.path, each.classes) & each.classes
    yield from (path[0] for path, classes in kinds.items() if len(path) == 1 and classes == {str})
