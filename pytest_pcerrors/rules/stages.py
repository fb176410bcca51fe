"""The stages of a check: their rules in order, and the conditions that end the check."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.rules import body, head, success
from pytest_pcerrors.rules._docs import quoting, schema_rule
from pytest_pcerrors.rules._object_condition import broken
from pytest_pcerrors.rules.parsed_response import ParsedResponse
from pytest_pcerrors.rules.registry import ALWAYS_ERROR_NAMES, OF_RECORDINGS, RULES
from pytest_pcerrors.rules.rule import Condition, Rule, RuleFunction, always, user_rule
from pytest_pcerrors.rules.schema_rules import named_apart, schema_rules
from pytest_pcerrors.rules.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.violation import Severity


def _never(_: ParsedResponse) -> bool:
    return False


class Stage(NamedTuple):
    """A stage of a check: its rules, and the condition that ends the check after it.

    `when` makes the condition of the rules, which is true wherever one of them is broken or `ends` is true.
    """

    rules: tuple[Rule, ...]
    when: Callable[[Sequence[Rule]], Condition]
    ends: Condition = _never


class Step(NamedTuple):
    """Stages that are skipped where a condition is false, since no rule in them finds anything there.

    For most conforming responses all conditions are false, so no rule is called: this is the fast path of `check`. A condition
    that knows which rules are broken returns them as a list, and only these are called.
    """

    when: Condition
    stages: tuple[Stage, ...]


@dataclass(eq=False, repr=False)
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
        return self._with(
            lambda stage: stage._replace(rules=tuple(each for each in stage.rules if each.name not in names))
        )

    def without_conditions(self) -> "RuleSet":
        """Return the same stages with every rule called on every response: slower, with the same violations."""
        return self._with(lambda stage: stage._replace(when=lambda _: always))

    def _with(self, changed: Callable[[Stage], Stage]) -> "RuleSet":
        return RuleSet(tuple(map(changed, self.error_stages)), tuple(map(changed, self.success_stages)))

    def violations(self, parsed: ParsedResponse, severities: "Mapping[str, Severity]") -> tuple[Violation, ...]:
        """Return the violations of a response, each with the name of its rule and that rule's severity."""
        found: list[Violation] = []
        if parsed.is_error:
            steps = self.error_steps
        else:
            steps = self.success_steps if parsed.exchange.status in SUCCESSES else ()
        for when, parts in steps:
            called = when(parsed)
            if called:
                for stage in parts:
                    _check(called if type(called) is list else stage.rules, parsed, severities, found)
                    if stage.ends(parsed):
                        return tuple(found)
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
        stages, names = self.error_stages, self.error_names
        if not parsed.is_error:
            stages, names = (self.success_stages if parsed.exchange.status in SUCCESSES else ()), self.success_names
        count = 0
        for stage in stages:
            count += len(stage.rules)
            if stage.ends(parsed):
                break
        return names[:count]


def _check(
    rules: Iterable[Rule], parsed: ParsedResponse, severities: "Mapping[str, Severity]", found: list[Violation]
) -> None:
    for rule in rules:
        for violation in rule.check(parsed):
            found.append(violation.judged(rule.name, severities[rule.name]))  # noqa: PERF401 - mostly none


def _steps(stages: Iterable[Stage]) -> tuple[Step, ...]:
    """Return the steps of stages; stages with the same condition after each other are one."""
    grouped = groupby(((stage.when(stage.rules), stage) for stage in stages), itemgetter(0))
    return tuple(Step(when, tuple(stage for _, stage in alike)) for when, alike in grouped)


@lru_cache(maxsize=32)
def rule_set(
    contract: "Contract", user_rules: tuple[RuleFunction, ...] = (), length_unit: str = "code-points"
) -> RuleSet:
    """Return the rules of a contract. User rules run after the rules of the head, whatever the body is.

    A rule of the user or a deviation with the name of another rule is a `UsageError`: settings could not distinguish them.
    """
    _refuse_ambiguous(contract)
    fixed = [each for each in RULES if each.applies(contract)]
    names = {*ALWAYS_ERROR_NAMES, *OF_RECORDINGS, *(each.name for each in fixed)}
    own = named_apart(schema_rules(contract, length_unit), names, {each.rule for each in contract.deviations})
    of_schema = [schema_rule(each, contract) for each in own]
    of_user = [user_rule(each) for each in user_rules]
    taken = names | {each.name for each in of_schema}
    for rule in of_user:
        if rule.name in taken:
            raise UsageError(f"there is already a rule {rule.name}; give your rule another name")
        taken.add(rule.name)

    def of(*stages: str) -> tuple[Rule, ...]:
        return tuple(quoting(each, contract) for each in fixed if each.stage in stages)

    def unusual(_: Sequence[Rule]) -> Condition:
        return body.is_unusual

    return RuleSet(
        (
            Stage(of("head"), lambda _: head.is_unusual),
            Stage(tuple(of_user), (lambda _: always) if of_user else unusual, lambda parsed: not parsed.is_body_known),
            Stage(of("text"), unusual, lambda parsed: not (parsed.text and parsed.text.strip())),
            Stage(of("value"), unusual, lambda parsed: parsed.problem is not None),
            Stage(of("object"), unusual, lambda parsed: not parsed.is_object),
            Stage(of("envelope"), unusual, body.is_enveloped),
            Stage((*of_schema, *of("properties", "catalogue")), partial(broken, contract)),
        ),
        (Stage(of("success"), lambda rules: success.may_contain_error if rules else _never),),
    )


def _refuse_ambiguous(contract: "Contract") -> None:
    """Raise a `UsageError` if a deviation has the name of another rule, because settings could not distinguish them."""
    if contract.deviations:
        taken = rule_set(replace(contract, deviations=())).rules
        for deviation in contract.deviations:
            if deviation.rule in taken:
                raise UsageError(
                    f'the contract "{contract.name}" names a deviation {deviation.rule}; there is a rule of that name'
                )
