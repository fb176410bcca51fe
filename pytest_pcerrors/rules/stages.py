"""The stages of a check: their rules in order, and the conditions that end the check."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.errors import UsageError
from pytest_pcerrors.exchange.http import SUCCESSES
from pytest_pcerrors.rules import body, catalogue, head, properties, success
from pytest_pcerrors.rules._schema_docs import schema_rule
from pytest_pcerrors.rules.parsed_response import ParsedResponse
from pytest_pcerrors.rules.rule import Rule, RuleFunction, user_rule
from pytest_pcerrors.rules.schema_rules import schema_rules
from pytest_pcerrors.rules.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.contract.model import Contract
    from pytest_pcerrors.rules.violation import Severity


Condition = Callable[[ParsedResponse], object]


class Stage(NamedTuple):
    """A stage of a check: its rules, and whether the check continues after it."""

    rules: tuple[Rule, ...]
    continues: Condition


def _always(_: ParsedResponse) -> bool:
    return True


def _stage(name: str, rules: Iterable[Rule], continues: Condition = _always) -> Stage:
    return Stage(tuple(replace(rule, stage=name) for rule in rules), continues)


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

    def violations(self, parsed: ParsedResponse, severities: "Mapping[str, Severity]") -> Iterator[Violation]:
        """Yield the violations of a response, each with the name of its rule and that rule's severity."""
        for stage in self._stages(parsed):
            for rule in stage.rules:
                for violation in rule.check(parsed):
                    yield violation.judged(rule.name, severities[rule.name])
            if not stage.continues(parsed):
                return

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
            if not stage.continues(parsed):
                break
        return (self.error_names if parsed.is_error else self.success_names)[:count]

    def _stages(self, parsed: ParsedResponse) -> tuple[Stage, ...]:
        if parsed.is_error:
            return self.error_stages
        return self.success_stages if parsed.exchange.status in SUCCESSES else ()


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
    properties_rules = [schema_rule(each, contract) for each in schema_rules(contract, length_unit)]
    error_stages = (
        _stage("head", head.RULES),
        _stage("user", map(user_rule, user_rules), lambda parsed: parsed.is_body_known),
        _stage("text", body.TEXT_RULES, lambda parsed: parsed.text is not None and not parsed.is_empty),
        _stage("value", body.VALUE_RULES, lambda parsed: parsed.problem is None),
        _stage("object", body.OBJECT_RULES, lambda parsed: parsed.is_object),
        _stage("envelope", body.ENVELOPE_RULES, lambda parsed: not body.is_enveloped(parsed)),
        _stage("properties", (*properties_rules, *properties.RULES)),
        _stage("catalogue", catalogue.RULES),
    )
    return RuleSet(error_stages, (_stage("success", success.RULES),))


def _refuse_ambiguous(contract: "Contract") -> None:
    """Raise a `UsageError` if a deviation has the name of another rule, because settings could not distinguish them."""
    if contract.deviations:
        taken = rule_set(replace(contract, deviations=())).rules
        for deviation in contract.deviations:
            if deviation.rule in taken:
                raise UsageError(
                    f'the contract "{contract.name}" names a deviation {deviation.rule}; there is a rule of that name'
                )
