"""Objects read and tested in one step, by a type of msgspec (the extra ``fast``) that is made from rules of the error schema."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Annotated, Any, Literal, NotRequired, Required, TypedDict

from pytest_pcerrors.jsontext import strings_in
from pytest_pcerrors.rules.rule import Rule
from pytest_pcerrors.rules.schema_rules import SchemaRule

_LONG = 4000  # characters; msgspec reads numbers of any length, the standard library those of up to 4300 digits
_LIMITS = {"minLength": "min_length", "maxLength": "max_length"}
_Limits = dict[tuple[str, ...], dict[str, int]]
_typed_dict: Any = TypedDict
_MARKS: dict[bool, Any] = {True: Required, False: NotRequired}


class TypedObjects:
    """Reads objects whose members are those of a schema, and that pass the tests of some of the rules; `others` are the other rules.

    A type requires members, and that the values of some are texts, with limits of their lengths.
    """

    def __init__(self, rules: Sequence[Rule], names: Sequence[str], msgspec: ModuleType) -> None:
        checks = [rule.check for rule in rules if isinstance(rule.check, SchemaRule)]
        required = {each.limit for each in checks if each.keyword == "required" and not each.path}
        limits: _Limits = {path: {} for path in _texts(checks)}
        self.others = [
            rule for rule in rules if not (isinstance(rule.check, SchemaRule) and _is_of_type(rule.check, limits))
        ]
        self._least = len([name for name in required if (name,) in limits])
        kinds: dict[str, Any] = dict.fromkeys({*names, *required}, Any)
        kinds |= {path[0]: Annotated[str, msgspec.Meta(**each)] for path, each in limits.items()}
        fields: dict[str, Any] = {name: _MARKS[name in required][kind] for name, kind in kinds.items()}
        self._decode: Callable[[str], dict[str, Any]] = msgspec.json.Decoder(_typed_dict("Error", fields)).decode
        self._failed = msgspec.ValidationError
        self._errors = (msgspec.MsgspecError, RecursionError)

    def read(self, text: str) -> dict[str, Any] | Literal[False] | None:
        """Return the object that a text consists of; False if a test fails or a number is beyond a float; None in doubt."""
        if len(text) > _LONG:
            return None
        try:
            document = self._decode(text)
            quotes = text.count('"')  # two for each name and text, and more if a name is repeated or is not read
            is_whole = quotes == 2 * (len(document) + self._least) or quotes == 2 * strings_in(document)
        except self._failed:
            return False
        except self._errors:
            return None
        return document if is_whole else None


def _texts(checks: Iterable[SchemaRule]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the members whose values must be texts."""
    kinds: dict[tuple[str, ...], frozenset[type]] = {}
    for each in checks:
        if each.keyword == "type":
            kinds[each.path] = kinds.get(each.path, each.classes) & each.classes
    yield from (path for path, classes in kinds.items() if len(path) == 1 and classes == {str})


def _is_of_type(check: SchemaRule, limits: _Limits) -> bool:
    """Return whether the type tests what a rule does; `limits` are those of each text, to which the rule may add one."""
    if check.keyword == "required":
        return not check.path
    own, name = limits.get(check.path), _LIMITS.get(check.keyword)
    if own is None or check.keyword == "type":
        return own is not None
    if name is None or name in own or check.measure is not len or type(check.limit) is not int:
        return False
    own[name] = check.limit
    return True
