"""The stages of a check: their rules in order, and the conditions that end the check."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.rules import _body_conditions as conditions
from pytest_pcerrors.rules import body, catalogue, head, properties, success
from pytest_pcerrors.rules._names_apart import named_apart
from pytest_pcerrors.rules._other_docs import quoting
from pytest_pcerrors.rules._schema_condition import broken
from pytest_pcerrors.rules._schema_docs import schema_rule
from pytest_pcerrors.rules.parsed_response import ParsedResponse
from pytest_pcerrors.rules.registry import ALWAYS_ERRORS, RECORDING_RULES
from pytest_pcerrors.rules.rule import Condition, Rule, RuleFunction, always, user_rule
from pytest_pcerrors.rules.schema_rules import schema_rules
from pytest_pcerrors.rules.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.violation import Severity


_FIXED = (
    *head.RULES,
    *body.TEXT_RULES,
    *body.VALUE_RULES,
    *body.OBJECT_RULES,
    *body.ENVELOPE_RULES,
    *catalogue.RULES,
    *success.RULES,
    *ALWAYS_ERRORS,
    *RECORDING_RULES,
)
"""The rules whose names no property rule can have, besides those of `properties`."""


class Part(NamedTuple):
    """Rules that are checked one after the other, and the condition that ends the check after them."""

    rules: tuple[Rule, ...]
    ends: Condition


class Step(NamedTuple):
    """Parts of a check that are skipped where a condition is false, since no rule in them finds anything there.

    For most conforming responses all conditions are false, so no rule is called: this is the fast path of `check`. A condition
    that knows which rules are broken returns them as a list, and only these are called.
    """

    when: Condition
    parts: tuple[Part, ...]


class Stage(NamedTuple):
    """A stage of a check: its rules, and the condition that ends the check after it.

    `when` makes one condition of the rules, for all of the stage; without it, each rule has its own.
    """

    rules: tuple[Rule, ...]
    ends: Condition
    when: Callable[[Sequence[Rule]], Condition] | None = None

    def quoting(self, contract: "Contract") -> "Stage":
        """Return this stage with rules whose documentation quotes a contract."""
        return self._replace(rules=tuple(quoting(rule, contract) for rule in self.rules))

    def steps(self) -> "Iterator[Step]":
        """Yield the steps of this stage."""
        if self.when is not None:
            yield Step(self.when(self.rules), (Part(self.rules, self.ends),))
        else:
            for when, rules in groupby(self.rules, attrgetter("when")):
                yield Step(when, (Part(tuple(rules), _never),))


def _never(_: ParsedResponse) -> bool:
    return False


def _stage(name: str, rules: Iterable[Rule], ends: Condition = _never, when: Condition | None = None) -> Stage:
    """Return a stage. One that can end the check needs a condition `when`, which is true wherever `ends` is."""
    named = tuple(replace(rule, stage=name) for rule in rules)
    return Stage(named, ends, None if when is None else lambda _: when)


@dataclass(frozen=True, eq=False)
class RuleSet:
    """The rules of a contract: the stages for error responses, and those for 2xx responses."""

    error_stages: tuple[Stage, ...]
    success_stages: tuple[Stage, ...]

    @property
    def rules(self) -> dict[str, Rule]:
        """All rules by name, in the order in which they run."""
        return {rule.name: rule for stage in (*self.error_stages, *self.success_stages) for rule in stage.rules}

    def without(self, names: Container[str]) -> "RuleSet":
        """Return the same stages without the rules with these names."""
        return RuleSet(_without(self.error_stages, names), _without(self.success_stages, names))

    def without_conditions(self) -> "RuleSet":
        """Return the same stages with every rule called on every response: slower, with the same violations."""
        stages = (self.error_stages, self.success_stages)
        return RuleSet(*(tuple(each._replace(when=lambda _: always) for each in some) for some in stages))

    def violations(self, parsed: ParsedResponse, severities: "Mapping[str, Severity]") -> tuple[Violation, ...]:
        """Return the violations of a response, each with the name of its rule and that rule's severity."""
        found: list[Violation] = []
        if parsed.is_error:
            steps = self.error_steps
        else:
            steps = self.success_steps if parsed.exchange.status in SUCCESSES else ()
        for step in steps:
            called = step.when(parsed)
            if type(called) is list:
                _check(called, parsed, severities, found)
            elif called and _ends(step.parts, parsed, severities, found):
                break
        return tuple(found)

    @cached_property
    def error_steps(self) -> tuple[Step, ...]:
        """The steps of the check of an error response."""
        return _steps(self.error_stages)

    @cached_property
    def success_steps(self) -> tuple[Step, ...]:
        """The steps of the check of a 2xx response."""
        return _steps(self.success_stages)

    @cached_property
    def error_names(self) -> tuple[str, ...]:
        """The names of the rules for error responses, in the order in which they run."""
        return tuple(rule.name for stage in self.error_stages for rule in stage.rules)

    @cached_property
    def success_names(self) -> tuple[str, ...]:
        """The names of the rules for 2xx responses, in the order in which they run."""
        return tuple(rule.name for stage in self.success_stages for rule in stage.rules)

    def ran(self, parsed: ParsedResponse) -> tuple[str, ...]:
        """Return the names of the rules that `violations` runs for a response: the first ones of all."""
        count = 0
        for stage in self._stages(parsed):
            count += len(stage.rules)
            if stage.ends(parsed):
                break
        return (self.error_names if parsed.is_error else self.success_names)[:count]

    def _stages(self, parsed: ParsedResponse) -> tuple[Stage, ...]:
        if parsed.is_error:
            return self.error_stages
        return self.success_stages if parsed.exchange.status in SUCCESSES else ()


