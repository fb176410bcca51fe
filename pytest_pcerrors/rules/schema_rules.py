"""Property rules: one for each keyword at each place of the error schema, checked by jsonschema.

The name of a rule is the path of the property joined by hyphens, followed by the meaning of the keyword: ``maxLength`` at
``/description`` is ``description-too-long``. A step through ``items`` is named ``item``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from pytest_pcerrors.jsontext import EACH, JSON_TYPES
from pytest_pcerrors.rules._keywords import (
    MEASURES,
    VALUE_TESTS,
    Measure,
    Predicate,
    ValueTest,
    classes_of,
    explained,
    of_classes,
    validator_for,
)
from pytest_pcerrors.rules.paths import places_at, pointer_at
from pytest_pcerrors.rules.violation import Violation
from pytest_pcerrors.secrets.display import shown

if TYPE_CHECKING:
    from pytest_pcerrors.contract.model import Contract, Deviation
    from pytest_pcerrors.rules.parsed_response import ParsedResponse

Schema = Mapping[str, Any]

MEANINGS = {
    "required": "missing",
    "type": "type",
    "minLength": "empty",
    "maxLength": "too-long",
    "pattern": "format",
    "enum": "value",
    "const": "value",
}
_CODED = "The catalogue has a code for every error."
_PERMITTED = 'the real service sends this; the profile "observed" permits it'
_NO_RULES = frozenset(
    {"format", "properties", "title", "description", "$schema", "$id", "$defs", "$comment", "examples"}
)
"""The usual keywords without a rule of their own, so that jsonschema is not loaded to know them."""


@dataclass(eq=False, repr=False)
class SchemaRule:
    """A keyword at a place of the schema; `test` is that of its values, as jsonschema decides.

    `documentation` is the description of the property in the schema, or of its nearest parent with one.
    """

    name: str
    path: tuple[str, ...]
    keyword: str
    limit: Any
    test: ValueTest
    measure: Measure = len
    documentation: str = ""
    deviation: "Deviation | None" = None

    def __call__(self, parsed: "ParsedResponse") -> tuple[Violation, ...]:
        """Return at most one violation: the first place that fails, with the number of further places."""
        return self.violations(parsed) if self._failed(parsed.document) else ()

    def violations(self, parsed: "ParsedResponse") -> tuple[Violation, ...]:
        """Return the violation of a response that is known to break this rule."""
        return (Violation.explained_by(partial(self._texts, parsed.document)),)

    @property
    def classes(self) -> frozenset[type]:
        """The classes that the rule for a type permits."""
        return frozenset(self.test.constants.get("classes") or [self.test.constants["kind"]])

    @property
    def place(self) -> tuple[str, ...]:
        """The path of the property that the rule is about."""
        return (*self.path, self.limit) if self.keyword == "required" else self.path

    @cached_property
    def accepts(self) -> Predicate:
        """The test as a function: whether a value passes it."""
        return self.test.compiled()

    def _failed(self, document: Any) -> list[tuple[tuple[str | int, ...], Any]]:
        return [(steps, value) for steps, value in places_at(document, self.path) if not self.accepts(value)]

    def _texts(self, document: Any) -> tuple[str, ...]:
        """Return the texts of a violation: message, pointer, expected, actual and hint."""
        failed = self._failed(document)
        steps, value = failed[0]
        expected, actual, message = explained(self.keyword, self.limit, value, self.measure)
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        hint = _PERMITTED if self.deviation and self.deviation.note else ""
        if self.keyword == "required":
            steps, hint = (*steps, self.limit), _misspelt(self.limit, value)
        return message + more, pointer_at(steps), expected, actual, hint


def schema_rules(contract: "Contract", length_unit: str = "code-points") -> tuple[SchemaRule, ...]:
    """Return the rules of the error schema of a contract, in its order; `length_unit` is a key of `MEASURES`.

    >>> from pytest_pcerrors import Contract
    >>> [rule.name for rule in schema_rules(Contract.default())][:4]
    ['code-missing', 'description-missing', 'source-missing', 'code-number']
    """
    compiler = _Compiler(contract, MEASURES[length_unit])
    rules: dict[Any, SchemaRule] = {}
    for rule in (*compiler.below(contract.error_schema, ()), *compiler.implied()):
        depends_on_others = rule.keyword not in VALUE_TESTS and rule.keyword != "type"
        rules.setdefault(
            id(rule) if depends_on_others else (rule.name, rule.path, str(rule.limit), rule.deviation), rule
        )
    return tuple(rules.values())


class _Compiler:
    """Makes a rule from every keyword of an error schema."""

    def __init__(self, contract: "Contract", measure: Measure) -> None:
        self._contract = contract
        self._measure = measure

    @cached_property
    def _validator(self) -> Any:
        """The validator by jsonschema, which is loaded for the keywords that this package does not test itself."""
        return validator_for(self._contract.error_schema, self._measure)

    def below(
        self, schema: Any, path: tuple[str, ...], above: frozenset[int] = frozenset(), documentation: str = ""
    ) -> Iterator[SchemaRule]:
        """Yield the rules of a schema and of its properties and items. `documentation` is the description of the parent."""
        here = list(self._at_one_place(schema, above))
        above |= {id(each) for each, _ in here}
        documentation = next((each["description"] for each, _ in here if "description" in each), documentation)
        for each, keywords in here:
            for keyword in keywords:
                yield from self._rules(each, keyword, path, documentation)
        for each, _ in here:
            for name, member in each.get("properties", {}).items():
                yield from self.below(member, (*path, name), above, documentation)
            if "items" in each and "prefixItems" not in each:
                yield from self.below(each["items"], (*path, EACH), above, documentation)

    def _at_one_place(self, schema: Any, above: frozenset[int]) -> Iterator[tuple[Schema, list[str]]]:
        """Yield the schemas that apply where a schema applies, with their keywords: itself, the target of ``$ref``, the members of ``allOf``.

        A schema may be true or false. `above` has the identities of the enclosing schemas. A reference to one of them is recursive; it remains a keyword,
        which jsonschema checks as a whole.
        """
        if isinstance(schema, bool):
            schema = {} if schema else {"not": {}}
        targets = [self._contract.places.target(schema["$ref"])] if "$ref" in schema else []
        followed = [target for target in targets if id(target) not in above]
        apart = ("allOf", "$ref") if followed else ("allOf",)
        yield schema, [keyword for keyword in schema if keyword not in apart]
        for each in (*followed, *schema.get("allOf", ())):
            yield from self._at_one_place(each, above)

    def implied(self) -> Iterator[SchemaRule]:
        """Yield the rules for a code that the schema does not require; with a catalogue, an error without a code would pass unseen."""
        for path, keyword, limit in self._contract.unrequired:
            yield self._rule({}, keyword, limit, path, _CODED)

    def _rules(self, schema: Schema, keyword: str, path: tuple[str, ...], documentation: str) -> Iterator[SchemaRule]:
        """Yield the rules of a keyword at a place."""
        limit = schema[keyword]
        if keyword == "required":
            for name in limit:
                member = schema.get("properties", {}).get(name)
                own = member.get("description", documentation) if isinstance(member, dict) else documentation
                yield self._rule(schema, keyword, name, path, own)
        elif keyword == "type":
            if path:  # a body that is not an object has failed an earlier stage
                yield from self._type_rules(schema, path, documentation)
        elif keyword == "items" and "prefixItems" not in schema:
            return
        elif keyword not in _NO_RULES and (keyword in VALUE_TESTS or keyword in self._validator.VALIDATORS):
            yield self._rule(schema, keyword, limit, path, documentation)

    def _rule(self, schema: Schema, keyword: str, limit: Any, path: tuple[str, ...], documentation: str) -> SchemaRule:
        """Return the rule of a keyword; `limit` is its value, or one of the names that are required."""
        test = self._test(schema, keyword, [limit] if keyword == "required" else limit)
        rule = SchemaRule("", path, keyword, limit, test, self._measure, documentation=documentation)
        return replace(rule, name=name_of(rule.place, keyword))

    def _type_rules(self, schema: Schema, path: tuple[str, ...], documentation: str) -> Iterator[SchemaRule]:
        """Yield a rule for each deviation that the contract names, then the rule for the type."""
        types = schema["type"]
        fitting = classes_of(types)
        or_whole = int in fitting and path != self._contract.members.get("code")  # which is looked up by its digits
        known = [deviation for deviation in self._contract.deviations if deviation.at == path]
        for each in known:
            test = of_classes(frozenset(JSON_TYPES) - (_classes(each) - fitting), or_whole=or_whole)
            yield SchemaRule(each.rule, path, "type", types, test, documentation=documentation, deviation=each)
        test = of_classes(fitting.union(*map(_classes, known)), or_whole=or_whole)
        yield SchemaRule(name_of(path, "type"), path, "type", types, test, documentation=documentation)

    def _test(self, schema: Schema, keyword: str, limit: Any) -> ValueTest:
        if keyword in VALUE_TESTS:
            return VALUE_TESTS[keyword](limit, self._measure)
        function, validator = self._validator.VALIDATORS[keyword], self._validator

        def accepts(value: Any) -> bool:
            try:
                for _ in function(validator, limit, value, schema) or ():
                    return False
            except (RecursionError, OverflowError):
                return False  # nested too deeply, or a number too large, to be what the schema means
            return True

        return ValueTest("{accepts}({value})", {"accepts": accepts})


def name_of(path: tuple[str, ...], keyword: str) -> str:
    """Return the name of the rule for a keyword at a path.

    >>> name_of(("error", "message"), "maxLength"), name_of(("data", EACH), "type")
    ('error-message-too-long', 'data-item-type')
    """
    meaning = MEANINGS.get(keyword) or _kebab(keyword)
    return "-".join([*("item" if step == EACH else _kebab(step) for step in path), meaning])


def _kebab(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")


def _misspelt(name: str, value: Any) -> str:
    """Return a hint with a property whose name differs from the missing one only in letter case."""
    alike = next((each for each in value if each.lower() == name.lower()), None)
    return "" if alike is None else f"it has {shown(alike)}; letter case matters"


def _classes(deviation: "Deviation") -> frozenset[type]:
    return frozenset(each for each, kind in JSON_TYPES.items() if kind == deviation.type)
