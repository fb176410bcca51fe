"""The walk: stages in their order, the rules of each, and what ends it."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, NamedTuple

from pytest_pcerrors.checking.reading import Reading
from pytest_pcerrors.checking.rules import body, catalogue, head, members, success
from pytest_pcerrors.checking.schema_rules import SchemaRule, schema_rules
from pytest_pcerrors.checking.showing import safe
from pytest_pcerrors.checking.violation import Violation
from pytest_pcerrors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_pcerrors.checking.violation import Severity
    from pytest_pcerrors.contract.model import Contract

_SUCCESSES = range(200, 300)

Rule = Callable[[Reading], Iterable[Violation]]
"""What a rule is: given a reading, it yields a violation for each place where the rule is broken."""


class Stage(NamedTuple):
    """A stage of the walk: its name, its rules with their names, and whether the walk goes on behind it."""

    name: str
    rules: tuple[tuple[str, Rule], ...]
    goes_on: Callable[[Reading], object]


def _always(_: Reading) -> bool:
    return True


def name_of(rule: Rule) -> str:
    """Return the name of a rule: a plain function is named by its own name, in kebab-case.

    >>> name_of(head.retry_after)
    'retry-after'
    """
    if isinstance(rule, SchemaRule):
        return rule.name
    return str(getattr(rule, "__name__", type(rule).__name__)).replace("_", "-")


def _named(rules: Iterable[Rule]) -> tuple[tuple[str, Rule], ...]:
    return tuple((name_of(rule), rule) for rule in rules)


@dataclass(frozen=True, eq=False)
class RuleSet:
    """The rules for one contract: the stages of an error response, and the one of a 2xx."""

    error_stages: tuple[Stage, ...]
    success_stages: tuple[Stage, ...]

    @property
    def rules(self) -> dict[str, Rule]:
        """Every rule by name, in the order of the walk."""
        return {name: rule for stage in (*self.error_stages, *self.success_stages) for name, rule in stage.rules}

    def without(self, names: Container[str]) -> "RuleSet":
        """Return the same walk without the rules of these names."""
        return RuleSet(_without(self.error_stages, names), _without(self.success_stages, names))

    def walk(self, reading: Reading, severities: "Mapping[str, Severity]") -> Iterator[Violation]:
        """Yield the violations of a reading, each with the name of its rule and that rule's severity."""
        for stage in self._stages(reading):
            for name, rule in stage.rules:
                for violation in rule(reading):
                    yield violation.judged(name, severities[name])
            if not stage.goes_on(reading):
                return

    def _stages(self, reading: Reading) -> tuple[Stage, ...]:
        if reading.is_error:
            return self.error_stages
        return self.success_stages if reading.exchange.status in _SUCCESSES else ()


def _without(stages: tuple[Stage, ...], names: Container[str]) -> tuple[Stage, ...]:
    return tuple(
        stage._replace(rules=tuple((name, rule) for name, rule in stage.rules if name not in names)) for stage in stages
    )


@lru_cache(maxsize=32)
def rule_set(contract: "Contract", user_rules: tuple[Rule, ...] = (), length_unit: str = "code-points") -> RuleSet:
    """Return the rules for a contract, with the user's own behind them (they run whatever the body is)."""
    _refuse_ambiguous(contract)
    error_stages = (
        Stage("head", _named(head.RULES), _always),
        Stage(
            "user",
            tuple((name, _guarded(name, rule)) for name, rule in _named(user_rules)),
            lambda reading: reading.is_body_known,
        ),
        Stage("text", _named(body.TEXT_RULES), lambda reading: reading.text is not None and not reading.is_empty),
        Stage("value", _named(body.VALUE_RULES), lambda reading: reading.problem is None),
        Stage("object", _named(body.OBJECT_RULES), lambda reading: reading.is_object),
        Stage("envelope", _named(body.ENVELOPE_RULES), lambda reading: not body.is_enveloped(reading)),
        Stage("properties", _named((*schema_rules(contract, length_unit), *members.RULES)), _always),
        Stage("catalogue", _named(catalogue.RULES), _always),
    )
    return RuleSet(error_stages, (Stage("success", _named(success.RULES), _always),))


def _refuse_ambiguous(contract: "Contract") -> None:
    """Refuse a deviation with the name of another rule: profiles and allowances could not tell the two apart."""
    if contract.deviations:
        taken = rule_set(replace(contract, deviations=())).rules
        for deviation in contract.deviations:
            if deviation.rule in taken:
                raise UsageError(
                    f'the contract "{contract.name}" names a deviation {deviation.rule}; there is a rule of that name'
                )


def _guarded(name: str, rule: Rule) -> Rule:
    """Let an exception in a user's rule be told as what it is: misuse, with the rule and the response named."""

    @wraps(rule)
    def guarded(reading: Reading) -> Iterator[Violation]:
        try:
            for violation in rule(reading):
                if not isinstance(violation, Violation):
                    raise TypeError(f"a rule yields violations, not {type(violation).__name__}")  # noqa: TRY301 - told like any other
                yield violation
        except Exception as error:
            told = safe(f"{type(error).__name__}: {error}")
            raise UsageError(f"your rule {name} failed on {reading.exchange}: {told}") from error

    return guarded
