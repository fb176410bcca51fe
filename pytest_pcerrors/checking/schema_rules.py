"""Property rules: one for each keyword at each place of the contract's error schema, judged by jsonschema.

The name of a rule is the path of the property joined by hyphens, and what its keyword means: at ``/description``,
``maxLength`` is ``description-too-long``; below ``items``, the path has ``item``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.checking.keywords import MEASURES, Measure, validator_for
from pytest_pcerrors.checking.reading import at
from pytest_pcerrors.checking.rules.body import escaped
from pytest_pcerrors.checking.showing import article, shown, typed
from pytest_pcerrors.checking.violation import Violation
from pytest_pcerrors.jsontext import type_of

if TYPE_CHECKING:
    from pytest_pcerrors.checking.reading import Reading
    from pytest_pcerrors.contract.model import Contract, Deviation

EACH = "*"
"""The step of a path that stands for every item of an array."""

MEANINGS = {
    "required": "missing",
    "type": "type",
    "minLength": "empty",
    "maxLength": "too-long",
    "pattern": "format",
    "enum": "value",
    "const": "value",
}
_DESCENDED = ("properties", "items")
_NO_RULES = ("format", "$ref", "$dynamicRef")
_DEEPEST = 8
_ABSENT = object()

Judge = Callable[[Any], bool]
"""Whether a value passes one keyword."""


@dataclass(frozen=True)
class SchemaRule:
    """One keyword at one place of the schema; `judge` asks jsonschema whether a value passes it."""

    name: str
    path: tuple[str, ...]
    keyword: str
    limit: Any
    judge: Judge = field(repr=False, compare=False)
    measure: Measure = field(repr=False, compare=False, default=len)
    hint: str = ""

    def __call__(self, reading: "Reading") -> tuple[Violation, ...]:
        """Return at most one violation: the first place where the keyword fails, with how many more there are."""
        for value in _values(reading.document, self.path):
            if not self.judge(value):
                return (self._violation(reading.document),)
        return ()

    def _violation(self, document: Any) -> Violation:
        failed = [(pointer, value) for pointer, value in _places(document, self.path) if not self.judge(value)]
        pointer, value = failed[0]
        expected, actual, message = self._explain(value)
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        if self.keyword == "required":
            pointer = f"{pointer}/{escaped(self.limit)}"
        return Violation(message + more, pointer, expected, actual, self.hint)

    def _explain(self, value: Any) -> tuple[str, str, str]:
        """Return what was expected, what came, and a sentence of both."""
        match self.keyword:
            case "required":
                return f'"{self.limit}"', "nothing", f"{shown(self.limit)} is missing"
            case "type":
                types = self.limit if isinstance(self.limit, list) else [self.limit]
                expected = " or ".join(article(each) for each in types)
                return expected, typed(value), f"{typed(value)} instead of {expected}"
            case "minLength" | "maxLength":
                length = self.measure(value)
                bound = f"at {'most' if self.keyword == 'maxLength' else 'least'} {self.limit}"
                return bound, str(length), f"{length} characters, {bound} allowed"
            case "enum" | "const":
                expected = ", ".join(map(shown, self.limit)) if self.keyword == "enum" else shown(self.limit)
                return expected, shown(value), f"{shown(value)} is not {expected}"
            case _:
                expected = f"{self.keyword} {shown(self.limit)}"
                return expected, shown(value), f"{shown(value)} does not fit {expected}"


def schema_rules(contract: "Contract", length_unit: str = "code-points") -> tuple[SchemaRule, ...]:
    """Return the rules of a contract's error schema, in the order of the schema; `length_unit` is a key of `MEASURES`.

    >>> from pytest_pcerrors import Contract
    >>> [rule.name for rule in schema_rules(Contract.default())][:4]
    ['code-missing', 'description-missing', 'source-missing', 'code-number']
    """
    return tuple(_Compiler(contract, MEASURES[length_unit]).below(contract.error_schema, ()))


class _Compiler:
    """Walks the error schema once and makes a rule of every keyword."""

    def __init__(self, contract: "Contract", measure: Measure) -> None:
        self._schema = contract.error_schema
        self._deviations = contract.deviations
        self._measure = measure
        self._validator = validator_for(self._schema, measure)

    def below(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[SchemaRule]:
        """Yield the rules of a schema and of all schemas of its properties and items."""
        schema = self._followed(schema)
        for keyword, limit in schema.items():
            if keyword == "required":
                for name in limit:
                    yield self._rule((*path, name), keyword, name, self._judge(schema, keyword, [name]))
            elif keyword == "type":
                yield from self._type_rules(schema, path)
            elif keyword in self._validator.VALIDATORS and keyword not in (*_DESCENDED, *_NO_RULES):
                yield self._rule(path, keyword, limit, self._judge(schema, keyword, limit))
        if len(path) < _DEEPEST:
            for name, each in schema.get("properties", {}).items():
                yield from self.below(each, (*path, name))
            if isinstance(schema.get("items"), dict):
                yield from self.below(schema["items"], (*path, EACH))

    def _type_rules(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[SchemaRule]:
        """Yield the rule for a type, and before it one for each deviation that has a name of its own."""
        if not path:
            return  # a body that is no object ended the walk
        fits = self._judge(schema, "type", schema["type"])
        known = [deviation for deviation in self._deviations if deviation.at == path]
        for deviation in known:
            hint = 'the real service sends this; the profile "observed" permits it' if deviation.note else ""
            judge = _unless(fits, deviation)
            yield SchemaRule(deviation.rule, path, "type", schema["type"], judge, self._measure, hint)
        named = {deviation.type for deviation in known}
        others_fit: Judge = (lambda value: type_of(value) in named or fits(value)) if named else fits
        yield self._rule(path, "type", schema["type"], others_fit)

    def _rule(self, path: tuple[str, ...], keyword: str, limit: Any, judge: Judge) -> SchemaRule:
        at_place = path[:-1] if keyword == "required" else path
        return SchemaRule(rule_name(path, keyword), at_place, keyword, limit, judge, self._measure)

    def _judge(self, schema: Mapping[str, Any], keyword: str, limit: Any) -> Judge:
        function, validator = self._validator.VALIDATORS[keyword], self._validator

        def judge(value: Any) -> bool:
            for _ in function(validator, limit, value, schema) or ():
                return False
            return True

        return judge

    def _followed(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put what a local reference points to in the place of the reference."""
        reference = schema.get("$ref", "")
        for _ in range(_DEEPEST):
            if not reference.startswith("#/"):
                break
            target = at(self._schema, reference[2:].split("/")) or {}
            schema = {**target, **{keyword: limit for keyword, limit in schema.items() if keyword != "$ref"}}
            reference = target.get("$ref", "")
        return schema


