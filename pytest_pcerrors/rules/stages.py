"""The stages of a check: their rules in order, and the conditions that skip rules or end the check."""

from dataclasses import replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.rules import body, head, success
from pytest_pcerrors.rules._docs import described, quoting
from pytest_pcerrors.rules._suspects import Suspects, suspects_among
from pytest_pcerrors.rules.parsed_response import ParsedResponse
from pytest_pcerrors.rules.quick import Quick
from pytest_pcerrors.rules.registry import ALWAYS_ERROR_NAMES, OF_RECORDINGS, RULES, in_stages
from pytest_pcerrors.rules.rule import Condition, Rule, RuleFunction, user_rule
from pytest_pcerrors.rules.schema_rules import schema_rules
from pytest_pcerrors.rules.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.schema_rules import SchemaRule
    from pytest_pcerrors.rules.violation import Severity


_ENDS: "Mapping[str, Condition]" = {
    "text": lambda parsed: not (parsed.text and parsed.text.strip()),
    "value": lambda parsed: parsed.problem is not None,
    "object": lambda parsed: not parsed.is_object,
    "envelope": body.is_enveloped,
}
"""The stages for the body, and the conditions that end the check after them. An unknown body ends it before them."""


class RuleSet:
    """The rules of a contract; `every` has them in the order in which they run, those for 2xx responses last.

    `severities` has the severity of each rule; one that it does not have is an error.
    """

    def __init__(
        self, contract: "Contract", rules: "Iterable[Rule]", severities: "Mapping[str, Severity]" = MappingProxyType({})
    ) -> None:
        self.contract = contract
        self.severities = severities
        self._under: dict[object, RuleSet] = {}
        self.every: tuple[Rule, ...] = tuple(rules)
        self.rules: dict[str, Rule] = {rule.name: rule for rule in self.every}
        self.of_users: tuple[Rule, ...] = self._of("user")
        self.of_members: tuple[Rule, ...] = self._of("properties", "catalogue")
        self.of_successes: tuple[Rule, ...] = self._of("success")
        self.error_names: tuple[str, ...] = tuple(rule.name for rule in self.every if rule.stage != "success")
        self.success_names: tuple[str, ...] = tuple(rule.name for rule in self.of_successes)
        self._of_head = self._of("head")
        self._of_body = [(self._of(stage), ends) for stage, ends in _ENDS.items()]

    def _of(self, *stages: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.every if rule.stage in stages)

    def under(self, severities: "Mapping[str, Severity]") -> "RuleSet":
        """Return the same rules with these severities, without those that are off: the same object for all policies of a run."""
        key = tuple(severities.items())
        if key not in self._under:
            rules = (rule for rule in self.every if severities.get(rule.name) != "off")
            self._under[key] = RuleSet(self.contract, rules, severities)
        return self._under[key]

    def violations(self, parsed: ParsedResponse) -> tuple[Violation, ...]:
        """Return the violations of a response, each with the name of its rule and that rule's severity.

        They are those that all rules of `ran` find; the rules of a stage are called only if the response is unusual there, so that one
        of them may find something.
        """
        found: list[Violation] = []
        if not parsed.is_error:
            if self.ran(parsed) and success.may_have(parsed.text or "", success.names_of_errors(self.contract)):
                self._check(self.of_successes, parsed, found)
            return tuple(found)
        if head.is_unusual(parsed):
            self._check(self._of_head, parsed, found)
        self._check(self.of_users, parsed, found)
        if body.is_unusual(parsed):
            for rules, ends in self._of_body if parsed.is_body_known else ():
                self._check(rules, parsed, found)
                if ends(parsed):
                    return tuple(found)
        if parsed.is_object:
            self._check(self.suspects(parsed.document, parsed.exchange.status), parsed, found)
        return tuple(found)

    def _check(self, rules: "Iterable[Rule]", parsed: ParsedResponse, found: list[Violation]) -> None:
        for rule in rules:
            for violation in rule.check(parsed):
                found.append(violation.judged(rule.name, self.severities.get(rule.name, "error")))  # noqa: PERF401 - mostly none

    @cached_property
    def quick(self) -> Quick:
        """What recognizes conforming responses."""
        return Quick(self)

    @cached_property
    def suspects(self) -> Suspects:
        """The function that returns the rules for members that an object in a response with a status may break."""
        return suspects_among(self.of_members, self.contract)

    def ran(self, parsed: ParsedResponse) -> tuple[str, ...]:
        """Return the names of the rules that a response is checked by: the first ones of those for errors, or those for 2xx responses."""
        if not parsed.is_error:
            return self.success_names if parsed.exchange.status in SUCCESSES else ()
        count = len(self._of_head) + len(self.of_users)
        if not parsed.is_body_known:
            return self.error_names[:count]
        for rules, ends in self._of_body:
            count += len(rules)
            if ends(parsed):
                return self.error_names[:count]
        return self.error_names


@lru_cache(maxsize=32)
def rule_set(
    contract: "Contract", user_rules: tuple[RuleFunction, ...] = (), length_unit: str = "code-points"
) -> RuleSet:
    """Return the rules of a contract. User rules run after the rules of the head, whatever the body is.

    A rule of the user or a deviation with the name of another rule is a `UsageError`: settings could not distinguish them.
    """
    fixed = [quoting(each, contract) for each in RULES if each.applies(contract)]
    names = {*ALWAYS_ERROR_NAMES, *OF_RECORDINGS, *(each.name for each in fixed)}
    own = list(_named_apart(schema_rules(contract, length_unit), names))
    ordinary = names.union(each.name for each in own if not each.deviation)
    for deviation in contract.deviations:
        if deviation.rule in ordinary:
            raise UsageError(
                f'the contract "{contract.name}" names a deviation {deviation.rule}; there is a rule of that name'
            )
    of_schema, of_user = [described(each) for each in own], [user_rule(each) for each in user_rules]
    taken = names.union(each.name for each in of_schema)
    for rule in of_user:
        if rule.name in taken:
            raise UsageError(f"there is already a rule {rule.name}; give your rule another name")
        taken.add(rule.name)
    return RuleSet(contract, in_stages([*of_user, *of_schema, *fixed]))


def _named_apart(rules: "Iterable[SchemaRule]", others: "Container[str]") -> "Iterator[SchemaRule]":
    """Yield rules with other names for those that have the name of one of the `others`, or of a rule for another property.

    Settings could not distinguish them. A deviation keeps its name, also at several places.
    """
    places: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        own = f"property-{rule.name}" if rule.name in others else rule.name
        names = (own, *(f"{own}-{number}" for number in range(2, 2 + len(places))))
        name = next(each for each in names if places.get(each, rule.place) == rule.place)
        if rule.deviation is None:
            places[name] = rule.place
        yield rule if rule.deviation or name == rule.name else replace(rule, name=name)