def _ends(
    parts: Iterable[Part], parsed: ParsedResponse, severities: "Mapping[str, Severity]", found: list[Violation]
) -> bool:
    """Check the parts of a step, add what is found, and return whether the check ends with one of them."""
    for rules, ends in parts:
        _check(rules, parsed, severities, found)
        if ends(parsed):
            return True
    return False


def _check(
    rules: Iterable[Rule], parsed: ParsedResponse, severities: "Mapping[str, Severity]", found: list[Violation]
) -> None:
    for rule in rules:
        for violation in rule.check(parsed):
            found.append(violation.judged(rule.name, severities[rule.name]))  # noqa: PERF401 - mostly none


def _steps(stages: Iterable[Stage]) -> tuple[Step, ...]:
    """Return the steps of stages; those with the same condition after each other are one."""
    steps = chain.from_iterable(stage.steps() for stage in stages)
    grouped = groupby(steps, attrgetter("when"))
    return tuple(Step(when, tuple(part for step in alike for part in step.parts)) for when, alike in grouped)


def _without(stages: tuple[Stage, ...], names: Container[str]) -> tuple[Stage, ...]:
    return tuple(
        stage._replace(rules=tuple(rule for rule in stage.rules if rule.name not in names)) for stage in stages
    )


@lru_cache(maxsize=32)
def rule_set(
    contract: "Contract", user_rules: tuple[RuleFunction, ...] = (), length_unit: str = "code-points"
) -> RuleSet:
    """Return the rules of a contract. User rules run after the rules of the head, whatever the body is."""
    _refuse_ambiguous(contract)
    of_members = (*properties.RULES, *(properties.RULES_OF_PROBLEMS if contract.is_of_problems else ()))
    others = {each.name for each in (*_FIXED, *of_members)}
    own = named_apart(schema_rules(contract, length_unit), others, {each.rule for each in contract.deviations})
    properties_rules = [schema_rule(each, contract) for each in own]
    error_stages = (
        _stage("head", head.RULES, when=head.is_unusual),
        _stage(
            "user", map(user_rule, user_rules), conditions.is_unknown, always if user_rules else conditions.is_unusual
        ),
        _stage("text", body.TEXT_RULES, conditions.lacks_text, conditions.is_unusual),
        _stage("value", body.VALUE_RULES, conditions.has_problem, conditions.is_unusual),
        _stage("object", body.OBJECT_RULES, conditions.is_not_object, conditions.is_unusual),
        _stage("envelope", body.ENVELOPE_RULES, conditions.is_enveloped, conditions.is_unusual),
        _stage("properties", properties_rules)._replace(when=broken),
        _stage("properties", of_members),
        _stage("catalogue", catalogue.RULES),
    )
    stages = (error_stages, (_stage("success", success.RULES),))
    return RuleSet(*(tuple(stage.quoting(contract) for stage in some) for some in stages))


def _refuse_ambiguous(contract: "Contract") -> None:
    """Raise a `UsageError` if a deviation has the name of another rule, because settings could not distinguish them."""
    if contract.deviations:
        taken = rule_set(replace(contract, deviations=())).rules
        for deviation in contract.deviations:
            if deviation.rule in taken:
                raise UsageError(
                    f'the contract "{contract.name}" names a deviation {deviation.rule}; there is a rule of that name'
                )