def rule_name(path: tuple[str, ...], keyword: str) -> str:
    """Return the name of the rule for a keyword at a path.

    >>> rule_name(("error", "message"), "maxLength"), rule_name(("data", EACH), "type")
    ('error-message-too-long', 'data-item-type')
    """
    meaning = MEANINGS.get(keyword) or _kebab(keyword)
    return "-".join([*("item" if step == EACH else _kebab(step) for step in path), meaning])


def _kebab(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")


def _values(document: Any, path: tuple[str, ...]) -> Sequence[Any]:
    """Return what a path leads to: nothing where a step is absent, many where it has `EACH`."""
    for index, step in enumerate(path):
        if step == EACH:
            items = document if isinstance(document, list) else ()
            return [value for item in items for value in _values(item, path[index + 1 :])]
        if not isinstance(document, dict) or step not in document:
            return ()
        document = document[step]
    return (document,)


def _places(document: Any, path: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Return what a path leads to, with JSON Pointers: nothing where a step is absent, many where it has `EACH`."""
    places = [("", document)]
    for step in path:
        if step == EACH:
            lists = [(pointer, value) for pointer, value in places if isinstance(value, list)]
            places = [(f"{pointer}/{index}", each) for pointer, value in lists for index, each in enumerate(value)]
        else:
            places = [
                (f"{pointer}/{escaped(step)}", value[step])
                for pointer, value in places
                if isinstance(value, dict) and step in value
            ]
    return places


def _unless(fits: Judge, deviation: "Deviation") -> Judge:
    return lambda value: type_of(value) != deviation.type or fits(value)
